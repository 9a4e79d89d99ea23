'use client';
// A topic's name with the state of its partitions, used wherever topics are listed.
import type { TopicRow } from '../../../server/live/contract.ts';
import { plural } from '../../ui/format.ts';
import { StateWord } from '../../ui/notice.tsx';

export function TopicState({ topic }: { topic: TopicRow }) {
  if (topic.offlinePartitions > 0)
    return <StateWord level="critical">{plural(topic.offlinePartitions, 'partition')} offline</StateWord>;
  if (topic.underReplicatedPartitions > 0)
    return <StateWord level="warn">{plural(topic.underReplicatedPartitions, 'partition')} under-replicated</StateWord>;
  return null;
}
