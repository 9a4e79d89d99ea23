// Which batches belong to aborted transactions and which markers are needed no more, told batch by batch in offset order while a log
// is cleaned (Kafka's CleanedTransactionMetadata). A marker stays until a pass found nothing of its transaction.
import { type BatchHeader, isTransactional, lastOffsetOf } from '../../../protocol/records/batch.ts';
import type { AbortedTransaction } from '../transactions/aborted-index.ts';

interface Aborting {
  readonly transaction: AbortedTransaction;
  hasBatches: boolean;
}

export class CleanedTransactions {
  /** By first offset, the earliest last. */
  readonly #waiting: AbortedTransaction[];
  readonly #aborting = new Map<number, Aborting>();
  readonly #committing = new Set<number>();
  /** Those whose markers stay: the entries of the cleaned segments' indexes. */
  readonly kept: AbortedTransaction[] = [];

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#waiting = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
  }

  /** True for a batch of an aborted transaction: its records go. */
  batch(header: BatchHeader): boolean {
    this.#beginUpTo(lastOffsetOf(header));
    if (!isTransactional(header.attributes)) return false;
    const aborting = this.#aborting.get(header.producerId);
    if (aborting === undefined) {
      this.#committing.add(header.producerId);
      return false;
    }
    aborting.hasBatches = true;
    return true;
  }
  /** True for a marker of whose transaction nothing is left. `isCommit` null: no end of a transaction, kept for ever. */
  marker(header: BatchHeader, isCommit: boolean | null): boolean {
    this.#beginUpTo(lastOffsetOf(header));
    if (isCommit === null) return false;
    if (isCommit) return !this.#committing.delete(header.producerId);
    const aborting = this.#aborting.get(header.producerId);
    this.#aborting.delete(header.producerId);
    if (aborting?.hasBatches !== true) return true;
    this.kept.push(aborting.transaction);
    return false;
  }
  #beginUpTo(offset: number): void {
    for (let next = this.#waiting.at(-1); next !== undefined && next.firstOffset <= offset; ) {
      this.#waiting.pop();
      this.#aborting.set(next.producerId, { transaction: next, hasBatches: false });
      next = this.#waiting.at(-1);
    }
  }
}
