// Looks at the last few offsets of partitions that groups have almost read, to tell records from transaction markers and the like
// (lag-parts.ts). Called by the group reader before it computes lag. What is looked at, and how long it counts, tail-memory.ts says.
import type { BrokerGate } from '../../client/asking/per-broker.ts';
import type { KafkaClient } from '../../client/client.ts';
import { batchesIn } from '../../client/records/batch.ts';
import type { FetchedPartition } from '../../client/records/fetch.ts';
import type { LagParts, Problem } from '../../live/contract.ts';
import { lagParts } from './lag-parts.ts';
import { TailMemory, type TailWant } from './tail-memory.ts';

const TAIL_BYTES = { partition: 65_536, request: 1_048_576 } as const;

export type UnnamedWant = Omit<TailWant, 'topicId'>;

export class LogTails {
  readonly #client: KafkaClient;
  readonly #memory = new TailMemory();

  constructor(client: KafkaClient) {
    this.#client = client;
  }

  /** What was seen between the two offsets; null when they were not looked at. */
  partsOf(topic: string, partition: number, from: number | null, end: number | null): LagParts | null {
    if (from === null || end === null || from >= end) return null;
    return this.#memory.partsOf({ topic, topicId: this.#topicId(topic), partition, from, end });
  }

  /** Looks at the tails that are worth it. Never throws: what could not be read stays unseen. */
  async look(gate: BrokerGate, wants: readonly UnnamedWant[]): Promise<readonly Problem[]> {
    const named = wants.map((want) => ({ ...want, topicId: this.#topicId(want.topic) }));
    const byLeader = new Map<number, TailWant[]>();
    for (const want of this.#memory.chosen(named, Date.now())) {
      const leader = this.#client.metadata.topics.get(want.topic)?.partitions[want.partition]?.leader ?? null;
      if (leader !== null) byLeader.set(leader, [...(byLeader.get(leader) ?? []), want]);
    }
    return gate.askAll(byLeader.keys(), 'the last records', async (leader) => {
      for (const [topic, ofTopic] of Map.groupBy(byLeader.get(leader) ?? [], (want) => want.topic))
        await this.#ask(leader, topic, ofTopic);
    });
  }

  async #ask(leader: number, topic: string, wants: readonly TailWant[]): Promise<void> {
    // A request names a partition once; groups that differ in what they have read share the longest tail.
    const longest = new Map<number, number>();
    for (const { partition, from } of wants)
      longest.set(partition, Math.min(from, longest.get(partition) ?? Number.POSITIVE_INFINITY));
    const answer = await this.#client.fetch(leader, 'control', {
      topic,
      wants: [...longest].map(([partition, offset]) => ({ partition, offset, maxBytes: TAIL_BYTES.partition })),
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: TAIL_BYTES.request,
    });
    for (const fetched of answer.partitions) {
      if (fetched.errorCode !== 0) continue;
      for (const want of wants) if (want.partition === fetched.partition) this.#take(want, fetched);
    }
  }

  /** A leader that does not know the end yet has not sent it either. */
  #take(want: TailWant, fetched: FetchedPartition): void {
    if (fetched.highWatermark < want.end) return;
    this.#memory.take(want, lagParts(batchesIn(fetched.bytes), want.from, want.end), Date.now());
  }

  #topicId(topic: string): string | null {
    return this.#client.metadata.topics.get(topic)?.topicId ?? null;
  }
}
