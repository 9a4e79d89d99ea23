// Reads for the map what no other view needs: the log ends of all replicas of drawn partitions (ListOffsets as a debugging replica, which
// followers answer too), and who wrote to them lately (DescribeProducers, where it is served). Called by map.ts. Never throws.
import { DESCRIBE_PRODUCERS, LIST_OFFSETS } from '../../client/apis.ts';
import type { BrokerGate } from '../../client/asking/per-broker.ts';
import type { KafkaClient } from '../../client/client.ts';
import { toNumber } from '../../client/int64.ts';
import { LATEST } from '../../client/records/offsets.ts';
import type { Problem } from '../../live/contract.ts';
import { replicaKey } from './changes.ts';

export interface DrawnPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}
export interface ProducerId {
  readonly producerId: string;
  readonly epoch: number;
  lastAtMs: number;
  readonly brokers: Set<number>;
  readonly topics: Set<string>;
}

/** ListOffsetsRequest.DEBUGGING_REPLICA_ID of Kafka: any replica answers, with the end of its log. */
const DEBUGGING_REPLICA = -2;
const MAX_PRODUCER_IDS = 1_000;

export class MapReader {
  readonly #client: KafkaClient;
  readonly #endGate: BrokerGate;
  readonly #producerGate: BrokerGate;
  /** Log end by replicaKey(), of the partitions read last. */
  #ends: ReadonlyMap<string, number> = new Map();
  #producers: ReadonlyMap<string, ProducerId> = new Map();

  constructor(client: KafkaClient) {
    this.#client = client;
    this.#endGate = client.gate();
    this.#producerGate = client.gate();
  }

  get producers(): ReadonlyMap<string, ProducerId> {
    return this.#producers;
  }

  get servesProducers(): boolean {
    return this.#client.metadata.apis.has(DESCRIBE_PRODUCERS.key);
  }

  /** Records that the log of `broker` lacks of the leader's; null when one of the two did not tell. */
  behind(topic: string, partition: number, leader: number | null, broker: number): number | null {
    if (leader === null) return null;
    if (leader === broker) return 0;
    const own = this.#ends.get(replicaKey(topic, partition, broker));
    const leaders = this.#ends.get(replicaKey(topic, partition, leader));
    return own === undefined || leaders === undefined ? null : Math.max(0, leaders - own);
  }

  /** Who did not tell how far behind a replica is shows as unknown; that it does not answer is told by the samplers. */
  async readEnds(drawn: readonly DrawnPartitions[]): Promise<readonly Problem[]> {
    const ends = new Map<string, number>();
    const wanted = this.#byBroker(drawn, ({ replicas }) => replicas);
    const problems = await this.#endGate.askAll(wanted.keys(), 'the log ends of the replicas', async (broker) => {
      const endpoint = this.#client.metadata.endpointOf(broker);
      if (endpoint === null) return;
      const topics = (wanted.get(broker) ?? []).map(({ topic, partitions }) => ({
        name: topic,
        partitions: partitions.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp: LATEST })),
      }));
      const answer = await this.#client.connections.request(
        endpoint,
        'control',
        LIST_OFFSETS,
        DEBUGGING_REPLICA,
        0,
        topics,
      );
      for (const { name, partitions } of answer.topics) {
        for (const { partitionIndex, errorCode, offset } of partitions) {
          if (errorCode === 0) ends.set(replicaKey(name, partitionIndex, broker), toNumber(offset));
        }
      }
    });
    this.#ends = new Map(ends);
    return problems;
  }

  /** Producer ids that wrote to drawn partitions since `sinceMs`. */
  async readProducers(drawn: readonly DrawnPartitions[], sinceMs: number): Promise<void> {
    const found = new Map<string, ProducerId>();
    const wanted = this.#byBroker(drawn, ({ leader }) => (leader === null ? [] : [leader]));
    await this.#producerGate.askAll(wanted.keys(), 'the producers', async (broker) => {
      const endpoint = this.#client.metadata.endpointOf(broker);
      if (endpoint === null) return;
      const topics = (wanted.get(broker) ?? []).map(({ topic, partitions }) => ({
        name: topic,
        partitionIndexes: [...partitions],
      }));
      const answer = await this.#client.connections.request(endpoint, 'control', DESCRIBE_PRODUCERS, topics);
      for (const { name, partitions } of answer.topics) {
        for (const { producerId, producerEpoch, lastTimestamp } of partitions.flatMap((each) => each.activeProducers)) {
          const lastAtMs = Number(lastTimestamp);
          const id = String(producerId);
          if (lastAtMs < sinceMs || (found.size >= MAX_PRODUCER_IDS && !found.has(id))) continue;
          const known = found.get(id) ?? {
            producerId: id,
            epoch: producerEpoch,
            lastAtMs,
            brokers: new Set(),
            topics: new Set(),
          };
          known.lastAtMs = Math.max(known.lastAtMs, lastAtMs);
          known.brokers.add(broker);
          known.topics.add(name);
          found.set(id, known);
        }
      }
    });
    this.#producers = new Map(found);
  }

  #byBroker(
    drawn: readonly DrawnPartitions[],
    brokersOf: (partition: { replicas: readonly number[]; leader: number | null }) => readonly number[],
  ): ReadonlyMap<number, { readonly topic: string; readonly partitions: number[] }[]> {
    const byBroker = new Map<number, { readonly topic: string; readonly partitions: number[] }[]>();
    for (const { topic, partitions } of drawn) {
      const nodes = this.#client.metadata.topics.get(topic)?.partitions ?? [];
      const ofTopic = new Map<number, number[]>();
      for (const partition of partitions) {
        const node = nodes[partition];
        if (node === undefined) continue;
        for (const broker of brokersOf(node)) {
          if (!this.#client.metadata.brokers.has(broker)) continue;
          const listed = ofTopic.get(broker);
          if (listed !== undefined) listed.push(partition);
          else {
            const first = [partition];
            ofTopic.set(broker, first);
            const topics = byBroker.get(broker);
            if (topics === undefined) byBroker.set(broker, [{ topic, partitions: first }]);
            else topics.push({ topic, partitions: first });
          }
        }
      }
    }
    return byBroker;
  }
}
