// All that one shard knows: groups of both protocols and committed offsets. replay() is the one writer of what records hold, at start and while
// running alike; on top of it the runtime lays what no record holds (parked requests, a rebalance under way).
import type { ClassicGroup } from './group/classic/group.ts';
import { emptyGroup } from './group/classic/group.ts';
import { fromMetadata, toMetadata } from './group/classic/persist.ts';
import type { ConsumerGroup } from './group/consumer/group.ts';
import { replayConsumer } from './group/consumer/replay.ts';
import { Offsets } from './offsets/offsets.ts';
import type { CoordinatorRecord, OffsetRecord } from './records.ts';

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

/** The group of that id, whatever its protocol. */
export function groupOf({ groups, consumers }: ShardState, groupId: string): ClassicGroup | ConsumerGroup | null {
  return consumers.get(groupId) ?? groups.get(groupId) ?? null;
}

/** `producerId`: of the transaction the record is part of, −1 for none. What is part of one counts once that is committed. */
export function replay(state: ShardState, record: CoordinatorRecord, producerId = -1): void {
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
  if (producerId !== -1) {
    const { topic, partition, committed } = record;
    offsets.pending.add(producerId, { groupId, topic, partition, committed });
    return;
  }
  offsets.pending.supersede(groupId, record.topic, record.partition);
  settle(state, record);
}

function settle({ groups, consumers, offsets }: ShardState, record: OffsetRecord): void {
  const { groupId } = record;
  if (record.committed === null) {
    offsets.delete(groupId, record.topic, record.partition);
    return;
  }
  offsets.set(groupId, record.topic, record.partition, record.committed);
  // Who commits without ever joining has a "simple" group, which no record of its own announces.
  if (!groups.has(groupId) && !consumers.has(groupId))
    groups.set(groupId, emptyGroup(groupId, record.committed.commitTimestampMs));
}

/** A marker: the positions of the producer's transaction count from now on, all at once, or are dropped. */
export function endTransaction(state: ShardState, producerId: number, isCommit: boolean): void {
  const { pending } = state.offsets;
  for (const { groupId, topic, partition, committed, order } of pending.take(producerId)) {
    if (!isCommit || committed === null) continue;
    pending.supersede(groupId, topic, partition, order);
    settle(state, { kind: 'offset', groupId, topic, partition, committed });
  }
}

export function groupRecord(group: ClassicGroup): CoordinatorRecord {
  return { kind: 'group', groupId: group.groupId, metadata: toMetadata(group) };
}
