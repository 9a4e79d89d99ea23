// One cleaning of one log: which keys have newer records in the dirty part, then every segment up to its end written anew without
// what those replace, neighbours together (Kafka's Cleaner). A generator that stops after each batch, so that its driver decides how
// long a turn lasts; it yields a promise where it must wait. Ends without harm wherever it is left.
import { DecodeError } from '../../../kernel/decode-error.ts';
import type { Compression, Log } from '../../../kernel/world.ts';
import {
  BATCH_HEADER_BYTES,
  type BatchHeader,
  Codec,
  compressionOf,
  isControl,
  lastOffsetOf,
  NO_PRODUCER_ID,
  readBatchHeader,
} from '../../../protocol/records/batch.ts';
import { markerOf } from '../../../protocol/records/marker.ts';
import { MAX_UNPACKED_BYTES } from '../log/validate.ts';
import type { LogConfig } from '../log-config.ts';
import type { ReadLimits, Segment } from '../segment/segment.ts';
import type { AbortedTransaction } from '../transactions/aborted-index.ts';
import { type Cleanable, groupsOf } from './cleanable.ts';
import { CleanedEpochs } from './cleaned-epochs.ts';
import { CleanedTransactions } from './cleaned-transactions.ts';
import type { CleanerSettings } from './cleaner-settings.ts';
import { deleteHorizonMs, filterBatch } from './filter-batch.ts';
import { OffsetMap } from './offset-map.ts';
import { type WalkedRecord, walkRecords } from './record-walk.ts';

/** What cleaning needs of a log; PartitionLog is one. */
export interface CleanedLog {
  readonly label: string;
  readonly config: LogConfig;
  readonly segments: readonly Segment[];
  readonly startOffset: number;
  cleanedUpTo: number;
  abortedTransactions(fromOffset: number, upToOffset: number): readonly AbortedTransaction[];
  /** All below the offset survives a power loss once it resolves, and recovery knows. Rejects with DiskError. */
  beforeCleaning(offset: number): Promise<void>;
  /** The last data batch of each producer that is remembered, −1 where a marker was the last it wrote. */
  lastBatches(): ReadonlyMap<number, { readonly lastOffset: number; readonly producerEpoch: number }>;
  /** What was put in its place stays there after a power loss. Rejects with DiskError. */
  afterCleaning(): Promise<void>;
  newCleanedSegment(baseOffset: number): Segment;
  /** Puts `cleaned` (null: nothing) in the place of `sources`. False when they are not the log's any more. Throws DiskError. */
  replaceSegments(
    sources: readonly Segment[],
    cleaned: Segment | null,
    aborted: readonly AbortedTransaction[],
  ): boolean;
}
export interface CleaningOptions {
  readonly compression: Compression;
  readonly log: Log;
  readonly nowMs: number;
  readonly settings: Pick<CleanerSettings, 'mapBytes' | 'loadFactor' | 'ioBufferBytes'>;
  readonly seed: number;
}
export interface CleaningOutcome {
  readonly keys: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
}
/** Yields how many bytes were read or written since the last stop, or what must be waited for. */
type Steps<T> = Generator<Promise<void> | number, T>;

const slabOf = ({ settings }: CleaningOptions): ReadLimits => ({
  maxBytes: Math.max(1, settings.ioBufferBytes >> 1),
  upToOffset: Number.POSITIVE_INFINITY,
  isFirst: true,
});

/** Null when it was given up: the log changed meanwhile, or not one batch fits the offset map. Throws DiskError, DecodeError. */
export function* cleanLog(log: CleanedLog, range: Cleanable, options: CleaningOptions): Steps<CleaningOutcome | null> {
  const segments = log.segments.filter((_, i, all) => (all[i + 1]?.baseOffset ?? Infinity) <= range.endOffset);
  const map = yield* buildMap(log, segments, range, options);
  if (map === null) return null;
  const endOffset = map.latestOffset + 1;
  yield log.beforeCleaning(range.endOffset);
  const cleaning = new Cleaning(log, map, options, range.endOffset);
  const covered = segments.filter(({ baseOffset }) => baseOffset < endOffset);
  for (const group of groupsOf(covered, range.endOffset, log.config.segmentBytes)) {
    if (!(yield* cleaning.group(group))) return null;
  }
  // Were older values to come back behind what is called clean, they would outlive the tombstones that end them.
  yield log.afterCleaning();
  log.cleanedUpTo = endOffset;
  return { keys: map.size, readBytes: cleaning.readBytes, writtenBytes: cleaning.writtenBytes };
}

