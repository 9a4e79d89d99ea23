import { Groups } from '../../../../components/groups/groups.tsx';
import { groupsParams } from '../../../../components/groups/groups-params.ts';
import { groups } from '../../../../components/groups/section.ts';
import { titleOf } from '../../../../components/section.ts';
import { firstList, oneOf } from '../../../first-paint.ts';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = titleOf(groups);

export default async function GroupsPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = groupsParams((name) => oneOf(query[name]));
  return <Groups initial={await firstList(cluster, 'groups', wanted)} />;
}
