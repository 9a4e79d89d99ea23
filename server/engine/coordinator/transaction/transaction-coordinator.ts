// The transaction coordinator of one broker: the transactional ids whose partition of __transaction_state it leads. Handlers call
// one method per verb; the broker tells it which partitions it leads. verbs/ decide, shards store; this finds the shard, gets
// producer ids, and watches over time-outs and forgotten ids.
import type { CancelTimer, World } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { partitionFor } from '../hash.ts';
import { isTooLong } from '../long-ids.ts';
import type { CoordinatorStore } from '../store.ts';
import { type MarkerSender, TransactionShard } from './shard.ts';
import { isExpired, isTimedOut, type Transaction } from './transaction.ts';
import type { Decision, ProducerIdAndEpoch } from './verbs/decision.ts';
import { type EndRequest, end, fence } from './verbs/end.ts';
import { type InitRequest, init } from './verbs/init.ts';
import { addPartitions, type PartitionsRequest, verify } from './verbs/partitions.ts';

export interface TransactionCoordinatorOptions {
  readonly world: World;
  readonly store: CoordinatorStore;
  readonly markers: MarkerSender;
  /** The setting in force, by Kafka's name. */
  readonly settings: (name: string) => string;
  /** Partitions of __transaction_state; 0 while it does not exist. */
  readonly partitionCount: () => number;
  /** A producer id never given before; null when the controller has none to give now. */
  readonly nextProducerId: () => Promise<number | null>;
}
export interface Answer extends ProducerIdAndEpoch {
  readonly errorCode: number;
}

/** DIVERGES: Kafka has no such bound. Ids are kept in memory for days. */
const MAX_IDS = 100_000;
/** Ids looked at in one go before other work gets its turn. */
const IDS_PER_STEP = 1000;

const failed = (errorCode: number): Answer => ({ errorCode, producerId: -1, producerEpoch: -1 });

export class TransactionCoordinator {
  readonly #options: TransactionCoordinatorOptions;
  readonly #shards = new Map<number, TransactionShard>();
  readonly #timers = new Map<string, CancelTimer>();

  constructor(options: TransactionCoordinatorOptions) {
    this.#options = options;
  }

  /** The partition of __transaction_state that keeps this id. Needs partitionCount() > 0. */
  partitionOf(transactionalId: string): number {
    return partitionFor(transactionalId, this.#options.partitionCount());
  }

  /** The broker leads this partition of __transaction_state now, or its epoch rose. */
  onLeader(partition: number, leaderEpoch: number): void {
    const { world, store, markers } = this.#options;
    const known = this.#shards.get(partition);
    if (known !== undefined) {
      known.coordinatorEpoch = leaderEpoch;
      return;
    }
    const shard = new TransactionShard({ world, store, markers, partition }, leaderEpoch);
    this.#shards.set(partition, shard);
    void shard.load();
    if (this.#timers.size > 0) return;
    this.#every('transaction.abort.timed.out.transaction.cleanup.interval.ms', (one, nowMs) =>
      this.#abortLate(one, nowMs),
    );
    this.#every('transaction.remove.expired.transaction.cleanup.interval.ms', (one, nowMs) =>
      this.#forgetOld(one, nowMs),
    );
  }
  onResign(partition: number): void {
    const shard = this.#shards.get(partition);
    this.#shards.delete(partition);
    shard?.close();
  }
  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const partition of [...this.#shards.keys()]) this.onResign(partition);
  }

  /** The id's shard, ready to serve, or COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS. */
  #find(transactionalId: string): TransactionShard | number {
    if (transactionalId === '') return ErrorCode.INVALID_REQUEST;
    if (this.#options.partitionCount() === 0) return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    const shard = this.#shards.get(this.partitionOf(transactionalId));
    if (shard === undefined) return ErrorCode.NOT_COORDINATOR;
    return shard.isActive ? shard : ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  }

