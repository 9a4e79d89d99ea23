import { titleOf } from '../../../../../../../components/section.ts';
import { TopicConfig } from '../../../../../../../components/topic/topic-config.tsx';
import { topics, topicTabs } from '../../../../../../../components/topics/section.ts';
import { segment } from '../../../../../../first-paint.ts';

type Params = Promise<{ cluster: string; topic: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic } = await params;
  return titleOf(topics, segment(topic), topicTabs.config.label);
}

export default async function TopicConfigPage({ params }: { params: Params }) {
  const { topic } = await params;
  return <TopicConfig topic={segment(topic)} />;
}
