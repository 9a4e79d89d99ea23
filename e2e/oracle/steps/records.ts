// Steps of sessions about records: batches to send, and the requests that write, read, find and delete them.
import { gzipSync } from 'node:zlib';
import type { NewBatch, NewRecord } from '../../../server/protocol/records/record.ts';
import { encodeBatch } from '../../../server/protocol/records/record.ts';
import { produce } from '../../../server/protocol/schema/00-produce.ts';
import { fetch } from '../../../server/protocol/schema/01-fetch.ts';
import { listOffsets } from '../../../server/protocol/schema/02-list-offsets.ts';
import { deleteRecords } from '../../../server/protocol/schema/21-delete-records.ts';
import type { Talk } from '../talk.ts';

export const BASE_MS = 1_700_000_000_000;
const compression = {
  compress: (_codec: number, bytes: Buffer) => gzipSync(bytes),
  decompress: (): Buffer => {
    throw new Error('nothing here is decompressed');
  },
};

export const record = (value: string | null, key: string | null = null, timestampMs = BASE_MS): NewRecord => ({
  timestampMs,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
});
export const batch = (count: number, more: Partial<NewBatch> = {}): Buffer =>
  encodeBatch(
    { records: Array.from({ length: count }, (_, i) => record(`v${i}`, `k${i}`, BASE_MS + i * 10)), ...more },
    compression,
  );

/** By name or, from Produce 13 and Fetch 13 on, by id. */
type TopicRef = string | { readonly topicId: string };
const idOf = (topic: TopicRef) => (typeof topic === 'string' ? {} : topic);

interface ProduceOptions {
  readonly version?: number;
  readonly acks?: number;
  readonly transactionalId?: string;
}
export const sendAll = (
  talk: Talk,
  topic: TopicRef,
  partitionData: readonly { readonly index: number; readonly records: Buffer }[],
  { version = 9, acks = -1, transactionalId }: ProduceOptions = {},
) =>
  talk.ask(produce, version, {
    transactionalId: transactionalId ?? null,
    acks,
    timeoutMs: 10_000,
    topicData: [
      { ...idOf(topic), ...(typeof topic === 'string' && { name: topic }), partitionData: [...partitionData] },
    ],
  });
export const send = (
  talk: Talk,
  topic: TopicRef,
  records: Buffer,
  { partition = 0, ...options }: ProduceOptions & { readonly partition?: number } = {},
) => sendAll(talk, topic, [{ index: partition, records }], options);

interface FetchOptions {
  readonly version?: number;
  readonly maxBytes?: number;
  /** Of the whole answer. */
  readonly totalBytes?: number;
  readonly lastFetchedEpoch?: number;
  readonly isolationLevel?: number;
  readonly leaderEpoch?: number;
  readonly minBytes?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
}
interface Place {
  readonly topic: TopicRef;
  readonly partitions?: readonly number[];
  readonly offset?: number;
}
/** Outside any fetch session unless one is named. */
export const getAll = (talk: Talk, places: readonly Place[], options: FetchOptions = {}) =>
  talk.ask(fetch, options.version ?? 12, {
    maxWaitMs: 100,
    minBytes: options.minBytes ?? 1,
    maxBytes: options.totalBytes ?? 10_000_000,
    isolationLevel: options.isolationLevel ?? 0,
    sessionId: options.sessionId ?? 0,
    sessionEpoch: options.sessionEpoch ?? -1,
    topics: places.map(({ topic, partitions = [0], offset = 0 }) => ({
      ...idOf(topic),
      ...(typeof topic === 'string' && { topic }),
      partitions: partitions.map((partition) => ({
        partition,
        fetchOffset: offset,
        currentLeaderEpoch: options.leaderEpoch ?? -1,
        lastFetchedEpoch: options.lastFetchedEpoch ?? -1,
        partitionMaxBytes: options.maxBytes ?? 1_000_000,
      })),
    })),
    forgottenTopicsData: [],
    rackId: '',
  });
export const get = (
  talk: Talk,
  topic: TopicRef,
  offset: number,
  { partition = 0, ...options }: FetchOptions & { readonly partition?: number } = {},
) => getAll(talk, [{ topic, offset, partitions: [partition] }], options);

export const offsetAt = (
  talk: Talk,
  topic: string,
  timestamp: number,
  version = 7,
  partition = 0,
  isolationLevel = 0,
) =>
  talk.ask(listOffsets, version, {
    replicaId: -1,
    isolationLevel,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
    timeoutMs: 5_000,
  });

export const deleteTo = (talk: Talk, name: string, offset: number, partitionIndex = 0) =>
  talk.ask(deleteRecords, 2, { topics: [{ name, partitions: [{ partitionIndex, offset }] }], timeoutMs: 10_000 });
