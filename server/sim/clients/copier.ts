// Consume, transform, produce, exactly once: reads a topic, writes to another, and commits how far it read in the same transaction. Two
// of them share one transactional id: whoever begins fences the other, which goes on until it is told.
import { ErrorCode } from '../../protocol/errors.ts';
import { offsetFetch } from '../../protocol/schema/09-offset-fetch.ts';
import { addOffsetsToTxn } from '../../protocol/schema/25-add-offsets-to-txn.ts';
import { txnOffsetCommit } from '../../protocol/schema/28-txn-offset-commit.ts';
import { copyOf } from '../checkers/clients/copies.ts';
import type { Groups } from '../checkers/clients/groups.ts';
import type { MarkName } from '../marks.ts';
import { keyOf } from '../place.ts';
import type { Client, ClientOptions } from './client.ts';
import { ClientLoop } from './client-loop.ts';
import { Coordinator, GROUP_KEY } from './coordinator.ts';
import { fetchFromLeader, recordsIn } from './reader.ts';
import {
  type Identity,
  identityOf,
  type TransactionalOptions,
  TransactionalProducer,
  WAIT,
} from './transactional-producer.ts';

interface Topic {
  readonly name: string;
  readonly partitions: number;
}
export interface CopierOptions extends ClientOptions, TransactionalOptions {
  readonly input: Topic;
  readonly output: Topic;
  readonly group: string;
  readonly pauseMs: number;
  /** Takes over now and then; the other one is at work all the time, and copies what is left at the end. */
  readonly isRival: boolean;
  readonly groups: Groups;
  mark(name: MarkName): void;
}
const TIMEOUT_MS = 6000;
const MAX_TRIES = 200;
const ABORTED_SHARE = 0.1;
/** A copier without a group of consumers: no member, no generation. */
const NOBODY = { memberId: '', generationId: -1 } as const;

export class Copier extends ClientLoop<CopierOptions> {
  readonly #producer = new TransactionalProducer(this.client, this.o);
  readonly #group = new Coordinator(this.client, GROUP_KEY, this.o.group);
  #identity: Identity | null = null;
  /** Where each partition of the input is read next. */
  #positions: Map<number, number> | null = null;

  protected async work(): Promise<void> {
    const { client } = this;
    const { isRival, pauseMs } = this.o;
    while (!client.isStopping) {
      const isBeginning = this.#identity === null;
      await client.sleep(isRival && isBeginning ? client.prng.between(2000, 8000) : client.prng.exponential(pauseMs));
      if (client.isStopping) break;
      await this.#round();
    }
    // What is left, alone.
    for (let tries = 0; !isRival && tries < MAX_TRIES && (await this.#round()) !== 'nothing'; tries++);
  }

  /** One transaction, unless there is nothing to copy. After whatever went wrong everything begins anew. */
  async #round(): Promise<'copied' | 'nothing' | 'failed'> {
    this.#identity ??= await this.#init();
    if (this.#identity !== null) this.#positions ??= await this.#committedPositions();
    const news = this.#positions === null ? null : await this.#read(this.#positions);
    if (this.#identity !== null && news !== null && news.size === 0) return 'nothing';
    if (this.#identity !== null && news !== null && (await this.#copy(this.#identity, news))) return 'copied';
    this.#identity = null;
    this.#positions = null;
    return 'failed';
  }

  /** How far the news go, by partition; null: a leader did not answer. */
  async #read(positions: ReadonlyMap<number, number>): Promise<Map<number, number> | null> {
    const news = new Map<number, number>();
    for (const [partition, position] of positions) {
      const place = { topic: this.o.input.name, partition };
      const { one } = await fetchFromLeader(this.client, place, { offset: position, maxWaitMs: 20, maxBytes: 400 });
      if (one?.errorCode !== ErrorCode.NONE) return null;
      const last = recordsIn(this.client, one.records, position).at(-1);
      if (last !== undefined) news.set(partition, last.offset + 1);
    }
    return news;
  }
  async #copy(identity: Identity, news: ReadonlyMap<number, number>): Promise<boolean> {
    const { client } = this;
    const { input, output } = this.o;
    for (const [partition, upTo] of news) {
      const from = this.#positions?.get(partition) ?? 0;
      const key = keyOf({ topic: input.name, partition });
      const copies = Array.from({ length: upTo - from }, (_, i) => copyOf(key, from + i));
      if (!(await this.#write(identity, client.prng.below(output.partitions), copies))) return false;
    }
    if (!(await this.#commitOffsets(identity, news))) return false;
    return this.#end(identity, news, !client.prng.chance(client.isStopping ? 0 : ABORTED_SHARE));
  }

  /** Asks until the answer says something for good: true when it is a yes. */
  async #untilSaid(coordinator: Coordinator | null, ask: () => Promise<number | null>): Promise<boolean> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const isKnown = coordinator === null || (await coordinator.find());
      const errorCode = isKnown ? await ask() : null;
      if (errorCode === ErrorCode.NONE) return true;
      if (errorCode !== null && !WAIT.has(errorCode)) {
        this.o.mark('copier-fenced');
        return false;
      }
      coordinator?.forget();
      await this.client.sleep(this.client.prng.between(20, 200));
    }
    return false;
  }

  async #init(): Promise<Identity | null> {
    let identity: Identity | null = null;
    await this.#untilSaid(this.#producer.coordinator, async () => {
      const answer = await this.#producer.init();
      if (answer?.errorCode === ErrorCode.NONE) identity = identityOf(answer);
      return answer?.errorCode ?? null;
    });
    return identity;
  }
  async #committedPositions(): Promise<Map<number, number> | null> {
    const { group, input, groups } = this.o;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const sentMs = this.client.nowMs;
      const found = await committedOffsets(this.client, this.#group, group, input);
      if (found !== null) {
        for (const [partition, offset] of found)
          groups.fetched(group, keyOf({ topic: input.name, partition }), { offset, sentMs });
        return new Map([...found].map(([partition, offset]) => [partition, Math.max(0, offset)]));
      }
      this.#group.forget();
      await this.client.sleep(this.client.prng.between(20, 200));
    }
    return null;
  }

