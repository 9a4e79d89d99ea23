// OffsetCommit, OffsetFetch and OffsetDelete between the wire and the state: topic names or ids, one group or many.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { ZERO_UUID } from '../../../protocol/grammar.ts';
import type { offsetCommit as commitApi } from '../../../protocol/schema/08-offset-commit.ts';
import type { offsetFetch as fetchApi } from '../../../protocol/schema/09-offset-fetch.ts';
import type { txnOffsetCommit as transactionalCommitApi } from '../../../protocol/schema/28-txn-offset-commit.ts';
import type { offsetDelete as deleteApi } from '../../../protocol/schema/47-offset-delete.ts';
import { toCommitError, toGroupError } from '../errors.ts';
import { refuse } from '../group/classic/turn.ts';
import type { ConsumerGroup } from '../group/consumer/group.ts';
import { consumerCommitError, consumerFetchError } from '../group/consumer/positions.ts';
import { ConsumerTurn, restartMemberSession } from '../group/consumer/turn.ts';
import type { CommitTopic } from '../offsets/commit.ts';
import { commit } from '../offsets/commit.ts';
import { deleteOffsets as decideDeletion } from '../offsets/delete.ts';
import type { FetchedPartition } from '../offsets/fetch.ts';
import { failedPartition, fetchAllOffsets, fetchOffsets as readOffsets } from '../offsets/fetch.ts';
import type { Shard } from '../runtime.ts';
import type { Shards } from '../shards.ts';
import { MAX_GROUP_ID_CHARS } from '../shards.ts';
import type { TransactionalProducer } from '../store.ts';
import type { GroupRequestContext } from './membership.ts';

const FIRST_VERSION_OF = { topicIds: 10, manyGroups: 8, groupError: 2 } as const;

// ------------------------------------------------------------------------------------------------------------- commit

type CommitRequest = RequestOf<typeof commitApi>;
type TransactionalCommitRequest = RequestOf<typeof transactionalCommitApi>;
type CommitPartition = CommitRequest['topics'][number]['partitions'][number];

export async function commitOffsets(
  shards: Shards,
  request: CommitRequest,
  context: GroupRequestContext,
): Promise<ResponseInput<typeof commitApi>> {
  const usesIds = context.apiVersion >= FIRST_VERSION_OF.topicIds;
  const named = request.topics.map((topic) => nameTopic(shards, topic, usesIds));
  const valid: CommitTopic[] = named.map(({ name, topicId }, i) => ({
    name: name ?? '',
    topicId,
    partitions: (request.topics[i]?.partitions ?? [])
      .filter((partition) => partitionError(shards, name, partition.partitionIndex, usesIds) === ErrorCode.NONE)
      .map(toCommit),
  }));
  const outcome = valid.some(({ partitions }) => partitions.length > 0)
    ? await commitValid(shards, { request, apiVersion: context.apiVersion }, valid)
    : { errorCode: ErrorCode.NONE, tooLarge: new Set<string>() };
  return {
    topics: request.topics.map((topic, i) => ({
      name: topic.name,
      topicId: topic.topicId,
      partitions: topic.partitions.map(({ partitionIndex }) => {
        const own = partitionError(shards, named[i]?.name ?? null, partitionIndex, usesIds);
        return { partitionIndex, errorCode: own === ErrorCode.NONE ? errorOf(outcome, i, partitionIndex) : own };
      }),
    })),
  };
}

interface CommitOutcome {
  readonly errorCode: number;
  readonly tooLarge: ReadonlySet<string>;
}

function errorOf(outcome: CommitOutcome, topicIndex: number, partition: number): number {
  const isTooLarge = outcome.tooLarge.has(`${topicIndex} ${partition}`);
  return isTooLarge ? ErrorCode.OFFSET_METADATA_TOO_LARGE : outcome.errorCode;
}

/** TxnOffsetCommit: positions that count once the producer's transaction is committed. The caller has verified the transaction. */
export async function commitTransactionalOffsets(
  shards: Shards,
  request: TransactionalCommitRequest,
): Promise<ResponseInput<typeof transactionalCommitApi>> {
  const named = request.topics.map((topic) => nameTopic(shards, { name: topic.name, topicId: ZERO_UUID }, false));
  const errorIn = (i: number, partition: number) => partitionError(shards, named[i]?.name ?? null, partition, false);
  const valid: CommitTopic[] = named.map(({ name, topicId }, i) => ({
    name: name ?? '',
    topicId,
    partitions: (request.topics[i]?.partitions ?? [])
      .filter((partition) => errorIn(i, partition.partitionIndex) === ErrorCode.NONE)
      .map(toCommit),
  }));
  const { producerId, producerEpoch } = request;
  const commitRequest = { ...request, generationIdOrMemberEpoch: request.generationId, retentionTimeMs: -1 };
  const outcome = valid.some(({ partitions }) => partitions.length > 0)
    ? await commitValid(shards, { request: commitRequest, apiVersion: null }, valid, { producerId, producerEpoch })
    : { errorCode: ErrorCode.NONE, tooLarge: new Set<string>() };
  return {
    topics: request.topics.map((topic, i) => ({
      name: topic.name,
      partitions: topic.partitions.map(({ partitionIndex }) => {
        const own = errorIn(i, partitionIndex);
        return { partitionIndex, errorCode: own === ErrorCode.NONE ? errorOf(outcome, i, partitionIndex) : own };
      }),
    })),
  };
}

