// The transactions of one partition of __transaction_state led here. Appends what the verbs decided, puts it in place, and answers
// once the log has committed; after its log was loaded, takes up what was being ended. Knows nothing of requests or brokers.
import { DecodeError } from '../../../kernel/decode-error.ts';
import type { CancelTimer, World } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { toGroupError } from '../errors.ts';
import type { CoordinatorStore, StoredRecord } from '../store.ts';
import { decodeTransaction, encodeTombstone, encodeTransaction } from './records.ts';
import { isPreparing, type Transaction } from './transaction.ts';
import { complete } from './verbs/end.ts';

/** How long an answer waits for its record to be committed. */
const COMMIT_TIMEOUT_MS = 15_000;
const RETRY_MS = 1000;

/** Writes the markers of a transaction that is prepared to end to all its partitions, trying until it is cancelled. */
export interface MarkerSender {
  /** `done` runs once, when every partition has its marker. The answer cancels. */
  send(transaction: Transaction, coordinatorEpoch: number, done: () => void): () => void;
}
export interface TransactionShardOptions {
  readonly world: World;
  readonly store: CoordinatorStore;
  readonly markers: MarkerSender;
  readonly partition: number;
}

export class TransactionShard {
  readonly partition: number;
  /** Leader epoch of the partition: markers of an older one are refused. */
  coordinatorEpoch: number;
  readonly #options: TransactionShardOptions;
  readonly #transactions = new Map<string, Transaction>();
  readonly #sending = new Map<string, () => void>();
  readonly #waiting = new Set<(errorCode: number) => void>();
  readonly #timers = new Set<CancelTimer>();
  #status: 'loading' | 'active' | 'closed' = 'loading';
  #lastOffset = -1;

  constructor(options: TransactionShardOptions, coordinatorEpoch: number) {
    this.#options = options;
    this.partition = options.partition;
    this.coordinatorEpoch = coordinatorEpoch;
  }

  get isActive(): boolean {
    return this.#status === 'active';
  }
  get(transactionalId: string): Transaction | null {
    return this.#transactions.get(transactionalId) ?? null;
  }
  all(): Iterable<Transaction> {
    return this.#transactions.values();
  }
  get size(): number {
    return this.#transactions.size;
  }

  /** Replays the log, trying again each second while it cannot be read; then goes on with what was being ended. */
  async load(): Promise<void> {
    const { world, store, partition } = this.#options;
    this.#transactions.clear();
    try {
      await store.replay(partition, (record) => {
        if (this.#status === 'loading') this.#replay(record);
      });
    } catch (error) {
      if (this.#status !== 'loading') return;
      world.log.error(`__transaction_state-${partition} cannot be loaded: ${String(error)}`);
      this.#later(() => void this.load());
      return;
    }
    if (this.#status !== 'loading') return;
    this.#status = 'active';
    for (const transaction of this.#transactions.values())
      if (isPreparing(transaction)) this.#sendWhenCommitted(transaction);
  }
  #replay(record: StoredRecord): void {
    this.#lastOffset = record.offset;
    try {
      const decoded = decodeTransaction(record.key, record.value);
      if (decoded === null) return;
      if (decoded.transaction === null) this.#transactions.delete(decoded.transactionalId);
      else this.#transactions.set(decoded.transactionalId, decoded.transaction);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const place = `__transaction_state-${this.partition} offset ${record.offset}`;
      this.#options.world.log.error(`${place} is left out, its record is broken: ${error.message}`);
    }
  }

  /** Drops everything; who waits is answered NOT_COORDINATOR. */
  close(): void {
    this.#status = 'closed';
    for (const cancel of this.#sending.values()) cancel();
    for (const cancel of this.#timers) cancel();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const settle of waiting) settle(ErrorCode.NOT_COORDINATOR);
    this.#transactions.clear();
  }

  /** Stores the next state of a transaction, and begins to write markers when that says so. NONE or why not. */
  put(transaction: Transaction): number {
    const { store, world } = this.#options;
    const outcome = store.append(this.partition, [encodeTransaction(transaction, world.clock.nowMs())]);
    if ('errorCode' in outcome) return toGroupError(outcome.errorCode);
    this.#lastOffset = outcome.lastOffset;
    this.#transactions.set(transaction.transactionalId, transaction);
    if (isPreparing(transaction)) this.#sendWhenCommitted(transaction);
    return ErrorCode.NONE;
  }
  /** Forgets the id. NONE or why not. */
  forget(transactionalId: string): number {
    const { store, world } = this.#options;
    const outcome = store.append(this.partition, [encodeTombstone(transactionalId, world.clock.nowMs())]);
    if ('errorCode' in outcome) return toGroupError(outcome.errorCode);
    this.#lastOffset = outcome.lastOffset;
    this.#transactions.delete(transactionalId);
    return ErrorCode.NONE;
  }

  /** Resolves with NONE once all that was appended so far is committed, or with the code to answer instead. */
  whenCommitted(): Promise<number> {
    const { store, world } = this.#options;
    if (this.#lastOffset < 0) return Promise.resolve(ErrorCode.NONE);
    return new Promise((resolve) => {
      let cancel: CancelTimer | null = null;
      const settle = (errorCode: number): void => {
        cancel?.();
        this.#waiting.delete(settle);
        resolve(toGroupError(errorCode));
      };
      let isSettled = false;
      this.#waiting.add(settle);
      store.whenCommitted(this.partition, this.#lastOffset, (errorCode) => {
        isSettled = true;
        settle(errorCode);
      });
      if (!isSettled) cancel = world.timers.after(COMMIT_TIMEOUT_MS, () => settle(ErrorCode.REQUEST_TIMED_OUT));
    });
  }

  /** A decision that a crash may undo must not be acted on. */
  #sendWhenCommitted(prepared: Transaction): void {
    this.#options.store.whenCommitted(this.partition, this.#lastOffset, (errorCode) => {
      // Too few replicas have it for acks=all, but it is committed.
      const isCommitted = errorCode === ErrorCode.NONE || errorCode === ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
      if (isCommitted && this.#status === 'active') this.#send(prepared);
    });
  }
  #send(prepared: Transaction): void {
    const { transactionalId } = prepared;
    const cancel = this.#options.markers.send(prepared, this.coordinatorEpoch, () => {
      this.#sending.delete(transactionalId);
      this.#complete(prepared);
    });
    // Without partitions it is done before send() returns.
    if (this.get(transactionalId) === prepared) this.#sending.set(transactionalId, cancel);
  }
  #complete(prepared: Transaction): void {
    if (this.#status !== 'active' || this.get(prepared.transactionalId) !== prepared) return;
    const errorCode = this.put(complete(prepared, this.#options.world.clock.nowMs()));
    if (errorCode !== ErrorCode.NONE) this.#later(() => this.#complete(prepared));
  }
  #later(run: () => void): void {
    const cancel = this.#options.world.timers.after(RETRY_MS, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }
}
