import { Overview } from '../../../components/overview/overview.tsx';
import { overview } from '../../../components/overview/section.ts';
import { titleOf } from '../../../components/section.ts';
import { firstPaint } from '../../first-paint.ts';

type Params = Promise<{ cluster: string }>;

export const metadata = titleOf(overview);

export default async function OverviewPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return <Overview initial={await firstPaint(cluster, 'overview', {})} />;
}
