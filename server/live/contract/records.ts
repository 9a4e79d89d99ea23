// Records as the browser gets and gives them, and the streams that bring them.
import type { Problem } from './parts.ts';

/** Bytes as the browser gets them. Exactly one of text and base64 is set; both null for a Kafka null. */
export interface Payload {
  /** Full length in bytes, −1 for null. */
  readonly sizeBytes: number;
  /** The bytes when they are valid UTF-8. Never parsed on the way: 64-bit integers stay exact. */
  readonly text: string | null;
  readonly base64: string | null;
  /** The bytes were cut at the limit; `record.get` returns more. */
  readonly isTruncated: boolean;
}
export interface RecordRow {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
  readonly key: Payload;
  readonly value: Payload;
  readonly headers: readonly { readonly key: string; readonly value: Payload }[];
}

export type BrowseStart =
  | { readonly from: 'newest' }
  | { readonly from: 'oldest' }
  | { readonly from: 'offset'; readonly offset: number }
  | { readonly from: 'timestamp'; readonly timestampMs: number };

export interface BrowseParams {
  readonly topic: string;
  /** null: all partitions. */
  readonly partitions: readonly number[] | null;
  readonly start: BrowseStart;
  /** Case-sensitive substring looked for in key, value and header text; '' keeps every record. Applied before the limit. */
  readonly contains: string;
  /** Left out or false: what open and aborted transactions wrote shows, too. */
  readonly isCommittedOnly?: boolean | undefined;
  /** ≤ 500. */
  readonly limit: number;
  /** Where to go on, per partition, as an earlier answer gave it (`next` or `previous`); overrides start. */
  readonly cursor: BrowseCursor | null;
}
/** Per partition an offset: forward reads from it on, backward reads the records before it. Fits in a URL. */
export interface BrowseCursor {
  readonly direction: 'forward' | 'backward';
  readonly offsets: Readonly<Record<string, number>>;
}
export interface BrowseBatch {
  /** New records since the batch before. */
  readonly records: readonly RecordRow[];
  readonly scannedRecords: number;
  readonly scannedBytes: number;
  /** Share of the range looked at, 0..1; null when unknown. */
  readonly progress: number | null;
  readonly problems: readonly Problem[];
  /** Set in the last batch. */
  readonly done: null | {
    /** "the page is full", "reached the end", "stopped at 200,000 scanned records", … */
    readonly reason: string;
    /** Older records, or null at the start of the log. */
    readonly previous: BrowseCursor | null;
    /** Newer records, or null at the end. */
    readonly next: BrowseCursor | null;
  };
}

export interface TailParams {
  readonly topic: string;
  readonly partitions: readonly number[] | null;
  readonly contains: string;
}
export interface TailBatch {
  readonly records: readonly RecordRow[];
  /** Since the tail began: records that matched, and those of them not shown because the browser was slower. */
  readonly matched: number;
  readonly dropped: number;
  readonly recordsPerSecond: number;
  readonly problems: readonly Problem[];
}

/** Streams: the server sends batches while subscribed; unsubscribing cancels the work. */
export interface Streams {
  browse: { params: BrowseParams; data: BrowseBatch };
  tail: { params: TailParams; data: TailBatch };
}
export type StreamName = keyof Streams;

export type PayloadInput = { readonly encoding: 'utf8' | 'base64'; readonly data: string };
