import { Group } from '../../../../../components/group/group.tsx';
import { groups } from '../../../../../components/groups/section.ts';
import { titleOf } from '../../../../../components/section.ts';
import { firstPaint, segment } from '../../../../first-paint.ts';

type Params = Promise<{ cluster: string; group: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { group } = await params;
  return titleOf(groups, segment(group));
}

export default async function GroupPage({ params }: { params: Params }) {
  const { cluster, group } = await params;
  const groupId = segment(group);
  return <Group groupId={groupId} initial={await firstPaint(cluster, 'group', { groupId })} />;
}
