import { topicsParams } from '../../../../components/topics/topics-params.ts';
import { firstList, oneOf } from '../../../first-paint.ts';
import { TopicsClient } from './client.tsx';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = { title: 'Topics' };

export default async function TopicsPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = topicsParams((name) => oneOf(query[name]));
  return <TopicsClient initial={await firstList(cluster, 'topics', wanted)} />;
}
