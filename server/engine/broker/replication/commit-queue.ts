// Who waits for an offset of one partition to be committed: producers with acks=all and the coordinator's replies (Kafka's
// DelayedProduce and its purgatory); or to be deleted by all replicas. Filled and emptied by Replicas. Bounded by those who wait: a
// connection has one request in work; who gave up is swept out. Must never call anybody back within the turn that made the commit:
// that is mostly a follower's fetch which is still being read and not parked yet, and what is appended then would not wake it.
import { Heap } from '../../../kernel/heap.ts';
import { ErrorCode } from '../../../protocol/errors.ts';

interface Waiter {
  readonly offset: number;
  outcome: ErrorCode;
  /** null once it was told or gave up. */
  done: ((errorCode: ErrorCode) => void) | null;
}

/** Entries of those who gave up stay until this many more than the living are held. */
const STALE_SLACK = 64;
const isEarlier = (a: Waiter, b: Waiter): boolean => a.offset < b.offset;

export class CommitQueue {
  #waiters = new Heap<Waiter>(isEarlier);
  readonly #living = new Set<Waiter>();
  /** Those whose outcome is known, to be told after this turn. */
  #due: Waiter[] = [];

  get size(): number {
    return this.#living.size;
  }

  /** Tells `done` once, in a later turn: NONE when `offset` is below the high watermark, else why it never will be. The answer gives up. */
  wait(offset: number, done: (errorCode: ErrorCode) => void): () => void {
    const waiter: Waiter = { offset, outcome: ErrorCode.NONE, done };
    this.#waiters.push(waiter);
    this.#living.add(waiter);
    return () => {
      waiter.done = null;
      if (this.#living.delete(waiter) && this.#waiters.size > 2 * this.#living.size + STALE_SLACK) this.#sweep();
    };
  }

  /** Everything below the high watermark is committed. */
  committed(highWatermark: number, errorCode: ErrorCode = ErrorCode.NONE): void {
    for (let next = this.#waiters.peek(); next !== undefined; next = this.#waiters.peek()) {
      if (next.offset >= highWatermark) return;
      this.#waiters.pop();
      this.#settle(next, errorCode);
    }
  }

  /** Nobody here can say any more. */
  fail(errorCode: ErrorCode): void {
    if (this.#living.size === 0) return;
    const waiters = [...this.#living];
    this.#waiters = new Heap<Waiter>(isEarlier);
    for (const waiter of waiters) this.#settle(waiter, errorCode);
  }

  #settle(waiter: Waiter, errorCode: ErrorCode): void {
    if (!this.#living.delete(waiter)) return;
    waiter.outcome = errorCode;
    this.#due.push(waiter);
    if (this.#due.length === 1) this.afterThisTurn(() => this.#tell());
  }
  /** Public for those who plant bugs. */
  afterThisTurn(run: () => void): void {
    void Promise.resolve().then(run);
  }
  #tell(): void {
    const due = this.#due;
    this.#due = [];
    for (const waiter of due) {
      // Who gave up meanwhile has none.
      const { done } = waiter;
      waiter.done = null;
      done?.(waiter.outcome);
    }
  }
  #sweep(): void {
    this.#waiters = new Heap<Waiter>(isEarlier);
    for (const waiter of this.#living) this.#waiters.push(waiter);
  }
}
