// What one log knows beside its records: where each leader epoch begins and which producers wrote what. Both follow from the
// batches; files only spare the replay. Loaded on first use, so that an idle partition costs nothing.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { DiskError } from '../../../kernel/world.ts';
import type { BatchHeader } from '../../../protocol/records/batch.ts';
import type { EndMarker } from '../../../protocol/records/marker.ts';
import type { StorageContext } from '../context.ts';
import { type EpochStart, formatEpochs, parseEpochs } from '../files/checkpoint-text.ts';
import { loadSnapshot, removeSnapshots, storeSnapshot } from '../producer/producer-files.ts';
import type { ProducerState } from '../producer/producer-state.ts';
import type { AbortedTransaction } from '../transactions/aborted-index.ts';
import { LeaderEpochs } from './leader-epochs.ts';

const EPOCHS_FILE = 'leader-epoch-checkpoint';

/** The log whose state it is. */
export interface StatefulLog {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly highWatermark: number;
  /** Headers of all batches from the one that holds `offset` on, with what control batches say. */
  headersFrom(offset: number): Iterable<MarkedHeader>;
  /** A transaction that recovery found aborted, once its marker was replayed. */
  aborted(transaction: AbortedTransaction): void;
}
/** A batch as the state is told of it. */
export interface MarkedHeader {
  readonly header: BatchHeader;
  readonly marker: EndMarker | null;
}

export class LogState {
  readonly #context: StorageContext;
  readonly #folder: string;
  readonly #log: StatefulLog;
  #epochs: LeaderEpochs | null = null;
  #storing: Promise<void> | null = null;
  #producers: ProducerState | null = null;
  /** Offset the newest snapshot on disk is for; −1 when unknown. */
  #snapshotOffset = -1;
  /** Of the snapshot that the state began with. */
  #replayedFrom = 0;

  constructor(context: StorageContext, folder: string, log: StatefulLog) {
    this.#context = context;
    this.#folder = folder;
    this.#log = log;
  }

