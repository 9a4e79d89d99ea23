// One partition's log: an append-only sequence of record batches with increasing offsets, kept in segments in Kafka's own
// format. The broker appends, reads and looks up through it; LogFolder opens, ticks and closes it. Here are its bounds and who may
// move them; LogAppends, LogReads and LocalLog do the rest. It knows nothing of replication, leadership or who may see which offset.
import type { Int64 } from '../../../kernel/int64.ts';
import { DiskError, type World } from '../../../kernel/world.ts';
import { isControl } from '../../../protocol/records/batch.ts';
import type { NewMarker } from '../../../protocol/records/marker.ts';
import { type StorageContext, storageContext } from '../context.ts';
import { partitionKey } from '../files/names.ts';
import type { LogConfig } from '../log-config.ts';
import type {
  ActiveProducer,
  AppendOptions,
  AppendOutcome,
  EpochEnd,
  FollowerAppendOutcome,
  ReadOptions,
  ReadOutcome,
  TimestampedOffset,
} from '../outcome.ts';
import type { ProducerState } from '../producer/producer-state.ts';
import type { Segment } from '../segment/segment.ts';
import type { AbortedTransaction } from '../transactions/aborted-index.ts';
import { Verifications } from '../transactions/verifications.ts';
import { LogAppends, type MarkerOptions } from './appends.ts';
import { LocalLog } from './local-log.ts';
import { type LogCheckpoint, NO_CHECKPOINT, openSegments } from './opening.ts';
import { LogReads } from './reads.ts';
import { segmentsPastRetention } from './retention.ts';
import { LogState, type MarkedHeader } from './state.ts';

export interface LogOptions {
  /** The partition's own folder, made when missing. */
  readonly folder: string;
  /** The folder that is in, where it is new and not flushed yet. */
  readonly parent?: string;
  readonly topic: string;
  readonly partition: number;
  /** Base64url of 16 bytes. */
  readonly topicId: string;
  readonly config: LogConfig;
  /** What LogFolder adds: shared files, checkpoints, and how to write down at once that the start offset moved. */
  readonly context?: StorageContext;
  readonly checkpoint?: LogCheckpoint;
  onStartOffsetMoved?(): void;
  /** It moved because the leader's did: to be written down soon. */
  onStartOffsetFollowed?(): void;
  /** The log is about to be cut below its recovery point, which must not be written down any more when it is. Throws DiskError. */
  onRecoveryPointLowered?(): void;
  /** It was. */
  onCutBelowRecoveryPoint?(): void;
  /** The log is about to be cleaned below its recovery point, which must be written down before. Rejects with DiskError. */
  onCleaning?(): Promise<void>;
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
  readonly #local: LocalLog;
  readonly #state: LogState;
  readonly #reads: LogReads;
  readonly #appends: LogAppends;
  #startOffset: number;
  #highWatermark: number | null = null;
  /** Everything below was cleaned; kept by the log's folder in a checkpoint. */
  cleanedUpTo = 0;