async function commitValid(
  shards: Shards,
  { request, apiVersion }: { readonly request: Omit<CommitRequest, 'topics'>; readonly apiVersion: number | null },
  topics: CommitTopic[],
  producer?: TransactionalProducer,
): Promise<CommitOutcome> {
  const shard = shards.find(request.groupId);
  const none = new Set<string>();
  if (typeof shard === 'number') return { errorCode: shard, tooLarge: none };
  const group = shard.state.groups.get(request.groupId) ?? null;
  if (request.groupId.length > MAX_GROUP_ID_CHARS) return { errorCode: ErrorCode.INVALID_GROUP_ID, tooLarge: none };
  const consumer = shard.state.consumers.get(request.groupId) ?? null;
  if (group === null && consumer === null && shards.isFull())
    return { errorCode: ErrorCode.POLICY_VIOLATION, tooLarge: none };
  const { settings, world } = shards.options;
  const refusal = consumer === null ? null : consumerCommitRefusal(consumer, request, apiVersion);
  const { errorCode, records, tooLarge, renewsSessionOf } = commit(
    { group, refusal },
    {
      groupId: request.groupId,
      memberId: request.memberId,
      instanceId: request.groupInstanceId,
      generation: request.generationIdOrMemberEpoch,
      retentionMs: request.retentionTimeMs,
      topics,
      isTransactional: producer !== undefined,
    },
    { maxMetadataChars: Number(settings('offset.metadata.max.bytes')) },
    world.clock.nowMs(),
  );
  if (errorCode !== ErrorCode.NONE) return { errorCode, tooLarge };
  if (consumer !== null) renewSession(shards, shard, consumer, request.memberId);
  const member = group?.members.get(renewsSessionOf ?? '');
  if (group !== null && member !== undefined) {
    const timers = [{ name: `session ${member.memberId}`, delayMs: member.sessionTimeoutMs } as const];
    shard.apply(group, { ...refuse(group, null), timers });
  }
  const storeError = shard.append(records, producer);
  if (storeError !== ErrorCode.NONE) return { errorCode: toCommitError(storeError), tooLarge };
  return shard.whenCommitted<CommitOutcome>(
    () => ({ errorCode: ErrorCode.NONE, tooLarge }),
    (code) => ({ errorCode: toCommitError(code), tooLarge }),
  );
}

function consumerCommitRefusal(
  group: ConsumerGroup,
  request: Omit<CommitRequest, 'topics'>,
  apiVersion: number | null,
): number {
  const { memberId, generationIdOrMemberEpoch: memberEpoch } = request;
  return consumerCommitError(group, { memberId, memberEpoch, apiVersion });
}

/** A commit of a member of the classic protocol is a sign of life; those of the consumer protocol heartbeat for themselves. */
function renewSession(shards: Shards, shard: Shard, group: ConsumerGroup, memberId: string): void {
  const member = group.members.get(memberId);
  if (member?.classic === null || member === undefined) return;
  const turn = new ConsumerTurn(group, shards.surroundings(group.groupId));
  restartMemberSession(turn, member);
  shard.applyConsumer(group.groupId, turn.end(null));
}

function toCommit(partition: CommitPartition): CommitTopic['partitions'][number] {
  return {
    partition: partition.partitionIndex,
    offset: partition.committedOffset,
    leaderEpoch: partition.committedLeaderEpoch,
    metadata: partition.committedMetadata ?? '',
  };
}

interface NamedTopic {
  /** null when there is no topic of that id. */
  readonly name: string | null;
  readonly topicId: string;
}

function nameTopic(shards: Shards, topic: { name: string; topicId: string }, usesIds: boolean): NamedTopic {
  const { topics } = shards.options;
  if (usesIds) return { name: topics.nameOf(topic.topicId), topicId: topic.topicId };
  return { name: topic.name, topicId: topics.idOf(topic.name) };
}

function partitionError(shards: Shards, name: string | null, partition: number, usesIds: boolean): number {
  if (name === null) return usesIds ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  const isThere = partition >= 0 && partition < shards.options.topics.partitionsOf(name);
  return isThere ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
}

// -------------------------------------------------------------------------------------------------------------- fetch

