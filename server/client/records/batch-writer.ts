// Writes one record batch (magic 2) straight into a buffer, values included: whoever makes a hundred thousand records a second has
// no time for a buffer each. Sent by produce-raw.ts. Layout: org.apache.kafka.common.record.DefaultRecordBatch.
import { crc32c } from '@platformatic/kafka';

const HEADER_BYTES = 61;
/** Varints of a record: length, timestamp delta, offset delta, key and value lengths, header count, and the attributes. */
const RECORD_OVERHEAD_BYTES = 26;

/** Values of one length, each written in its place in the batch. */
export interface Values<Row> {
  readonly bytes: number;
  /** Fills exactly `bytes` from `at` on. */
  write(into: Buffer, at: number, record: Row): void;
}

/** A whole batch without compression, ready for Produce; all records carry one timestamp. */
export function writeBatch<Row extends { readonly key: Buffer | null }>(
  records: readonly Row[],
  nowMs: number,
  values: Values<Row>,
): Buffer {
  let capacity = HEADER_BYTES;
  for (const { key } of records) capacity += RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + values.bytes;
  const bytes = Buffer.allocUnsafe(capacity);
  let at = HEADER_BYTES;
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index];
    if (record === undefined) continue;
    at = writeHead(bytes, at, { key: record.key, index, valueBytes: values.bytes });
    values.write(bytes, at, record);
    at += values.bytes;
    bytes[at] = 0; // headers
    at += 1;
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

interface RecordHead {
  readonly key: Buffer | null;
  readonly index: number;
  readonly valueBytes: number;
}

/** All of a record before its value. @returns where the value begins */
function writeHead(bytes: Buffer, start: number, { key, index, valueBytes }: RecordHead): number {
  const keyBytes = key?.length ?? 0;
  const bodyBytes =
    1 +
    1 +
    varintSize(index) +
    varintSize(key === null ? -1 : keyBytes) +
    keyBytes +
    varintSize(valueBytes) +
    valueBytes +
    1;
  let at = writeVarint(bytes, start, bodyBytes);
  bytes[at] = 0; // attributes
  bytes[at + 1] = 0; // timestamp delta
  at = writeVarint(bytes, at + 2, index);
  at = writeVarint(bytes, at, key === null ? -1 : keyBytes);
  if (key !== null) at += key.copy(bytes, at);
  return writeVarint(bytes, at, valueBytes);
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
