import { Lab } from '../../../../components/lab/lab.tsx';
import { lab } from '../../../../components/lab/section.ts';
import { titleOf } from '../../../../components/section.ts';
import { firstPaint } from '../../../first-paint.ts';

type Params = Promise<{ cluster: string }>;

export const metadata = titleOf(lab);

export default async function LabPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return <Lab initial={await firstPaint(cluster, 'lab', {})} />;
}
