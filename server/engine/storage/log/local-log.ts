// The segments of one log as bytes on disk: where a new one begins, what is cut, deleted, flushed or exchanged for what the cleaner
// made of it, and up to where all survives a power loss (Kafka's LocalLog). Used by PartitionLog and its parts, which know what the
// batches mean; nothing here looks at producers, epochs or the start offset.

import { assert, present } from '../../../kernel/assert.ts';
import { type Int64, largerInt64 } from '../../../kernel/int64.ts';
import { DiskError } from '../../../kernel/world.ts';
import { type BatchHeader, lastOffsetOf } from '../../../protocol/records/batch.ts';
import type { StorageContext } from '../context.ts';
import { CLEANED_SUFFIX, SWAP_SUFFIX } from '../files/names.ts';
import type { LogConfig } from '../log-config.ts';
import { Segment } from '../segment/segment.ts';
import { SegmentList } from '../segment/segment-list.ts';
import type { AbortedTransaction } from '../transactions/aborted-index.ts';
import { newSegment } from './opening.ts';

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
  /** The folder that is in; null: whoever made it sees that it stays. */
  readonly parent: string | null;
  /** At least one, in order. */
  readonly segments: Segment[];
  readonly recoveryPoint: number;
  /** Segments from here on were made good when the log was opened: they are to be flushed though their records were; ∞: none. */
  readonly changedFrom: number;
}

export class LocalLog {
  readonly segments: SegmentList;
  readonly #owner: LocalLogOwner;
  readonly #context: StorageContext;
  readonly #folder: string;
  readonly #parent: string | null;
  #sizeBytes: number;
  #recoveryPoint: number;
  /** Base of the first segment that was cut or made good since it was flushed, itself and what tells of its transactions; ∞: none. */
  #changedFrom: number;
  /** Lowest offset that it was cut to, as far as known, since that was flushed; ∞: none. */
  #cutTo: number;
  /** Counts cuts: a flush that one came into the way of says nothing of what was written since. */
  #cuts = 0;
  #unflushedSinceMs: number | null = null;
  #isClosed = false;
  /** Files were cut off whole, and may still come back. */
  #hasDropped = false;
  /** Segments whose place a cleaned one has taken but whose files the disk would not let go, and that one; null: none. */
  #exchange: { readonly waiting: Segment[]; readonly cleaned: Segment | null } | null = null;

