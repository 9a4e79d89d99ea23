'use client';
import { MessagePage } from '../../../../../../../../components/messages/message-page.tsx';
import { RouteNotFound } from '../../../../../../../../components/shell/route-states.tsx';

const isPlace = (value: number) => Number.isSafeInteger(value) && value >= 0;

export function MessageClient({ topic, partition, offset }: { topic: string; partition: number; offset: number }) {
  if (!isPlace(partition) || !isPlace(offset)) return <RouteNotFound />;
  return <MessagePage topic={topic} partition={partition} offset={offset} />;
}
