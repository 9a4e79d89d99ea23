// Writes one record batch (magic 2) straight into a buffer: test traffic makes up to 200,000 records a second, for which an
// object per record would be too slow. Layout: org.apache.kafka.common.record.DefaultRecordBatch.
import { crc32c } from '@platformatic/kafka';

const HEADER_BYTES = 61;
/** Varints of a record: length, timestamp delta, offset delta, key and value lengths, header count, and the attributes. */
const RECORD_OVERHEAD_BYTES = 26;
const filler = Buffer.alloc(100 * 1_024 + 64, 'abcdefghijklmnopqrstuvwxyz0123456789');

export interface BatchRecord {
  readonly key: Buffer | null;
  /** Number of the record within its producer, written into the value. */
  readonly number: number;
}

/** A whole batch without compression, ready for Produce; every value is exactly `valueBytes` long and valid JSON if it fits. */
export function writeBatch(records: readonly BatchRecord[], valueBytes: number, nowMs: number): Buffer {
  let capacity = HEADER_BYTES;
  for (const { key } of records) capacity += RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + valueBytes;
  const bytes = Buffer.allocUnsafe(capacity);
  let at = HEADER_BYTES;
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index];
    if (record !== undefined) at = writeRecord(bytes, at, record, index, valueBytes, nowMs);
  }
  writeHeader(bytes, at, records.length, nowMs);
  return bytes.subarray(0, at);
}

function writeHeader(bytes: Buffer, end: number, count: number, nowMs: number): void {
  bytes.writeBigInt64BE(0n, 0);
  bytes.writeInt32BE(end - 12, 8);
  bytes.writeInt32BE(-1, 12);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(0, 21);
  bytes.writeInt32BE(count - 1, 23);
  bytes.writeBigInt64BE(BigInt(nowMs), 27);
  bytes.writeBigInt64BE(BigInt(nowMs), 35);
  bytes.writeBigInt64BE(-1n, 43);
  bytes.writeInt16BE(-1, 51);
  bytes.writeInt32BE(-1, 53);
  bytes.writeInt32BE(count, 57);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21, end)), 17);
}

function writeRecord(
  bytes: Buffer,
  start: number,
  record: BatchRecord,
  index: number,
  valueBytes: number,
  nowMs: number,
): number {
  const keyBytes = record.key?.length ?? 0;
  const bodyBytes =
    1 +
    1 +
    varintSize(index) +
    varintSize(record.key === null ? -1 : keyBytes) +
    keyBytes +
    varintSize(valueBytes) +
    valueBytes +
    1;
  let at = writeVarint(bytes, start, bodyBytes);
  bytes[at] = 0; // attributes
  bytes[at + 1] = 0; // timestamp delta
  at = writeVarint(bytes, at + 2, index);
  at = writeVarint(bytes, at, record.key === null ? -1 : keyBytes);
  if (record.key !== null) at += record.key.copy(bytes, at);
  at = writeVarint(bytes, at, valueBytes);
  writeValue(bytes, at, valueBytes, record.number, nowMs);
  at += valueBytes;
  bytes[at] = 0; // headers
  return at + 1;
}

function writeValue(bytes: Buffer, at: number, valueBytes: number, number: number, nowMs: number): void {
  const head = `{"n":${number},"at":${nowMs},"pad":"`;
  if (valueBytes < head.length + 2) {
    filler.copy(bytes, at, 0, valueBytes);
    bytes.write(String(number).slice(-valueBytes), at, 'latin1');
    return;
  }
  bytes.write(head, at, 'latin1');
  filler.copy(bytes, at + head.length, 0, valueBytes - head.length - 2);
  bytes.write('"}', at + valueBytes - 2, 'latin1');
}

function writeVarint(bytes: Buffer, start: number, value: number): number {
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  let at = start;
  while (rest >= 0x80) {
    bytes[at] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 128);
    at += 1;
  }
  bytes[at] = rest;
  return at + 1;
}

function varintSize(value: number): number {
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  let size = 1;
  while (rest >= 0x80) {
    rest = Math.floor(rest / 128);
    size += 1;
  }
  return size;
}
