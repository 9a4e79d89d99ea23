// The segments of one log as bytes on disk: where a new one begins, what is cut, deleted, flushed or exchanged for what the cleaner
// made of it, and up to where all survives a power loss (Kafka's LocalLog). Used by PartitionLog and its parts, which know what the
// batches mean; nothing here looks at producers, epochs or the start offset.
import { assert, present } from '../../kernel/assert.ts';
import { type BatchHeader, lastOffsetOf } from '../../protocol/records/batch.ts';
import type { StorageContext } from './context.ts';
import { CLEANED_SUFFIX, SWAP_SUFFIX } from './files/names.ts';
import type { LogConfig } from './log-config.ts';
import { newSegment } from './opening.ts';
import { Segment } from './segment/segment.ts';
import { SegmentList } from './segment/segment-list.ts';
import type { AbortedTransaction } from './transactions/aborted-index.ts';

/** The log whose segments they are. */
export interface LocalLogOwner {
  readonly label: string;
  readonly config: LogConfig;
  /** A segment is about to be sealed at the end of the log: what spares the replay of its batches is stored. */
  beforeSeal(): void;
  /** Transactions aborted by a marker in the segment, found by walking through it. Throws DiskError. */
  abortedIn(segment: Segment): readonly AbortedTransaction[];
}
export interface LocalLogOptions {
  readonly context: StorageContext;
  readonly folder: string;
  /** At least one, in order. */
  readonly segments: Segment[];
  readonly recoveryPoint: number;
}

export class LocalLog {
  readonly segments: SegmentList;
  readonly #owner: LocalLogOwner;
  readonly #context: StorageContext;
  readonly #folder: string;
  #sizeBytes: number;
  #recoveryPoint: number;
  /** Counts cuts: a flush that one came into the way of says nothing of what was written since. */
  #cuts = 0;
  #unflushedSinceMs: number | null = null;
  #isClosed = false;

  constructor(owner: LocalLogOwner, { context, folder, segments, recoveryPoint }: LocalLogOptions) {
    this.#owner = owner;
    this.#context = context;
    this.#folder = folder;
    this.segments = new SegmentList(segments, (segment) => owner.abortedIn(segment));
    this.#sizeBytes = this.segments.sizeBytes();
    this.#recoveryPoint = Math.min(recoveryPoint, this.endOffset);
  }

  get config(): LogConfig {
    return this.#owner.config;
  }
  /** Offset the next record will get. */
  get endOffset(): number {
    return this.segments.active.endOffset;
  }
  get sizeBytes(): number {
    return this.#sizeBytes;
  }
  /** Everything below it survives a power loss. */
  get recoveryPoint(): number {
    return this.#recoveryPoint;
  }
  /** When the oldest append that was not flushed happened, on the clock of append(); null when there is none. */
  get unflushedSinceMs(): number | null {
    return this.#unflushedSinceMs;
  }
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Begins a new segment first where the active one is full or old enough. Throws DiskError with the log unchanged. */
  append(records: Buffer, batches: readonly BatchHeader[]): void {
    const lastOffset = lastOffsetOf(present(batches.at(-1), 'an append has a batch'));
    const maxTimestampMs = batches.reduce((most, header) => Math.max(most, header.maxTimestampMs), -1);
    const more = { bytes: records.length, lastOffset, maxTimestampMs };
    if (this.segments.active.shouldRoll(more, rollLimits(this.config))) this.roll();
    this.segments.active.append(records, batches);
    this.#sizeBytes += records.length;
  }
  /** Starts a new segment at the end. The old one is flushed in the background. Throws DiskError with the log unchanged. */
  roll(): void {
    const old = this.segments.active;
    const fresh = newSegment(this.#place(), this.endOffset);
    fresh.create();
    this.#owner.beforeSeal();
    old.seal();
    this.segments.all.push(fresh);
    this.flushUpTo(fresh.baseOffset).catch((error: unknown) => {
      this.#context.log.error(`${this.#owner.label}: flush failed: ${String(error)}`);
    });
  }
  #place() {
    const { indexIntervalBytes } = this.config;
    return { context: this.#context, folder: this.#folder, indexIntervalBytes };
  }

  // ------------------------------------------------------------------------------------------------------- what goes

  /** Sets the oldest segment aside, to be deleted when the config says so. Never the active one. Throws DiskError. */
  discardFirst(nowMs: number): void {
    const { first } = this.segments;
    assert(first !== this.segments.active, 'the active segment is never discarded');
    first.discard(nowMs + this.config.fileDeleteDelayMs);
    this.segments.all.shift();
    this.#sizeBytes -= first.sizeBytes;
  }
  /** Cuts from the end on, down to `offset` or before the batch that holds it. Throws DiskError, DecodeError. */
  truncateTo(offset: number): void {
    try {
      this.#dropLast((active) => active.baseOffset >= offset);
      this.segments.active.truncateTo(offset);
    } finally {
      this.#wasCut();
    }
  }
  /** Drops everything; one empty segment begins at `offset`. Throws DiskError. */
  restartAt(offset: number): void {
    try {
      // From the end on: whatever the disk refuses, what is left is a log.
      this.#dropLast(() => true);
      this.segments.first.discard(0);
      const fresh = newSegment(this.#place(), offset);
      this.segments.all[0] = fresh;
      fresh.create();
    } finally {
      this.#wasCut();
    }
  }
  #dropLast(isDropped: (active: Segment) => boolean): void {
    while (this.segments.all.length > 1 && isDropped(this.segments.active)) {
      this.segments.active.discard(0);
      this.segments.all.pop();
    }
  }
  #wasCut(): void {
    this.#sizeBytes = this.segments.sizeBytes();
    this.#cuts++;
    this.#recoveryPoint = Math.min(this.#recoveryPoint, this.endOffset);
    this.segments.truncated();
  }

