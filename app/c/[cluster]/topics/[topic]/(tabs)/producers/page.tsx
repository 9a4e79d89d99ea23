import { firstPaint, segment } from '../../../../../../first-paint.ts';
import { ProducersClient } from './client.tsx';

type Params = Promise<{ cluster: string; topic: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic } = await params;
  return { title: `${segment(topic)} · Producers · Topics` };
}

export default async function ProducersPage({ params }: { params: Params }) {
  const { cluster, topic } = await params;
  return (
    <ProducersClient name={segment(topic)} initial={await firstPaint(cluster, 'topic', { name: segment(topic) })} />
  );
}