  constructor(owner: LocalLogOwner, options: LocalLogOptions) {
    const { context, folder, parent, segments, recoveryPoint, changedFrom } = options;
    this.#owner = owner;
    this.#context = context;
    this.#folder = folder;
    this.#parent = parent;
    this.segments = new SegmentList(segments, (segment) => owner.abortedIn(segment));
    this.#sizeBytes = this.segments.sizeBytes();
    this.#recoveryPoint = Math.min(recoveryPoint, this.endOffset);
    this.#changedFrom = changedFrom;
    this.#cutTo = changedFrom === Number.POSITIVE_INFINITY ? changedFrom : this.#recoveryPoint;
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
  /** From here on a power loss may bring back records that were cut; ∞: it cannot. */
  get cutTo(): number {
    return this.#cutTo;
  }
  /** When the oldest append that was not flushed happened, on the clock of append(); null when there is none. */
  get unflushedSinceMs(): number | null {
    return this.#unflushedSinceMs;
  }
  /** Before a cut: nothing from `offset` on is promised any more, once `writeDown` has said so; it stays as it was when that throws. */
  lowerRecoveryPoint(offset: number, writeDown: () => void): void {
    const before = this.#recoveryPoint;
    this.#recoveryPoint = Math.min(before, offset);
    try {
      writeDown();
    } catch (error) {
      this.#recoveryPoint = before;
      throw error;
    }
  }
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Begins a new segment first where the active one is full or old enough. Throws DiskError with the log unchanged. */
  append(records: Buffer, batches: readonly BatchHeader[]): void {
    const lastOffset = lastOffsetOf(present(batches.at(-1), 'an append has a batch'));
    const maxTimestampMs = batches.reduce<Int64>((most, header) => largerInt64(most, header.maxTimestampMs), -1);
    const more = { bytes: records.length, lastOffset, maxTimestampMs };
    if (this.segments.active.shouldRoll(more, rollLimits(this.config))) this.roll();
    this.segments.active.append(records, batches);
    this.#sizeBytes += records.length;
  }
  /**
   * Starts a new segment at the end. The old one is flushed in the background; but one that was cut at once: should a power loss
   * bring back what was cut, recovery would take it for what comes before the new segment. Throws DiskError with the log unchanged.
   * DIVERGES: Kafka does not flush it first.
   */
  roll(): void {
    const old = this.segments.active;
    if (old.baseOffset >= this.#changedFrom) {
      old.flushNow();
      this.#flushNamesNow();
    }
    const fresh = newSegment(this.#place(), this.endOffset);
    this.#context.names.changed(this.#folder);
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
    this.#finishExchange();
    const { first } = this.segments;
    assert(first !== this.segments.active, 'the active segment is never discarded');
    first.discard(nowMs + this.config.fileDeleteDelayMs);
    this.segments.all.shift();
    this.#sizeBytes -= first.sizeBytes;
  }
  /** Cuts from the end on, down to `offset` or before the batch that holds it. Throws DiskError, DecodeError. */
  truncateTo(offset: number): void {
    this.#finishExchange();
    try {
      // One that begins at the offset stays, empty: behind what the cleaner took, the one before may end earlier.
      this.#dropLast((active) => active.baseOffset > offset);
      this.segments.active.truncateTo(offset);
    } finally {
      this.#wasCut();
    }
  }
  /** Drops everything; one empty segment begins at `offset`. Throws DiskError. */
  restartAt(offset: number): void {
    this.#finishExchange();
    try {
      // From the end on: whatever the disk refuses, what is left is a log.
      this.#dropLast(() => true);
      this.#context.names.changed(this.#folder);
      this.segments.first.discard(0);
      const fresh = newSegment(this.#place(), offset);
      this.segments.all[0] = fresh;
      fresh.create();
      this.#flushNamesNow();
    } finally {
      this.#wasCut();
    }
  }
  /** For good, before anything is written in their place: what came back behind it would be of another history. */
  #dropLast(isDropped: (active: Segment) => boolean): void {
    while (this.segments.all.length > 1 && isDropped(this.segments.active)) {
      this.#context.names.changed(this.#folder);
      this.#hasDropped = true;
      this.segments.active.discard(0);
      this.segments.all.pop();
    }
    if (!this.#hasDropped) return;
    this.#flushNamesNow();
    this.#hasDropped = false;
  }
  #wasCut(): void {
    this.#sizeBytes = this.segments.sizeBytes();
    this.#cuts++;
    this.#recoveryPoint = Math.min(this.#recoveryPoint, this.endOffset);
    this.#changedFrom = Math.min(this.#changedFrom, this.segments.active.baseOffset);
    this.#cutTo = Math.min(this.#cutTo, this.endOffset);
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
    const unflushed = this.segments.all.filter((one) => this.#isUnflushed(one) && one.baseOffset < offset);
    await Promise.all(unflushed.map((segment) => segment.flush()));
    await this.flushNames();
    if (cuts !== this.#cuts) return;
    if (this.#changedFrom < offset) this.#changedFrom = Number.POSITIVE_INFINITY;
    if (this.#cutTo < offset) this.#cutTo = Number.POSITIVE_INFINITY;
    this.#recoveryPoint = Math.max(this.#recoveryPoint, Math.min(offset, this.endOffset));
  }
  /** What its files are called survives a power loss, too. Rejects with DiskError. */
  async flushNames(): Promise<void> {
    if (this.#isClosed) return;
    const { names } = this.#context;
    await Promise.all([names.flush(this.#folder), this.#parent === null ? null : names.flush(this.#parent)]);
  }
  #flushNamesNow(): void {
    this.#context.names.flushNow(this.#folder);
    if (this.#parent !== null) this.#context.names.flushNow(this.#parent);
  }
  #isUnflushed({ baseOffset, endOffset }: Segment): boolean {
    return endOffset > this.#recoveryPoint || baseOffset >= this.#changedFrom;
  }
  /** The same as flush(), at once. Throws DiskError. */
  flushNow(): void {
    if (this.endOffset <= this.#recoveryPoint && this.#changedFrom === Number.POSITIVE_INFINITY) return;
    for (const segment of this.segments.all) if (this.#isUnflushed(segment)) segment.flushNow();
    this.#flushNamesNow();
    this.#recoveryPoint = this.endOffset;
    this.#changedFrom = Number.POSITIVE_INFINITY;
    this.#cutTo = Number.POSITIVE_INFINITY;
    this.#unflushedSinceMs = null;
  }
  /** Closes the files as they are: what a crash would leave. */
  close(): void {
    this.#isClosed = true;
    this.#context.unflushed.delete(this);
    for (const segment of [...this.segments.all, ...(this.#exchange?.waiting ?? [])]) segment.close();
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
    this.#finishExchange();
    if (this.#isClosed || at < 0 || at + sources.length >= all.length) return false;
    if (sources.some((source, i) => all[at + i] !== source)) return false;
    this.#context.names.changed(this.#folder);
    cleaned?.renameTo(SWAP_SUFFIX);
    this.#exchange = { waiting: [...sources], cleaned };
    try {
      this.#finishExchange();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#goesOnWith(sources, error);
    }
    all.splice(at, sources.length, ...(cleaned === null ? [] : [cleaned]));
    this.#sizeBytes = this.segments.sizeBytes();
    this.segments.truncated();
    cleaned?.seal();
    cleaned?.aborted.keep(aborted);
    return true;
  }
  /** Half done, the log is the new one already; the rest is tried again later, or finished at the next start. Throws when nothing was done. */
  #goesOnWith(sources: readonly Segment[], error: DiskError): void {
    if (this.#exchange?.waiting.length === sources.length) {
      this.#exchange = null;
      throw error;
    }
    this.#context.log.warn(`${this.#owner.label}: what was cleaned is not quite in its place: ${error.message}`);
  }
  /** Throws DiskError when it must be tried again. */
  #finishExchange(): void {
    if (this.#exchange === null) return;
    const { waiting, cleaned } = this.#exchange;
    const dueMs = this.#context.clock.nowMs() + this.config.fileDeleteDelayMs;
    for (let [source] = waiting; source !== undefined; [source] = waiting) {
      source.discard(dueMs);
      waiting.shift();
    }
    cleaned?.renameTo('');
    this.#exchange = null;
  }
}

/** What makes a log roll: one that is compacted must not leave records in the active segment past max.compaction.lag.ms. */
function rollLimits(config: LogConfig): LogConfig {
  if (!config.isCompacted || config.maxCompactionLagMs >= config.segmentMs) return config;
  return { ...config, segmentMs: config.maxCompactionLagMs };
}
