import { segment } from '../../../../../../first-paint.ts';
import { TopicConfigClient } from './client.tsx';

type Params = Promise<{ cluster: string; topic: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic } = await params;
  return { title: `${segment(topic)} · Configuration · Topics` };
}

export default async function TopicConfigPage({ params }: { params: Params }) {
  const { topic } = await params;
  return <TopicConfigClient name={segment(topic)} />;
}
