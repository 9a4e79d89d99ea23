// Records as the browser gets and gives them, the streams that bring them, and the calls that write and read one.
import { z } from 'zod';
import { call, type Shape, stream, subject } from './declare.ts';
import { atMost, maxPartitionsListed, offset, partition, partitions, timestampMs, topicName, whole } from './inputs.ts';
import { flag, int, Problem, real, text } from './parts.ts';

const maxPayloadLength = 1_000_000;
/** Case-sensitive substring looked for in key, value and header text; '' keeps every record. */
const contains = z.string().max(1_000);

/** Bytes as the browser gets them. Exactly one of text and base64 is set; both null for a Kafka null. */
export const Payload = z.strictObject({
  /** Full length in bytes, −1 for null. */
  sizeBytes: int,
  /** The bytes when they are valid UTF-8. Never parsed on the way: 64-bit integers stay exact. */
  text: text.nullable(),
  base64: text.nullable(),
  /** The bytes were cut at the limit; `record.get` returns more. */
  isTruncated: flag,
});
export type Payload = Shape<typeof Payload>;

export const RecordRow = z.strictObject({
  partition: int,
  offset: int,
  timestampMs: int,
  timestampType: z.enum(['CreateTime', 'LogAppendTime']),
  key: Payload,
  value: Payload,
  headers: z.array(z.strictObject({ key: text, value: Payload })),
});
export type RecordRow = Shape<typeof RecordRow>;

export const BrowseStart = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('newest') }),
  z.strictObject({ from: z.literal('oldest') }),
  z.strictObject({ from: z.literal('offset'), offset }),
  z.strictObject({ from: z.literal('timestamp'), timestampMs }),
]);
export type BrowseStart = Shape<typeof BrowseStart>;

/** Per partition an offset: forward reads from it on, backward reads the records before it. Fits in a URL. */
export const BrowseCursor = z.strictObject({
  direction: z.enum(['forward', 'backward']),
  offsets: atMost(offset, z.string().regex(/^\d{1,7}$/), maxPartitionsListed),
});
export type BrowseCursor = Shape<typeof BrowseCursor>;

export const BrowseParams = z.strictObject({
  topic: topicName,
  /** null: all partitions. */
  partitions,
  start: BrowseStart,
  /** Applied before the limit. */
  contains,
  /** Left out or false: what open and aborted transactions wrote shows, too. */
  isCommittedOnly: z.boolean().optional(),
  /** ≤ 500. */
  limit: whole(1, 500),
  /** Where to go on, per partition, as an earlier answer gave it (`next` or `previous`); overrides start. */
  cursor: BrowseCursor.nullable(),
});
export type BrowseParams = Shape<typeof BrowseParams>;

export const BrowseBatch = z.strictObject({
  /** New records since the batch before. */
  records: z.array(RecordRow),
  scannedRecords: int,
  scannedBytes: int,
  /** Share of the range looked at, 0..1; null when unknown. */
  progress: real.nullable(),
  problems: z.array(Problem),
  /** Set in the last batch. */
  done: z
    .strictObject({
      /** "the page is full", "reached the end", "stopped at 200,000 scanned records", … */
      reason: text,
      /** Older records, or null at the start of the log. */
      previous: BrowseCursor.nullable(),
      /** Newer records, or null at the end. */
      next: BrowseCursor.nullable(),
    })
    .nullable(),
});
export type BrowseBatch = Shape<typeof BrowseBatch>;

export const TailParams = z.strictObject({ topic: topicName, partitions, contains });
export type TailParams = Shape<typeof TailParams>;
export const TailBatch = z.strictObject({
  records: z.array(RecordRow),
  /** Since the tail began: records that matched, and those of them not shown because the browser was slower. */
  matched: int,
  dropped: int,
  recordsPerSecond: real,
  problems: z.array(Problem),
});
export type TailBatch = Shape<typeof TailBatch>;

const isBase64 = (data: string) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(data);
export const PayloadInput = z
  .strictObject({ encoding: z.enum(['utf8', 'base64']), data: z.string().max(maxPayloadLength) })
  .refine(({ encoding, data }) => encoding === 'utf8' || isBase64(data), { message: 'not valid base64' });
export type PayloadInput = Shape<typeof PayloadInput>;

export const records = subject({
  channels: {},
  streams: {
    browse: stream({
      params: BrowseParams,
      data: BrowseBatch,
      says: 'Reads a page of a topic’s records from a place on, in either direction, with those that contain a text only if wanted.',
    }),
    tail: stream({
      params: TailParams,
      data: TailBatch,
      says: 'Brings a topic’s records as they are written.',
    }),
  },
  calls: {
    'record.produce': call({
      args: z.strictObject({
        topic: topicName,
        /** null: by key (Kafka's murmur2), or spread when there is no key. */
        partition: partition.nullable(),
        key: PayloadInput.nullable(),
        /** null writes a tombstone. */
        value: PayloadInput.nullable(),
        headers: z.array(z.strictObject({ key: z.string().max(1_000), value: z.string().max(100_000) })).max(100),
        /** 1..10,000 copies. "{{n}}" in key and value becomes the copy's number. */
        count: whole(1, 10_000),
      }),
      result: z.strictObject({ produced: int, first: z.strictObject({ partition: int, offset: int }) }),
      says: 'Writes a record, or numbered copies of it, to a topic.',
      right: 'editor',
      on: ({ topic }) => ['topic', topic],
      changes: true,
      http: 'POST /topics/{topic}/records',
    }),
    'record.get': call({
      args: z.strictObject({
        topic: topicName,
        partition,
        offset,
        /** Left out or false: payloads are cut at 1 MB. */
        isWhole: z.boolean().optional(),
      }),
      result: RecordRow,
      says: 'Reads one record by topic, partition and offset.',
      right: 'viewer',
      on: ({ topic }) => ['topic', topic],
      changes: false,
      http: 'GET /topics/{topic}/partitions/{partition}/records/{offset}',
    }),
  },
});
