// All that one shard knows: groups of both protocols and committed offsets. replay() is the one writer of what records hold, at start and while
// running alike; on top of it the runtime lays what no record holds (parked requests, a rebalance under way).
import type { ClassicGroup } from './group/classic/group.ts';
import { emptyGroup } from './group/classic/group.ts';
import { fromMetadata, toMetadata } from './group/classic/persist.ts';
import type { ConsumerGroup } from './group/consumer/group.ts';
import { replayConsumer } from './group/consumer/replay.ts';
import { Offsets } from './offsets/offsets.ts';
import type { CoordinatorRecord } from './records.ts';

export interface ShardState {
  /** Classic groups, and those that only commit. */
  readonly groups: Map<string, ClassicGroup>;
  /** Groups of the consumer protocol. An id is in one of the two maps. */
  readonly consumers: Map<string, ConsumerGroup>;
  readonly offsets: Offsets;
}

export function emptyState(): ShardState {
  return { groups: new Map(), consumers: new Map(), offsets: new Offsets() };
}

export function replay(state: ShardState, record: CoordinatorRecord): void {
  const { groups, consumers, offsets } = state;
  const { groupId } = record;
  if (record.kind === 'group') {
    if (record.metadata === null) groups.delete(groupId);
    else groups.set(groupId, fromMetadata(groupId, record.metadata));
    return;
  }
  if (record.kind !== 'offset') {
    replayConsumer(consumers, record);
    // A group that only committed so far, or whose own end the compaction has removed.
    if (consumers.has(groupId)) groups.delete(groupId);
    return;
  }
  if (record.committed === null) {
    offsets.delete(groupId, record.topic, record.partition);
    return;
  }
  offsets.set(groupId, record.topic, record.partition, record.committed);
  // Who commits without ever joining has a "simple" group, which no record of its own announces.
  if (!groups.has(groupId) && !consumers.has(groupId))
    groups.set(groupId, emptyGroup(groupId, record.committed.commitTimestampMs));
}

export function groupRecord(group: ClassicGroup): CoordinatorRecord {
  return { kind: 'group', groupId: group.groupId, metadata: toMetadata(group) };
}