  /** Throws DiskError, also for damaged files. */
  get epochs(): LeaderEpochs {
    this.#epochs ??= this.#undamaged(() => this.#loadEpochs() ?? this.#epochsOfBatches());
    return this.#epochs;
  }
  #undamaged<T>(load: () => T): T {
    try {
      return load();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new DiskError('EIO', `${this.#folder} is damaged: ${error.message}`);
    }
  }
  /** Below `checkedFrom` the stored epochs are right; from there on the batches that recovery checked are. */
  recoverEpochs(checkedFrom: number, checked: readonly EpochStart[]): void {
    this.epochs.truncateFromEnd(checkedFrom);
    for (const { epoch, startOffset } of checked) this.epochs.assign(epoch, startOffset);
    this.epochs.truncateFromEnd(this.#log.endOffset);
  }
  /** Writes the epochs if they changed, to survive a power loss (LeaderEpochCheckpointFile). Throws DiskError. */
  storeEpochs(): void {
    if (this.#epochs === null || !this.#epochs.isChanged) return;
    const { disk } = this.#context;
    disk.replace(disk.join(this.#folder, EPOCHS_FILE), formatEpochs(this.#epochs.starts));
    this.#epochs.stored();
  }
  /**
   * The same beside the thread, one at a time: on a slow disk a second one would overtake the first for ever. They change meanwhile:
   * then the next time is the one that counts. Rejects with DiskError.
   */
  storeEpochsLater(): Promise<void> {
    this.#storing ??= this.#storeLater().finally(() => {
      this.#storing = null;
    });
    return this.#storing;
  }
  get areEpochsBeingStored(): boolean {
    return this.#storing !== null;
  }
  async #storeLater(): Promise<void> {
    const epochs = this.#epochs;
    if (epochs === null || !epochs.isChanged) return;
    const { disk } = this.#context;
    const { starts } = epochs;
    const isInPlace = await disk.replaceLater(disk.join(this.#folder, EPOCHS_FILE), formatEpochs(starts));
    if (isInPlace && epochs.starts === starts) epochs.stored();
  }
  /** Whether the stored epochs are wrong about a record of the log. */
  get areEpochsBehind(): boolean {
    return this.#epochs?.isBehind(this.#log.endOffset) === true;
  }
  /** Null until something asked for them. */
  get loadedEpochs(): LeaderEpochs | null {
    return this.#epochs;
  }
  /** Null: missing or damaged, where an empty log needs none. */
  #loadEpochs(): LeaderEpochs | null {
    const { disk } = this.#context;
    const bytes = disk.read(disk.join(this.#folder, EPOCHS_FILE));
    if (bytes === null) return this.#log.endOffset === this.#log.startOffset ? new LeaderEpochs() : null;
    try {
      const epochs = new LeaderEpochs(parseEpochs(bytes));
      epochs.truncateFromEnd(this.#log.endOffset);
      return epochs;
    } catch (error) {
      if (error instanceof DecodeError) return null;
      throw error;
    }
  }
  #epochsOfBatches(): LeaderEpochs {
    const epochs = new LeaderEpochs();
    for (const { header } of this.#log.headersFrom(this.#log.startOffset)) {
      epochs.assign(header.leaderEpoch, header.baseOffset);
    }
    return epochs;
  }

  /** From the newest good snapshot and the batches since. Throws DiskError, also for damaged files. */
  get producers(): ProducerState {
    return this.#producers ?? this.#undamaged(() => this.#loadProducers());
  }
  #loadProducers(): ProducerState {
    // A snapshot tells of open transactions only: one that ended above the high watermark is still to be seen ending.
    const { endOffset, highWatermark } = this.#log;
    const { state, offset } = loadSnapshot(this.#context, this.#folder, { upToOffset: highWatermark, endOffset });
    for (const { header, marker } of this.#log.headersFrom(offset)) {
      if (header.baseOffset >= offset) state.update(header, marker);
    }
    this.#snapshotOffset = offset === this.#log.endOffset && offset > 0 ? offset : -1;
    this.#producers = state;
    this.#replayedFrom = offset;
    return state;
  }
  /** The high watermark is known, or has moved: what ended above it must not have been read from a snapshot. */
  highWatermarkMoved(offset: number): void {
    if (this.#replayedFrom > offset) this.#producers = null;
    this.#producers?.transactions.committed(offset);
  }
  /** Recovery checked the batches from `checkedFrom` on: tells of every transaction that was aborted by one of them. */
  recoverTransactions(checkedFrom: number): void {
    const limits = { upToOffset: checkedFrom, endOffset: this.#log.endOffset };
    const { state, offset } = loadSnapshot(this.#context, this.#folder, limits);
    for (const { header, marker } of this.#log.headersFrom(offset)) {
      if (header.baseOffset < offset) continue;
      const completed = state.update(header, marker);
      if (completed === null || completed.lastOffset < checkedFrom) continue;
      const aborted = state.transactions.abortOf(completed);
      if (aborted !== null) this.#log.aborted(aborted);
    }
    this.#producers = state;
    this.#replayedFrom = offset;
    this.#snapshotOffset = -1;
  }
  /** The transactions aborted by a marker from `baseOffset` to below `endOffset`, from the newest good snapshot and the batches since. */
  abortedIn({ baseOffset, endOffset }: { readonly baseOffset: number; readonly endOffset: number }) {
    return this.#undamaged(() => {
      const limits = { upToOffset: baseOffset, endOffset: this.#log.endOffset };
      const { state, offset } = loadSnapshot(this.#context, this.#folder, limits);
      const found: AbortedTransaction[] = [];
      for (const { header, marker } of this.#log.headersFrom(offset)) {
        if (header.baseOffset >= endOffset) break;
        if (header.baseOffset < offset) continue;
        const completed = state.update(header, marker);
        const aborted = completed === null ? null : state.transactions.abortOf(completed);
        if (aborted !== null && aborted.lastOffset >= baseOffset) found.push(aborted);
      }
      return found;
    });
  }
  /** Null until something asked for them. */
  get loadedProducers(): ProducerState | null {
    return this.#producers;
  }
  /** Writes a snapshot for the log's end unless there is one. A failure is only a slower start. */
  storeProducers(): void {
    const offset = this.#log.endOffset;
    if (this.#snapshotOffset === offset) return;
    storeSnapshot(this.#context, this.#folder, offset, this.producers);
    this.#snapshotOffset = offset;
  }

  /** Every record is gone, and with it all that is known of them, in the files too. Throws DiskError. */
  forget(): void {
    this.#producers = null;
    removeSnapshots(this.#context, this.#folder);
    this.epochs.clear();
    this.storeEpochs();
  }
  /** The log was cut: its end moved down. */
  truncated(): void {
    this.#producers = null;
    this.#snapshotOffset = -1;
    this.epochs.truncateFromEnd(this.#log.endOffset);
  }
}
