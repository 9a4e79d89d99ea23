// Records inside a batch: opened and built. Used where records must be looked at (groups' offsets, metadata, look-up by
// timestamp, compaction), never on the produce or fetch path.
import { DecodeError } from '../../kernel/decode-error.ts';
import { addInt64, type Int64 } from '../../kernel/int64.ts';
import type { Compression } from '../../kernel/world.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';
import type { BatchHeader } from './batch.ts';
import {
  BATCH_HEADER_BYTES,
  Codec,
  compressionOf,
  isLogAppendTime,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  writeBatchHeader,
} from './batch.ts';

export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}
export interface BatchRecord {
  readonly offset: number;
  readonly timestampMs: Int64;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}
export interface NewRecord {
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: readonly RecordHeader[];
}
export interface NewBatch {
  readonly records: readonly NewRecord[];
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  /** Attribute bits besides the codec: transactional 0x10, control 0x20. */
  readonly flags?: number;
  readonly codec?: number;
}

/** Builds one batch of consecutive offsets. `compression` is needed only for a codec other than none. */
export function encodeBatch(batch: NewBatch, compression: Compression | null = null): Buffer {
  const { records } = batch;
  const first = records[0];
  if (first === undefined) throw new RangeError('a batch holds at least one record');
  const body = new Writer();
  let maxTimestampMs = first.timestampMs;
  for (let i = 0; i < records.length; i++) {
    const record = records[i] as NewRecord;
    if (record.timestampMs > maxTimestampMs) maxTimestampMs = record.timestampMs;
    writeRecord(body, record, i, first.timestampMs);
  }
  const codec = batch.codec ?? Codec.none;
  let payload = body.toBuffer();
  if (codec !== Codec.none) {
    if (compression === null) throw new RangeError('a compressed batch needs a compressor');
    payload = compression.compress(codec, payload);
  }
  const bytes = Buffer.allocUnsafe(BATCH_HEADER_BYTES + payload.length);
  payload.copy(bytes, BATCH_HEADER_BYTES);
  writeBatchHeader(bytes, 0, {
    baseOffset: batch.baseOffset ?? 0,
    sizeBytes: bytes.length,
    leaderEpoch: batch.leaderEpoch ?? -1,
    attributes: (batch.flags ?? 0) | codec,
    lastOffsetDelta: records.length - 1,
    baseTimestampMs: first.timestampMs,
    maxTimestampMs,
    producerId: batch.producerId ?? NO_PRODUCER_ID,
    producerEpoch: batch.producerEpoch ?? NO_PRODUCER_EPOCH,
    baseSequence: batch.baseSequence ?? NO_SEQUENCE,
    recordCount: records.length,
  });
  return bytes;
}

function writeRecord(writer: Writer, record: NewRecord, offsetDelta: number, baseTimestampMs: number): void {
  const body = new Writer();
  body.int8(0);
  body.varlong(record.timestampMs - baseTimestampMs);
  body.varint(offsetDelta);
  writeVarintBytes(body, record.key);
  writeVarintBytes(body, record.value);
  const headers = record.headers ?? [];
  body.varint(headers.length);
  for (const header of headers) {
    writeVarintBytes(body, Buffer.from(header.key));
    writeVarintBytes(body, header.value);
  }
  writer.varint(body.sizeBytes());
  writer.append(body);
}
function writeVarintBytes(writer: Writer, bytes: Buffer | null): void {
  writer.varint(bytes === null ? -1 : bytes.length);
  if (bytes !== null) writer.raw(bytes);
}

/**
 * Opens the batch at `position`, whose bytes must all be there. `maxBytes` bounds what a compressed batch may grow to.
 * Throws DecodeError for anything that is not what the header says.
 */
export function decodeRecords(
  bytes: Buffer,
  position: number,
  header: BatchHeader,
  compression: Compression,
  maxBytes: number,
): BatchRecord[] {
  const stored = bytes.subarray(position + BATCH_HEADER_BYTES, position + header.sizeBytes);
  const codec = compressionOf(header.attributes);
  const body = codec === Codec.none ? stored : compression.decompress(codec, stored, maxBytes);
  const reader = new Reader(body);
  const appendTimeMs = isLogAppendTime(header.attributes) ? header.maxTimestampMs : null;
  const records: BatchRecord[] = [];
  for (let i = 0; i < header.recordCount; i++) records.push(readRecord(reader, header, appendTimeMs));
  if (reader.remaining() > 0) throw new DecodeError(`${reader.remaining()} bytes behind the last record of a batch`);
  return records;
}

function readRecord(reader: Reader, header: BatchHeader, appendTimeMs: Int64 | null): BatchRecord {
  const length = reader.varint();
  const end = reader.position + length;
  if (length < 0 || length > reader.remaining())
    throw new DecodeError(`record of ${length} bytes, ${reader.remaining()} left`);
  reader.int8();
  const timestampMs = addInt64(header.baseTimestampMs, reader.varlong());
  const offsetDelta = reader.varint();
  const key = readVarintBytes(reader);
  const value = readVarintBytes(reader);
  const count = reader.varint();
  if (count < 0 || count > reader.remaining()) throw new DecodeError(`record with ${count} headers`);
  const headers: RecordHeader[] = [];
  for (let i = 0; i < count; i++) {
    const name = readVarintBytes(reader);
    if (name === null) throw new DecodeError('record header without a key');
    headers.push({ key: name.toString('utf8'), value: readVarintBytes(reader) });
  }
  if (reader.position !== end) throw new DecodeError('record does not fill its length');
  return { offset: header.baseOffset + offsetDelta, timestampMs: appendTimeMs ?? timestampMs, key, value, headers };
}
function readVarintBytes(reader: Reader): Buffer | null {
  const length = reader.varint();
  if (length < -1) throw new DecodeError(`length ${length}`);
  return length === -1 ? null : reader.slice(length);
}
