// One partition's log: an append-only sequence of record batches with increasing offsets, kept in segments in Kafka's own
// format. The broker appends, reads and looks up through it; LogFolder opens, ticks and closes it. It knows nothing of
// replication, leadership or who may see which offset.
import type { World } from '../../kernel/world.ts';
import type { LogConfig } from './log-config.ts';
import type {
  ActiveProducer,
  AppendOptions,
  AppendOutcome,
  EpochEnd,
  ReadOptions,
  ReadOutcome,
  TimestampedOffset,
} from './outcome.ts';

export interface LogOptions {
  /** The partition's own folder, made when missing. */
  readonly folder: string;
  readonly topic: string;
  readonly partition: number;
  /** Base64url of 16 bytes. */
  readonly topicId: string;
  readonly config: LogConfig;
}

export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string;
  config: LogConfig;

  static open(_world: World, _options: LogOptions): PartitionLog {
    throw new Error('under construction');
  }
  private constructor(options: LogOptions) {
    this.topic = options.topic;
    this.partition = options.partition;
    this.topicId = options.topicId;
    this.config = options.config;
  }

  /** First offset that can be read. */
  get startOffset(): number {
    throw new Error('under construction');
  }
  /** Offset the next record will get. */
  get endOffset(): number {
    throw new Error('under construction');
  }
  get sizeBytes(): number {
    throw new Error('under construction');
  }
  /** Newest leader epoch in the log, −1 when there is none. */
  get latestEpoch(): number {
    throw new Error('under construction');
  }

  /**
   * Validates and appends batches of a leader. Synchronous; `records` is stamped in place and must not be used for anything
   * else. Refusals carry Kafka's error code (LogValidator, UnifiedLog.append, ProducerAppendInfo) and leave the log unchanged.
   */
  appendAsLeader(_records: Buffer, _options: AppendOptions): AppendOutcome {
    throw new Error('under construction');
  }
  read(_options: ReadOptions): ReadOutcome {
    throw new Error('under construction');
  }
  /** First record with a timestamp of at least `timestampMs`, exact to the record; null when there is none below `upToOffset`. */
  findByTimestamp(_timestampMs: number, _upToOffset: number): TimestampedOffset | null {
    throw new Error('under construction');
  }
  /** First record with the largest timestamp below `upToOffset`; null when there is no record. */
  findMaxTimestamp(_upToOffset: number): TimestampedOffset | null {
    throw new Error('under construction');
  }
  /** End offset of the largest epoch that is not above `epoch` (KIP-320). */
  endOffsetForEpoch(_epoch: number): EpochEnd {
    throw new Error('under construction');
  }
  /** Moves the start offset up to `offset` (never down, never past the end) and forgets it durably. Throws DiskError. */
  deleteRecordsBefore(_offset: number): void {
    throw new Error('under construction');
  }
  /** Deletes segments past retention; answers how many. */
  applyRetention(_nowMs: number): number {
    throw new Error('under construction');
  }
  flush(): Promise<void> {
    throw new Error('under construction');
  }
  close(): void {
    throw new Error('under construction');
  }
  producers(): Iterable<ActiveProducer> {
    throw new Error('under construction');
  }
  /** Whole batches from the one that holds `fromOffset` to the end, one buffer each, read in slabs. */
  batches(_fromOffset: number): Iterable<Buffer> {
    throw new Error('under construction');
  }
}
