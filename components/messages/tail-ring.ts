// The newest records of a live tail, at most `capacity` of them, outside React. The counts are those of the server, continued
// over a lost socket; nothing that arrived is ever counted twice.
import type { RecordRow, TailBatch } from '../../server/live/contract.ts';

export class TailRing {
  readonly #capacity: number;
  #rows: RecordRow[] = [];
  #base = { matched: 0, dropped: 0 };
  #latest = { matched: 0, dropped: 0 };
  recordsPerSecond = 0;
  /** All records that ever entered the ring. */
  arrived = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(batch: TailBatch): void {
    for (const row of batch.records) this.#rows.push(row);
    this.arrived += batch.records.length;
    // Cut only when twice too long: one copy per `capacity` records instead of one per batch.
    if (this.#rows.length > 2 * this.#capacity) this.#rows = this.#rows.slice(-this.#capacity);
    this.#latest = { matched: batch.matched, dropped: batch.dropped };
    this.recordsPerSecond = batch.recordsPerSecond;
  }

  /** The server counts from zero again. */
  restart(): void {
    this.#base = { matched: this.matched, dropped: this.dropped };
    this.#latest = { matched: 0, dropped: 0 };
  }

  get matched(): number {
    return this.#base.matched + this.#latest.matched;
  }
  get dropped(): number {
    return this.#base.dropped + this.#latest.dropped;
  }
  /** Newest first. */
  newest(): RecordRow[] {
    return this.#rows.slice(-this.#capacity).reverse();
  }
}
