import { Reassign } from '../../../../components/reassign/reassign.tsx';
import { reassign } from '../../../../components/reassign/section.ts';
import { progressParams } from '../../../../components/reassign/wanted.ts';
import { titleOf } from '../../../../components/section.ts';
import { firstList, oneOf } from '../../../first-paint.ts';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = titleOf(reassign);

export default async function ReassignPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = progressParams((name) => oneOf(query[name]));
  return <Reassign initial={await firstList(cluster, 'reassign', wanted)} />;
}
