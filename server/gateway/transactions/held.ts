// Where readers of committed records wait: last stable offsets against high watermarks of all partitions, and who holds them back.
// Called by transactions.ts. Never throws; bounded in partitions looked at and in transactions found.
import { DESCRIBE_PRODUCERS, LIST_OFFSETS } from '../../client/apis.ts';
import { BrokerGate } from '../../client/asking/per-broker.ts';
import { toNumber } from '../../client/int64.ts';
import type { Problem } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { type OpenTransaction, partitionKey } from './judge.ts';

export const MAX_PARTITIONS = 20_000;
const MAX_DESCRIBED = 2_000;
const MAX_OPEN = 10_000;
const CHUNK_PARTITIONS = 2_000;
const LATEST = -1n;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;

export interface HeldPartition {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number;
  readonly lastStableOffset: number;
  readonly highWatermark: number;
}

export interface Held {
  readonly atMs: number;
  /** Only those where records wait, by partitionKey(). */
  readonly partitions: ReadonlyMap<string, HeldPartition>;
  readonly open: readonly OpenTransaction[];
  readonly problems: readonly Problem[];
  /** Partitions beyond what is looked at. */
  readonly skipped: number;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

export class HeldReader {
  readonly #context: GatewayContext;
  readonly #gate: BrokerGate;

  constructor(context: GatewayContext) {
    this.#context = context;
    this.#gate = new BrokerGate(context.suspects);
  }

  async read(): Promise<Held> {
    const partitions = new Map<string, HeldPartition>();
    const open: OpenTransaction[] = [];
    const { byLeader, skipped } = this.#places();
    const problems = await this.#gate.askAll(byLeader.keys(), 'the open transactions', async (leader) => {
      const held: HeldPartition[] = [];
      const places = byLeader.get(leader) ?? [];
      for (let at = 0; at < places.length; at += CHUNK_PARTITIONS) {
        held.push(...(await this.#waiting(leader, places.slice(at, at + CHUNK_PARTITIONS))));
      }
      for (const each of held) partitions.set(partitionKey(each.topic, each.partition), each);
      const described = await describeOpen(this.#context, leader, held.slice(0, MAX_DESCRIBED));
      open.push(...described.slice(0, Math.max(0, MAX_OPEN - open.length)));
    });
    // Late answers write into what has been given out by then; a copy stays as it is.
    return { atMs: Date.now(), partitions: new Map(partitions), open: [...open], problems, skipped };
  }

  /** The high watermark first: what is written between the two readings never looks as if it waited. */
  async #waiting(leader: number, places: readonly Place[]): Promise<readonly HeldPartition[]> {
    const highWatermarks = await this.#ends(leader, places, READ_UNCOMMITTED);
    const stable = await this.#ends(leader, places, READ_COMMITTED);
    return places.flatMap((place) => {
      const key = partitionKey(place.topic, place.partition);
      const highWatermark = highWatermarks.get(key);
      const lastStableOffset = stable.get(key);
      if (highWatermark === undefined || lastStableOffset === undefined || lastStableOffset >= highWatermark) return [];
      return [{ ...place, leader, lastStableOffset, highWatermark }];
    });
  }

  async #ends(leader: number, places: readonly Place[], isolation: 0 | 1): Promise<ReadonlyMap<string, number>> {
    const endpoint = this.#context.metadata.endpointOf(leader);
    const ends = new Map<string, number>();
    if (endpoint === null) return ends;
    const topics = byTopic(places).map(([name, partitions]) => ({
      name,
      partitions: partitions.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp: LATEST })),
    }));
    const answer = await this.#context.connections.request(endpoint, 'control', LIST_OFFSETS, -1, isolation, topics);
    for (const { name, partitions } of answer.topics) {
      for (const { partitionIndex, errorCode, offset } of partitions) {
        if (errorCode === 0) ends.set(partitionKey(name, partitionIndex), toNumber(offset));
      }
    }
    return ends;
  }

  #places(): { byLeader: ReadonlyMap<number, readonly Place[]>; skipped: number } {
    const byLeader = new Map<number, Place[]>();
    const { topics, brokers, partitionCount } = this.#context.metadata;
    let count = 0;
    for (const { name: topic, partitions } of topics.values()) {
      for (const { partition, leader } of partitions) {
        if (leader === null || !brokers.has(leader)) continue;
        count += 1;
        if (count > MAX_PARTITIONS) return { byLeader, skipped: partitionCount - MAX_PARTITIONS };
        const places = byLeader.get(leader);
        if (places === undefined) byLeader.set(leader, [{ topic, partition }]);
        else places.push({ topic, partition });
      }
    }
    return { byLeader, skipped: 0 };
  }
}

/** The open transactions in partitions of one leader. @throws ClusterError */
export async function describeOpen(
  context: GatewayContext,
  leader: number,
  places: readonly Place[],
): Promise<readonly OpenTransaction[]> {
  const endpoint = context.metadata.endpointOf(leader);
  if (endpoint === null || places.length === 0) return [];
  const topics = byTopic(places).map(([name, partitionIndexes]) => ({ name, partitionIndexes }));
  const answer = await context.connections.request(endpoint, 'control', DESCRIBE_PRODUCERS, topics);
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.flatMap(({ partitionIndex, activeProducers }) =>
      activeProducers
        .filter(({ currentTxnStartOffset }) => currentTxnStartOffset >= 0n)
        .map((producer) => ({
          topic: name,
          partition: partitionIndex,
          producerId: String(producer.producerId),
          producerEpoch: producer.producerEpoch,
          coordinatorEpoch: producer.coordinatorEpoch,
          startOffset: toNumber(producer.currentTxnStartOffset),
          lastWriteAtMs: Number(producer.lastTimestamp),
        })),
    ),
  );
}

function byTopic(places: readonly Place[]): [string, number[]][] {
  const groups = Map.groupBy(places, ({ topic }) => topic);
  return [...groups].map(([topic, rows]) => [topic, rows.map(({ partition }) => partition)]);
}
