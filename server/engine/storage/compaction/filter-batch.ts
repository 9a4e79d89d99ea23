// What is left of one batch when it is cleaned (Kafka's MemoryRecords.filterTo, KIP-534). First and last offset, producer and
// sequence stay, records that stay keep their bytes; a batch that keeps tombstones, or a marker nobody needs, is given the time at
// which they may go. Of the first batch of a leader epoch at least its place stays. Pure.
import { addInt64, type Int64, largerInt64, nearestNumber } from '../../../kernel/int64.ts';
import type { Compression } from '../../../kernel/world.ts';
import {
  BATCH_HEADER_BYTES,
  type BatchHeader,
  CONTROL_BIT,
  Codec,
  compressionOf,
  isLogAppendTime,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  NO_TIMESTAMP_MS,
  TRANSACTIONAL_BIT,
  writeBatchHeader,
} from '../../../protocol/records/batch.ts';
import { Writer } from '../../../protocol/writer.ts';
import { MAX_UNPACKED_BYTES } from '../log/validate.ts';
import { type WalkedRecord, walkRecords } from './record-walk.ts';

const DELETE_HORIZON_BIT = 0x40;
const CODEC_MASK = 0x07;

/** When tombstones and needless markers in the batch may go; null when that was not decided yet. */
export function deleteHorizonMs({ attributes, baseTimestampMs }: BatchHeader): number | null {
  return (attributes & DELETE_HORIZON_BIT) === 0 ? null : nearestNumber(baseTimestampMs);
}

export interface BatchVerdict {
  /** Nothing of it stays but, perhaps, its header. */
  readonly isDiscarded: boolean;
  /** The last a live producer wrote: its header stays, for its sequence. */
  readonly keepsHeader: boolean;
  /** The first of its leader epoch: where that began stays, in a header that tells of no producer. */
  readonly keepsPlace: boolean;
  /** A marker of a transaction of which nothing is left. */
  readonly isNeedlessMarker: boolean;
  /** The horizon of what becomes deletable in this pass. */
  readonly newHorizonMs: number;
  keeps(record: WalkedRecord): boolean;
}

/** The same buffer when all stays, null when nothing does. Throws DecodeError for a batch that cannot be opened. */
export function filterBatch(
  batch: Buffer,
  header: BatchHeader,
  verdict: BatchVerdict,
  compression: Compression,
): Buffer | null {
  const codec = compressionOf(header.attributes);
  const stored = batch.subarray(BATCH_HEADER_BYTES);
  const kept: WalkedRecord[] = [];
  let body = stored;
  let hasTombstone = false;
  if (!verdict.isDiscarded && header.recordCount > 0) {
    if (codec !== Codec.none) body = compression.decompress(codec, stored, MAX_UNPACKED_BYTES);
    for (const record of walkRecords(body, header.recordCount)) {
      if (!verdict.keeps(record)) continue;
      kept.push(record);
      hasTombstone ||= !record.hasValue;
    }
  }
  if (kept.length === 0) {
    if (verdict.keepsHeader) return header.recordCount === 0 ? batch : emptyBatch(header);
    if (!verdict.keepsPlace) return null;
    return header.recordCount === 0 && header.producerId === NO_PRODUCER_ID ? batch : emptyBatch(ofNobody(header));
  }
  const isDue = (hasTombstone || verdict.isNeedlessMarker) && deleteHorizonMs(header) === null;
  if (kept.length === header.recordCount && !isDue) return batch;
  const baseTimestampMs = isDue ? verdict.newHorizonMs : header.baseTimestampMs;
  const plain = copied(body, kept, isDue ? addInt64(header.baseTimestampMs, -verdict.newHorizonMs) : 0);
  const payload = codec === Codec.none ? plain : compression.compress(codec, plain);
  const sizeBytes = BATCH_HEADER_BYTES + payload.length;
  const fresh = Buffer.allocUnsafe(sizeBytes);
  payload.copy(fresh, BATCH_HEADER_BYTES);
  const attributes = isDue ? header.attributes | DELETE_HORIZON_BIT : header.attributes;
  const maxTimestampMs = isLogAppendTime(header.attributes) ? header.maxTimestampMs : newestOf(kept, header);
  const recordCount = kept.length;
  writeBatchHeader(fresh, 0, { ...header, sizeBytes, attributes, baseTimestampMs, maxTimestampMs, recordCount });
  return fresh;
}

function newestOf(kept: readonly WalkedRecord[], { baseTimestampMs }: BatchHeader): Int64 {
  let newest: Int64 = NO_TIMESTAMP_MS;
  for (const { timestampDelta } of kept) newest = largerInt64(newest, addInt64(baseTimestampMs, timestampDelta));
  return newest;
}

/** The records' bytes; with `shiftMs` their timestamps are counted from a base that lies so much earlier. */
function copied(body: Buffer, kept: readonly WalkedRecord[], shiftMs: Int64): Buffer {
  if (shiftMs === 0) return Buffer.concat(kept.map(({ start, end }) => body.subarray(start, end)));
  const writer = new Writer();
  for (const { end, rest, timestampDelta } of kept) {
    const record = new Writer();
    record.int8(0);
    record.varlong(addInt64(timestampDelta, shiftMs));
    record.raw(body.subarray(rest, end));
    writer.varint(record.sizeBytes());
    writer.append(record);
  }
  return writer.toBuffer();
}

/** Of no producer, and so of no transaction. */
function ofNobody(header: BatchHeader): BatchHeader {
  const attributes = header.attributes & ~(TRANSACTIONAL_BIT | CONTROL_BIT);
  const producer = { producerId: NO_PRODUCER_ID, producerEpoch: NO_PRODUCER_EPOCH, baseSequence: NO_SEQUENCE };
  return { ...header, ...producer, attributes };
}
/** DefaultRecordBatch.writeEmptyHeader. */
function emptyBatch(header: BatchHeader): Buffer {
  const fresh = Buffer.alloc(BATCH_HEADER_BYTES);
  const attributes = header.attributes & ~(CODEC_MASK | DELETE_HORIZON_BIT);
  const times = { baseTimestampMs: NO_TIMESTAMP_MS, maxTimestampMs: header.maxTimestampMs };
  writeBatchHeader(fresh, 0, { ...header, ...times, attributes, sizeBytes: BATCH_HEADER_BYTES, recordCount: 0 });
  return fresh;
}
