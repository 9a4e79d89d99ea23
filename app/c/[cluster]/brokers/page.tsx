import { Brokers } from '../../../../components/brokers/brokers.tsx';
import { brokers } from '../../../../components/brokers/section.ts';
import { titleOf } from '../../../../components/section.ts';
import { firstPaint } from '../../../first-paint.ts';

type Params = Promise<{ cluster: string }>;

export const metadata = titleOf(brokers);

export default async function BrokersPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return <Brokers initial={await firstPaint(cluster, 'brokers', {})} />;
}
