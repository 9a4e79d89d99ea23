// The calls record.produce and record.get. Records are encoded by the client library and sent with acks=all to the leaders;
// a key finds its partition with Kafka's murmur2. Called through the call table in create.ts.
import type { CallArgs, CallResult, PayloadInput, RecordRow } from '../live/contract.ts';
import { PRODUCE } from './apis.ts';
import type { GatewayContext } from './context.ts';
import { invalidArgument, kafkaError, kafkaErrorName, throwIfError } from './errors.ts';
import { GatewayError } from './gateway.ts';
import { chosenPartitions, type TopicNode } from './metadata.ts';
import { partitionOfKey } from './murmur2.ts';
import { toNumber } from './numbers.ts';
import { batchesIn, recordsOf } from './records/batch.ts';
import { type FetchedPartition, fetchFrom } from './records/fetch.ts';
import { recordRow, SINGLE_PAYLOAD_BYTES, WHOLE_PAYLOAD_BYTES } from './records/payload.ts';

const MAX_COUNT = 10_000;
const PRODUCE_TIMEOUT_MS = 15_000;
/** Below Kafka's default max.message.bytes of 1,048,588. */
const BATCH_BYTES = 900_000;
const PLACEHOLDER = '{{n}}';
const ACKS_ALL = -1;
const MAX_ATTEMPTS = 4;
/** As ListOffsets names the end of a partition. */
const LATEST = -1n;

interface Outgoing {
  readonly topic: string;
  readonly partition: number;
  readonly key?: Buffer;
  readonly value: Buffer;
  readonly headers: Map<Buffer, Buffer>;
}

export async function produceRecords(
  context: GatewayContext,
  args: CallArgs<'record.produce'>,
): Promise<CallResult<'record.produce'>> {
  if (!Number.isInteger(args.count) || args.count < 1 || args.count > MAX_COUNT) {
    throw invalidArgument(`count is ${args.count}: choose 1 to ${MAX_COUNT}.`);
  }
  const topic = await context.metadata.topic(args.topic);
  if (topic.partitions.length === 0) throw kafkaError(5, `Writing to ${args.topic} failed`);
  if (args.partition !== null) chosenPartitions(topic, [args.partition]);
  const records = copies(topic, args);
  const firstPartition = records[0]?.partition ?? 0;
  let produced = 0;
  let first: { partition: number; offset: number } | null = null;
  for (const [partition, ofPartition] of Map.groupBy(records, (record) => record.partition)) {
    for (const batch of batchesOf(ofPartition)) {
      const offset = await sendBatch(context, args.topic, partition, batch, produced);
      if (partition === firstPartition) first ??= { partition, offset };
      produced += batch.length;
    }
  }
  return { produced, first: first ?? { partition: firstPartition, offset: -1 } };
}

/**
 * The record at exactly this offset.
 * @throws GatewayError OFFSET_OUT_OF_RANGE (deleted), RECORD_NOT_FOUND (compacted or a marker; retriable when it is not written yet)
 */
export async function getRecord(context: GatewayContext, args: CallArgs<'record.get'>): Promise<RecordRow> {
  const { topic: name, partition, offset, isWhole = false } = args;
  const topic = await context.metadata.topic(name);
  chosenPartitions(topic, [partition]);
  const leader = topic.partitions[partition]?.leader ?? null;
  if (leader === null) throw kafkaError(5, `Reading partition ${partition} of ${name} failed`);
  const answer = await fetchFrom(context.connections, context.metadata, leader, 'data', {
    topic: name,
    wants: [{ partition, offset, maxBytes: BATCH_BYTES }],
    maxWaitMs: 250,
    minBytes: 1,
    maxBytes: BATCH_BYTES,
  });
  const fetched = answer.partitions[0];
  const end = fetched === undefined ? null : await endKnownBy(context, name, fetched);
  if (end !== null && offset >= end) throw notWrittenYet(partition, offset, end);
  throwIfError(fetched?.errorCode ?? answer.errorCode, `Reading offset ${offset} of partition ${partition} failed`);
  for (const batch of batchesIn(fetched?.bytes ?? Buffer.alloc(0))) {
    if (batch.nextOffset <= offset) continue;
    const record = recordsOf(batch).find((candidate) => candidate.offset === offset);
    if (record !== undefined) return recordRow(partition, record, isWhole ? WHOLE_PAYLOAD_BYTES : SINGLE_PAYLOAD_BYTES);
    break;
  }
  throw new GatewayError(
    'RECORD_NOT_FOUND',
    `There is no record at offset ${offset} of partition ${partition}: it was compacted away or is a transaction marker.`,
  );
}

