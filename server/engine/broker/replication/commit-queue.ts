// Who waits for an offset of one partition to be committed: producers with acks=all and the coordinator's replies (Kafka's
// DelayedProduce and its purgatory); or to be deleted by all replicas. Filled and emptied by Replicas. Bounded by those who wait: a connection has one request in
// work; who gave up is swept out.
import { Heap } from '../../../kernel/heap.ts';
import { ErrorCode } from '../../../protocol/errors.ts';

interface Waiter {
  readonly offset: number;
  /** null once it was told or gave up. */
  done: ((errorCode: ErrorCode) => void) | null;
}

/** Entries of those who gave up stay until this many more than the living are held. */
const STALE_SLACK = 64;
const isEarlier = (a: Waiter, b: Waiter): boolean => a.offset < b.offset;

export class CommitQueue {
  #waiters = new Heap<Waiter>(isEarlier);
  readonly #living = new Set<Waiter>();

  get size(): number {
    return this.#living.size;
  }

  /** Tells `done` once: NONE when `offset` is below the high watermark, else why it never will be. The answer gives up. */
  wait(offset: number, done: (errorCode: ErrorCode) => void): () => void {
    const waiter: Waiter = { offset, done };
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
      this.#tell(next, errorCode);
    }
  }

  /** Nobody here can say any more. */
  fail(errorCode: ErrorCode): void {
    if (this.#living.size === 0) return;
    const waiters = [...this.#living];
    this.#waiters = new Heap<Waiter>(isEarlier);
    for (const waiter of waiters) this.#tell(waiter, errorCode);
  }

  #tell(waiter: Waiter, errorCode: ErrorCode): void {
    const { done } = waiter;
    waiter.done = null;
    this.#living.delete(waiter);
    done?.(errorCode);
  }
  #sweep(): void {
    this.#waiters = new Heap<Waiter>(isEarlier);
    for (const waiter of this.#living) this.#waiters.push(waiter);
  }
}
