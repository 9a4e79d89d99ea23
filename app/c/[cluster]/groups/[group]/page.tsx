import { firstPaint, segment } from '../../../../first-paint.ts';
import { GroupClient } from './client.tsx';

type Params = Promise<{ cluster: string; group: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { group } = await params;
  return { title: `${segment(group)} · Groups` };
}

export default async function GroupPage({ params }: { params: Params }) {
  const { cluster, group } = await params;
  return (
    <GroupClient groupId={segment(group)} initial={await firstPaint(cluster, 'group', { groupId: segment(group) })} />
  );
}
