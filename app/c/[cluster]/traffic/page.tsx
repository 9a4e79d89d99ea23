import { titleOf } from '../../../../components/section.ts';
import { traffic } from '../../../../components/traffic/section.ts';
import { Traffic } from '../../../../components/traffic/traffic.tsx';
import { firstPaint } from '../../../first-paint.ts';

type Params = Promise<{ cluster: string }>;

export const metadata = titleOf(traffic);

export default async function TrafficPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return <Traffic initial={await firstPaint(cluster, 'traffic', {})} />;
}
