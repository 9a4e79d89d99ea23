import { titleOf } from '../../../../../../../components/section.ts';
import { TopicGroupsTab } from '../../../../../../../components/topic/topic-groups.tsx';
import { topics, topicTabs } from '../../../../../../../components/topics/section.ts';
import { firstPaint, segment } from '../../../../../../first-paint.ts';

type Params = Promise<{ cluster: string; topic: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic } = await params;
  return titleOf(topics, segment(topic), topicTabs.groups.label);
}

export default async function TopicGroupsPage({ params }: { params: Params }) {
  const { cluster, topic } = await params;
  const name = segment(topic);
  return <TopicGroupsTab name={name} initial={await firstPaint(cluster, 'topic', { name })} />;
}
