// Fetch, with the record batches left as bytes (records/batch.ts reads them): a tail counts batches without decoding them.
// Version 12 names topics and is served by every Apache Kafka since 2.7. Called through KafkaClient.fetch.
import { createAPI, type Reader, Writer } from '@platformatic/kafka';
import type { ApiFamily } from '../apis.ts';
import type { Asking } from '../asking/asking.ts';
import type { Lane } from '../connections.ts';
import { toNumber } from '../int64.ts';
import type { AbortedTransaction } from './committed.ts';

const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
/** What readers of whole pages ask for at most. */
export const FETCH_BYTES = { partition: 1_048_576, request: 4_194_304 } as const;

export interface FetchWant {
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
}

export interface FetchRequest {
  readonly topic: string;
  readonly wants: readonly FetchWant[];
  /** How long the broker may wait for minBytes. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  /** Up to the last stable offset only, with the aborted transactions named. */
  readonly isCommittedOnly?: boolean;
}

export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly bytes: Buffer;
  /** Empty unless committed records were asked for. */
  readonly aborted: readonly AbortedTransaction[];
}

export interface FetchAnswer {
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

const FETCH: ApiFamily<[FetchRequest], FetchAnswer> = {
  key: 1,
  name: 'Fetch',
  versions: [
    createAPI<[FetchRequest], FetchAnswer>(1, 12, encode, (_correlationId, _key, _version, reader) => decode(reader)),
  ],
};

/** @throws ClusterError when the leader does not answer; error codes of partitions are in the result */
export async function fetchFrom(
  { connections, metadata }: Pick<Asking, 'connections' | 'metadata'>,
  leader: number,
  lane: Lane,
  request: FetchRequest,
): Promise<FetchAnswer> {
  const endpoint = metadata.endpointOf(leader);
  if (endpoint === null) throw new Error(`broker ${leader} has no known address`);
  return connections.request(endpoint, lane, FETCH, request);
}

function encode(request: FetchRequest): Writer {
  return Writer.create()
    .appendInt32(-1)
    .appendInt32(request.maxWaitMs)
    .appendInt32(request.minBytes)
    .appendInt32(request.maxBytes)
    .appendInt8(request.isCommittedOnly ? READ_COMMITTED : READ_UNCOMMITTED)
    .appendInt32(0)
    .appendInt32(-1)
    .appendArray([request], (topics, { topic, wants }) => {
      topics.appendString(topic).appendArray([...wants], (partitions, want) => {
        partitions
          .appendInt32(want.partition)
          .appendInt32(-1)
          .appendInt64(BigInt(want.offset))
          .appendInt32(-1)
          .appendInt64(-1n)
          .appendInt32(want.maxBytes);
      });
    })
    .appendArray([], () => undefined)
    .appendString('')
    .appendTaggedFields();
}

function decode(reader: Reader): FetchAnswer {
  reader.readInt32(); // throttle time
  const errorCode = reader.readInt16();
  reader.readInt32(); // session
  const topics = reader.readArray((topic) => {
    topic.readString();
    return topic.readArray(decodePartition);
  });
  reader.readTaggedFields();
  return { errorCode, partitions: topics.flat() };
}

function decodePartition(reader: Reader): FetchedPartition {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const highWatermark = toNumber(reader.readInt64());
  reader.readInt64(); // last stable offset
  const logStartOffset = toNumber(reader.readInt64());
  const aborted = reader.readNullableArray((each) => ({
    producerId: String(each.readInt64()),
    firstOffset: toNumber(each.readInt64()),
  }));
  reader.readInt32(); // preferred read replica
  const bytes = reader.readNullableBytes() ?? Buffer.alloc(0);
  return { partition, errorCode, highWatermark, logStartOffset, bytes, aborted: aborted ?? [] };
}
