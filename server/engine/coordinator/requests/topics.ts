// Topics and partitions as requests about positions name them: by name, or in newer versions by id.
import { ErrorCode } from '../../../protocol/errors.ts';
import type { Shards } from '../shards.ts';

export const FIRST_VERSION_WITH_TOPIC_IDS = 10;

export interface NamedTopic {
  /** null when there is no topic of that id. */
  readonly name: string | null;
  readonly topicId: string;
}

export function nameTopic(shards: Shards, topic: { name: string; topicId: string }, usesIds: boolean): NamedTopic {
  const { topics } = shards.options;
  if (usesIds) return { name: topics.nameOf(topic.topicId), topicId: topic.topicId };
  return { name: topic.name, topicId: topics.idOf(topic.name) };
}

/** NONE, or why the partition has no positions here. Ask once a request: topics come, go and grow while it waits. */
export function partitionError(shards: Shards, name: string | null, partition: number, usesIds: boolean): number {
  if (name === null) return usesIds ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  const isThere = partition >= 0 && partition < shards.options.topics.partitionsOf(name);
  return isThere ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
}
