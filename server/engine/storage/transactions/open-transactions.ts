// Which transactions are open in one partition, and which ended by a marker that is not committed yet: what the last stable offset
// is made of (ProducerStateManager's ongoing and unreplicated transactions). Told batch by batch by ProducerState.
import type { AbortedTransaction } from './aborted-index.ts';

export interface CompletedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** That of the marker. */
  readonly lastOffset: number;
  readonly isAborted: boolean;
}

export class OpenTransactions {
  /** First offset by producer, in the order they began: the first is the earliest. */
  readonly #ongoing = new Map<number, number>();
  /** In the order of their markers. */
  #uncommitted: CompletedTransaction[] = [];

  begin(producerId: number, firstOffset: number): void {
    this.#ongoing.set(producerId, firstOffset);
  }
  end(completed: CompletedTransaction): void {
    this.#ongoing.delete(completed.producerId);
    this.#uncommitted.push(completed);
  }

  /** What the index is told of one that has just ended; null when it was committed. */
  abortOf(completed: CompletedTransaction): AbortedTransaction | null {
    if (!completed.isAborted) return null;
    const { producerId, firstOffset, lastOffset } = completed;
    return { producerId, firstOffset, lastOffset, lastStableOffset: this.firstOngoing ?? lastOffset + 1 };
  }

  /** First offset of the earliest open transaction; null when none is open. */
  get firstOngoing(): number | null {
    for (const offset of this.#ongoing.values()) return offset;
    return null;
  }
  /** Forgets ended transactions whose markers are committed: the high watermark only goes down where the log is cut. */
  committed(highWatermark: number): void {
    let count = 0;
    for (const { lastOffset } of this.#uncommitted) {
      if (lastOffset >= highWatermark) break;
      count++;
    }
    if (count > 0) this.#uncommitted = this.#uncommitted.slice(count);
  }
  /** First offset whose transaction is open or ended by an uncommitted marker; null: all is stable. */
  firstUnstable(highWatermark: number): number | null {
    let first = this.firstOngoing ?? Number.POSITIVE_INFINITY;
    for (const { firstOffset, lastOffset } of this.#uncommitted) {
      if (lastOffset >= highWatermark) first = Math.min(first, firstOffset);
    }
    return first === Number.POSITIVE_INFINITY ? null : first;
  }
}
