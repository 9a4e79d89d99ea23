// A transactional producer: begins, writes to some partitions, commits or aborts, and now and then is replaced by a newer one of the
// same name in the middle of a transaction, whereupon the old one goes on as if nothing had happened and must not get anywhere.
import { ErrorCode } from '../../protocol/errors.ts';
import { TRANSACTIONAL_BIT } from '../../protocol/records/batch.ts';
import { encodeBatch } from '../../protocol/records/record.ts';
import { produce } from '../../protocol/schema/00-produce.ts';
import { initProducerId } from '../../protocol/schema/22-init-producer-id.ts';
import { addPartitionsToTxn } from '../../protocol/schema/24-add-partitions-to-txn.ts';
import { endTxn } from '../../protocol/schema/26-end-txn.ts';
import type { Transactions } from '../checkers/transactions.ts';
import type { MarkName } from '../marks.ts';
import type { ClientOptions } from './client.ts';
import { ClientLoop } from './client-loop.ts';
import { Coordinator, TRANSACTION_KEY } from './coordinator.ts';

export interface TransactorOptions extends ClientOptions {
  readonly topic: { readonly name: string; readonly partitions: number };
  /** 2: each transaction has an epoch of its own, partitions are added by writing to them (KIP-890). */
  readonly version: 1 | 2;
  readonly pauseMs: number;
  readonly transactionTimeoutMs: number;
  readonly transactions: Transactions;
  mark(name: MarkName): void;
}
interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly sequences: Map<number, number>;
}
const TIMEOUT_MS = 6000;
const MAX_TRIES = 200;
/** The answer says nothing yet: asked again. */
export const WAIT: ReadonlySet<number> = new Set([
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.NETWORK_EXCEPTION,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.UNKNOWN_SERVER_ERROR,
]);

export class Transactor extends ClientLoop<TransactorOptions> {
  readonly #coordinator = new Coordinator(this.client, TRANSACTION_KEY, this.client.name);
  #identity: Identity | null = null;
  /** The transaction that the next init aborts: nobody asked for it to be committed. */
  #open: string | null = null;
  #count = 0;

