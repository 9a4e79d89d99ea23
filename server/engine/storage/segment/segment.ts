// One segment: a log file, its offset index and its time index. The log appends to the last one and reads from all. Indexes of
// the active segment live in memory and are stored when it is sealed or closed cleanly; those of a sealed one are loaded on use
// and rebuilt when they are missing or damaged. It knows nothing of epochs, producers or retention.

import { present } from '../../../kernel/assert.ts';
import { DecodeError } from '../../../kernel/decode-error.ts';
import type { Int64 } from '../../../kernel/int64.ts';
import { DiskError, type DiskFile } from '../../../kernel/world.ts';
import type { BatchHeader } from '../../../protocol/records/batch.ts';
import { BATCH_HEADER_BYTES, batchSizeBytes, lastOffsetOf } from '../../../protocol/records/batch.ts';
import type { StorageContext } from '../context.ts';
import {
  DELETED_SUFFIX,
  INDEX_SUFFIX,
  LOG_SUFFIX,
  offsetFileName,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
} from '../files/names.ts';
import { LazyFile } from '../files/open-files.ts';
import { writePlain } from '../files/write-plain.ts';
import type { LogConfig } from '../log-config.ts';
import type { ReadOptions } from '../outcome.ts';
import { AbortedIndex } from '../transactions/aborted-index.ts';
import { batchHeaders, type FoundBatch, scanBatches } from './batch-walk.ts';
import { OffsetIndex, TimeIndex } from './sparse-index.ts';
import { wholeBatches } from './whole-batches.ts';

const INT_MAX = 0x7fff_ffff;
const MAX_RELATIVE_OFFSET = INT_MAX;

interface Indexes {
  readonly offsets: OffsetIndex;
  readonly times: TimeIndex;
}
export interface SegmentOptions {
  readonly folder: string;
  readonly baseOffset: number;
  readonly sizeBytes: number;
  /** Offset behind the last record. */
  readonly endOffset: number;
  readonly indexIntervalBytes: number;
  /** Behind the name of its log file while it is not part of the log yet. */
  readonly suffix?: string;
}
/** When a segment is full or old enough. */
export type RollLimits = Pick<LogConfig, 'segmentBytes' | 'segmentMs' | 'segmentJitterMs' | 'segmentIndexBytes'>;
export type ReadLimits = Omit<ReadOptions, 'offset'>;
export interface SegmentRead {
  readonly records: Buffer;
  readonly lastOffset: number;
}

export class Segment {
  readonly baseOffset: number;
  /** Transactions whose abort marker stands in this segment. */
  readonly aborted: AbortedIndex;
  readonly #context: StorageContext;
  readonly #folder: string;
  #file: LazyFile;
  readonly #indexIntervalBytes: number;
  /** Taken off segment.ms for this one segment, drawn when it is first needed; null before. */
  #rollJitterMs: number | null = null;
  #sizeBytes: number;
  #endOffset: number;
  #isSealed = false;
  #indexes: Indexes | null = null;
  #areIndexesStored: boolean;
  /** Neither those in memory nor those on disk are right. */
  #mustRebuild = false;
  #bytesSinceEntry = 0;
  /** Largest timestamp and the last offset of the first batch that has it; null until the time index was looked at. */
  #maxTimestamp: { timestampMs: Int64; offset: number } | null = null;
  #firstTimestampMs: Int64 | null = null;
  /** When records without a timestamp came last, as far as this process knows. */
  #writtenMs: number;

