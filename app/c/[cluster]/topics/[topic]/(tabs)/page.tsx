import { segment } from '../../../../../first-paint.ts';
import { MessagesClient } from './client.tsx';

type Params = Promise<{ cluster: string; topic: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic } = await params;
  return { title: `${segment(topic)} · Topics` };
}

export default async function MessagesPage({ params }: { params: Params }) {
  const { topic } = await params;
  return <MessagesClient name={segment(topic)} />;
}