/** Where the partition ends; a leader that refuses an offset as out of range does not say it, and is asked. Null: not known. */
async function endKnownBy(context: GatewayContext, topic: string, fetched: FetchedPartition): Promise<number | null> {
  if (fetched.errorCode === 0) return fetched.highWatermark;
  if (kafkaErrorName(fetched.errorCode) !== 'OFFSET_OUT_OF_RANGE') return null;
  const [latest] = await context.offsets.read([{ topic, partitions: [fetched.partition] }], LATEST, 'data');
  return latest?.errorCode === 0 ? latest.offset : null;
}

function notWrittenYet(partition: number, offset: number, end: number): GatewayError {
  return new GatewayError(
    'RECORD_NOT_FOUND',
    `Offset ${offset} of partition ${partition} is not written yet: the partition ends at ${end}. It is shown here once it is there.`,
    { isRetriable: true },
  );
}

function copies(topic: TopicNode, args: CallArgs<'record.produce'>): readonly Outgoing[] {
  const key = bytesOf(args.key, 'key');
  const value = bytesOf(args.value, 'value');
  const headers = new Map(args.headers.map((header) => [Buffer.from(header.key), Buffer.from(header.value)]));
  const spreadFrom = Math.floor(Math.random() * topic.partitions.length);
  const records: Outgoing[] = [];
  for (let number = 1; number <= args.count; number += 1) {
    const numberedKey = numbered(key, args.key, number);
    const partition =
      args.partition ??
      (numberedKey === null
        ? (spreadFrom + number - 1) % topic.partitions.length
        : partitionOfKey(numberedKey, topic.partitions.length));
    records.push({
      topic: topic.name,
      partition,
      ...(numberedKey === null ? {} : { key: numberedKey }),
      value: tombstoneOr(numbered(value, args.value, number)),
      headers,
    });
  }
  return records;
}

/** The library's type has no null value, but its encoder writes one as a tombstone. */
function tombstoneOr(value: Buffer | null): Buffer {
  return value as Buffer;
}

function bytesOf(input: PayloadInput | null, what: string): Buffer | null {
  if (input === null) return null;
  if (input.encoding === 'utf8') return Buffer.from(input.data, 'utf8');
  const bytes = Buffer.from(input.data, 'base64');
  const expected = input.data.replace(/\s/g, '').replace(/=+$/, '');
  if (bytes.toString('base64').replace(/=+$/, '') !== expected.replaceAll('-', '+').replaceAll('_', '/')) {
    throw invalidArgument(`The ${what} is no valid base64.`);
  }
  return bytes;
}

function numbered(bytes: Buffer | null, input: PayloadInput | null, number: number): Buffer | null {
  if (bytes === null || input === null || input.encoding !== 'utf8' || !input.data.includes(PLACEHOLDER)) return bytes;
  return Buffer.from(input.data.replaceAll(PLACEHOLDER, String(number)), 'utf8');
}

function* batchesOf(records: readonly Outgoing[]): Generator<Outgoing[]> {
  let batch: Outgoing[] = [];
  let sizeBytes = 0;
  for (const record of records) {
    const recordBytes = (record.key?.length ?? 0) + (record.value?.length ?? 0) + 200;
    if (batch.length > 0 && sizeBytes + recordBytes > BATCH_BYTES) {
      yield batch;
      batch = [];
      sizeBytes = 0;
    }
    batch.push(record);
    sizeBytes += recordBytes;
  }
  if (batch.length > 0) yield batch;
}

/** @returns the offset of the first record of the batch */
async function sendBatch(
  context: GatewayContext,
  topic: string,
  partition: number,
  batch: Outgoing[],
  already: number,
): Promise<number> {
  const soFar = already === 0 ? '' : ` (${already} records were written before)`;
  const what = `Writing to partition ${partition} of ${topic} failed${soFar}`;
  for (let attempt = 1; ; attempt += 1) {
    const leader = (await context.metadata.topic(topic)).partitions[partition]?.leader ?? null;
    const endpoint = leader === null ? null : context.metadata.endpointOf(leader);
    if (endpoint === null) throw kafkaError(5, what);
    const answer = await context.connections.request(endpoint, 'data', PRODUCE, ACKS_ALL, PRODUCE_TIMEOUT_MS, batch, {
      producerId: -1n,
      producerEpoch: -1,
      compression: 'none',
    });
    if (typeof answer === 'boolean') return -1;
    const result = answer.responses[0]?.partitionResponses[0];
    if (result === undefined) throw new GatewayError('INVALID_ANSWER', `${what}: the broker gave no answer for it.`);
    if (result.errorCode === 0) return toNumber(result.baseOffset);
    const error = kafkaError(result.errorCode, what, result.errorMessage ?? null);
    // Only refusals before the append are repeated: a time-out may have been written.
    if (
      attempt >= MAX_ATTEMPTS ||
      !['NOT_LEADER_OR_FOLLOWER', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION'].includes(error.kind)
    )
      throw error;
    await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
    await context.metadata.refresh();
  }
}
