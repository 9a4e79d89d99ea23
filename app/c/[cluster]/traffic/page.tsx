import { firstPaint } from '../../../first-paint.ts';
import { TrafficClient } from './client.tsx';

type Params = Promise<{ cluster: string }>;

export const metadata = { title: 'Test traffic' };

export default async function TrafficPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return <TrafficClient initial={await firstPaint(cluster, 'traffic', {})} />;
}
