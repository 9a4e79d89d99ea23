// Removal on request: DeleteGroups (a whole empty group), OffsetDelete (single positions), and deleted topics. Pure.
import { ErrorCode } from '../../../protocol/errors.ts';
import type { CoordinatorRecord, OffsetRecord } from '../records.ts';
import { type AnyGroup, holderOf } from './holder.ts';
import type { Offsets } from './offsets.ts';

/** NONE and tombstones for everything of the group, the group itself last; NON_EMPTY_GROUP while it has members. */
export function deleteGroup(
  group: AnyGroup,
  offsets: Offsets,
): { errorCode: number; records: readonly CoordinatorRecord[] } {
  const holder = holderOf(group);
  if (holder.hasMembers) return { errorCode: ErrorCode.NON_EMPTY_GROUP, records: [] };
  const { groupId } = holder;
  const records: CoordinatorRecord[] = [];
  for (const [topic, partitions] of offsets.topics(groupId)) {
    for (const partition of partitions.keys()) records.push(tombstone(groupId, topic, partition));
  }
  for (const { topic, partition } of offsets.pending.of(groupId)) records.push(tombstone(groupId, topic, partition));
  records.push(...holder.end());
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
  group: AnyGroup,
  offsets: Offsets,
  topics: readonly { readonly name: string; readonly partitions: readonly number[] }[],
): OffsetDeletion {
  const refused = new Set<string>();
  const holder = holderOf(group);
  if (holder.hasMembers && holder.isOpaque) {
    return { errorCode: ErrorCode.NON_EMPTY_GROUP, records: [], subscribedTopics: refused };
  }
  const records: OffsetRecord[] = [];
  const isSubscribed = holder.subscription();
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
