import { segment } from '../../../../../../../first-paint.ts';
import { MessageClient } from './client.tsx';

type Params = Promise<{ cluster: string; topic: string; partition: string; offset: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic, partition, offset } = await params;
  return { title: `${segment(topic)} ${partition}:${offset} · Topics` };
}

export default async function MessagePage({ params }: { params: Params }) {
  const { topic, partition, offset } = await params;
  return <MessageClient topic={segment(topic)} partition={Number(partition)} offset={Number(offset)} />;
}
