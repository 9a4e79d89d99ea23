import { firstPaint, segment } from '../../../../../../first-paint.ts';
import { PartitionsClient } from './client.tsx';

type Params = Promise<{ cluster: string; topic: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic } = await params;
  return { title: `${segment(topic)} · Partitions · Topics` };
}

export default async function PartitionsPage({ params }: { params: Params }) {
  const { cluster, topic } = await params;
  return (
    <PartitionsClient name={segment(topic)} initial={await firstPaint(cluster, 'topic', { name: segment(topic) })} />
  );
}