  protected async work(): Promise<void> {
    const { client } = this;
    while (!client.isStopping) {
      await client.sleep(client.prng.exponential(this.o.pauseMs));
      this.#identity ??= await this.#init();
      if (this.#identity !== null && !client.isStopping) await this.#transaction(this.#identity);
    }
    // Whatever is open is aborted, so that readers come to the end.
    for (let tries = 0; tries < MAX_TRIES && (await this.#init()) === null; tries++);
  }

  async #transaction(identity: Identity): Promise<void> {
    const { client } = this;
    const { topic, transactions } = this.o;
    const name = `${client.name}.${this.#count++}`;
    this.#open = name;
    const writes = client.prng.between(1, 4);
    for (let i = 0; i < writes; i++) {
      const partition = client.prng.below(topic.partitions);
      const values = Array.from({ length: client.prng.between(1, 3) }, (_, j) => `${name}#${i * 10 + j}`);
      if (!(await this.#write(identity, partition, values))) {
        // Part of it may be there: a new epoch aborts it.
        this.#identity = null;
        return;
      }
      transactions.wrote(name, `${topic.name}-${partition}`, values);
    }
    const chance = client.prng.unit();
    // Longer than the coordinator waits: it aborts by itself.
    if (client.prng.chance(0.04)) await client.sleep(Math.min(8000, this.o.transactionTimeoutMs * 1.8));
    if (chance < 0.1) await this.#replaced(name, identity);
    else if (chance < 0.15) this.#identity = null;
    else await this.#end(name, identity, chance < 0.75);
  }
  /** A newer producer takes the name; the old one does not know. */
  async #replaced(name: string, old: Identity): Promise<void> {
    const { client } = this;
    const { topic, transactions, mark } = this.o;
    const fresh = await this.#init();
    this.#identity = fresh;
    if (fresh === null) return;
    // In every second case the newer one has a transaction open, which the old one must not end.
    const next = client.prng.chance(0.5) ? await this.#write0(`${name}n`, fresh) : null;
    const partition = client.prng.below(topic.partitions);
    const written = await this.#writeOnce(old, partition, [`${name}#zombie`]);
    transactions.zombie(client.name, 'a write', written === ErrorCode.NONE);
    const ended = await this.#endOnce(old, true);
    transactions.zombie(client.name, 'a commit', ended?.errorCode === ErrorCode.NONE);
    if (written !== null || ended !== null) mark('zombie-fenced');
    if (next !== null) await this.#end(next, fresh, client.prng.chance(0.5));
  }
  /** One record into partition 0; answers the name of its transaction, null where the producer is beyond repair. */
  async #write0(name: string, identity: Identity): Promise<string | null> {
    this.#open = name;
    const values = [`${name}#0`];
    if (await this.#write(identity, 0, values)) {
      this.o.transactions.wrote(name, `${this.o.topic.name}-0`, values);
      return name;
    }
    this.#identity = null;
    return null;
  }

  async #end(name: string, identity: Identity, isCommit: boolean): Promise<void> {
    const { transactions, version, mark } = this.o;
    if (isCommit) this.#open = null;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const answer = await this.#endOnce(identity, isCommit);
      if (answer?.errorCode === ErrorCode.NONE) {
        this.#open = null;
        transactions.ended(name, isCommit ? 'committed' : 'aborted');
        mark(isCommit ? 'transaction-committed' : 'transaction-aborted');
        if (version === 2) this.#become(answer);
        return;
      }
      if (answer !== null && !WAIT.has(answer.errorCode)) break;
      await this.#again();
    }
    this.#identity = null;
    mark('transaction-fenced');
  }
  #become({ producerId, producerEpoch }: { producerId: number; producerEpoch: number }): void {
    const { producerId: oldId, producerEpoch: oldEpoch } = this.#identity ?? { producerId: -1, producerEpoch: -1 };
    if (producerId === oldId && producerEpoch === oldEpoch) return;
    this.#identity = { producerId, producerEpoch, sequences: new Map() };
  }
  async #again(): Promise<void> {
    this.#coordinator.forget();
    await this.client.sleep(this.client.prng.between(20, 200));
  }
  async #endOnce({ producerId, producerEpoch }: Identity, committed: boolean) {
    if (!(await this.#coordinator.find())) return null;
    const request = { transactionalId: this.client.name, producerId, producerEpoch, committed };
    return this.client.ask(this.#coordinator.nodeId, endTxn, this.o.version === 1 ? 4 : 5, request, TIMEOUT_MS);
  }

  async #init(): Promise<Identity | null> {
    const { client } = this;
    const { transactionTimeoutMs } = this.o;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const request = { transactionalId: client.name, transactionTimeoutMs, producerId: -1, producerEpoch: -1 };
      const answer = (await this.#coordinator.find())
        ? await client.ask(this.#coordinator.nodeId, initProducerId, 5, request, TIMEOUT_MS)
        : null;
      if (answer?.errorCode === ErrorCode.NONE) {
        const { producerId, producerEpoch } = answer;
        if (this.#open !== null) this.o.transactions.ended(this.#open, 'aborted');
        this.#open = null;
        return { producerId, producerEpoch, sequences: new Map() };
      }
      await this.#again();
    }
    return null;
  }

  /** Until it is acknowledged; false: the producer is beyond repair. */
  async #write(identity: Identity, partition: number, values: readonly string[]): Promise<boolean> {
    const { client } = this;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const errorCode = await this.#writeOnce(identity, partition, values);
      if (errorCode === ErrorCode.NONE) {
        identity.sequences.set(partition, (identity.sequences.get(partition) ?? 0) + values.length);
        return true;
      }
      if (errorCode !== null && !WAIT.has(errorCode)) return false;
      await this.#again();
      await client.refresh([this.o.topic.name]);
    }
    return false;
  }
  /** The code; null when there was no answer. */
  async #writeOnce(identity: Identity, partition: number, values: readonly string[]): Promise<number | null> {
    const { client } = this;
    const { topic, version } = this.o;
    const { producerId, producerEpoch, sequences } = identity;
    if (version === 1) {
      const added = await this.#add(identity, partition);
      if (added !== ErrorCode.NONE) return added;
    }
    const leader = client.leaderOf(topic.name, partition)?.leader ?? -1;
    if (leader === -1) return null;
    const timestampMs = client.world.clock.nowMs();
    const records = encodeBatch({
      records: values.map((value) => ({ timestampMs, key: null, value: Buffer.from(value) })),
      producerId,
      producerEpoch,
      baseSequence: sequences.get(partition) ?? 0,
      flags: TRANSACTIONAL_BIT,
    });
    const topicData = [{ name: topic.name, partitionData: [{ index: partition, records }] }];
    const request = { transactionalId: client.name, acks: -1, timeoutMs: 3000, topicData };
    const answer = await client.ask(leader, produce, version === 1 ? 11 : 12, request, TIMEOUT_MS);
    return answer?.responses[0]?.partitionResponses[0]?.errorCode ?? null;
  }
  async #add({ producerId, producerEpoch }: Identity, partition: number): Promise<number | null> {
    if (!(await this.#coordinator.find())) return null;
    const request = {
      v3AndBelowTransactionalId: this.client.name,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: [{ name: this.o.topic.name, partitions: [partition] }],
    };
    const answer = await this.client.ask(this.#coordinator.nodeId, addPartitionsToTxn, 3, request, TIMEOUT_MS);
    return answer?.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode ?? null;
  }
}
