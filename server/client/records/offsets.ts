// Start and end offsets, and offsets by time: one ListOffsets per leader and chunk, all leaders at once. Called through
// KafkaClient.offsets, and in its parts by samplers that keep each leader's answers apart.
import { LIST_OFFSETS } from '../apis.ts';
import type { Asking } from '../asking/asking.ts';
import type { Lane } from '../connections.ts';
import { toNumber } from '../int64.ts';
import type { ClusterMetadata } from '../metadata.ts';

/** As ListOffsets names them in place of a time. */
export const EARLIEST = -2n;
export const LATEST = -1n;
/** Partitions in one request; a request of this size takes a broker a few milliseconds. */
const CHUNK_PARTITIONS = 2_000;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;

export interface TopicPartitions {
  readonly topic: string;
  /** null: all partitions. */
  readonly partitions: readonly number[] | null;
}

export interface OffsetsOfTopic {
  readonly name: string;
  readonly partitions: { partitionIndex: number; currentLeaderEpoch: number; timestamp: bigint }[];
}

export interface OffsetAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** −1 when there is no such offset (a timestamp after the last record). */
  readonly offset: number;
}

export interface OffsetsWanted {
  readonly of: Iterable<TopicPartitions>;
  /** EARLIEST, LATEST, or milliseconds since the epoch: the first offset at or after it. */
  readonly at: bigint;
  readonly lane: Lane;
  /** The end is the last stable offset: what a reader of committed records gets to. */
  readonly isStable?: boolean;
}

/** One answer per partition that has a leader. @throws ClusterError when a leader does not answer */
export async function readOffsets(
  asking: Pick<Asking, 'connections' | 'metadata'>,
  { of, at, lane, isStable = false }: OffsetsWanted,
): Promise<readonly OffsetAnswer[]> {
  const answers: OffsetAnswer[] = [];
  const byLeader = offsetsByLeader(asking.metadata, of, at);
  await Promise.all(
    [...byLeader].map(([leader, topics]) =>
      askOffsets(asking, { leader, topics, lane, isStable }, (answer) => answers.push(answer)),
    ),
  );
  return answers;
}

export interface OffsetsAsked {
  readonly leader: number;
  readonly topics: readonly OffsetsOfTopic[];
  readonly lane: Lane;
  readonly isStable: boolean;
}

/** What one leader says, answer by answer. @throws ClusterError when it does not answer */
export async function askOffsets(
  { connections, metadata }: Pick<Asking, 'connections' | 'metadata'>,
  { leader, topics, lane, isStable }: OffsetsAsked,
  onAnswer: (answer: OffsetAnswer) => void,
): Promise<void> {
  const endpoint = metadata.endpointOf(leader);
  if (endpoint === null) throw new Error(`broker ${leader} has no known address`);
  const isolation = isStable ? READ_COMMITTED : READ_UNCOMMITTED;
  for (const chunk of chunks(topics)) {
    const answer = await connections.request(endpoint, lane, LIST_OFFSETS, -1, isolation, chunk);
    for (const topic of answer.topics) {
      for (const { partitionIndex, errorCode, offset } of topic.partitions) {
        onAnswer({ topic: topic.name, partition: partitionIndex, errorCode, offset: toNumber(offset) });
      }
    }
  }
}

/** What to ask whom; partitions without a leader are told to `onLeaderless`, unknown topics are left out. */
export function offsetsByLeader(
  metadata: Pick<ClusterMetadata, 'topics'>,
  wanted: Iterable<TopicPartitions>,
  at: bigint,
  onLeaderless: (topic: string, partition: number) => void = () => undefined,
): Map<number, OffsetsOfTopic[]> {
  const byLeader = new Map<number, OffsetsOfTopic[]>();
  for (const { topic: name, partitions } of wanted) {
    const topic = metadata.topics.get(name);
    if (topic === undefined) continue;
    const isWanted = partitions === null ? null : new Set(partitions);
    const ofTopic = new Map<number, OffsetsOfTopic>();
    for (const { partition, leader } of topic.partitions) {
      if (isWanted !== null && !isWanted.has(partition)) continue;
      if (leader === null) {
        onLeaderless(name, partition);
        continue;
      }
      let request = ofTopic.get(leader);
      if (request === undefined) {
        request = { name, partitions: [] };
        ofTopic.set(leader, request);
        const topics = byLeader.get(leader);
        if (topics === undefined) byLeader.set(leader, [request]);
        else topics.push(request);
      }
      request.partitions.push({ partitionIndex: partition, currentLeaderEpoch: -1, timestamp: at });
    }
  }
  return byLeader;
}

/** Topics in groups of about CHUNK_PARTITIONS partitions; a topic larger than that is a group of its own. */
function* chunks(topics: readonly OffsetsOfTopic[]): Generator<OffsetsOfTopic[]> {
  let chunk: OffsetsOfTopic[] = [];
  let count = 0;
  for (const topic of topics) {
    if (count > 0 && count + topic.partitions.length > CHUNK_PARTITIONS) {
      yield chunk;
      chunk = [];
      count = 0;
    }
    chunk.push(topic);
    count += topic.partitions.length;
  }
  if (chunk.length > 0) yield chunk;
}
