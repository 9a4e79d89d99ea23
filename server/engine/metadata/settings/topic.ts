// Every setting of a topic that Kafka 4.2 has: what it means here, its default, its range, and the broker settings behind it
// (ServerTopicConfigSynonyms). A setting whose effect the engine does not have is listed with its default as the only value, and why.
import { LONG_MAX, type Row, settingFrom } from './setting.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** ThrottledReplicaListValidator. */
const THROTTLED_REPLICAS = {
  pattern: /^(\s*|\s*\*\s*|\s*\d+:\d+\s*(,\s*\d+:\d+\s*)*)$/,
  patternSaid:
    "it must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
} as const;

const ROWS: readonly Row[] = [
  [
    'cleanup.policy',
    'list',
    'delete',
    'What happens to old records: "delete" drops segments past their retention, "compact" keeps the newest record of each key. A compacted topic takes only records with keys; without a policy all is kept.',
    { values: ['compact', 'delete'], mayBeEmpty: true, synonyms: ['log.cleanup.policy'] },
  ],
  [
    'compression.gzip.level',
    'int',
    -1,
    'Level used when the broker compresses with gzip.',
    { fixedBecause: 'the codec is always run at its own default level', synonyms: ['compression.gzip.level'] },
  ],
  [
    'compression.lz4.level',
    'int',
    9,
    'Level used when the broker compresses with lz4.',
    { fixedBecause: 'the codec is always run at one level', synonyms: ['compression.lz4.level'] },
  ],
  [
    'compression.type',
    'string',
    'producer',
    'Codec in which batches are stored; "producer" keeps what the producer chose and "uncompressed" stores plain batches.',
    {
      values: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
      synonyms: ['compression.type'],
    },
  ],
  [
    'compression.zstd.level',
    'int',
    3,
    'Level used when the broker compresses with zstd.',
    { fixedBecause: 'the codec is always run at this level', synonyms: ['compression.zstd.level'] },
  ],
  [
    'delete.retention.ms',
    'long',
    86_400_000,
    'How long a tombstone of a compacted topic stays readable after it became cleanable.',
    { min: 0, synonyms: ['log.cleaner.delete.retention.ms'] },
  ],
  [
    'file.delete.delay.ms',
    'long',
    60_000,
    'How long the files of a deleted segment stay on disk before they are removed.',
    { min: 0, synonyms: ['log.segment.delete.delay.ms'] },
  ],
  [
    'flush.messages',
    'long',
    LONG_MAX,
    'Number of records after which the log is forced to disk; by default the operating system decides.',
    { min: 1, synonyms: ['log.flush.interval.messages'] },
  ],
  [
    'flush.ms',
    'long',
    LONG_MAX,
    'Time after which written records are forced to disk; by default the operating system decides.',
    { min: 0, synonyms: ['log.flush.interval.ms'] },
  ],
  [
    'follower.replication.throttled.replicas',
    'list',
    '',
    'Replicas whose copying is held to follower.replication.throttled.rate where they copy: "partition:broker" pairs, or * for all.',
    THROTTLED_REPLICAS,
  ],
  [
    'index.interval.bytes',
    'int',
    4096,
    'Bytes of log between two entries of the offset index.',
    { min: 0, synonyms: ['log.index.interval.bytes'] },
  ],
  [
    'leader.replication.throttled.replicas',
    'list',
    '',
    'Replicas whose copying is held to leader.replication.throttled.rate at their leader: "partition:broker" pairs, or * for all.',
    THROTTLED_REPLICAS,
  ],
  [
    'local.retention.bytes',
    'long',
    -2,
    'Size kept locally of a tiered log; −2 is that of retention.bytes.',
    { fixedBecause: 'there is no tiered storage' },
  ],
  [
    'local.retention.ms',
    'long',
    -2,
    'Time kept locally of a tiered log; −2 is that of retention.ms.',
    { fixedBecause: 'there is no tiered storage' },
  ],
  [
    'max.compaction.lag.ms',
    'long',
    LONG_MAX,
    'Longest time a record of a compacted topic may stay uncompacted.',
    { min: 1, synonyms: ['log.cleaner.max.compaction.lag.ms'] },
  ],
  [
    'max.message.bytes',
    'int',
    1_048_588,
    'Largest batch the topic takes, as stored (after compression) and with its 12 bytes of overhead.',
    { min: 0, synonyms: ['message.max.bytes'] },
  ],
  [
    'message.timestamp.after.max.ms',
    'long',
    HOUR_MS,
    'How far a record’s timestamp may lie ahead of the broker’s clock.',
    { min: 0, synonyms: ['log.message.timestamp.after.max.ms'] },
  ],
  [
    'message.timestamp.before.max.ms',
    'long',
    LONG_MAX,
    'How far a record’s timestamp may lie behind the broker’s clock.',
    { min: 0, synonyms: ['log.message.timestamp.before.max.ms'] },
  ],
  [
    'message.timestamp.type',
    'string',
    'CreateTime',
    'Whether a record keeps the producer’s timestamp or gets the time at which the broker stored it.',
    { values: ['CreateTime', 'LogAppendTime'], synonyms: ['log.message.timestamp.type'] },
  ],
  [
    'min.cleanable.dirty.ratio',
    'double',
    0.5,
    'Share of a compacted log that must be uncleaned before cleaning is worth it.',
    { min: 0, max: 1, synonyms: ['log.cleaner.min.cleanable.ratio'] },
  ],
  [
    'min.compaction.lag.ms',
    'long',
    0,
    'Shortest time a record of a compacted topic stays uncompacted.',
    { min: 0, synonyms: ['log.cleaner.min.compaction.lag.ms'] },
  ],
  [
    'min.insync.replicas',
    'int',
    1,
    'In-sync replicas a partition needs before it takes records with acks=all.',
    { min: 1, synonyms: ['min.insync.replicas'] },
  ],
  [
    'preallocate',
    'boolean',
    false,
    'Whether a new segment’s file is given its full size at once.',
    { fixedBecause: 'files grow as they are written to', synonyms: ['log.preallocate'] },
  ],
  [
    'remote.log.copy.disable',
    'boolean',
    false,
    'Stops copying to tiered storage.',
    { fixedBecause: 'there is no tiered storage' },
  ],
  [
    'remote.log.delete.on.disable',
    'boolean',
    false,
    'Deletes tiered data when tiering is switched off.',
    { fixedBecause: 'there is no tiered storage' },
  ],
  ['remote.storage.enable', 'boolean', false, 'Switches tiered storage on.', { fixedBecause: 'there is none' }],
  [
    'retention.bytes',
    'long',
    -1,
    'Size a partition may reach before its oldest segments are deleted; −1 sets no bound.',
    { synonyms: ['log.retention.bytes'] },
  ],
  [
    'retention.ms',
    'long',
    604_800_000,
    'Age at which records are deleted, segment by segment; −1 keeps them for ever.',
    {
      min: -1,
      synonyms: ['log.retention.ms', ['log.retention.minutes', MINUTE_MS], ['log.retention.hours', HOUR_MS]],
    },
  ],
  [
    'segment.bytes',
    'int',
    1_073_741_824,
    'Size at which a log begins a new segment file; retention deletes whole segments.',
    { min: 1_048_576, synonyms: ['log.segment.bytes'] },
  ],
  [
    'segment.index.bytes',
    'int',
    10_485_760,
    'Largest size of a segment’s offset index; a full index begins a new segment.',
    { min: 4, synonyms: ['log.index.size.max.bytes'] },
  ],
  [
    'segment.jitter.ms',
    'long',
    0,
    'Longest random time taken off segment.ms, drawn anew for each segment, so that logs do not roll together.',
    {
      min: 0,
      synonyms: ['log.roll.jitter.ms', ['log.roll.jitter.hours', HOUR_MS]],
    },
  ],
  [
    'segment.ms',
    'long',
    604_800_000,
    'Age at which a log begins a new segment file even when the old one is not full.',
    { min: 1, synonyms: ['log.roll.ms', ['log.roll.hours', HOUR_MS]] },
  ],
  [
    'unclean.leader.election.enable',
    'boolean',
    false,
    'Whether a replica that is not in sync may lead when no other is left, at the price of lost records.',
    { synonyms: ['unclean.leader.election.enable'] },
  ],
];

export const TOPIC_SETTINGS = ROWS.map((row) => settingFrom('topic', false, row));
