import { MessagePage } from '../../../../../../../../components/messages/message-page.tsx';
import { titleOf } from '../../../../../../../../components/section.ts';
import { RouteNotFound } from '../../../../../../../../components/shell/route-states.tsx';
import { topics } from '../../../../../../../../components/topics/section.ts';
import { segment } from '../../../../../../../first-paint.ts';

type Params = Promise<{ cluster: string; topic: string; partition: string; offset: string }>;

export async function generateMetadata({ params }: { params: Params }) {
  const { topic, partition, offset } = await params;
  return titleOf(topics, `${segment(topic)} ${partition}:${offset}`);
}

const isPlace = (value: number) => Number.isSafeInteger(value) && value >= 0;

export default async function MessageAtPlace({ params }: { params: Params }) {
  const { topic, ...place } = await params;
  const [partition, offset] = [Number(place.partition), Number(place.offset)];
  if (!isPlace(partition) || !isPlace(offset)) return <RouteNotFound />;
  return <MessagePage topic={segment(topic)} partition={partition} offset={offset} />;
}