  /** Opens the log, recovering it first unless its checkpoint says that it was closed cleanly. Throws DiskError. */
  static open(world: World, options: LogOptions): PartitionLog {
    return new PartitionLog(options, options.context ?? storageContext(world));
  }
  private constructor(options: LogOptions, context: StorageContext) {
    const { folder, config, checkpoint = NO_CHECKPOINT } = options;
    this.topic = options.topic;
    this.partition = options.partition;
    this.topicId = options.topicId;
    this.config = config;
    this.#options = options;
    this.#context = context;
    const checked: { epoch: number; startOffset: number }[] = [];
    let hasMarkers = false;
    if (!checkpoint.isClean) context.disk.makeFolder(folder);
    const place = { context, folder, indexIntervalBytes: config.indexIntervalBytes };
    const opened = openSegments(place, checkpoint, ({ leaderEpoch, baseOffset, attributes }) => {
      hasMarkers ||= isControl(attributes);
      if (checked.at(-1)?.epoch !== leaderEpoch) checked.push({ epoch: leaderEpoch, startOffset: baseOffset });
    });
    // After a clean stop they are on the platter, unless nothing was written since the last one was made.
    const isEmpty = opened.segments.at(-1)?.sizeBytes === 0;
    if (!checkpoint.isClean || opened.checkedFrom !== null || isEmpty) context.names.changed(folder);
    const { recoveryPoint } = checkpoint;
    // What recovery made anew beside the checked segments is not on the platter yet, whatever was before.
    const changedFrom = opened.checkedFrom ?? Number.POSITIVE_INFINITY;
    this.#startOffset = opened.startOffset;
    const { parent = null } = options;
    this.#local = new LocalLog(this, {
      context,
      folder,
      parent,
      segments: opened.segments,
      recoveryPoint,
      changedFrom,
    });
    this.#state = new LogState(context, folder, this);
    this.#reads = new LogReads(this, this.#local, context.compression);
    this.#appends = new LogAppends(this, this.#local, this.#state, context);
    if (opened.checkedFrom === null) return;
    this.#state.recoverEpochs(opened.checkedFrom, checked);
    if (hasMarkers) this.#state.recoverTransactions(opened.checkedFrom);
  }

  // ------------------------------------------------------------------------------------------------------- bounds

  /** First offset that can be read. */
  get startOffset(): number {
    return this.#startOffset;
  }
  /** Offset the next record will get. */
  get endOffset(): number {
    return this.#local.endOffset;
  }
  get sizeBytes(): number {
    return this.#local.sizeBytes;
  }
  /** Newest leader epoch in the log, −1 when there is none. Throws DiskError. */
  get latestEpoch(): number {
    return this.#state.epochs.latest;
  }
  /** Everything below it survives a power loss. */
  get recoveryPoint(): number {
    return this.#local.recoveryPoint;
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
    const first = this.#state.producers.transactions.firstUnstable(this.highWatermark);
    return first === null ? null : Math.max(first, this.#startOffset);
  }
  /** read_committed readers see what is below: the first unstable offset or the high watermark (UnifiedLog.lastStableOffset). Throws DiskError. */
  get lastStableOffset(): number {
    return Math.min(this.highWatermark, this.firstUnstableOffset ?? Number.POSITIVE_INFINITY);
  }
  /** Transactions that were aborted, with records from `fromOffset` to below `upToOffset`. Throws DiskError. */
  abortedTransactions(fromOffset: number, upToOffset: number): readonly AbortedTransaction[] {
    return this.#local.segments.abortedTransactions(fromOffset, upToOffset);
  }
  /** Whether the producer, in this epoch, has a transaction open here; false where the disk does not say. */
  hasOpenTransaction(producerId: number, producerEpoch: number): boolean {
    return this.#ofProducers((producers) => producers.hasOpenTransaction(producerId, producerEpoch));
  }
  /** Whether the producer has written here, or was fenced here, in a later epoch; false where the disk does not say. */
  hasLaterEpoch(producerId: number, producerEpoch: number): boolean {
    return this.#ofProducers((producers) => producers.hasLaterEpoch(producerId, producerEpoch));
  }
  #ofProducers(ask: (producers: ProducerState) => boolean): boolean {
    try {
      return ask(this.#state.producers);
    } catch (error) {
      if (error instanceof DiskError) return false;
      throw error;
    }
  }
  get segmentCount(): number {
    return this.#local.segments.all.length;
  }
  /** When the oldest append that was not flushed happened, on the clock of AppendOptions.nowMs; null when there is none. */
  get unflushedSinceMs(): number | null {
    return this.#local.unflushedSinceMs;
  }
  get label(): string {
    return partitionKey(this.topic, this.partition);
  }

  // ------------------------------------------------------------------------------------------------------- appending

  /**
   * Validates and appends batches of a leader. Synchronous; `records` is stamped in place and must not be used for anything
   * else. Refusals carry Kafka's error code (LogValidator, UnifiedLog.append, ProducerAppendInfo) and leave the log unchanged.
   */
  appendAsLeader(records: Buffer, options: AppendOptions): AppendOutcome {
    return this.#appends.asLeader(records, options);
  }
  /**
   * Ends a producer's transaction in this partition (ReplicaManager with AppendOrigin.COORDINATOR): a control batch. A retry of a
   * marker that is here is a duplicate. Refusals: TRANSACTION_COORDINATOR_FENCED, INVALID_PRODUCER_EPOCH, KAFKA_STORAGE_ERROR.
   */
  appendMarker(marker: NewMarker, options: MarkerOptions): AppendOutcome {
    return this.#appends.marker(marker, options);
  }
  /**
   * Appends what the leader sent, offsets and epochs as they are in the batches. An empty log may begin in the middle of a batch
   * (its leader deleted records): it then takes the batch whole. Refusals: KAFKA_STORAGE_ERROR, CORRUPT_MESSAGE, and
   * OFFSET_OUT_OF_RANGE when the batches are not what comes next; the log is unchanged then. Synchronous; keeps no bytes.
   */
  appendAsFollower(records: Buffer, options: { readonly nowMs: number }): FollowerAppendOutcome {
    return this.#appends.asFollower(records, options);
  }

  // ------------------------------------------------------------------------------------------------------- reading

  /** Whole batches from the one that holds the offset. Throws DiskError, also for a damaged file. */
  read(options: ReadOptions): ReadOutcome {
    return this.#reads.read(options);
  }
  /** Whole batches from the one that holds `fromOffset` to the end, one buffer each, read in slabs. Throws DiskError. */
  batches(fromOffset: number): Generator<Buffer> {
    return this.#reads.batches(fromOffset);
  }
  /** First record with a timestamp of at least `timestampMs`, exact to the record; null when there is none below `upToOffset`. Throws DiskError. */
  findByTimestamp(timestampMs: Int64, upToOffset: number): TimestampedOffset | null {
    return this.#reads.findByTimestamp(timestampMs, upToOffset);
  }
  /** First record with the largest timestamp below `upToOffset`; null when no record has one. Throws DiskError. */
  findMaxTimestamp(upToOffset: number): TimestampedOffset | null {
    return this.#reads.findMaxTimestamp(upToOffset);
  }
  /** End offset of the largest epoch that is not above `epoch` (KIP-320). Throws DiskError. */
  endOffsetForEpoch(epoch: number): EpochEnd {
    return this.#state.epochs.endOffsetFor(epoch, this.endOffset);
  }
  /** The epoch a record was written in, −1 when unknown. Throws DiskError. */
  epochOf(offset: number): number {
    return this.#state.epochs.epochOf(offset);
  }
  /** A leader begins its epoch at the end of the log, before its first append. Throws DiskError. */
  startEpoch(epoch: number): void {
    this.#state.epochs.assign(epoch, this.endOffset);
  }
  /** Throws DiskError. */
  producers(): Iterable<ActiveProducer> {
    return this.#state.producers.active();
  }
  expireProducers(nowMs: number): void {
    this.#state.loadedProducers?.expire(nowMs, this.config.producerIdExpirationMs);
  }

  // ------------------------------------------------------------------------------------------------------- what goes

  /** Moves the start offset up to `offset` (never down, never past the end) and writes that down at once. Throws DiskError. */
  deleteRecordsBefore(offset: number): void {
    this.#moveStart(offset, this.#options.onStartOffsetMoved);
  }
  /** The same where the leader did so: that is written down soon, since the leader would say it again. Throws DiskError. */
  followStart(offset: number): void {
    this.#moveStart(offset, this.#options.onStartOffsetFollowed);
  }
  #moveStart(offset: number, writeDown: (() => void) | undefined): void {
    const startOffset = Math.min(offset, this.endOffset);
    if (startOffset <= this.#startOffset) return;
    this.raiseStart(startOffset);
    writeDown?.();
    const { all } = this.#local.segments;
    const isBelow = (i: number) => (all[i + 1]?.baseOffset ?? Number.POSITIVE_INFINITY) <= startOffset;
    let count = 0;
    while (isBelow(count)) count++;
    this.#discardFirst(count, this.#context.clock.nowMs());
  }
  /** Deletes segments past retention, rolling the active one if it is past it too. Answers how many. Throws DiskError. */
  applyRetention(nowMs: number): number {
    const count = segmentsPastRetention(this.segments, this, this.config, nowMs);
    if (count === 0) return 0;
    if (count === this.segmentCount) this.#local.roll();
    this.#discardFirst(count, nowMs);
    return count;
  }
  #discardFirst(count: number, nowMs: number): void {
    for (let i = 0; i < count; i++) {
      this.#local.discardFirst(nowMs);
      this.raiseStart(this.#local.segments.first.baseOffset);
    }
  }
  /** Cuts the log so that it ends at `offset`, or before the batch that holds it. Throws DiskError. */
  truncateTo(offset: number): void {
    if (offset >= this.endOffset) {
      // A leader that wrote nothing left an epoch at the very end, which the next leader may not know (UnifiedLog.truncateTo).
      this.#state.epochs.truncateFromEnd(offset);
      return;
    }
    const { recoveryPoint } = this;
    this.#lowerRecoveryPoint(offset);
    try {
      this.#reads.guard(() => this.#local.truncateTo(offset));
    } finally {
      this.#wasCut(recoveryPoint);
    }
  }
  /** Drops every record; the log begins and ends at `offset` afterwards (UnifiedLog.truncateFullyAndStartAt). Throws DiskError. */
  truncateFullyTo(offset: number): void {
    const { recoveryPoint } = this;
    this.#lowerRecoveryPoint(offset);
    try {
      this.#local.restartAt(offset);
      this.#startOffset = offset;
      this.#state.forget();
    } finally {
      this.#wasCut(recoveryPoint);
    }
  }
  /** Before a cut: a crash in the middle of it must find a recovery point that is not above the cut. Throws DiskError. */
  #lowerRecoveryPoint(offset: number): void {
    if (offset >= this.recoveryPoint) return;
    this.#local.lowerRecoveryPoint(offset, () => this.#options.onRecoveryPointLowered?.());
  }
  /** Brings all bounds back to what is left, whatever the disk refused. */
  #wasCut(recoveryPoint: number): void {
    const { endOffset } = this;
    this.#startOffset = Math.min(Math.max(this.#startOffset, this.#local.segments.first.baseOffset), endOffset);
    if (this.#highWatermark !== null) this.#highWatermark = Math.min(this.#highWatermark, endOffset);
    this.cleanedUpTo = Math.min(this.cleanedUpTo, endOffset);
    this.#state.truncated();
    if (endOffset < recoveryPoint) this.#options.onCutBelowRecoveryPoint?.();
  }

  // ------------------------------------------------------------------------------------------------------- durability

  /** Makes everything appended so far survive a power loss. Rejects with DiskError. */
  flush(): Promise<void> {
    return this.#local.flush();
  }
  /** The same, at once. Throws DiskError. */
  flushNow(): void {
    this.#local.flushNow();
  }
  /** What may be written down as the recovery point: what lies below is not checked when the log is opened, epochs included. */
  get checkpointedPoint(): number {
    return Math.min(this.recoveryPoint, this.#state.loadedEpochs?.storedUpTo ?? this.recoveryPoint);
  }
  /** What may be written down as the high watermark: beyond it a power loss may bring back records that were cut. */
  get checkpointedHighWatermark(): number {
    return Math.min(this.highWatermark, this.#local.cutTo);
  }
  /** Whether the epochs on disk are behind the records: storeEpochs() is to be called. */
  get hasUnstoredEpochs(): boolean {
    return this.#state.areEpochsBehind;
  }
  get isStoringEpochs(): boolean {
    return this.#state.areEpochsBeingStored;
  }
  /** Makes the leader epochs survive a power loss. Throws DiskError. */
  storeEpochs(): void {
    this.#state.storeEpochs();
  }
  /** The same beside the thread, as far as they do not change meanwhile. Rejects with DiskError. */
  async storeEpochsLater(): Promise<void> {
    try {
      await this.#state.storeEpochsLater();
    } catch (error) {
      // Its folder may be elsewhere by now.
      if (!this.#local.isClosed) throw error;
    }
  }
  /** Closes the files as they are: what a crash would leave. */
  close(): void {
    this.#local.close();
  }
  /** Flushes, stores indexes, producers and epochs, closes: what is needed to be opened without a check. Throws DiskError. */
  closeCleanly(): void {
    this.flushNow();
    this.#local.segments.active.storeIndexes();
    this.#local.segments.active.aborted.flushNow();
    if (this.#state.loadedProducers !== null) this.#state.storeProducers();
    if (this.hasUnstoredEpochs) this.storeEpochs();
    this.close();
  }

  // ------------------------------------------------------------------------------------------------------- for the cleaner

  /** In order; the last is appended to. */
  get segments(): readonly Segment[] {
    return this.#local.segments.all;
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
    await this.#local.flushUpTo(offset);
    await this.storeEpochsLater();
    if (this.checkpointedPoint < offset) throw new DiskError('EIO', `${this.label} was changed while it was flushed`);
    await this.#options.onCleaning?.();
  }
  /** After the last of them: they stay, before it is written down how far the log is clean. Rejects with DiskError. */
  afterCleaning(): Promise<void> {
    return this.#local.flushNames();
  }
  /** Beside the log, to be filled and then handed to replaceSegments(). Throws DiskError. */
  newCleanedSegment(baseOffset: number): Segment {
    return this.#local.newCleanedSegment(baseOffset);
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
    return this.#local.replace(sources, cleaned, aborted);
  }

  // ------------------------------------------------------------------------------------------------------- for its parts

  /** Headers from the batch that holds `offset` on. Throws DiskError, DecodeError. */
  headersFrom(offset: number): Generator<MarkedHeader> {
    return this.#local.segments.headersFrom(offset);
  }
  /** A transaction whose abort marker is in the log. Throws DiskError. */
  aborted(transaction: AbortedTransaction): void {
    this.#local.segments.aborted(transaction);
  }
  /** Walks through the segment. Throws DiskError. */
  abortedIn(segment: Segment): readonly AbortedTransaction[] {
    return this.#state.abortedIn(segment);
  }
  beforeSeal(): void {
    this.#state.storeProducers();
  }
  /** The start offset is this from now on, unless it is higher already. Throws DiskError. */
  raiseStart(startOffset: number): void {
    this.#startOffset = Math.max(this.#startOffset, startOffset);
    this.#state.epochs.truncateFromStart(this.#startOffset);
  }
}
