import { titleOf } from '../../../../components/section.ts';
import { topics } from '../../../../components/topics/section.ts';
import { Topics } from '../../../../components/topics/topics.tsx';
import { topicsParams } from '../../../../components/topics/topics-params.ts';
import { firstList, oneOf } from '../../../first-paint.ts';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = titleOf(topics);

export default async function TopicsPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = topicsParams((name) => oneOf(query[name]));
  return <Topics initial={await firstList(cluster, 'topics', wanted)} />;
}
