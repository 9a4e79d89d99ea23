import { firstPaint } from '../../first-paint.ts';
import { OverviewClient } from './client.tsx';

type Params = Promise<{ cluster: string }>;

export const metadata = { title: 'Overview' };

export default async function OverviewPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return <OverviewClient initial={await firstPaint(cluster, 'overview', {})} />;
}