function* buildMap(
  log: CleanedLog,
  segments: readonly Segment[],
  { dirtyOffset, endOffset }: Cleanable,
  options: CleaningOptions,
): Steps<OffsetMap | null> {
  const map = new OffsetMap(endOffset - dirtyOffset, mapOptions(options));
  const transactions = new CleanedTransactions(log.abortedTransactions(dirtyOffset, endOffset));
  for (const [i, segment] of segments.entries()) {
    if ((segments[i + 1]?.baseOffset ?? endOffset) <= dirtyOffset) continue;
    for (const { header, batch } of batchesOf(segment, slabOf(options))) {
      yield batch.length;
      if (lastOffsetOf(header) < dirtyOffset) continue;
      if (map.room < header.recordCount) return map.latestOffset >= 0 ? map : tooSmall(log, options);
      if (isControl(header.attributes)) transactions.marker(header, markerOf(batch, 0, header)?.isCommit ?? null);
      else if (!transactions.batch(header)) note(map, header, batch, dirtyOffset, options.compression);
      map.latestOffset = lastOffsetOf(header);
    }
  }
  map.latestOffset = endOffset - 1;
  return map;
}
const mapOptions = ({ settings: { mapBytes, loadFactor }, seed }: CleaningOptions) => ({
  maxBytes: mapBytes,
  loadFactor,
  seed,
});
function tooSmall({ label }: CleanedLog, { log, settings }: CleaningOptions): null {
  log.warn(
    `${label}: not one batch fits the cleaner's ${settings.mapBytes} bytes: log.cleaner.dedupe.buffer.size is too small`,
  );
  return null;
}
function note(map: OffsetMap, header: BatchHeader, batch: Buffer, dirtyOffset: number, compression: Compression): void {
  if (header.recordCount === 0) return;
  const stored = batch.subarray(BATCH_HEADER_BYTES);
  const codec = compressionOf(header.attributes);
  try {
    const body = codec === Codec.none ? stored : compression.decompress(codec, stored, MAX_UNPACKED_BYTES);
    for (const { key, offsetDelta } of walkRecords(body, header.recordCount)) {
      const offset = header.baseOffset + offsetDelta;
      if (key !== null && offset >= dirtyOffset) map.put(key, offset);
    }
  } catch (error) {
    // It cannot be opened, so it replaces nothing; it stays as it is.
    if (!(error instanceof DecodeError)) throw error;
  }
}

function* batchesOf(
  segment: Segment,
  limits: ReadLimits,
): Generator<{ readonly header: BatchHeader; readonly batch: Buffer }> {
  for (let position = 0; position < segment.sizeBytes; ) {
    const slab = segment.read(position, limits);
    if (slab === null) throw new DecodeError(`segment ${segment.baseOffset} ends within a batch`);
    for (let at = 0; at < slab.records.length; ) {
      const header = readBatchHeader(slab.records, at);
      yield { header, batch: slab.records.subarray(at, at + header.sizeBytes) };
      at += header.sizeBytes;
    }
    position += slab.records.length;
  }
}

/** The second half: what stays. */
class Cleaning {
  readBytes = 0;
  writtenBytes = 0;
  readonly #log: CleanedLog;
  readonly #map: OffsetMap;
  readonly #options: CleaningOptions;
  readonly #transactions: CleanedTransactions;
  readonly #epochs: CleanedEpochs;
  readonly #lastBatches: ReturnType<CleanedLog['lastBatches']>;
  readonly #newHorizonMs: number;

  constructor(log: CleanedLog, map: OffsetMap, options: CleaningOptions, endOffset: number) {
    this.#log = log;
    this.#map = map;
    this.#options = options;
    this.#transactions = new CleanedTransactions(log.abortedTransactions(log.startOffset, endOffset));
    this.#epochs = new CleanedEpochs(log.startOffset);
    this.#lastBatches = log.lastBatches();
    this.#newHorizonMs = options.nowMs + Math.min(log.config.deleteRetentionMs, Number.MAX_SAFE_INTEGER / 2);
  }

