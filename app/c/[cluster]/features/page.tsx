import { Features } from '../../../../components/features/features.tsx';
import { features } from '../../../../components/features/section.ts';
import { titleOf } from '../../../../components/section.ts';
import { firstPaint } from '../../../first-paint.ts';

type Params = Promise<{ cluster: string }>;

export const metadata = titleOf(features);

export default async function FeaturesPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return <Features initial={await firstPaint(cluster, 'features', {})} />;
}