  // ------------------------------------------------------------------------------------------------------- durability

  /** Something was appended: it is flushed at once, or in time, as the config says. Throws DiskError. */
  appended(nowMs: number): void {
    this.#unflushedSinceMs ??= nowMs;
    if (this.config.flushMs !== Number.POSITIVE_INFINITY) this.#context.unflushed.add(this);
    if (this.endOffset - this.#recoveryPoint >= this.config.flushMessages) this.flushNow();
  }
  /** Makes everything appended so far survive a power loss. Rejects with DiskError. */
  async flush(): Promise<void> {
    const sinceMs = this.#unflushedSinceMs;
    this.#unflushedSinceMs = null;
    try {
      await this.flushUpTo(this.endOffset);
    } catch (error) {
      this.#unflushedSinceMs = sinceMs;
      throw error;
    }
  }
  async flushUpTo(offset: number): Promise<void> {
    const cuts = this.#cuts;
    const isUnflushed = (one: Segment) => one.endOffset > this.#recoveryPoint && one.baseOffset < offset;
    await Promise.all(this.segments.all.filter(isUnflushed).map((segment) => segment.flush()));
    if (cuts !== this.#cuts) return;
    this.#recoveryPoint = Math.max(this.#recoveryPoint, Math.min(offset, this.endOffset));
  }
  /** The same as flush(), at once. Throws DiskError. */
  flushNow(): void {
    if (this.endOffset <= this.#recoveryPoint) return;
    for (const segment of this.segments.all) if (segment.endOffset > this.#recoveryPoint) segment.flushNow();
    this.#recoveryPoint = this.endOffset;
    this.#unflushedSinceMs = null;
  }
  /** Closes the files as they are: what a crash would leave. */
  close(): void {
    this.#isClosed = true;
    this.#context.unflushed.delete(this);
    for (const segment of this.segments.all) segment.close();
  }

  // ------------------------------------------------------------------------------------------------------- cleaning

  /** Beside the log, to be filled and then handed to replace(). Throws DiskError. */
  newCleanedSegment(baseOffset: number): Segment {
    const { folder, indexIntervalBytes } = this.#place();
    const place = { folder, baseOffset, sizeBytes: 0, endOffset: baseOffset, indexIntervalBytes };
    const segment = new Segment(this.#context, { ...place, suffix: CLEANED_SUFFIX });
    segment.create();
    return segment;
  }
  /** See PartitionLog.replaceSegments. */
  replace(sources: readonly Segment[], cleaned: Segment | null, aborted: readonly AbortedTransaction[]): boolean {
    const { all } = this.segments;
    const at = all.indexOf(sources[0] as Segment);
    if (this.#isClosed || at < 0 || at + sources.length >= all.length) return false;
    if (sources.some((source, i) => all[at + i] !== source)) return false;
    cleaned?.renameTo(SWAP_SUFFIX);
    this.#swapFiles(sources, cleaned);
    all.splice(at, sources.length, ...(cleaned === null ? [] : [cleaned]));
    this.#sizeBytes = this.segments.sizeBytes();
    this.segments.truncated();
    cleaned?.seal();
    cleaned?.aborted.keep(aborted);
    return true;
  }
  #swapFiles(sources: readonly Segment[], cleaned: Segment | null): void {
    const dueMs = this.#context.clock.nowMs() + this.config.fileDeleteDelayMs;
    let isBegun = false;
    try {
      for (const source of sources) {
        source.discard(dueMs);
        isBegun = true;
      }
      cleaned?.renameTo('');
    } catch (error) {
      // Half done: only the next start can tell what is there, and finishes it.
      if (isBegun) this.close();
      throw error;
    }
  }
}

/** What makes a log roll: one that is compacted must not leave records in the active segment past max.compaction.lag.ms. */
function rollLimits(config: LogConfig): LogConfig {
  if (!config.isCompacted || config.maxCompactionLagMs >= config.segmentMs) return config;
  return { ...config, segmentMs: config.maxCompactionLagMs };
}
