import { firstPaint } from '../../../first-paint.ts';
import { LabClient } from './client.tsx';

type Params = Promise<{ cluster: string }>;

export const metadata = { title: 'Lab' };

export default async function LabPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return <LabClient initial={await firstPaint(cluster, 'lab', {})} />;
}
