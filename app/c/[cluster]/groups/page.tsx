import { groupsParams } from '../../../../components/groups/groups-params.ts';
import { firstList, oneOf } from '../../../first-paint.ts';
import { GroupsClient } from './client.tsx';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = { title: 'Groups' };

export default async function GroupsPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = groupsParams((name) => oneOf(query[name]));
  return <GroupsClient initial={await firstList(cluster, 'groups', wanted)} />;
}