type FetchRequest = RequestOf<typeof fetchApi>;
interface GroupQuery {
  readonly groupId: string;
  /** Who asks (v9+); null and −1 from outside the group. */
  readonly memberId: string | null;
  readonly memberEpoch: number;
  /** null: every topic with a position. */
  readonly topics: readonly (NamedTopic & { readonly partitionIndexes: readonly number[] })[] | null;
}
interface GroupAnswer {
  readonly groupId: string;
  readonly errorCode: number;
  readonly topics: readonly {
    readonly name: string;
    readonly topicId: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

export async function fetchOffsets(
  shards: Shards,
  request: FetchRequest,
  context: GroupRequestContext,
): Promise<ResponseInput<typeof fetchApi>> {
  const { apiVersion } = context;
  const usesIds = apiVersion >= FIRST_VERSION_OF.topicIds;
  if (apiVersion >= FIRST_VERSION_OF.manyGroups) {
    const reading = { usesIds, isStable: request.requireStable };
    const queries = request.groups.map(({ groupId, memberId, memberEpoch, topics }) => ({
      groupId,
      memberId,
      memberEpoch,
      topics: topics?.map((topic) => ({ ...topic, ...nameTopic(shards, topic, usesIds) })) ?? null,
    }));
    return { groups: await Promise.all(queries.map((query) => fetchGroup(shards, query, reading))) };
  }
  const { groupId } = request;
  const topics = request.topics?.map((topic) => ({ ...topic, topicId: ZERO_UUID })) ?? null;
  const query = { groupId, topics, memberId: null, memberEpoch: -1 };
  const answer = await fetchGroup(shards, query, { usesIds: false, isStable: request.requireStable });
  if (answer.errorCode === ErrorCode.NONE || apiVersion >= FIRST_VERSION_OF.groupError) return answer;
  return {
    topics: (topics ?? []).map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partition) => failedPartition(partition, answer.errorCode)),
    })),
  };
}

/** Waits until what was appended is committed: a position that is read is never lost. */
async function fetchGroup(shards: Shards, query: GroupQuery, reading: GroupReading): Promise<GroupAnswer> {
  const { groupId } = query;
  const failed = (errorCode: number): GroupAnswer => ({ groupId, errorCode, topics: [] });
  const shard = shards.find(groupId);
  if (typeof shard === 'number') return failed(shard);
  const consumer = shard.state.consumers.get(groupId);
  const errorCode = consumer === undefined ? ErrorCode.NONE : consumerFetchError(consumer, query);
  if (errorCode !== ErrorCode.NONE) return failed(errorCode);
  return shard.whenCommitted(
    () => ({ groupId, errorCode: ErrorCode.NONE, topics: readGroup(shards, shard, query, reading) }),
    (code) => failed(toGroupError(code)),
  );
}

interface GroupReading {
  readonly usesIds: boolean;
  readonly isStable: boolean;
}
function readGroup(
  shards: Shards,
  shard: Shard,
  query: GroupQuery,
  { usesIds, isStable }: GroupReading,
): GroupAnswer['topics'] {
  const { offsets } = shard.state;
  const idOf = (name: string): string => shards.options.topics.idOf(name);
  const reading = { currentIdOf: idOf, isStable };
  if (query.topics === null) {
    const all = fetchAllOffsets(offsets, query.groupId, reading).map((topic) => ({
      ...topic,
      topicId: idOf(topic.name),
    }));
    return usesIds ? all.filter(({ topicId }) => topicId !== ZERO_UUID) : all;
  }
  return query.topics.map(({ name, topicId, partitionIndexes: partitions }) => ({
    name: name ?? '',
    topicId,
    partitions:
      name === null
        ? partitions.map((partition) => failedPartition(partition, ErrorCode.UNKNOWN_TOPIC_ID))
        : readOffsets(offsets, query.groupId, { name, partitions }, reading),
  }));
}

// ------------------------------------------------------------------------------------------------------------- delete

export async function deleteOffsets(
  shards: Shards,
  request: RequestOf<typeof deleteApi>,
): Promise<ResponseInput<typeof deleteApi>> {
  if (request.groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID };
  const shard = shards.find(request.groupId);
  if (typeof shard === 'number') return { errorCode: shard };
  const group = shard.state.consumers.get(request.groupId) ?? shard.state.groups.get(request.groupId);
  if (group === undefined) return { errorCode: ErrorCode.GROUP_ID_NOT_FOUND };
  const wanted = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => partitionIndex),
  }));
  const known = wanted.map(({ name, partitions }) => ({
    name,
    partitions: partitions.filter((partition) => partitionError(shards, name, partition, false) === ErrorCode.NONE),
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
  const errorFor = (name: string, partition: number): number => {
    const unknown = partitionError(shards, name, partition, false);
    if (unknown !== ErrorCode.NONE) return unknown;
    return decision.subscribedTopics.has(name) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
  };
  return {
    errorCode,
    topics: wanted.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partitionIndex) => ({ partitionIndex, errorCode: errorFor(name, partitionIndex) })),
    })),
  };
}
