// The call record.get: one record at its offset, or why there is none. Called by feature.ts.
import { ClusterError, kafkaError, kafkaErrorName, throwIfError } from '../../client/errors.ts';
import { chosenPartitions } from '../../client/metadata.ts';
import { batchesIn, recordsOf } from '../../client/records/batch.ts';
import type { FetchedPartition } from '../../client/records/fetch.ts';
import { LATEST } from '../../client/records/offsets.ts';
import type { CallArgs, RecordRow } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { recordRow, SINGLE_PAYLOAD_BYTES, WHOLE_PAYLOAD_BYTES } from './payload.ts';

const BATCH_BYTES = 900_000;

/**
 * The record at exactly this offset.
 * @throws ClusterError OFFSET_OUT_OF_RANGE (deleted), RECORD_NOT_FOUND (compacted or a marker; retriable when it is not written yet)
 */
export async function getRecord(context: GatewayContext, args: CallArgs<'record.get'>): Promise<RecordRow> {
  const { topic: name, partition, offset, isWhole = false } = args;
  const topic = await context.metadata.topic(name);
  chosenPartitions(topic, [partition]);
  const leader = topic.partitions[partition]?.leader ?? null;
  if (leader === null) throw kafkaError(5, `Reading partition ${partition} of ${name} failed`);
  const answer = await context.client.fetch(leader, 'data', {
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
  throw new ClusterError(
    'RECORD_NOT_FOUND',
    `There is no record at offset ${offset} of partition ${partition}: it was compacted away or is a transaction marker.`,
  );
}

/** Where the partition ends; a leader that refuses an offset as out of range does not say it, and is asked. Null: not known. */
async function endKnownBy(context: GatewayContext, topic: string, fetched: FetchedPartition): Promise<number | null> {
  if (fetched.errorCode === 0) return fetched.highWatermark;
  if (kafkaErrorName(fetched.errorCode) !== 'OFFSET_OUT_OF_RANGE') return null;
  const [latest] = await context.client.offsets({
    of: [{ topic, partitions: [fetched.partition] }],
    at: LATEST,
    lane: 'data',
  });
  return latest?.errorCode === 0 ? latest.offset : null;
}

function notWrittenYet(partition: number, offset: number, end: number): ClusterError {
  return new ClusterError(
    'RECORD_NOT_FOUND',
    `Offset ${offset} of partition ${partition} is not written yet: the partition ends at ${end}. It is shown here once it is there.`,
    { isRetriable: true },
  );
}