  #write(identity: Identity, partition: number, copies: readonly string[]): Promise<boolean> {
    const { output, version } = this.o;
    return this.#untilSaid(version === 1 ? this.#producer.coordinator : null, async () => {
      await this.client.refresh([output.name]);
      return this.#producer.write(identity, { topic: output.name, partition }, copies);
    });
  }

  async #commitOffsets({ producerId, producerEpoch }: Identity, news: ReadonlyMap<number, number>): Promise<boolean> {
    const { client } = this;
    const { transactionalId, group: groupId, input, version } = this.o;
    const who = { transactionalId, groupId, producerId, producerEpoch };
    if (version === 1) {
      const { coordinator } = this.#producer;
      const isAdded = await this.#untilSaid(coordinator, async () => {
        const answer = await client.ask(coordinator.nodeId, addOffsetsToTxn, 4, who, TIMEOUT_MS);
        return answer?.errorCode ?? null;
      });
      if (!isAdded) return false;
    }
    const partitions = [...news].map(([partitionIndex, committedOffset]) => ({
      partitionIndex,
      committedOffset,
      committedMetadata: null,
    }));
    const request = { ...who, ...NOBODY, topics: [{ name: input.name, partitions }] };
    return this.#untilSaid(this.#group, async () => {
      const answer = await client.ask(this.#group.nodeId, txnOffsetCommit, version === 1 ? 4 : 5, request, TIMEOUT_MS);
      if (answer === null) return null;
      const codes = answer.topics.flatMap((topic) => topic.partitions.map(({ errorCode }) => errorCode));
      return codes.find((code) => code !== ErrorCode.NONE) ?? ErrorCode.NONE;
    });
  }

  async #end(identity: Identity, news: ReadonlyMap<number, number>, committed: boolean): Promise<boolean> {
    const { client } = this;
    const { version, input, group, groups, mark } = this.o;
    const { producerId, producerEpoch } = identity;
    const sentMs = client.nowMs;
    return this.#untilSaid(this.#producer.coordinator, async () => {
      const answer = await this.#producer.end(identity, committed);
      if (answer?.errorCode !== ErrorCode.NONE) return answer?.errorCode ?? null;
      mark(committed ? 'offsets-committed-in-transaction' : 'offsets-aborted');
      const isNext = answer.producerId !== producerId || answer.producerEpoch !== producerEpoch;
      if (version === 2 && isNext) {
        this.#identity = identityOf(answer);
      }
      if (!committed) return ErrorCode.NONE;
      for (const [partition, offset] of news) {
        this.#positions?.set(partition, offset);
        const key = keyOf({ topic: input.name, partition });
        const by = { generation: NOBODY.generationId, memberId: client.name, partition: key };
        groups.committed(group, { ...by, offset, sentMs, nowMs: client.nowMs });
      }
      return ErrorCode.NONE;
    });
  }
}

/** Where the group is in each partition of the topic, −1: nowhere yet. Null where that is not known, or may still change. */
export async function committedOffsets(
  client: Client,
  coordinator: Coordinator,
  groupId: string,
  { name, partitions }: Topic,
): Promise<Map<number, number> | null> {
  if (!(await coordinator.find())) return null;
  const partitionIndexes = Array.from({ length: partitions }, (_, i) => i);
  const request = { groups: [{ groupId, topics: [{ name, partitionIndexes }] }], requireStable: true };
  const answer = await client.ask(coordinator.nodeId, offsetFetch, 9, request, TIMEOUT_MS);
  const found = answer?.groups[0];
  if (found?.errorCode !== ErrorCode.NONE) return null;
  const all = found.topics.flatMap((topic) => topic.partitions);
  if (all.length < partitions || all.some(({ errorCode }) => errorCode !== ErrorCode.NONE)) return null;
  return new Map(all.map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]));
}
