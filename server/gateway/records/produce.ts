// The call record.produce: records go with acks=all to the leaders, and a key finds its partition with Kafka's murmur2. Called by
// feature.ts.
import { invalidArgument, kafkaError } from '../../client/errors.ts';
import { chosenPartitions, type TopicNode } from '../../client/metadata.ts';
import { partitionOfKey } from '../../client/records/murmur2.ts';
import type { OutgoingRecord } from '../../client/records/produce.ts';
import type { CallArgs, CallResult, PayloadInput } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';

const MAX_COUNT = 10_000;
/** Below Kafka's default max.message.bytes of 1,048,588. */
const BATCH_BYTES = 900_000;
const PLACEHOLDER = '{{n}}';

interface Outgoing extends OutgoingRecord {
  readonly partition: number;
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
      const what = `Writing to partition ${partition} of ${args.topic} failed${produced === 0 ? '' : ` (${produced} records were written before)`}`;
      const offset = await context.client.produce({ topic: args.topic, partition, records: batch, what });
      if (partition === firstPartition) first ??= { partition, offset };
      produced += batch.length;
    }
  }
  return { produced, first: first ?? { partition: firstPartition, offset: -1 } };
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
    records.push({ partition, key: numberedKey, value: numbered(value, args.value, number), headers });
  }
  return records;
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
