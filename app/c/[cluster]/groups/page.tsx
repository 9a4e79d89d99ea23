import { firstPaint } from '../../../first-paint.ts';
import { GroupsClient } from './client.tsx';

type Params = Promise<{ cluster: string }>;

export const metadata = { title: 'Groups' };

export default async function GroupsPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return (
    <GroupsClient
      initial={
        await firstPaint(cluster, 'groups', { query: '', sort: 'name', descending: false, offset: 0, limit: 200 })
      }
    />
  );
}
