// Which batches begin a leader epoch, told batch by batch in offset order while a log is cleaned: of those at least the place stays.
import { type BatchHeader, lastOffsetOf } from '../../../protocol/records/batch.ts';

/**
 * Whoever copies a log learns the leader epochs from its batches. One that did not know an epoch, or where it began, would as a leader
 * have a follower cut what is committed, or keep what nobody else has. DIVERGES: Kafka's cleaner lets epochs go with their records; ours
 * leaves 61 bytes of each.
 */
export class CleanedEpochs {
  readonly #startOffset: number;
  #latest = -1;

  /** `startOffset`: of the log; what lies below it is copied by nobody. */
  constructor(startOffset: number) {
    this.#startOffset = startOffset;
  }
  /** Whether it is the first of its epoch that can be read. */
  begins(header: BatchHeader): boolean {
    if (header.leaderEpoch <= this.#latest || lastOffsetOf(header) < this.#startOffset) return false;
    this.#latest = header.leaderEpoch;
    return true;
  }
}
