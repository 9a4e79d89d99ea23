// A transactional producer: begins, writes to some partitions, commits or aborts, and now and then is replaced by a newer one of the
// same name in the middle of a transaction, whereupon the old one goes on as if nothing had happened and must not get anywhere.
import { ErrorCode } from '../../protocol/errors.ts';
import type { Transactions } from '../checkers/clients/transactions.ts';
import type { MarkName } from '../marks.ts';
import type { ClientOptions } from './client.ts';
import { ClientLoop } from './client-loop.ts';
import {
  type Identity,
  identityOf,
  type TransactionalOptions,
  TransactionalProducer,
  WAIT,
} from './transactional-producer.ts';

export interface TransactorOptions extends ClientOptions, Omit<TransactionalOptions, 'transactionalId'> {
  readonly topic: { readonly name: string; readonly partitions: number };
  readonly pauseMs: number;
  readonly transactions: Transactions;
  mark(name: MarkName): void;
}
const MAX_TRIES = 200;

export class Transactor extends ClientLoop<TransactorOptions> {
  readonly #producer = new TransactionalProducer(this.client, { ...this.o, transactionalId: this.client.name });
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
    const written = await this.#producer.write(old, { topic: topic.name, partition }, [`${name}#zombie`]);
    transactions.zombie(client.name, 'a write', written === ErrorCode.NONE);
    const ended = await this.#producer.end(old, true);
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
      const answer = await this.#producer.end(identity, isCommit);
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
    this.#identity = identityOf({ producerId, producerEpoch });
  }
  async #again(): Promise<void> {
    this.#producer.coordinator.forget();
    await this.client.sleep(this.client.prng.between(20, 200));
  }

  async #init(): Promise<Identity | null> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const answer = await this.#producer.init();
      if (answer?.errorCode === ErrorCode.NONE) {
        if (this.#open !== null) this.o.transactions.ended(this.#open, 'aborted');
        this.#open = null;
        return identityOf(answer);
      }
      await this.#again();
    }
    return null;
  }

  /** Until it is acknowledged; false: the producer is beyond repair. */
  async #write(identity: Identity, partition: number, values: readonly string[]): Promise<boolean> {
    const { name: topic } = this.o.topic;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const errorCode = await this.#producer.write(identity, { topic, partition }, values);
      if (errorCode === ErrorCode.NONE) return true;
      if (errorCode !== null && !WAIT.has(errorCode)) return false;
      await this.#again();
      await this.client.refresh([topic]);
    }
    return false;
  }
}
