// Consume, transform, produce, exactly once: reads a topic, writes to another, and commits how far it read in the same transaction. Two
// of them share one transactional id: whoever begins fences the other, which goes on until it is told.
import { ErrorCode } from '../../protocol/errors.ts';
import { TRANSACTIONAL_BIT } from '../../protocol/records/batch.ts';
import { encodeBatch } from '../../protocol/records/record.ts';
import { produce } from '../../protocol/schema/00-produce.ts';
import { offsetFetch } from '../../protocol/schema/09-offset-fetch.ts';
import { initProducerId } from '../../protocol/schema/22-init-producer-id.ts';
import { addPartitionsToTxn } from '../../protocol/schema/24-add-partitions-to-txn.ts';
import { addOffsetsToTxn } from '../../protocol/schema/25-add-offsets-to-txn.ts';
import { endTxn } from '../../protocol/schema/26-end-txn.ts';
import { txnOffsetCommit } from '../../protocol/schema/28-txn-offset-commit.ts';
import { copyOf } from '../checkers/copies.ts';
import type { Groups } from '../checkers/groups.ts';
import type { MarkName } from '../marks.ts';
import { keyOf } from '../place.ts';
import type { Client, ClientOptions } from './client.ts';
import { ClientLoop } from './client-loop.ts';
import { Coordinator, GROUP_KEY, TRANSACTION_KEY } from './coordinator.ts';
import { fetchFromLeader, recordsIn } from './reader.ts';
import { WAIT } from './transactor.ts';

interface Topic {
  readonly name: string;
  readonly partitions: number;
}
export interface CopierOptions extends ClientOptions {
  readonly input: Topic;
  readonly output: Topic;
  readonly group: string;
  readonly transactionalId: string;
  /** 2: partitions and groups are added by writing to them (KIP-890). */
  readonly version: 1 | 2;
  readonly pauseMs: number;
  readonly transactionTimeoutMs: number;
  /** Takes over now and then; the other one is at work all the time, and copies what is left at the end. */
  readonly isRival: boolean;
  readonly groups: Groups;
  mark(name: MarkName): void;
}
interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly sequences: Map<number, number>;
}
const TIMEOUT_MS = 6000;
const MAX_TRIES = 200;
const ABORTED_SHARE = 0.1;
/** A copier without a group of consumers: no member, no generation. */
const NOBODY = { memberId: '', generationId: -1 } as const;

export class Copier extends ClientLoop<CopierOptions> {
  readonly #transactions = new Coordinator(this.client, TRANSACTION_KEY, this.o.transactionalId);
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
    const { transactionalId, transactionTimeoutMs } = this.o;
    const request = { transactionalId, transactionTimeoutMs, producerId: -1, producerEpoch: -1 };
    let identity: Identity | null = null;
    await this.#untilSaid(this.#transactions, async () => {
      const answer = await this.client.ask(this.#transactions.nodeId, initProducerId, 5, request, TIMEOUT_MS);
      if (answer?.errorCode === ErrorCode.NONE) {
        const { producerId, producerEpoch } = answer;
        identity = { producerId, producerEpoch, sequences: new Map() };
      }
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
    const { client } = this;
    const { output, transactionalId, version } = this.o;
    const { producerId, producerEpoch, sequences } = identity;
    return this.#untilSaid(version === 1 ? this.#transactions : null, async () => {
      const added = version === 1 ? await this.#addPartition(identity, partition) : ErrorCode.NONE;
      if (added !== ErrorCode.NONE) return added;
      await client.refresh([output.name]);
      const leader = client.leaderOf(output.name, partition)?.leader ?? -1;
      if (leader === -1) return null;
      const timestampMs = client.world.clock.nowMs();
      const records = encodeBatch({
        records: copies.map((value) => ({ timestampMs, key: null, value: Buffer.from(value) })),
        producerId,
        producerEpoch,
        baseSequence: sequences.get(partition) ?? 0,
        flags: TRANSACTIONAL_BIT,
      });
      const topicData = [{ name: output.name, partitionData: [{ index: partition, records }] }];
      const request = { transactionalId, acks: -1, timeoutMs: 3000, topicData };
      const answer = await client.ask(leader, produce, version === 1 ? 11 : 12, request, TIMEOUT_MS);
      const errorCode = answer?.responses[0]?.partitionResponses[0]?.errorCode ?? null;
      if (errorCode === ErrorCode.NONE) sequences.set(partition, (sequences.get(partition) ?? 0) + copies.length);
      return errorCode;
    });
  }
  async #addPartition({ producerId, producerEpoch }: Identity, partition: number): Promise<number | null> {
    const request = {
      v3AndBelowTransactionalId: this.o.transactionalId,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: [{ name: this.o.output.name, partitions: [partition] }],
    };
    const answer = await this.client.ask(this.#transactions.nodeId, addPartitionsToTxn, 3, request, TIMEOUT_MS);
    return answer?.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode ?? null;
  }

  async #commitOffsets({ producerId, producerEpoch }: Identity, news: ReadonlyMap<number, number>): Promise<boolean> {
    const { client } = this;
    const { transactionalId, group: groupId, input, version } = this.o;
    const who = { transactionalId, groupId, producerId, producerEpoch };
    if (version === 1) {
      const isAdded = await this.#untilSaid(this.#transactions, async () => {
        const answer = await client.ask(this.#transactions.nodeId, addOffsetsToTxn, 4, who, TIMEOUT_MS);
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
    const { transactionalId, version, input, group, groups, mark } = this.o;
    const { producerId, producerEpoch } = identity;
    const sentMs = client.nowMs;
    return this.#untilSaid(this.#transactions, async () => {
      const request = { transactionalId, producerId, producerEpoch, committed };
      const answer = await client.ask(this.#transactions.nodeId, endTxn, version === 1 ? 4 : 5, request, TIMEOUT_MS);
      if (answer?.errorCode !== ErrorCode.NONE) return answer?.errorCode ?? null;
      mark(committed ? 'offsets-committed-in-transaction' : 'offsets-aborted');
      const isNext = answer.producerId !== producerId || answer.producerEpoch !== producerEpoch;
      if (version === 2 && isNext) {
        this.#identity = { producerId: answer.producerId, producerEpoch: answer.producerEpoch, sequences: new Map() };
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
  return new Map(all.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]));
}
