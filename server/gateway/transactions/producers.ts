// Who writes to one topic while its page is open: DescribeProducers at the leaders, and the transactional ids of those producers.
// Made by feature.ts, one for all pages. Bounded in topics, partitions and producers.
import { DESCRIBE_PRODUCERS, LIST_TRANSACTIONS } from '../../client/apis.ts';
import type { BrokerGate } from '../../client/asking/per-broker.ts';
import { reasonOf, unknownTopic } from '../../client/errors.ts';
import { toNumber } from '../../client/int64.ts';
import type { Problem, ProducerRow, ProducersParams, ProducersView } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { compareText } from '../model/order.ts';
import { Job } from '../sampling/job.ts';

const INTERVAL_MS = 2_000;
const IDS_AGE_MS = 6_000;
/** Asked at each reading, from the first on; one chosen partition is always asked. */
const MAX_PARTITIONS = 500;
const MAX_ROWS = 5_000;
const MAX_IDS_ASKED = 1_000;

interface Reading {
  readonly atMs: number;
  readonly rows: readonly Omit<ProducerRow, 'transactionalId'>[];
  readonly asked: number;
  readonly problems: readonly Problem[];
}

/** The producers of one topic, or of one partition of it. */
class TopicProducers {
  readonly #context: GatewayContext;
  readonly #topic: string;
  readonly #partition: number | null;
  readonly #gate: BrokerGate;
  readonly job: Job;
  watchers = 0;
  reading: Reading | null = null;
  transactionalIds: ReadonlyMap<string, string> = new Map();
  #idsAtMs = 0;

  constructor(context: GatewayContext, topic: string, partition: number | null) {
    this.#context = context;
    this.#topic = topic;
    this.#partition = partition;
    this.#gate = context.client.gate();
    this.job = new Job({
      intervalMs: () => INTERVAL_MS,
      run: async () => {
        await this.#sample();
        context.tell('producers', topic);
      },
      isTroubled: () => (this.reading?.problems.length ?? 0) > 0,
      onError: (error) => context.log(`gateway: reading the producers of ${topic} failed: ${reasonOf(error)}`),
    });
  }

  async #sample(): Promise<void> {
    const { metadata, connections } = this.#context;
    await metadata.fresh(2_000).catch(() => undefined); // The core sampler says why.
    if (!metadata.apis.has(DESCRIBE_PRODUCERS.key)) {
      this.reading = { atMs: Date.now(), rows: [], asked: 0, problems: [] };
      return;
    }
    const nodes = (metadata.topics.get(this.#topic)?.partitions ?? [])
      .filter(({ partition }) => this.#partition === null || partition === this.#partition)
      .slice(0, MAX_PARTITIONS);
    const byLeader = Map.groupBy(
      nodes.filter(({ leader }) => leader !== null && metadata.brokers.has(leader)),
      ({ leader }) => leader ?? -1,
    );
    const rows: Reading['rows'][number][] = [];
    const problems = await this.#gate.askAll(byLeader.keys(), 'the producers', async (leader) => {
      const endpoint = metadata.endpointOf(leader);
      if (endpoint === null) return;
      const partitionIndexes = (byLeader.get(leader) ?? []).map(({ partition }) => partition);
      const answer = await connections.request(endpoint, 'control', DESCRIBE_PRODUCERS, [
        { name: this.#topic, partitionIndexes },
      ]);
      for (const { partitionIndex, activeProducers } of answer.topics.flatMap((each) => each.partitions)) {
        for (const producer of activeProducers) {
          if (rows.length >= MAX_ROWS) return;
          rows.push({
            partition: partitionIndex,
            producerId: String(producer.producerId),
            producerEpoch: producer.producerEpoch,
            lastSequence: producer.lastSequence < 0 ? null : producer.lastSequence,
            lastWriteAtMs: producer.lastTimestamp < 0n ? null : Number(producer.lastTimestamp),
            openSinceOffset: producer.currentTxnStartOffset < 0n ? null : toNumber(producer.currentTxnStartOffset),
          });
        }
      }
    });
    const sorted = [...rows].sort(
      (left, right) =>
        left.partition - right.partition ||
        (right.lastWriteAtMs ?? 0) - (left.lastWriteAtMs ?? 0) ||
        compareText(left.producerId, right.producerId),
    );
    this.reading = { atMs: Date.now(), rows: sorted, asked: nodes.length, problems };
    await this.#nameProducers();
  }

  async #nameProducers(): Promise<void> {
    const { metadata, connections } = this.#context;
    const ids = [...new Set(this.reading?.rows.map(({ producerId }) => producerId))].slice(0, MAX_IDS_ASKED);
    const isStale = Date.now() - this.#idsAtMs >= IDS_AGE_MS;
    if (ids.length === 0 || !isStale || !metadata.apis.has(LIST_TRANSACTIONS.key)) return;
    this.#idsAtMs = Date.now();
    const found = new Map<string, string>();
    await this.#gate.askAll(metadata.brokers.keys(), 'the transactional ids', async (broker) => {
      const endpoint = metadata.endpointOf(broker);
      if (endpoint === null) return;
      const answer = await connections.request(endpoint, 'control', LIST_TRANSACTIONS, [], ids.map(BigInt), -1n, null);
      for (const { producerId, transactionalId } of answer.transactionStates)
        found.set(String(producerId), transactionalId);
    });
    this.transactionalIds = new Map(found);
  }
}

export class Producers {
  readonly #context: GatewayContext;
  readonly #open = new Map<string, TopicProducers>();

  constructor(context: GatewayContext) {
    this.#context = context;
  }

  /** Somebody looks; the result ends it. */
  watchBegan({ topic, partition }: ProducersParams): () => void {
    const key = keyOf(topic, partition);
    const found = this.#open.get(key) ?? new TopicProducers(this.#context, topic, partition);
    this.#open.set(key, found);
    found.watchers += 1;
    found.job.wake();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      found.watchers -= 1;
      if (found.watchers > 0) return;
      this.#open.delete(key);
      found.job.close().catch((error: unknown) => this.#context.log(`gateway: ${reasonOf(error)}`));
    };
  }

  /** @throws ClusterError UNKNOWN_TOPIC_OR_PARTITION, CLUSTER_UNREACHABLE */
  view({ topic, partition, offset, limit }: ProducersParams): ProducersView | null {
    const { metadata } = this.#context;
    this.#context.refuseIfNeverRead();
    const found = this.#open.get(keyOf(topic, partition));
    if (metadata.sampledAtMs === null || found === undefined || found.reading === null) return null;
    const node = metadata.topics.get(topic);
    if (node === undefined) throw unknownTopic(topic);
    const { atMs, rows, asked, problems } = found.reading;
    return {
      freshness: { sampledAtMs: atMs, intervalMs: INTERVAL_MS },
      problems: [...this.#context.problems('metadata'), ...problems].slice(0, 20),
      lacks: metadata.apis.has(DESCRIBE_PRODUCERS.key)
        ? []
        : ['The brokers cannot tell who writes (Apache Kafka has DescribeProducers since 2.8).'],
      asked,
      partitions: node.partitions.length,
      matching: rows.length,
      offset,
      rows: rows
        .slice(offset, offset + limit)
        .map((row) => ({ ...row, transactionalId: found.transactionalIds.get(row.producerId) ?? null })),
    };
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.map(({ job }) => job.close()));
  }
}

const keyOf = (topic: string, partition: number | null): string => `${partition ?? 'all'}:${topic}`;