  /** False when the log changed meanwhile. */
  *group(sources: readonly Segment[]): Steps<boolean> {
    const [first] = sources;
    if (first === undefined) return true;
    const cleaned = this.#log.newCleanedSegment(first.baseOffset);
    let isDone = false;
    try {
      const isSame = yield* this.#copy(sources, cleaned);
      if (isSame && sources.length === 1) return true;
      yield cleaned.flush();
      const aborted = this.#transactions.kept.splice(0);
      const isEmpty = cleaned.sizeBytes === 0 && first.baseOffset > this.#log.startOffset;
      isDone = this.#log.replaceSegments(sources, isEmpty ? null : cleaned, aborted) && !isEmpty;
      return isDone || isEmpty;
    } finally {
      if (!isDone) cleaned.abandon();
    }
  }

  /** True when every byte stayed. */
  *#copy(sources: readonly Segment[], cleaned: Segment): Steps<boolean> {
    let isSame = true;
    let gathered: Buffer[] = [];
    let headers: BatchHeader[] = [];
    let gatheredBytes = 0;
    const gatheredLimit = this.#options.settings.ioBufferBytes >> 1;
    const write = () => {
      if (gathered.length > 0) cleaned.append(Buffer.concat(gathered), headers);
      this.writtenBytes += gatheredBytes;
      gathered = [];
      headers = [];
      gatheredBytes = 0;
    };
    for (const source of sources) {
      for (const { header, batch } of batchesOf(source, slabOf(this.#options))) {
        const left = this.#filter(header, batch);
        this.readBytes += batch.length;
        isSame &&= left === batch;
        if (left !== null) {
          gathered.push(left);
          headers.push(left === batch ? header : readBatchHeader(left, 0));
          gatheredBytes += left.length;
          if (gatheredBytes >= gatheredLimit) write();
        }
        yield batch.length + (left?.length ?? 0);
      }
    }
    write();
    return isSame;
  }

  #filter(header: BatchHeader, batch: Buffer): Buffer | null {
    const { compression, log, nowMs } = this.#options;
    const isMarker = isControl(header.attributes);
    const isNeedless = isMarker
      ? this.#transactions.marker(header, markerOf(batch, 0, header)?.isCommit ?? null)
      : this.#transactions.batch(header);
    const horizonMs = deleteHorizonMs(header);
    const isPast = horizonMs !== null && horizonMs <= nowMs;
    const verdict = {
      isDiscarded: isNeedless && (!isMarker || isPast),
      keepsHeader: this.#isLastOfProducer(header),
      keepsPlace: this.#epochs.begins(header),
      isNeedlessMarker: isNeedless && isMarker,
      newHorizonMs: this.#newHorizonMs,
      keeps: (record: WalkedRecord) => isMarker || this.#keeps(header, record, isPast),
    };
    try {
      return filterBatch(batch, header, verdict, compression);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      log.warn(
        `${this.#log.label}: the batch at offset ${header.baseOffset} cannot be opened and stays: ${error.message}`,
      );
      return batch;
    }
  }
  /** Its sequence, or its epoch where a marker was the last, is needed to know the producer again. */
  #isLastOfProducer(header: BatchHeader): boolean {
    if (header.producerId === NO_PRODUCER_ID) return false;
    const last = this.#lastBatches.get(header.producerId);
    if (last === undefined) return false;
    if (last.lastOffset >= 0) return last.lastOffset === lastOffsetOf(header);
    return isControl(header.attributes) && header.producerEpoch === last.producerEpoch;
  }
  #keeps(header: BatchHeader, { offsetDelta, key, hasValue }: WalkedRecord, isPastHorizon: boolean): boolean {
    const offset = header.baseOffset + offsetDelta;
    if (offset > this.#map.latestOffset) return true;
    if (key === null) return false;
    return offset >= this.#map.get(key) && (hasValue || !isPastHorizon);
  }
}
