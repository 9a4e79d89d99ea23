// OffsetFetch between the wire and the state: one group or many, all topics or some, by name or by id.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { ZERO_UUID } from '../../../protocol/grammar.ts';
import type { offsetFetch as fetchApi } from '../../../protocol/schema/09-offset-fetch.ts';
import { toGroupError } from '../errors.ts';
import { consumerFetchError } from '../group/consumer/positions.ts';
import type { FetchedPartition } from '../offsets/fetch.ts';
import { failedPartition, fetchAllOffsets, fetchOffsets as readOffsets } from '../offsets/fetch.ts';
import type { Shard } from '../runtime.ts';
import type { Shards } from '../shards.ts';
import type { GroupRequestContext } from './membership.ts';
import type { NamedTopic } from './topics.ts';
import { FIRST_VERSION_WITH_TOPIC_IDS, nameTopic } from './topics.ts';

const FIRST_VERSION_OF = { manyGroups: 8, groupError: 2 } as const;

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
  const usesIds = apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS;
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
