// What a partition's log is told: the topic settings it honours, with Kafka's defaults. Made by the broker from the settings in
// force; read by everything in storage/. Never parses text except in logConfigFrom().

export type TimestampType = 'CreateTime' | 'LogAppendTime';
export type CompressionType = 'producer' | 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export interface LogConfig {
  /** cleanup.policy holds "delete". */
  readonly isDeleted: boolean;
  /** cleanup.policy holds "compact": every record needs a key. */
  readonly isCompacted: boolean;
  readonly compressionType: CompressionType;
  /** How long tombstones and markers stay after they were cleaned first. */
  readonly deleteRetentionMs: number;
  readonly fileDeleteDelayMs: number;
  /** Share of a compacted log that must be dirty before it is cleaned. */
  readonly minCleanableDirtyRatio: number;
  /** Records stay uncompacted at least, and at most, so long; Infinity: for ever. */
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  /** Appended messages after which the log flushes itself; Infinity: never. */
  readonly flushMessages: number;
  /** Time after which appended messages are flushed; Infinity: never. */
  readonly flushMs: number;
  readonly indexIntervalBytes: number;
  /** Largest batch as stored, its 12 bytes of overhead included. */
  readonly maxMessageBytes: number;
  /** Largest record in a compressed batch. */
  readonly maxUnpackedRecordBytes: number;
  /** In-sync replicas that acks=all needs. The log does not read it: it travels with the topic's other settings. */
  readonly minInSyncReplicas: number;
  readonly timestampType: TimestampType;
  /** How far a record's timestamp may lie before the broker's clock; Infinity: any. */
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
  readonly producerIdExpirationMs: number;
  /** −1: any size. */
  readonly retentionBytes: number;
  /** −1: for ever. */
  readonly retentionMs: number;
  readonly segmentBytes: number;
  readonly segmentIndexBytes: number;
  readonly segmentMs: number;
  /** A segment rolls up to this much earlier, each by its own draw. */
  readonly segmentJitterMs: number;
}

/** No record is larger. */
export const ANY_RECORD_BYTES = 2_147_483_639;

/** Kafka 4.4's defaults (org.apache.kafka.storage.internals.log.LogConfig). */
export const DEFAULT_LOG_CONFIG: LogConfig = {
  isDeleted: true,
  isCompacted: false,
  compressionType: 'producer',
  deleteRetentionMs: 86_400_000,
  fileDeleteDelayMs: 60_000,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.POSITIVE_INFINITY,
  flushMessages: Number.POSITIVE_INFINITY,
  flushMs: Number.POSITIVE_INFINITY,
  indexIntervalBytes: 4096,
  maxMessageBytes: 1_048_588,
  maxUnpackedRecordBytes: ANY_RECORD_BYTES,
  minInSyncReplicas: 1,
  timestampType: 'CreateTime',
  timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
  timestampAfterMaxMs: 3_600_000,
  producerIdExpirationMs: 86_400_000,
  retentionBytes: -1,
  retentionMs: 604_800_000,
  segmentBytes: 1_073_741_824,
  segmentIndexBytes: 10_485_760,
  segmentMs: 604_800_000,
  segmentJitterMs: 0,
};

/**
 * Reads the settings by Kafka's topic config names ("segment.bytes", …; also "producer.id.expiration.ms"). `setting` answers
 * undefined where the default is wanted. Values were validated when they were set: what is unreadable falls back to the default.
 */
export function logConfigFrom(setting: (name: string) => string | undefined): LogConfig {
  const standard = DEFAULT_LOG_CONFIG;
  const number = (name: string, fallback: number): number => {
    const text = setting(name);
    const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isNaN(value)) return fallback;
    // Kafka writes "for ever" as Long.MAX_VALUE, which no number below 2^53 can mean.
    return value > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : value;
  };
  const policies = (setting('cleanup.policy') ?? 'delete').split(',').map((part) => part.trim());
  return {
    isDeleted: policies.includes('delete'),
    isCompacted: policies.includes('compact'),
    compressionType: compressionTypeOf(setting('compression.type')),
    deleteRetentionMs: number('delete.retention.ms', standard.deleteRetentionMs),
    minCleanableDirtyRatio: number('min.cleanable.dirty.ratio', standard.minCleanableDirtyRatio),
    minCompactionLagMs: number('min.compaction.lag.ms', standard.minCompactionLagMs),
    maxCompactionLagMs: number('max.compaction.lag.ms', standard.maxCompactionLagMs),
    fileDeleteDelayMs: number('file.delete.delay.ms', standard.fileDeleteDelayMs),
    flushMessages: number('flush.messages', standard.flushMessages),
    flushMs: number('flush.ms', standard.flushMs),
    indexIntervalBytes: number('index.interval.bytes', standard.indexIntervalBytes),
    maxMessageBytes: number('max.message.bytes', standard.maxMessageBytes),
    maxUnpackedRecordBytes: number('max.decompressed.message.bytes', standard.maxUnpackedRecordBytes),
    minInSyncReplicas: number('min.insync.replicas', standard.minInSyncReplicas),
    timestampType: setting('message.timestamp.type') === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    timestampBeforeMaxMs: number('message.timestamp.before.max.ms', standard.timestampBeforeMaxMs),
    timestampAfterMaxMs: number('message.timestamp.after.max.ms', standard.timestampAfterMaxMs),
    producerIdExpirationMs: number('producer.id.expiration.ms', standard.producerIdExpirationMs),
    retentionBytes: number('retention.bytes', standard.retentionBytes),
    retentionMs: number('retention.ms', standard.retentionMs),
    segmentBytes: number('segment.bytes', standard.segmentBytes),
    segmentIndexBytes: number('segment.index.bytes', standard.segmentIndexBytes),
    segmentMs: number('segment.ms', standard.segmentMs),
    segmentJitterMs: number('segment.jitter.ms', standard.segmentJitterMs),
  };
}

const COMPRESSION_TYPES: readonly CompressionType[] = ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'];
function compressionTypeOf(text: string | undefined): CompressionType {
  return COMPRESSION_TYPES.find((type) => type === text) ?? 'producer';
}