  constructor(context: StorageContext, options: SegmentOptions) {
    this.#context = context;
    this.#folder = options.folder;
    this.baseOffset = options.baseOffset;
    this.#sizeBytes = options.sizeBytes;
    this.#endOffset = options.endOffset;
    this.#indexIntervalBytes = options.indexIntervalBytes;
    this.#areIndexesStored = true;
    this.#writtenMs = context.clock.nowMs();
    this.#file = new LazyFile(context.files, this.#path(LOG_SUFFIX) + (options.suffix ?? ''));
    this.aborted = new AbortedIndex(context, { folder: options.folder, path: this.#path(TXN_INDEX_SUFFIX) }, this);
  }
  get sizeBytes(): number {
    return this.#sizeBytes;
  }
  get endOffset(): number {
    return this.#endOffset;
  }
  /** −1 when no record has one. */
  get maxTimestampMs(): Int64 {
    return this.#newest().timestampMs;
  }
  /** When it was written to, or this process found it; exact only while no record has a timestamp. */
  get writtenMs(): number {
    return this.#writtenMs;
  }
  #path(suffix: string): string {
    return this.#context.disk.join(this.#folder, offsetFileName(this.baseOffset, suffix));
  }

  /** Makes the log file, empty. Throws DiskError. */
  create(): void {
    // Index files of the name are those of another segment, or none.
    this.#resetIndexes();
    if (this.#isOfLog()) this.aborted.reset();
    const file = this.#file.use();
    // Some file systems flush a file that was emptied when it is closed: one that is new is left alone.
    if (file.sizeBytes() > 0) file.truncate(0);
  }
  /** Gives its log file the name with this suffix behind it, '' for that of a segment of the log. Throws DiskError. */
  renameTo(suffix: string): void {
    const from = this.#file.path;
    const to = this.#path(LOG_SUFFIX) + suffix;
    this.#file.retire();
    let path = from;
    try {
      this.#context.disk.rename(from, to);
      path = to;
    } finally {
      this.#file = new LazyFile(this.#context.files, path);
    }
  }
  #isOfLog(): boolean {
    return this.#file.path === this.#path(LOG_SUFFIX);
  }
  /** It never becomes part of the log; once it is, nothing happens. The trash takes it: a big file goes piece by piece. */
  abandon(): void {
    if (this.#isOfLog()) return;
    const { disk, trash, log } = this.#context;
    const { path } = this.#file;
    this.#file.retire();
    try {
      disk.rename(path, path + DELETED_SUFFIX);
      trash.put(path + DELETED_SUFFIX, 0);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      log.warn(`${path} was not removed (${error.message})`);
    }
  }
  /** Appends batches whose offsets and epochs are assigned. Throws DiskError with the segment unchanged. */
  append(records: Buffer, batches: readonly BatchHeader[]): void {
    this.#hydrate();
    this.#file.use().append([records]);
    this.#areIndexesStored = false;
    for (const header of batches) {
      this.#note(lastOffsetOf(header), header.maxTimestampMs, this.#sizeBytes, header.sizeBytes);
      if (this.#sizeBytes === 0) this.#firstTimestampMs = header.maxTimestampMs;
      this.#sizeBytes += header.sizeBytes;
      this.#endOffset = lastOffsetOf(header) + 1;
    }
    if (this.maxTimestampMs < 0) this.#writtenMs = this.#context.clock.nowMs();
  }
  /** Index entries of one more batch, as LogSegment.append makes them. */
  #note(lastOffset: number, maxTimestampMs: Int64, position: number, sizeBytes: number): void {
    const { offsets, times } = present(this.#indexes, 'indexes are loaded before batches are noted');
    const newest = present(this.#maxTimestamp, 'the largest timestamp is known with the indexes');
    if (maxTimestampMs > newest.timestampMs) {
      newest.timestampMs = maxTimestampMs;
      newest.offset = lastOffset;
    }
    if (this.#bytesSinceEntry > this.#indexIntervalBytes) {
      offsets.add(lastOffset, position);
      times.add(newest.timestampMs, newest.offset);
      this.#bytesSinceEntry = 0;
    }
    this.#bytesSinceEntry += sizeBytes;
  }

  /** Whether `moreBytes` up to `lastOffset` belong into a new segment (LogSegment.shouldRoll). */
  shouldRoll(
    more: { readonly bytes: number; readonly lastOffset: number; readonly maxTimestampMs: Int64 },
    limits: RollLimits,
  ): boolean {
    if (this.#sizeBytes === 0) return false;
    if (this.#sizeBytes > limits.segmentBytes - more.bytes) return true;
    if (more.lastOffset - this.baseOffset > MAX_RELATIVE_OFFSET) return true;
    const waitedMs = Number(more.maxTimestampMs) - Number(this.firstTimestampMs());
    if (waitedMs > limits.segmentMs - this.#jitterMs(limits) && this.firstTimestampMs() >= 0) return true;
    const { offsets, times } = this.#hydrate();
    return (
      offsets.entryCount >= Math.floor(limits.segmentIndexBytes / OffsetIndex.entryBytes) ||
      times.entryCount >= Math.floor(limits.segmentIndexBytes / TimeIndex.entryBytes) - 1
    );
  }
  /** LogConfig.randomSegmentJitter: a segment keeps what it drew, as long as the limit allows so much. */
  #jitterMs({ segmentJitterMs, segmentMs }: RollLimits): number {
    if (segmentJitterMs === 0) return 0;
    this.#rollJitterMs ??= this.#context.random.below(Math.min(segmentJitterMs, segmentMs, INT_MAX));
    return Math.min(this.#rollJitterMs, segmentJitterMs);
  }
  /** Largest timestamp of the first batch, what segment.ms counts from; −1 when it has none. */
  firstTimestampMs(): Int64 {
    if (this.#firstTimestampMs === null) {
      const [first] = batchHeaders(this.#use, 0, this.#sizeBytes);
      this.#firstTimestampMs = first?.header.maxTimestampMs ?? -1;
    }
    return this.#firstTimestampMs;
  }

  readonly #use = (): DiskFile => this.#file.use();

  /** Headers from the batch at `position` on. Throws DecodeError where the file is damaged. */
  headers(position = 0): Generator<FoundBatch> {
    return batchHeaders(this.#use, position, this.#sizeBytes);
  }
  /** The batch that holds `offset`, or the first behind it; null when there is none. Throws DecodeError. */
  find(offset: number): FoundBatch | null {
    if (offset >= this.#endOffset) return null;
    const position = this.#hydrate().offsets.positionFor(offset);
    if (position === 0) return this.#findFrom(0, offset);
    try {
      const found = this.#findFrom(position, offset);
      if (found !== null && (found.position > position || found.header.baseOffset <= offset)) return found;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
    // The index led astray: it is rebuilt once, from the log itself.
    this.#rebuild();
    return this.#findFrom(this.#hydrate().offsets.positionFor(offset), offset);
  }
  #findFrom(position: number, offset: number): FoundBatch | null {
    for (const found of this.headers(position)) {
      if (lastOffsetOf(found.header) >= offset) return found;
    }
    return null;
  }
  /** Batches that may hold a record of at least `timestampMs`, in order; skips what the time index rules out. */
  *headersSince(timestampMs: Int64): Generator<FoundBatch> {
    const from = this.find(this.#hydrate().times.offsetFor(timestampMs));
    if (from === null) return;
    for (const found of this.headers(from.position)) {
      if (found.header.maxTimestampMs >= timestampMs) yield found;
    }
  }

  /** Whole batches from `position` on, all below `upToOffset`; null when not one fits. Throws DiskError, DecodeError. */
  read(position: number, limits: ReadLimits): SegmentRead | null {
    const leftBytes = this.#sizeBytes - position;
    if (leftBytes < BATCH_HEADER_BYTES) return null;
    let bytes = this.#readBytes(position, Math.min(Math.max(limits.maxBytes, BATCH_HEADER_BYTES), leftBytes), limits);
    if (limits.isFirst) {
      const sizeBytes = batchSizeBytes(bytes, 0);
      if (sizeBytes > bytes.length) bytes = this.#readBytes(position, Math.min(sizeBytes, leftBytes), limits);
    } else if (bytes.length > limits.maxBytes) {
      return null;
    }
    return wholeBatches(bytes, limits.upToOffset);
  }
  #readBytes(position: number, length: number, { take }: ReadLimits): Buffer {
    const file = this.#file.use();
    if (take === undefined) return file.read(position, length);
    const target = take(length);
    const count = file.readInto(target, 0, length, position);
    return count === length ? target : target.subarray(0, count);
  }
  /** One whole batch. */
  readBatch(found: FoundBatch): Buffer {
    return this.#file.use().read(found.position, found.header.sizeBytes);
  }

  /**
   * Checks all batches, cuts the file behind the last good one and rebuilds the indexes; gives each header to `visit`.
   * Answers how many bytes were cut. Throws DiskError.
   */
  recover(visit: (header: BatchHeader) => void): number {
    this.#resetIndexes();
    this.aborted.reset();
    const file = this.#file.use();
    const fileBytes = file.sizeBytes();
    let endOffset = this.baseOffset;
    const goodBytes = scanBatches(file, 0, this.baseOffset, ({ header, position }) => {
      this.#note(lastOffsetOf(header), header.maxTimestampMs, position, header.sizeBytes);
      endOffset = lastOffsetOf(header) + 1;
      visit(header);
    });
    if (goodBytes < fileBytes) file.truncate(goodBytes);
    this.#sizeBytes = goodBytes;
    this.#endOffset = endOffset;
    this.#firstTimestampMs = null;
    this.#areIndexesStored = false;
    return fileBytes - goodBytes;
  }
  /** Cuts everything from the batch that holds `offset` on. Throws DiskError, DecodeError. */
  truncateTo(offset: number): void {
    const found = this.find(offset);
    if (found === null) return;
    this.#file.use().truncate(found.position);
    this.#sizeBytes = found.position;
    this.#endOffset = Math.max(this.baseOffset, Math.min(offset, found.header.baseOffset));
    this.#firstTimestampMs = null;
    this.#isSealed = false;
    // The file is shorter now, whatever the disk refuses from here on.
    this.#mustRebuild = true;
    this.aborted.truncateTo(this.#endOffset);
    this.#rebuild();
  }

  /** No more appends: stores the indexes and lets them go from memory when others need the room. */
  seal(): void {
    this.storeIndexes();
    this.#isSealed = true;
    if (this.#indexes !== null) this.#context.indexes.loaded(this, this.#indexBytes(this.#indexes));
  }
  /** Takes up a segment that others follow. */
  assumeSealed(): void {
    this.#isSealed = true;
  }
  /** Writes both index files if they changed. A failure leaves none behind: they are rebuilt when needed. */
  storeIndexes(): void {
    if (this.#areIndexesStored || this.#indexes === null) return;
    const { offsets, times } = this.#indexes;
    const newest = this.#newest();
    if (newest.timestampMs >= 0) times.add(newest.timestampMs, newest.offset);
    try {
      writePlain(this.#context.disk, this.#path(INDEX_SUFFIX), offsets.stored());
      writePlain(this.#context.disk, this.#path(TIME_INDEX_SUFFIX), times.stored());
      this.#areIndexesStored = true;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#context.log.warn(`indexes of ${this.#file.path} were not stored (${error.message}); they will be rebuilt`);
      this.#removeIndexes();
    }
  }
  #removeIndexes(): void {
    try {
      for (const suffix of [INDEX_SUFFIX, TIME_INDEX_SUFFIX]) this.#context.disk.remove(this.#path(suffix));
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      // What is left of them is checked before it is believed.
    }
  }
  /** Rejects with DiskError. */
  async flush(): Promise<void> {
    await this.#file.flush();
    await this.aborted.flush();
  }
  flushNow(): void {
    this.#file.use().flushNow();
    this.aborted.flushNow();
  }
  close(): void {
    this.#file.close();
    this.aborted.close();
    this.#context.indexes.gone(this);
  }
  /** Renames the files to *.deleted and leaves them to the trash. Throws DiskError with the segment still in place. */
  discard(dueMs: number): void {
    const { disk, indexes, trash } = this.#context;
    // Indexes first: they can be made again should the log file have to stay.
    this.#mustRebuild = true;
    for (const suffix of [INDEX_SUFFIX, TIME_INDEX_SUFFIX]) disk.remove(this.#path(suffix));
    disk.rename(this.#file.path, this.#file.path + DELETED_SUFFIX);
    trash.put(this.#file.path + DELETED_SUFFIX, dueMs);
    this.#file.retire();
    this.aborted.discard();
    indexes.gone(this);
  }

  /** For LoadedIndexes. */
  forgetIndexes(): void {
    if (this.#isSealed && this.#areIndexesStored) this.#indexes = null;
  }
  #indexBytes({ offsets, times }: Indexes): number {
    return offsets.sizeBytes + times.sizeBytes;
  }
  #newest(): { timestampMs: Int64; offset: number } {
    this.#hydrate();
    return present(this.#maxTimestamp, 'the largest timestamp is known with the indexes');
  }
  #hydrate(): Indexes {
    if (this.#mustRebuild) return this.#rebuild();
    if (this.#indexes !== null) return this.#indexes;
    const { disk, log } = this.#context;
    const offsetBytes = disk.read(this.#path(INDEX_SUFFIX));
    const offsets = new OffsetIndex(this.baseOffset, offsetBytes ?? undefined);
    const times = new TimeIndex(this.baseOffset, disk.read(this.#path(TIME_INDEX_SUFFIX)) ?? undefined);
    // A stored time index has an entry, the last, even where the offset index has none.
    const areThere = offsetBytes !== null && times.entryCount > 0;
    const isSane = areThere && offsets.isSane(this.#sizeBytes) && times.isSane(this.#endOffset);
    if (this.#sizeBytes > 0 && !(isSane && this.#areTrue(offsets, times))) {
      log.debug(`indexes of ${this.#file.path} are missing or damaged: rebuilding`);
      return this.#rebuild();
    }
    this.#indexes = this.#sizeBytes > 0 ? { offsets, times } : this.#resetIndexes();
    this.#maxTimestamp = { timestampMs: times.lastTimestampMs(), offset: times.lastOffset() };
    const covered = offsets.entryCount === 0 ? 0 : offsets.positionAt(offsets.entryCount - 1);
    this.#bytesSinceEntry = this.#sizeBytes - covered;
    if (this.#isSealed) this.#context.indexes.loaded(this, this.#indexBytes(this.#indexes));
    return this.#indexes;
  }
  /**
   * Whether the log itself has the largest timestamp where the time index says. Retention goes by it, and the files of the indexes
   * are not flushed: a power loss may leave zeros in them, or less than was written. One read where timestamps grow.
   */
  #areTrue(offsets: OffsetIndex, times: TimeIndex): boolean {
    const [timestampMs, offset] = [times.lastTimestampMs(), times.lastOffset()];
    let isThere = false;
    try {
      for (const { header } of this.headers(offsets.positionFor(offset))) {
        if (lastOffsetOf(header) < offset) continue;
        if (!isThere && (lastOffsetOf(header) !== offset || header.maxTimestampMs !== timestampMs)) return false;
        isThere = true;
        if (header.maxTimestampMs > timestampMs) return false;
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return false;
    }
    return isThere;
  }
  #resetIndexes(): Indexes {
    this.#indexes = { offsets: new OffsetIndex(this.baseOffset), times: new TimeIndex(this.baseOffset) };
    this.#maxTimestamp = { timestampMs: -1, offset: this.baseOffset };
    this.#bytesSinceEntry = 0;
    return this.#indexes;
  }
  #rebuild(): Indexes {
    const indexes = this.#resetIndexes();
    for (const { header, position } of this.headers()) {
      this.#note(lastOffsetOf(header), header.maxTimestampMs, position, header.sizeBytes);
    }
    this.#areIndexesStored = false;
    this.#mustRebuild = false;
    if (this.#isSealed) this.seal();
    return indexes;
  }
}
