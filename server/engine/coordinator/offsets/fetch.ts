// OffsetFetch: committed positions of a group. What was never committed is offset −1 without an error; a position committed in a
// topic that was deleted and made again (another id) counts as never committed.
import type { Int64 } from '../../../kernel/int64.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { ZERO_UUID } from '../../../protocol/grammar.ts';
import type { CommittedOffset } from './committed-offset.ts';
import type { Offsets } from './offsets.ts';

export interface FetchedPartition {
  readonly partitionIndex: number;
  readonly committedOffset: Int64;
  readonly committedLeaderEpoch: number;
  readonly metadata: string;
  readonly errorCode: number;
}

export interface FetchTopic {
  readonly name: string;
  readonly partitions: readonly number[];
}

export interface Reading {
  /** ZERO_UUID for a topic that is not there. */
  readonly currentIdOf: (name: string) => string;
  /** UNSTABLE_OFFSET_COMMIT where a transaction is open (KIP-447). */
  readonly isStable: boolean;
}

export function fetchOffsets(
  offsets: Offsets,
  groupId: string,
  topic: FetchTopic,
  { currentIdOf, isStable }: Reading,
): FetchedPartition[] {
  const currentId = currentIdOf(topic.name);
  return topic.partitions.map((partition) =>
    isStable && offsets.pending.has(groupId, topic.name, partition)
      ? failedPartition(partition, ErrorCode.UNSTABLE_OFFSET_COMMIT)
      : fetched(partition, ofThisTopic(offsets.get(groupId, topic.name, partition), currentId)),
  );
}

/** Every topic with a committed position. */
export function fetchAllOffsets(
  offsets: Offsets,
  groupId: string,
  { currentIdOf, isStable }: Reading,
): { readonly name: string; readonly partitions: readonly FetchedPartition[] }[] {
  const found: { name: string; partitions: FetchedPartition[] }[] = [];
  for (const [name, partitions] of offsets.topics(groupId)) {
    const currentId = currentIdOf(name);
    const current: FetchedPartition[] = [];
    for (const [partition, committed] of partitions) {
      if (ofThisTopic(committed, currentId) === null) continue;
      const isUnstable = isStable && offsets.pending.has(groupId, name, partition);
      current.push(
        isUnstable ? failedPartition(partition, ErrorCode.UNSTABLE_OFFSET_COMMIT) : fetched(partition, committed),
      );
    }
    if (current.length > 0) found.push({ name, partitions: current });
  }
  return found;
}

export function failedPartition(partitionIndex: number, errorCode: number): FetchedPartition {
  return { partitionIndex, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode };
}

function ofThisTopic(committed: CommittedOffset | null, currentId: string): CommittedOffset | null {
  if (committed === null || committed.topicId === ZERO_UUID || currentId === ZERO_UUID) return committed;
  return committed.topicId === currentId ? committed : null;
}

function fetched(partitionIndex: number, committed: CommittedOffset | null): FetchedPartition {
  if (committed === null) return failedPartition(partitionIndex, ErrorCode.NONE);
  const { offset, leaderEpoch, metadata } = committed;
  return {
    partitionIndex,
    committedOffset: offset,
    committedLeaderEpoch: leaderEpoch,
    metadata,
    errorCode: ErrorCode.NONE,
  };
}