  /** A new epoch of the id's producer. INVALID_TRANSACTION_TIMEOUT, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS and those of finding it. */
  async initProducerId(request: InitRequest): Promise<Answer> {
    const maxTimeoutMs = Number(this.#options.settings('transaction.max.timeout.ms'));
    if (request.transactionalId === '') return failed(ErrorCode.INVALID_REQUEST);
    if (request.timeoutMs <= 0 || request.timeoutMs > maxTimeoutMs)
      return failed(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
    return this.#change(request.transactionalId, (current, freshId, nowMs) => init(current, request, freshId, nowMs));
  }
  /** NONE, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS and those of finding the id. */
  async addPartitions(transactionalId: string, request: PartitionsRequest): Promise<number> {
    const decide = (current: Transaction | null, _freshId: number | null, nowMs: number) =>
      addPartitions(current, request, nowMs);
    return (await this.#change(transactionalId, decide)).errorCode;
  }
  /** A code for each partition: NONE when it is part of the producer's open transaction, TRANSACTION_ABORTABLE when not. */
  async verifyPartitions(
    transactionalId: string,
    request: ProducerIdAndEpoch,
  ): Promise<(topic: string, partition: number) => number> {
    const shard = this.#find(transactionalId);
    if (typeof shard === 'number') return () => shard;
    const codeOf = verify(shard.get(transactionalId), request);
    const errorCode = await shard.whenCommitted();
    return errorCode === ErrorCode.NONE ? codeOf : () => errorCode;
  }
  /** Decides the transaction: from the moment of the answer on it is committed, or aborted, whatever happens. */
  endTransaction(transactionalId: string, request: EndRequest): Promise<Answer> {
    return this.#change(transactionalId, (current, freshId, nowMs) => end(current, request, freshId, nowMs));
  }

  /** The transaction as it is, or why it cannot be told. */
  describe(transactionalId: string): Transaction | number {
    const shard = this.#find(transactionalId);
    if (typeof shard === 'number') return shard;
    return shard.get(transactionalId) ?? ErrorCode.TRANSACTIONAL_ID_NOT_FOUND;
  }
  /** Every transaction coordinated here; COORDINATOR_LOAD_IN_PROGRESS while some are not known yet. */
  list(): Transaction[] | number {
    const all: Transaction[] = [];
    for (const shard of this.#shards.values()) {
      if (!shard.isActive) return ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
      all.push(...shard.all());
    }
    return all;
  }

  async #change(
    transactionalId: string,
    decide: (current: Transaction | null, freshProducerId: number | null, nowMs: number) => Decision,
  ): Promise<Answer> {
    let freshId: number | null = null;
    for (;;) {
      const shard = this.#find(transactionalId);
      if (typeof shard === 'number') return failed(shard);
      const decision = decide(shard.get(transactionalId), freshId, this.#options.world.clock.nowMs());
      if (decision.kind === 'needsProducerId') {
        if (shard.get(transactionalId) === null && this.#isFullFor(transactionalId))
          return failed(ErrorCode.POLICY_VIOLATION);
        freshId = await this.#options.nextProducerId();
        if (freshId === null) return failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        continue;
      }
      return this.#carryOut(shard, decision);
    }
  }
  async #carryOut(shard: TransactionShard, decision: Exclude<Decision, { kind: 'needsProducerId' }>): Promise<Answer> {
    if (decision.kind === 'refused') return failed(decision.errorCode);
    if (decision.kind === 'change') {
      const refusal = shard.put(decision.to);
      if (refusal !== ErrorCode.NONE) return failed(refusal);
    }
    const errorCode = await shard.whenCommitted();
    if (errorCode !== ErrorCode.NONE) return failed(errorCode);
    if (decision.kind === 'change' && decision.errorCode !== ErrorCode.NONE) return failed(decision.errorCode);
    return { errorCode: ErrorCode.NONE, ...decision.reply };
  }
  #isFullFor(transactionalId: string): boolean {
    let count = 0;
    for (const shard of this.#shards.values()) count += shard.size;
    return count >= MAX_IDS || isTooLong(transactionalId, () => this.#ids());
  }
  *#ids(): Generator<string> {
    for (const shard of this.#shards.values()) for (const { transactionalId } of shard.all()) yield transactionalId;
  }

  // -------------------------------------------------------------------------------------------------------------- timers

  #every(setting: string, look: (shard: TransactionShard, nowMs: number) => Iterator<void>): void {
    const { settings, world } = this.#options;
    const next = (): void => {
      const cancel = world.timers.after(Number(settings(setting)), () => {
        next();
        for (const shard of this.#shards.values())
          if (shard.isActive) this.#step(shard, look(shard, world.clock.nowMs()));
      });
      this.#timers.set(setting, cancel);
    };
    next();
  }
  #step(shard: TransactionShard, work: Iterator<void>): void {
    for (let i = 0; i < IDS_PER_STEP; i++) if (!shard.isActive || work.next().done === true) return;
    this.#options.world.timers.soon(() => this.#step(shard, work));
  }
  *#abortLate(shard: TransactionShard, nowMs: number): Generator<void> {
    for (const transaction of [...shard.all()]) {
      yield;
      if (shard.get(transaction.transactionalId) !== transaction || !isTimedOut(transaction, nowMs)) continue;
      const { log } = this.#options.world;
      const errorCode = shard.put(fence(transaction, nowMs));
      if (errorCode === ErrorCode.NONE)
        log.info(`transaction of ${transaction.transactionalId} timed out: aborting it`);
      else
        log.warn(`transaction of ${transaction.transactionalId} timed out and stays open for now: error ${errorCode}`);
    }
  }
  *#forgetOld(shard: TransactionShard, nowMs: number): Generator<void> {
    const expirationMs = Number(this.#options.settings('transactional.id.expiration.ms'));
    for (const transaction of [...shard.all()]) {
      yield;
      const isSame = shard.get(transaction.transactionalId) === transaction;
      if (isSame && isExpired(transaction, expirationMs, nowMs)) shard.forget(transaction.transactionalId);
    }
  }
}
