// Removal on request: DeleteGroups (a whole empty group), OffsetDelete (single positions), and deleted topics. Pure.
import { ErrorCode } from '../../../protocol/errors.ts';
import type { ClassicGroup } from '../group/classic/group.ts';
import { CONSUMER_PROTOCOL_TYPE, isSubscribedTo, subscribedTopics } from '../group/classic/group.ts';
import type { ConsumerGroup } from '../group/consumer/group.ts';
import { subscribedNames } from '../group/consumer/group.ts';
import { tombstones } from '../group/consumer/migrate.ts';
import type { CoordinatorRecord, OffsetRecord } from '../records.ts';
import type { Offsets } from './offsets.ts';

/** NONE and tombstones for everything of the group, the group itself last; NON_EMPTY_GROUP while it has members. */
export function deleteGroup(
  group: ClassicGroup | ConsumerGroup,
  offsets: Offsets,
): { errorCode: number; records: CoordinatorRecord[] } {
  const isConsumer = 'kind' in group;
  if (isConsumer ? group.members.size > 0 : group.state !== 'Empty')
    return { errorCode: ErrorCode.NON_EMPTY_GROUP, records: [] };
  const { groupId } = group;
  const records: CoordinatorRecord[] = [];
  for (const [topic, partitions] of offsets.topics(groupId)) {
    for (const partition of partitions.keys()) records.push(tombstone(groupId, topic, partition));
  }
  for (const { topic, partition } of offsets.pending.of(groupId)) records.push(tombstone(groupId, topic, partition));
  if (isConsumer) records.push(...tombstones(group));
  else records.push({ kind: 'group', groupId, metadata: null });
  return { errorCode: ErrorCode.NONE, records };
}

export interface OffsetDeletion {
  /** Not NONE: refused as a whole. */
  readonly errorCode: number;
  readonly records: readonly OffsetRecord[];
  readonly subscribedTopics: ReadonlySet<string>;
}

/** Positions of topics that members subscribe to stay (GROUP_SUBSCRIBED_TO_TOPIC); others go, whether they exist or not. */
export function deleteOffsets(
  group: ClassicGroup | ConsumerGroup,
  offsets: Offsets,
  topics: readonly { readonly name: string; readonly partitions: readonly number[] }[],
): OffsetDeletion {
  const refused = new Set<string>();
  const isConsumer = 'kind' in group;
  if (!isConsumer && group.state !== 'Empty' && group.protocolType !== CONSUMER_PROTOCOL_TYPE) {
    return { errorCode: ErrorCode.NON_EMPTY_GROUP, records: [], subscribedTopics: refused };
  }
  const records: OffsetRecord[] = [];
  const subscribed = isConsumer ? subscribedNames(group) : subscribedTopics(group);
  const isSubscribed = (name: string): boolean => {
    if (isConsumer) return subscribed?.has(name) === true;
    return group.state !== 'Empty' && isSubscribedTo(group, subscribed, name);
  };
  for (const { name, partitions } of topics) {
    if (isSubscribed(name)) {
      refused.add(name);
      continue;
    }
    for (const partition of partitions) {
      if (offsets.get(group.groupId, name, partition) !== null) records.push(tombstone(group.groupId, name, partition));
    }
  }
  return { errorCode: ErrorCode.NONE, records, subscribedTopics: refused };
}

/** Tombstones for every position, of all groups, in a topic that is gone or was made again under another id. */
export function deleteGoneTopics(offsets: Offsets, isGone: (name: string, topicId: string) => boolean): OffsetRecord[] {
  const records: OffsetRecord[] = [];
  for (const groupId of offsets.groupIds()) {
    for (const [topic, partitions] of offsets.topics(groupId)) {
      for (const [partition, { topicId }] of partitions) {
        if (isGone(topic, topicId)) records.push(tombstone(groupId, topic, partition));
      }
    }
  }
  return records;
}

function tombstone(groupId: string, topic: string, partition: number): OffsetRecord {
  return { kind: 'offset', groupId, topic, partition, committed: null };
}
