// One partition's log: an append-only sequence of record batches with increasing offsets, kept in segments in Kafka's own
// format. The broker appends, reads and looks up through it; LogFolder opens, ticks and closes it. It knows nothing of
// replication, leadership or who may see which offset.
import { assert, present } from '../../kernel/assert.ts';
import { DecodeError } from '../../kernel/decode-error.ts';
import { DiskError, type World } from '../../kernel/world.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import type { BatchHeader } from '../../protocol/records/batch.ts';
import {
  batchSizeBytes,
  isControl,
  lastOffsetOf,
  readBatchHeader,
  stampBatch,
  stampLogAppendTime,
} from '../../protocol/records/batch.ts';
import { encodeMarker, markerOf, type NewMarker } from '../../protocol/records/marker.ts';
import { type StorageContext, storageContext } from './context.ts';
import { CLEANED_SUFFIX, partitionKey, SWAP_SUFFIX } from './files/names.ts';
import { checkFollowerBatches } from './follower-batches.ts';
import type { LogConfig } from './log-config.ts';
import { LogState, type MarkedHeader } from './log-state.ts';
import { type LogCheckpoint, NO_CHECKPOINT, newSegment, openSegments } from './opening.ts';
import {
  type ActiveProducer,
  type AppendOptions,
  type AppendOutcome,
  type EpochEnd,
  type FollowerAppendOutcome,
  type ReadOptions,
  type ReadOutcome,
  type Refusal,
  refused,
  type TimestampedOffset,
} from './outcome.ts';
import { EPOCH_PER_TRANSACTION } from './producer/producer-state.ts';
import { segmentsPastRetention } from './retention.ts';
import { Segment } from './segment/segment.ts';
import { SegmentList } from './segment/segment-list.ts';
import { findFirstSince, findLargest } from './timestamps.ts';
import type { AbortedTransaction } from './transactions/aborted-index.ts';
import type { CompletedTransaction, OpenTransactions } from './transactions/open-transactions.ts';
import { Verifications } from './transactions/verifications.ts';
import { validate } from './validate.ts';

const REPLAY_SLAB_BYTES = 1 << 20;

export interface LogOptions {
  /** The partition's own folder, made when missing. */
  readonly folder: string;
  readonly topic: string;
  readonly partition: number;
  /** Base64url of 16 bytes. */
  readonly topicId: string;
  readonly config: LogConfig;
  /** What LogFolder adds: shared files, checkpoints, and how to write down at once that the start offset moved. */
  readonly context?: StorageContext;
  readonly checkpoint?: LogCheckpoint;
  onStartOffsetMoved?(): void;
  /** The log was cut below its recovery point: what was written down of it is wrong. */
  onRecoveryPointLowered?(): void;
  /** The log is about to be cleaned below its recovery point, which must be written down before. Throws DiskError. */
  onCleaning?(): void;
}

