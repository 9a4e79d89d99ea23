import { titleOf } from '../../../../../../../components/section.ts';
import { PartitionsTab } from '../../../../../../../components/topic/partitions.tsx';
import { topics, topicTabs } from '../../../../../../../components/topics/section.ts';
import { firstPaint, segment } from '../../../../../../first-paint.ts';

type Params = Promise<{ cluster: string; topic: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic } = await params;
  return titleOf(topics, segment(topic), topicTabs.partitions.label);
}

export default async function PartitionsPage({ params }: { params: Params }) {
  const { cluster, topic } = await params;
  const name = segment(topic);
  return <PartitionsTab name={name} initial={await firstPaint(cluster, 'topic', { name })} />;
}
