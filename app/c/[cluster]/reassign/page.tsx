import { progressParams } from '../../../../components/reassign/wanted.ts';
import { firstList, oneOf } from '../../../first-paint.ts';
import { ReassignClient } from './client.tsx';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = { title: 'Reassign partitions' };

export default async function ReassignPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = progressParams((name) => oneOf(query[name]));
  return <ReassignClient initial={await firstList(cluster, 'reassign', wanted)} />;
}
