// Where each leader epoch begins in one log (LeaderEpochFileCache): how a follower or consumer finds out that its history is
// not the leader's (KIP-101, KIP-320). The log tells it of every append; it is stored as leader-epoch-checkpoint.
import type { EpochStart } from '../files/checkpoint-text.ts';
import type { EpochEnd } from '../outcome.ts';

const UNKNOWN: EpochEnd = { epoch: -1, endOffset: -1 };

export class LeaderEpochs {
  /** Epochs and start offsets both grow. */
  #starts: readonly EpochStart[];
  /** Whether the stored file is behind. */
  #isChanged = false;
  /** Below it the stored file says what this says, or entries of a history that began before the log does. */
  #storedUpTo = Number.POSITIVE_INFINITY;
  /** The file has entries of records that were deleted from the front. */
  #hasOldStart = false;

  constructor(starts: readonly EpochStart[] = []) {
    this.#starts = [...starts];
  }
  get isChanged(): boolean {
    return this.#isChanged;
  }
  /**
   * Whether the stored file is wrong about a record below `endOffset`, the end of the log. Of an epoch without a record it need not
   * know: whoever opens the log forgets those, as recovery does.
   */
  isBehind(endOffset: number): boolean {
    return this.#hasOldStart || this.#storedUpTo < endOffset;
  }
  /** As long as the log is checked from here on when it is opened, the epochs are found again as they are; ∞ when all are stored. */
  get storedUpTo(): number {
    return this.#storedUpTo;
  }
  /** The stored file says the same from now on. */
  stored(): void {
    this.#isChanged = false;
    this.#hasOldStart = false;
    this.#storedUpTo = Number.POSITIVE_INFINITY;
  }
  #changedFrom(offset: number): void {
    this.#isChanged = true;
    this.#storedUpTo = Math.min(this.#storedUpTo, offset);
  }
  /** Another list once anything has changed. */
  get starts(): readonly EpochStart[] {
    return this.#starts;
  }
  /** −1 when none is known. */
  get latest(): number {
    return this.#starts.at(-1)?.epoch ?? -1;
  }
  /** Takes note that `epoch` writes from `startOffset` on; later or higher entries were of a history that is gone. */
  assign(epoch: number, startOffset: number): void {
    if (epoch < 0 || epoch === this.latest) return;
    const kept = this.#starts.filter((one) => one.epoch < epoch && one.startOffset < startOffset);
    this.#changedFrom(Math.min(startOffset, this.#starts[kept.length]?.startOffset ?? startOffset));
    this.#starts = [...kept, { epoch, startOffset }];
  }
  /** LeaderEpochFileCache.endOffsetFor. */
  endOffsetFor(epoch: number, logEndOffset: number): EpochEnd {
    if (epoch < 0 || this.#starts.length === 0) return UNKNOWN;
    if (epoch === this.latest) return { epoch, endOffset: logEndOffset };
    const higher = this.#starts.findIndex((one) => one.epoch > epoch);
    const next = this.#starts[higher];
    if (next === undefined) return UNKNOWN;
    return { epoch: this.#starts[higher - 1]?.epoch ?? epoch, endOffset: next.startOffset };
  }
  /** The epoch `offset` was written in, −1 when unknown. */
  epochOf(offset: number): number {
    return this.#starts.findLast((one) => one.startOffset <= offset)?.epoch ?? -1;
  }
  /** The log now ends at `endOffset`. */
  truncateFromEnd(endOffset: number): void {
    const kept = this.#starts.filter((one) => one.startOffset < endOffset);
    const cut = this.#starts[kept.length];
    if (cut === undefined) return;
    this.#starts = kept;
    this.#changedFrom(cut.startOffset);
  }
  clear(): void {
    this.truncateFromEnd(0);
  }
  /** The log now begins at `startOffset`: the epoch it falls into begins there. */
  truncateFromStart(startOffset: number): void {
    const first = this.#starts.findLastIndex((one) => one.startOffset <= startOffset);
    const kept = this.#starts[first];
    if (kept === undefined || (first === 0 && kept.startOffset === startOffset)) return;
    this.#starts = [{ epoch: kept.epoch, startOffset }, ...this.#starts.slice(first + 1)];
    // What the file says beyond that is of records that are gone: it may stay until something else changes.
    this.#isChanged = true;
    this.#hasOldStart = true;
  }
}
