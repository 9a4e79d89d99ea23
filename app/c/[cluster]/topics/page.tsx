import { firstPaint } from '../../../first-paint.ts';
import { TopicsClient } from './client.tsx';

type Params = Promise<{ cluster: string }>;

export const metadata = { title: 'Topics' };

export default async function TopicsPage({ params }: { params: Params }) {
  const { cluster } = await params;
  return (
    <TopicsClient
      initial={
        await firstPaint(cluster, 'topics', {
          query: '',
          sort: 'name',
          descending: false,
          includeInternal: false,
          offset: 0,
          limit: 200,
        })
      }
    />
  );
}
