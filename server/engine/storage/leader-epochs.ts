// Where each leader epoch begins in one log (LeaderEpochFileCache): how a follower or consumer finds out that its history is
// not the leader's (KIP-101, KIP-320). The log tells it of every append; it is stored as leader-epoch-checkpoint.
import type { EpochStart } from './files/checkpoint-text.ts';
import type { EpochEnd } from './outcome.ts';

const UNKNOWN: EpochEnd = { epoch: -1, endOffset: -1 };

export class LeaderEpochs {
  /** Epochs and start offsets both grow. */
  #starts: EpochStart[];
  /** Whether the stored file is behind. */
  isChanged = false;

  constructor(starts: readonly EpochStart[] = []) {
    this.#starts = [...starts];
  }
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
    this.#starts = this.#starts.filter((one) => one.epoch < epoch && one.startOffset < startOffset);
    this.#starts.push({ epoch, startOffset });
    this.isChanged = true;
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
    this.#replace(this.#starts.filter((one) => one.startOffset < endOffset));
  }
  clear(): void {
    this.#replace([]);
  }
  /** The log now begins at `startOffset`: the epoch it falls into begins there. */
  truncateFromStart(startOffset: number): void {
    const first = this.#starts.findLastIndex((one) => one.startOffset <= startOffset);
    const kept = this.#starts[first];
    if (kept === undefined || (first === 0 && kept.startOffset === startOffset)) return;
    this.#replace([{ epoch: kept.epoch, startOffset }, ...this.#starts.slice(first + 1)]);
  }
  #replace(starts: EpochStart[]): void {
    if (starts.length === this.#starts.length && starts[0]?.startOffset === this.#starts[0]?.startOffset) return;
    this.#starts = starts;
    this.isChanged = true;
  }
}