export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string;
  /** Whose transactional writes the transaction coordinator is being asked about. */
  readonly verifications = new Verifications();
  /** May be replaced at any time; in force from the next call on. */
  config: LogConfig;
  readonly #options: LogOptions;
  readonly #context: StorageContext;
  readonly #segments: SegmentList;
  #startOffset: number;
  #recoveryPoint: number;
  #highWatermark: number | null = null;
  #sizeBytes = 0;
  readonly #state: LogState;
  /** Counts cuts: a flush that one came into the way of says nothing of what was written since. */
  #cuts = 0;
  #unflushedSinceMs: number | null = null;
  /** Everything below was cleaned; kept by the log's folder in a checkpoint. */
  cleanedUpTo = 0;
  #isClosed = false;

  /** Opens the log, recovering it first unless its checkpoint says that it was closed cleanly. Throws DiskError. */
  static open(world: World, options: LogOptions): PartitionLog {
    return new PartitionLog(options, options.context ?? storageContext(world));
  }
  private constructor(options: LogOptions, context: StorageContext) {
    this.topic = options.topic;
    this.partition = options.partition;
    this.topicId = options.topicId;
    this.config = options.config;
    this.#options = options;
    this.#context = context;
    this.#state = new LogState(context, options.folder, this);
    const checkpoint = options.checkpoint ?? NO_CHECKPOINT;
    const place = { context, folder: options.folder, indexIntervalBytes: options.config.indexIntervalBytes };
    const checked: { epoch: number; startOffset: number }[] = [];
    let hasMarkers = false;
    if (!checkpoint.isClean) context.disk.makeFolder(options.folder);
    const opened = openSegments(place, checkpoint, ({ leaderEpoch, baseOffset, attributes }) => {
      hasMarkers ||= isControl(attributes);
      if (checked.at(-1)?.epoch !== leaderEpoch) checked.push({ epoch: leaderEpoch, startOffset: baseOffset });
    });
    this.#segments = new SegmentList(opened.segments);
    this.#startOffset = opened.startOffset;
    this.#recoveryPoint = Math.min(checkpoint.recoveryPoint, this.endOffset);
    this.#sizeBytes = this.#segments.sizeBytes();
    if (opened.checkedFrom === null) return;
    this.#state.recoverEpochs(opened.checkedFrom, checked);
    if (hasMarkers) this.#state.recoverTransactions(opened.checkedFrom);
  }

  /** First offset that can be read. */
  get startOffset(): number {
    return this.#startOffset;
  }
  /** Offset the next record will get. */
  get endOffset(): number {
    return this.#segments.active.endOffset;
  }
  get sizeBytes(): number {
    return this.#sizeBytes;
  }
  /** Newest leader epoch in the log, −1 when there is none. */
  get latestEpoch(): number {
    return this.#state.epochs.latest;
  }
  /** Everything below it survives a power loss. */
  get recoveryPoint(): number {
    return this.#recoveryPoint;
  }
  /** For the checkpoint and retention only: whoever replicates sets it; until then it is the end offset. */
  get highWatermark(): number {
    return Math.min(this.#highWatermark ?? this.endOffset, this.endOffset);
  }
  set highWatermark(offset: number) {
    this.#highWatermark = offset;
    this.#state.highWatermarkMoved(offset);
  }
  /** First offset whose transaction is open or ended by a marker that is not committed; null: none. Throws DiskError. */
  get firstUnstableOffset(): number | null {
    try {
      const first = this.#state.producers.transactions.firstUnstable(this.highWatermark);
      return first === null ? null : Math.max(first, this.#startOffset);
    } catch (error) {
      throw this.#damaged(error);
    }
  }
  /** read_committed readers see what is below: the first unstable offset or the high watermark (UnifiedLog.lastStableOffset). Throws DiskError. */
  get lastStableOffset(): number {
    return Math.min(this.highWatermark, this.firstUnstableOffset ?? Number.POSITIVE_INFINITY);
  }
  /** Transactions that were aborted, with records from `fromOffset` to below `upToOffset`. Throws DiskError. */
  abortedTransactions(fromOffset: number, upToOffset: number): readonly AbortedTransaction[] {
    return this.#segments.abortedTransactions(fromOffset, upToOffset);
  }
  /** Whether the producer, in this epoch, has a transaction open here; false where the disk does not say. */
  hasOpenTransaction(producerId: number, producerEpoch: number): boolean {
    try {
      return this.#state.producers.hasOpenTransaction(producerId, producerEpoch);
    } catch (error) {
      if (error instanceof DiskError || error instanceof DecodeError) return false;
      throw error;
    }
  }
  get segmentCount(): number {
    return this.#segments.all.length;
  }
  /** When the oldest append that was not flushed happened, on the clock of AppendOptions.nowMs; null when there is none. */
  get unflushedSinceMs(): number | null {
    return this.#unflushedSinceMs;
  }
  get label(): string {
    return partitionKey(this.topic, this.partition);
  }

  /**
   * Validates and appends batches of a leader. Synchronous; `records` is stamped in place and must not be used for anything
   * else. Refusals carry Kafka's error code (LogValidator, UnifiedLog.append, ProducerAppendInfo) and leave the log unchanged.
   */
  appendAsLeader(records: Buffer, options: AppendOptions): AppendOutcome {
    if (this.#isClosed) return refused(ErrorCode.KAFKA_STORAGE_ERROR, `The log of ${this.label} is closed`);
    const { config } = this;
    const { compression } = this.#context;
    const valid = validate(records, options, { label: this.label, config, compression });
    if (valid.kind === 'refused') return valid;
    if (valid.records.length > config.segmentBytes) {
      return refused(
        ErrorCode.RECORD_LIST_TOO_LARGE,
        `Message batch size is ${valid.records.length} bytes in append to partition ${this.label}, which exceeds the maximum configured segment size of ${config.segmentBytes}.`,
      );
    }
    try {
      const repeated = this.#checkSequences(valid.batches, options);
      return repeated ?? this.#append(valid.records, valid.batches, options);
    } catch (error) {
      return this.#refuse(error);
    }
  }
  /** The outcome of an append that must not be made: a duplicate or a refusal. */
  #checkSequences(batches: readonly BatchHeader[], { origin, isVerified }: AppendOptions): AppendOutcome | null {
    const producers = this.#state.producers;
    for (const header of batches) {
      const check = producers.check(header, origin, isVerified === true);
      if (check.kind === 'refused') return check;
      if (check.kind === 'duplicate') {
        const { lastOffset, offsetDelta, timestampMs } = check.batch;
        return {
          kind: 'duplicate',
          baseOffset: lastOffset - offsetDelta,
          lastOffset,
          logAppendTimeMs: timestampMs,
          startOffset: this.#startOffset,
        };
      }
    }
    return null;
  }
  /**
   * Ends a producer's transaction in this partition (ReplicaManager with AppendOrigin.COORDINATOR): a control batch. A retry of a
   * marker that is here is a duplicate. Refusals: TRANSACTION_COORDINATOR_FENCED, INVALID_PRODUCER_EPOCH, KAFKA_STORAGE_ERROR.
   */
  appendMarker(
    marker: NewMarker,
    options: { readonly leaderEpoch: number; readonly nowMs: number; readonly transactionVersion: number },
  ): AppendOutcome {
    if (this.#isClosed) return refused(ErrorCode.KAFKA_STORAGE_ERROR, `The log of ${this.label} is closed`);
    try {
      const check = this.#state.producers.checkMarker(marker, options.transactionVersion);
      if (check === 'done') {
        const lastOffset = this.endOffset - 1;
        return {
          kind: 'duplicate',
          baseOffset: lastOffset,
          lastOffset,
          logAppendTimeMs: -1,
          startOffset: this.#startOffset,
        };
      }
      if (check !== 'inOrder') return check;
      this.verifications.forget(marker, options.transactionVersion >= EPOCH_PER_TRANSACTION);
      const records = encodeMarker(marker);
      return this.#append(records, [readBatchHeader(records, 0)], { ...options, origin: 'coordinator' });
    } catch (error) {
      return this.#refuse(error);
    }
  }
  #append(records: Buffer, batches: readonly BatchHeader[], options: AppendOptions): AppendOutcome {
    const baseOffset = this.endOffset;
    const stamped = this.#stamp(records, batches, options);
    this.#write(records, stamped, options.nowMs);
    const logAppendTimeMs = this.config.timestampType === 'LogAppendTime' ? options.nowMs : -1;
    return {
      kind: 'appended',
      baseOffset,
      lastOffset: this.endOffset - 1,
      logAppendTimeMs,
      startOffset: this.#startOffset,
    };
  }
  /** Batches with offsets and epochs in them, at the end of the log. Throws DiskError with the log unchanged. */
  #write(records: Buffer, stamped: readonly BatchHeader[], nowMs: number): void {
    const { epochs, producers } = this.#state;
    const lastOffset = lastOffsetOf(present(stamped.at(-1), 'an append has a batch'));
    const maxTimestampMs = stamped.reduce((most, header) => Math.max(most, header.maxTimestampMs), -1);
    if (
      this.#segments.active.shouldRoll({ bytes: records.length, lastOffset, maxTimestampMs }, rollLimits(this.config))
    ) {
      this.#roll();
    }
    this.#segments.active.append(records, stamped);
    this.#sizeBytes += records.length;
    let position = 0;
    for (const header of stamped) {
      epochs.assign(header.leaderEpoch, header.baseOffset);
      const completed = producers.update(header, markerOf(records, position, header));
      if (completed?.isAborted === true) this.#aborted(completed, producers.transactions);
      position += header.sizeBytes;
    }
    this.#unflushedSinceMs ??= nowMs;
    if (this.config.flushMs !== Number.POSITIVE_INFINITY) this.#context.unflushed.add(this);
    if (this.endOffset - this.#recoveryPoint >= this.config.flushMessages) this.flushNow();
  }
  #aborted(completed: CompletedTransaction, { firstOngoing }: OpenTransactions): void {
    this.aborted({ ...completed, lastStableOffset: firstOngoing ?? completed.lastOffset + 1 });
  }
  /** Offsets, epoch and, where the topic says so, the time of the append, into the bytes. Answers the headers as they are now. */
  #stamp(records: Buffer, batches: readonly BatchHeader[], { leaderEpoch, nowMs }: AppendOptions): BatchHeader[] {
    const isAppendTime = this.config.timestampType === 'LogAppendTime';
    let position = 0;
    let baseOffset = this.endOffset;
    return batches.map((header) => {
      stampBatch(records, position, baseOffset, leaderEpoch);
      if (isAppendTime) stampLogAppendTime(records, position, header.sizeBytes, nowMs);
      const stamped = isAppendTime ? readBatchHeader(records, position) : { ...header, baseOffset, leaderEpoch };
      position += header.sizeBytes;
      baseOffset += header.lastOffsetDelta + 1;
      return stamped;
    });
  }

  /**
   * Appends what the leader sent, offsets and epochs as they are in the batches. An empty log may begin in the middle of a batch
   * (its leader deleted records): it then takes the batch whole. Refusals: KAFKA_STORAGE_ERROR, CORRUPT_MESSAGE, and
   * OFFSET_OUT_OF_RANGE when the batches are not what comes next; the log is unchanged then. Synchronous; keeps no bytes.
   */
  appendAsFollower(records: Buffer, options: { readonly nowMs: number }): FollowerAppendOutcome {
    if (this.#isClosed) return refused(ErrorCode.KAFKA_STORAGE_ERROR, `The log of ${this.label} is closed`);
    const isEmpty = this.#startOffset === this.endOffset;
    const valid = checkFollowerBatches(records, isEmpty ? -1 : this.endOffset);
    if (valid.kind === 'refused') return valid;
    const [first] = valid.batches;
    if (first === undefined) return { kind: 'appended', lastOffset: this.endOffset - 1 };
    if (lastOffsetOf(first) < this.endOffset) {
      const message = `Batch at offset ${first.baseOffset} where ${this.endOffset} comes next`;
      return refused(ErrorCode.OFFSET_OUT_OF_RANGE, message);
    }
    try {
      const startOffset = this.#startOffset;
      if (first.baseOffset < startOffset) this.truncateFullyTo(first.baseOffset);
      this.#write(valid.records, valid.batches, options.nowMs);
      if (this.#startOffset < startOffset) this.#moveStart(startOffset);
      return { kind: 'appended', lastOffset: this.endOffset - 1 };
    } catch (error) {
      return this.#refuse(error);
    }
  }
  #refuse(error: unknown): Refusal {
    if (!(error instanceof DiskError || error instanceof DecodeError)) throw error;
    this.#context.log.error(`${this.label}: append failed: ${error.message}`);
    return refused(ErrorCode.KAFKA_STORAGE_ERROR, `Disk error when trying to write to the log: ${error.message}`);
  }

  /** Starts a new segment at the end. The old one is flushed in the background. Throws DiskError with the log unchanged. */
  #roll(): void {
    const old = this.#segments.active;
    const place = {
      context: this.#context,
      folder: this.#options.folder,
      indexIntervalBytes: this.config.indexIntervalBytes,
    };
    const fresh = newSegment(place, this.endOffset);
    fresh.create();
    this.#state.storeProducers();
    old.seal();
    this.#segments.all.push(fresh);
    const rollOffset = fresh.baseOffset;
    this.#flushUpTo(rollOffset).catch((error: unknown) => {
      this.#context.log.error(`${this.label}: flush failed: ${String(error)}`);
    });
  }

  /** Whole batches from the one that holds the offset. Throws DiskError, also for a damaged file. */
  read(options: ReadOptions): ReadOutcome {
    if (this.#isClosed) throw new DiskError('EBADF', `the log of ${this.label} is closed`);
    const { offset } = options;
    const endOffset = this.endOffset;
    if (offset < this.#startOffset || offset > endOffset) return { kind: 'outOfRange' };
    if (offset >= Math.min(endOffset, options.upToOffset)) return { kind: 'empty' };
    try {
      const found = this.#segments.read(offset, options);
      return found === null ? { kind: 'empty' } : { kind: 'records', ...found };
    } catch (error) {
      throw this.#damaged(error);
    }
  }
  #damaged(error: unknown): unknown {
    return error instanceof DecodeError ? new DiskError('EIO', `${this.label} is damaged: ${error.message}`) : error;
  }
  /** Whole batches from the one that holds `fromOffset` to the end, one buffer each, read in slabs. Throws DiskError. */
  *batches(fromOffset: number): Generator<Buffer> {
    let offset = Math.max(fromOffset, this.#startOffset);
    while (offset < this.endOffset) {
      const found = this.read({ offset, maxBytes: REPLAY_SLAB_BYTES, upToOffset: this.endOffset, isFirst: true });
      if (found.kind !== 'records') return;
      for (let at = 0; at < found.records.length; ) {
        const sizeBytes = batchSizeBytes(found.records, at);
        yield found.records.subarray(at, at + sizeBytes);
        at += sizeBytes;
      }
      offset = found.lastOffset + 1;
    }
  }

  /** First record with a timestamp of at least `timestampMs`, exact to the record; null when there is none below `upToOffset`. Throws DiskError. */
  findByTimestamp(timestampMs: number, upToOffset: number): TimestampedOffset | null {
    try {
      const range = { fromOffset: this.#startOffset, upToOffset };
      return findFirstSince(this.#segments.all, timestampMs, range, this.#context.compression);
    } catch (error) {
      throw this.#damaged(error);
    }
  }
  /** First record with the largest timestamp below `upToOffset`; null when no record has one. Throws DiskError. */
  findMaxTimestamp(upToOffset: number): TimestampedOffset | null {
    try {
      const range = { fromOffset: this.#startOffset, upToOffset };
      return findLargest(this.#segments.all, range, this.#context.compression);
    } catch (error) {
      throw this.#damaged(error);
    }
  }
  /** End offset of the largest epoch that is not above `epoch` (KIP-320). */
  endOffsetForEpoch(epoch: number): EpochEnd {
    return this.#state.epochs.endOffsetFor(epoch, this.endOffset);
  }
  /** The epoch a record was written in, −1 when unknown. */
  epochOf(offset: number): number {
    return this.#state.epochs.epochOf(offset);
  }
  /** A leader begins its epoch at the end of the log, before its first append. */
  startEpoch(epoch: number): void {
    this.#state.epochs.assign(epoch, this.endOffset);
  }
  /** Whether the producer has written here, or was fenced here, in a later epoch. */
  hasLaterEpoch(producerId: number, producerEpoch: number): boolean {
    return this.#state.producers.hasLaterEpoch(producerId, producerEpoch);
  }
  producers(): Iterable<ActiveProducer> {
    return this.#state.producers.active();
  }
  expireProducers(nowMs: number): void {
    this.#state.loadedProducers?.expire(nowMs, this.config.producerIdExpirationMs);
  }

  /** Moves the start offset up to `offset` (never down, never past the end) and writes that down at once. Throws DiskError. */
  deleteRecordsBefore(offset: number): void {
    const startOffset = Math.min(offset, this.endOffset);
    if (startOffset <= this.#startOffset) return;
    this.#moveStart(startOffset);
    this.#options.onStartOffsetMoved?.();
    const isBelow = (i: number) => (this.#segments.all[i + 1]?.baseOffset ?? Number.POSITIVE_INFINITY) <= startOffset;
    let count = 0;
    while (isBelow(count)) count++;
    this.#discardFirst(count, this.#context.clock.nowMs());
  }
  #moveStart(startOffset: number): void {
    this.#startOffset = Math.max(this.#startOffset, startOffset);
    this.#state.epochs.truncateFromStart(this.#startOffset);
  }
  /** Deletes segments past retention, rolling the active one if it is past it too. Answers how many. Throws DiskError. */
  applyRetention(nowMs: number): number {
    const count = segmentsPastRetention(this.#segments.all, this, this.config, nowMs);
    if (count === 0) return 0;
    if (count === this.#segments.all.length) this.#roll();
    this.#discardFirst(count, nowMs);
    return count;
  }
  #discardFirst(count: number, nowMs: number): void {
    assert(count < this.#segments.all.length, 'the active segment is never discarded');
    for (let i = 0; i < count; i++) {
      const segment = this.#segments.first;
      segment.discard(nowMs + this.config.fileDeleteDelayMs);
      this.#segments.all.shift();
      this.#sizeBytes -= segment.sizeBytes;
      this.#moveStart(this.#segments.first.baseOffset);
    }
  }
  /** Cuts the log so that it ends at `offset`, or before the batch that holds it. Throws DiskError. */
  truncateTo(offset: number): void {
    if (offset >= this.endOffset) {
      // A leader that wrote nothing left an epoch at the very end, which the next leader may not know (UnifiedLog.truncateTo).
      this.#state.epochs.truncateFromEnd(offset);
      return;
    }
    try {
      while (this.#segments.all.length > 1 && this.#segments.active.baseOffset >= offset) {
        this.#segments.active.discard(0);
        this.#segments.all.pop();
      }
      this.#segments.active.truncateTo(offset);
    } catch (error) {
      throw this.#damaged(error);
    } finally {
      this.#startOffset = Math.min(this.#startOffset, this.endOffset);
      this.#wasTruncated();
    }
  }
  /** Drops every record; the log begins and ends at `offset` afterwards (UnifiedLog.truncateFullyAndStartAt). Throws DiskError. */
  truncateFullyTo(offset: number): void {
    const place = {
      context: this.#context,
      folder: this.#options.folder,
      indexIntervalBytes: this.config.indexIntervalBytes,
    };
    try {
      // From the end on: whatever the disk refuses, what is left is a log.
      while (this.#segments.all.length > 1) {
        this.#segments.active.discard(0);
        this.#segments.all.pop();
      }
      this.#segments.first.discard(0);
      const fresh = newSegment(place, offset);
      this.#segments.all[0] = fresh;
      this.#startOffset = offset;
      fresh.create();
      this.#state.forget();
    } finally {
      this.#startOffset = Math.min(this.#startOffset, this.endOffset);
      this.#wasTruncated();
    }
  }
  #wasTruncated(): void {
    this.#sizeBytes = this.#segments.sizeBytes();
    this.#cuts++;
    const isBelowRecoveryPoint = this.endOffset < this.#recoveryPoint;
    this.#recoveryPoint = Math.min(this.#recoveryPoint, this.endOffset);
    if (this.#highWatermark !== null) this.#highWatermark = Math.min(this.#highWatermark, this.endOffset);
    this.#segments.truncated();
    this.cleanedUpTo = Math.min(this.cleanedUpTo, this.endOffset);
    this.#state.truncated();
    if (isBelowRecoveryPoint) this.#options.onRecoveryPointLowered?.();
  }

  /** Makes everything appended so far survive a power loss. Rejects with DiskError. */
  async flush(): Promise<void> {
    const sinceMs = this.#unflushedSinceMs;
    this.#unflushedSinceMs = null;
    try {
      await this.#flushUpTo(this.endOffset);
    } catch (error) {
      this.#unflushedSinceMs = sinceMs;
      throw error;
    }
  }
  async #flushUpTo(offset: number): Promise<void> {
    const cuts = this.#cuts;
    const isUnflushed = (one: Segment) => one.endOffset > this.#recoveryPoint && one.baseOffset < offset;
    await Promise.all(this.#segments.all.filter(isUnflushed).map((segment) => segment.flush()));
    if (cuts !== this.#cuts) return;
    this.#recoveryPoint = Math.max(this.#recoveryPoint, Math.min(offset, this.endOffset));
  }
  /** The same, at once. Throws DiskError. */
  flushNow(): void {
    if (this.endOffset <= this.#recoveryPoint) return;
    for (const segment of this.#segments.all) if (segment.endOffset > this.#recoveryPoint) segment.flushNow();
    this.#recoveryPoint = this.endOffset;
    this.#unflushedSinceMs = null;
  }
  /** Closes the files as they are: what a crash would leave. */
  close(): void {
    this.#isClosed = true;
    this.#context.unflushed.delete(this);
    for (const segment of this.#segments.all) segment.close();
  }
  /** Flushes, stores indexes, producers and epochs, closes: what is needed to be opened without a check. Throws DiskError. */
  closeCleanly(): void {
    this.flushNow();
    this.#segments.active.storeIndexes();
    if (this.#state.loadedProducers !== null) this.#state.storeProducers();
    this.storeEpochs();
    this.close();
  }

  // ------------------------------------------------------------------------------------------------------- for the cleaner

  /** In order; the last is appended to. */
  get segments(): readonly Segment[] {
    return this.#segments.all;
  }
  /** The last data batch of each producer that is remembered, −1 where a marker was the last it wrote. */
  lastBatches(): ReadonlyMap<number, { readonly lastOffset: number; readonly producerEpoch: number }> {
    const last = new Map<number, { lastOffset: number; producerEpoch: number }>();
    for (const { producerId, producerEpoch, batches } of this.#state.producers.entries()) {
      last.set(producerId, { lastOffset: batches.at(-1)?.lastOffset ?? -1, producerEpoch });
    }
    return last;
  }
  /**
   * Before the first of a cleaning's swaps: all below `offset` survives a power loss, and that is written down, so that recovery
   * never takes what the cleaner leaves out for records that were lost. Rejects with DiskError.
   */
  async beforeCleaning(offset: number): Promise<void> {
    await this.#flushUpTo(offset);
    if (this.#recoveryPoint < offset) throw new DiskError('EIO', `${this.label} was cut while it was flushed`);
    this.#options.onCleaning?.();
  }
  /** Beside the log, to be filled and then handed to replaceSegments(). Throws DiskError. */
  newCleanedSegment(baseOffset: number): Segment {
    const { folder } = this.#options;
    const { indexIntervalBytes } = this.config;
    const place = { folder, baseOffset, sizeBytes: 0, endOffset: baseOffset, indexIntervalBytes };
    const segment = new Segment(this.#context, { ...place, suffix: CLEANED_SUFFIX });
    segment.create();
    return segment;
  }
  /**
   * Puts `cleaned` (null: nothing) in the place of `sources`: after a crash at any point the log is as it was or as it is now
   * (LocalLog.replaceSegments). False, and nothing done, when they are not neighbours in the log any more. Throws DiskError.
   */
  replaceSegments(
    sources: readonly Segment[],
    cleaned: Segment | null,
    aborted: readonly AbortedTransaction[],
  ): boolean {
    const { all } = this.#segments;
    const at = all.indexOf(sources[0] as Segment);
    if (this.#isClosed || at < 0 || at + sources.length >= all.length) return false;
    if (sources.some((source, i) => all[at + i] !== source)) return false;
    cleaned?.renameTo(SWAP_SUFFIX);
    this.#swapFiles(sources, cleaned);
    all.splice(at, sources.length, ...(cleaned === null ? [] : [cleaned]));
    this.#sizeBytes = this.#segments.sizeBytes();
    this.#segments.truncated();
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

  /** Before a recovery point is written down: what lies below it is no longer checked when the log is opened. Throws DiskError. */
  storeEpochs(): void {
    this.#state.storeEpochs();
  }
  /** For LogState: headers from the batch that holds `offset` on. Throws DiskError, DecodeError. */
  headersFrom(offset: number): Generator<MarkedHeader> {
    return this.#segments.headersFrom(offset);
  }
  /** For LogState: a transaction whose abort marker is in the log. */
  aborted(transaction: AbortedTransaction): void {
    this.#segments.holding(transaction.lastOffset).aborted.add(transaction);
  }
}

/** What makes a log roll: one that is compacted must not leave records in the active segment past max.compaction.lag.ms. */
function rollLimits(config: LogConfig): LogConfig {
  if (!config.isCompacted || config.maxCompactionLagMs >= config.segmentMs) return config;
  return { ...config, segmentMs: config.maxCompactionLagMs };
}
