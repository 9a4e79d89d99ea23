import { firstPaint } from '../../../first-paint.ts';
import { BrokersClient } from './client.tsx';

type Params = Promise<{ cluster: string }>;

export const metadata = { title: 'Brokers' };

export default async function BrokersPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return <BrokersClient initial={await firstPaint(cluster, 'brokers', {})} />;
}
