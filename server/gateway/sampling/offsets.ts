// Reads start and end offsets of many partitions: one ListOffsets per leader and chunk, all leaders at once. Writes the
// figures. Called by the core sampler, by the watched entities and by the groups (after their committed offsets).
import type { Problem } from '../../live/contract.ts';
import { LIST_OFFSETS } from '../apis.ts';
import type { Connections, Lane } from '../connections.ts';
import { kafkaErrorName } from '../errors.ts';
import type { Figures } from '../figures.ts';
import type { ClusterMetadata } from '../metadata.ts';
import { toNumber } from '../numbers.ts';
import type { BrokerGate } from './per-broker.ts';

export type OffsetKind = 'earliest' | 'latest';
const TIMESTAMP_OF = { earliest: -2n, latest: -1n } as const;
/** Partitions in one request; a request of this size takes a broker a few milliseconds. */
const CHUNK_PARTITIONS = 2_000;
/** Errors after which the metadata must be read again. */
const STALE_METADATA = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'LEADER_NOT_AVAILABLE',
]);

export interface TopicPartitions {
  readonly topic: string;
  /** null: all partitions. */
  readonly partitions: readonly number[] | null;
}

interface RequestTopic {
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

export class OffsetReader {
  readonly #connections: Connections;
  readonly #metadata: ClusterMetadata;
  readonly #figures: Figures;
  /** Set when an answer showed that leaders have moved; the core sampler reads the metadata and clears it. */
  isMetadataStale = false;

  constructor(connections: Connections, metadata: ClusterMetadata, figures: Figures) {
    this.#connections = connections;
    this.#metadata = metadata;
    this.#figures = figures;
  }

  /** Samples into the figures. Never throws: what could not be read becomes unknown and a problem. */
  async sample(gate: BrokerGate, kind: OffsetKind, wanted: Iterable<TopicPartitions>): Promise<readonly Problem[]> {
    const byLeader = this.#byLeader(wanted, TIMESTAMP_OF[kind]);
    return gate.askAll(byLeader.keys(), kind === 'latest' ? 'the end offsets' : 'the start offsets', async (leader) => {
      try {
        await this.#ask(leader, byLeader.get(leader) ?? [], 'control', (answer) => this.#write(kind, answer));
      } catch (error) {
        for (const topic of byLeader.get(leader) ?? []) {
          for (const { partitionIndex } of topic.partitions)
            this.#figures.of(topic.name)?.forgetPartition(partitionIndex);
        }
        throw error;
      }
    });
  }

  /** One answer per partition that has a leader; `isStable` ends at the last stable offset. @throws GatewayError when a leader does not answer */
  async read(
    wanted: Iterable<TopicPartitions>,
    timestamp: bigint,
    lane: Lane,
    isStable = false,
  ): Promise<readonly OffsetAnswer[]> {
    const answers: OffsetAnswer[] = [];
    const byLeader = this.#byLeader(wanted, timestamp);
    await Promise.all(
      [...byLeader].map(([leader, topics]) =>
        this.#ask(leader, topics, lane, (answer) => answers.push(answer), isStable),
      ),
    );
    return answers;
  }

  #write(kind: OffsetKind, answer: OffsetAnswer): void {
    const figures = this.#figures.of(answer.topic);
    if (figures === null) return;
    if (answer.errorCode !== 0) {
      if (STALE_METADATA.has(kafkaErrorName(answer.errorCode))) this.isMetadataStale = true;
      figures.forgetPartition(answer.partition);
    } else if (kind === 'latest') {
      figures.setEnd(answer.partition, answer.offset, Date.now());
    } else {
      figures.setStart(answer.partition, answer.offset);
    }
  }

  async #ask(
    leader: number,
    topics: readonly RequestTopic[],
    lane: Lane,
    onAnswer: (answer: OffsetAnswer) => void,
    isStable = false,
  ): Promise<void> {
    const endpoint = this.#metadata.endpointOf(leader);
    if (endpoint === null) throw new Error(`broker ${leader} has no known address`);
    for (const chunk of chunks(topics)) {
      const answer = await this.#connections.request(endpoint, lane, LIST_OFFSETS, -1, isStable ? 1 : 0, chunk);
      for (const topic of answer.topics) {
        for (const { partitionIndex, errorCode, offset } of topic.partitions) {
          onAnswer({ topic: topic.name, partition: partitionIndex, errorCode, offset: toNumber(offset) });
        }
      }
    }
  }

  #byLeader(wanted: Iterable<TopicPartitions>, timestamp: bigint): Map<number, RequestTopic[]> {
    const byLeader = new Map<number, RequestTopic[]>();
    for (const { topic: name, partitions } of wanted) {
      const topic = this.#metadata.topics.get(name);
      if (topic === undefined) continue;
      const isWanted = partitions === null ? null : new Set(partitions);
      const ofTopic = new Map<number, RequestTopic>();
      for (const { partition, leader } of topic.partitions) {
        if (isWanted !== null && !isWanted.has(partition)) continue;
        if (leader === null) {
          this.#figures.of(name)?.forgetPartition(partition);
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
        request.partitions.push({ partitionIndex: partition, currentLeaderEpoch: -1, timestamp });
      }
    }
    return byLeader;
  }
}

/** Topics in groups of about CHUNK_PARTITIONS partitions; a topic larger than that is a group of its own. */
function* chunks(topics: readonly RequestTopic[]): Generator<RequestTopic[]> {
  let chunk: RequestTopic[] = [];
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
