import { Messages } from '../../../../../../components/messages/messages.tsx';
import { titleOf } from '../../../../../../components/section.ts';
import { topics } from '../../../../../../components/topics/section.ts';
import { segment } from '../../../../../first-paint.ts';

type Params = Promise<{ cluster: string; topic: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic } = await params;
  return titleOf(topics, segment(topic));
}

export default async function MessagesPage({ params }: { params: Params }) {
  const { topic } = await params;
  return <Messages topic={segment(topic)} initial={null} />;
}
