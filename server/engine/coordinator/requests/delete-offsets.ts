// OffsetDelete between the wire and the state.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { offsetDelete as deleteApi } from '../../../protocol/schema/47-offset-delete.ts';
import { toGroupError } from '../errors.ts';
import { deleteOffsets as decideDeletion } from '../offsets/delete.ts';
import type { Shards } from '../shards.ts';
import { groupOf } from '../state.ts';
import { partitionError } from './topics.ts';

export async function deleteOffsets(
  shards: Shards,
  request: RequestOf<typeof deleteApi>,
): Promise<ResponseInput<typeof deleteApi>> {
  if (request.groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID };
  const shard = shards.find(request.groupId);
  if (typeof shard === 'number') return { errorCode: shard };
  const group = groupOf(shard.state, request.groupId);
  if (group === null) return { errorCode: ErrorCode.GROUP_ID_NOT_FOUND };
  const wanted = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({
      partitionIndex,
      errorCode: partitionError(shards, name, partitionIndex, false),
    })),
  }));
  const known = wanted.map(({ name, partitions }) => ({
    name,
    partitions: partitions
      .filter(({ errorCode }) => errorCode === ErrorCode.NONE)
      .map(({ partitionIndex }) => partitionIndex),
  }));
  const decision = decideDeletion(
    group,
    shard.state.offsets,
    known.filter(({ partitions }) => partitions.length > 0),
  );
  if (decision.errorCode !== ErrorCode.NONE) return { errorCode: decision.errorCode };
  const storeError = shard.append(decision.records);
  if (storeError !== ErrorCode.NONE) return { errorCode: toGroupError(storeError) };
  const errorCode = await shard.whenCommitted<number>(() => ErrorCode.NONE, toGroupError);
  if (errorCode !== ErrorCode.NONE) return { errorCode };
  const subscribed = (name: string) =>
    decision.subscribedTopics.has(name) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
  return {
    errorCode,
    topics: wanted.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, errorCode: own }) => ({
        partitionIndex,
        errorCode: own === ErrorCode.NONE ? subscribed(name) : own,
      })),
    })),
  };
}
