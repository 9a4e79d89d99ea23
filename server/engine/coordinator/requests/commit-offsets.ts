// OffsetCommit and TxnOffsetCommit between the wire and the verb: topics by name or by id, what is unknown refused partition by
// partition, the rest stored for a group of either protocol.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { offsetCommit as commitApi } from '../../../protocol/schema/08-offset-commit.ts';
import type { txnOffsetCommit as transactionalCommitApi } from '../../../protocol/schema/28-txn-offset-commit.ts';
import { toCommitError } from '../errors.ts';
import { refuse } from '../group/classic/turn.ts';
import type { ConsumerGroup } from '../group/consumer/group.ts';
import { consumerCommitError } from '../group/consumer/positions.ts';
import { ConsumerTurn, restartMemberSession } from '../group/consumer/turn.ts';
import type { CommitTopic } from '../offsets/commit.ts';
import { commit } from '../offsets/commit.ts';
import type { Shard } from '../runtime.ts';
import type { Shards } from '../shards.ts';
import type { TransactionalProducer } from '../store.ts';
import type { GroupRequestContext } from './membership.ts';
import { FIRST_VERSION_WITH_TOPIC_IDS, nameTopic, partitionError } from './topics.ts';

/** OffsetCommit from this version on knows groups of the consumer protocol. */
const FIRST_VERSION_OF_CONSUMERS = 9;
const FIRST_TRANSACTIONAL_VERSION_WITH_TOPIC_IDS = 6;

type CommitRequest = RequestOf<typeof commitApi>;
type CommitPartition = CommitRequest['topics'][number]['partitions'][number];

export async function commitOffsets(
  shards: Shards,
  request: CommitRequest,
  { apiVersion }: GroupRequestContext,
): Promise<ResponseInput<typeof commitApi>> {
  const words = {
    usesIds: apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS,
    knowsMissingGroup: apiVersion >= FIRST_VERSION_OF_CONSUMERS,
    knowsStaleEpoch: true,
    isTooOld: apiVersion < FIRST_VERSION_OF_CONSUMERS,
  };
  const errorOf = await commitKnown(shards, { request, words });
  return {
    topics: request.topics.map(({ name, topicId, partitions }, i) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: errorOf(i, partitionIndex) })),
    })),
  };
}

/** TxnOffsetCommit: positions that count once the producer's transaction is committed. The caller has verified the transaction. */
export async function commitTransactionalOffsets(
  shards: Shards,
  given: RequestOf<typeof transactionalCommitApi>,
  apiVersion: number,
): Promise<ResponseInput<typeof transactionalCommitApi>> {
  const { producerId, producerEpoch } = given;
  const request = { ...given, generationIdOrMemberEpoch: given.generationId, retentionTimeMs: -1 };
  const words = {
    usesIds: apiVersion >= FIRST_TRANSACTIONAL_VERSION_WITH_TOPIC_IDS,
    knowsMissingGroup: apiVersion >= FIRST_TRANSACTIONAL_VERSION_WITH_TOPIC_IDS,
    knowsStaleEpoch: apiVersion >= FIRST_TRANSACTIONAL_VERSION_WITH_TOPIC_IDS,
    isTooOld: false,
  };
  const errorOf = await commitKnown(shards, { request, words }, { producerId, producerEpoch });
  return {
    topics: given.topics.map(({ name, topicId, partitions }, i) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: errorOf(i, partitionIndex) })),
    })),
  };
}

/** What the client's version of its request can say and be told. */
interface CommitWords {
  readonly usesIds: boolean;
  /** GROUP_ID_NOT_FOUND. */
  readonly knowsMissingGroup: boolean;
  /** STALE_MEMBER_EPOCH. */
  readonly knowsStaleEpoch: boolean;
  /** It is from before there were consumer groups. */
  readonly isTooOld: boolean;
}
interface Commit {
  readonly request: CommitRequest;
  readonly words: CommitWords;
}
interface CommitOutcome {
  readonly errorCode: number;
  /** Of partitions of topics, by their place in the request. */
  readonly tooLarge: ReadonlySet<string>;
}

/** Stores what can be stored; the answer tells the error code of each partition, by its topic's place in the request. */
async function commitKnown(
  shards: Shards,
  call: Commit,
  producer?: TransactionalProducer,
): Promise<(topicIndex: number, partition: number) => number> {
  const { usesIds } = call.words;
  const unknown = new Map<string, number>();
  const topics = call.request.topics.map((topic, i): CommitTopic => {
    const { name, topicId } = nameTopic(shards, topic, usesIds);
    const known = topic.partitions.filter(({ partitionIndex }) => {
      const errorCode = partitionError(shards, name, partitionIndex, usesIds);
      if (errorCode !== ErrorCode.NONE) unknown.set(`${i} ${partitionIndex}`, errorCode);
      return errorCode === ErrorCode.NONE;
    });
    return { name: name ?? '', topicId, partitions: known.map(toCommit) };
  });
  const { errorCode, tooLarge } = topics.some(({ partitions }) => partitions.length > 0)
    ? await commitTopics(shards, call, topics, producer)
    : { errorCode: ErrorCode.NONE, tooLarge: new Set<string>() };
  return (topicIndex, partition) => {
    const key = `${topicIndex} ${partition}`;
    return unknown.get(key) ?? (tooLarge.has(key) ? ErrorCode.OFFSET_METADATA_TOO_LARGE : errorCode);
  };
}

async function commitTopics(
  shards: Shards,
  { request, words }: Commit,
  topics: readonly CommitTopic[],
  producer?: TransactionalProducer,
): Promise<CommitOutcome> {
  const shard = shards.find(request.groupId);
  const none = new Set<string>();
  if (typeof shard === 'number') return { errorCode: shard, tooLarge: none };
  const group = shard.state.groups.get(request.groupId) ?? null;
  const consumer = shard.state.consumers.get(request.groupId) ?? null;
  if (group === null && consumer === null && shards.isFullFor(request.groupId))
    return { errorCode: ErrorCode.POLICY_VIOLATION, tooLarge: none };
  const { settings, world } = shards.options;
  const { memberId, generationIdOrMemberEpoch: memberEpoch } = request;
  const isTransactional = producer !== undefined;
  const refusal =
    consumer === null ? null : consumerCommitError(consumer, { memberId, memberEpoch, isTransactional, ...words });
  const { errorCode, records, tooLarge, renewsSessionOf } = commit(
    { group, refusal },
    {
      groupId: request.groupId,
      memberId,
      instanceId: request.groupInstanceId,
      generation: memberEpoch,
      retentionMs: request.retentionTimeMs,
      topics,
      isTransactional,
      knowsMissingGroup: words.knowsMissingGroup,
    },
    { maxMetadataChars: Number(settings('offset.metadata.max.bytes')) },
    world.clock.nowMs(),
  );
  if (errorCode !== ErrorCode.NONE) return { errorCode, tooLarge };
  if (consumer !== null) renewSession(shards, shard, consumer, memberId);
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
