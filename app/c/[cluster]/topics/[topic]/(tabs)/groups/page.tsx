import { firstPaint, segment } from '../../../../../../first-paint.ts';
import { TopicGroupsClient } from './client.tsx';

type Params = Promise<{ cluster: string; topic: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic } = await params;
  return { title: `${segment(topic)} · Groups · Topics` };
}

export default async function TopicGroupsPage({ params }: { params: Params }) {
  const { cluster, topic } = await params;
  return (
    <TopicGroupsClient name={segment(topic)} initial={await firstPaint(cluster, 'topic', { name: segment(topic) })} />
  );
}
