// Reads Kafka's record batches (magic 2) as a Fetch answer carries them: headers without the records, and records one by one.
// Works on the raw bytes, because a tail must count millions of records without making objects of them.
// Layout: org.apache.kafka.common.record.DefaultRecordBatch and DefaultRecord.
import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka';
import { ClusterError } from '../errors.ts';
import { nearestNumber, toNumber } from '../int64.ts';

const HEADER_BYTES = 61;
const COMPRESSION_BITS = 0x07;
const LOG_APPEND_TIME_BIT = 0x08;
const TRANSACTIONAL_BIT = 0x10;
const CONTROL_BIT = 0x20;
const CONTROL_TYPES: ReadonlyMap<number, 'abort' | 'commit'> = new Map([
  [0, 'abort'],
  [1, 'commit'],
]);

export interface Batch {
  readonly baseOffset: number;
  /** Offset after the last one of the batch, also when compaction removed that record. */
  readonly nextOffset: number;
  readonly recordCount: number;
  readonly isControl: boolean;
  readonly isTransactional: boolean;
  /** −1: written without one. */
  readonly producerId: string;
  readonly isLogAppendTime: boolean;
  readonly compression: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly sizeBytes: number;
  /** The records, still compressed. */
  readonly body: Buffer;
}

export interface RawRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly isLogAppendTime: boolean;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[];
}

/** The whole batches of a Fetch answer; a last batch that was cut off is left out. @throws ClusterError for old formats */
export function* batchesIn(bytes: Buffer): Generator<Batch> {
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const sizeBytes = bytes.readInt32BE(at + 8) + 12;
    if (sizeBytes < HEADER_BYTES || bytes.length - at < sizeBytes) return;
    yield batchAt(bytes, at, sizeBytes);
    at += sizeBytes;
  }
}

function batchAt(bytes: Buffer, at: number, sizeBytes: number): Batch {
  const magic = bytes.readInt8(at + 16);
  if (magic !== 2) {
    throw new ClusterError(
      'UNSUPPORTED_FORMAT',
      `These records are in an old format (magic ${magic}); only 2 can be read.`,
    );
  }
  const baseOffset = toNumber(bytes.readBigInt64BE(at));
  const attributes = bytes.readInt16BE(at + 21);
  return {
    baseOffset,
    nextOffset: baseOffset + bytes.readInt32BE(at + 23) + 1,
    recordCount: bytes.readInt32BE(at + 57),
    isControl: (attributes & CONTROL_BIT) !== 0,
    isTransactional: (attributes & TRANSACTIONAL_BIT) !== 0,
    producerId: String(bytes.readBigInt64BE(at + 43)),
    isLogAppendTime: (attributes & LOG_APPEND_TIME_BIT) !== 0,
    compression: attributes & COMPRESSION_BITS,
    baseTimestampMs: nearestNumber(bytes.readBigInt64BE(at + 27)),
    maxTimestampMs: nearestNumber(bytes.readBigInt64BE(at + 35)),
    sizeBytes,
    body: bytes.subarray(at + HEADER_BYTES, at + sizeBytes),
  };
}

/** The records of a batch in order of offset. Control batches have none. @throws ClusterError CORRUPT_MESSAGE */
export function recordsOf(batch: Batch): readonly RawRecord[] {
  if (batch.isControl || batch.recordCount === 0) return [];
  try {
    return read(batch, decompressed(batch));
  } catch (error) {
    if (error instanceof ClusterError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ClusterError('CORRUPT_MESSAGE', `The batch at offset ${batch.baseOffset} cannot be read: ${reason}.`, {
      code: 2,
    });
  }
}

/** How a control batch ends the transaction of its producer; null when it is no such marker. Layout: ControlRecordType. */
export function endsTransaction(batch: Batch): 'abort' | 'commit' | null {
  if (!batch.isControl || batch.recordCount === 0) return null;
  const [marker] = read(batch, batch.body);
  const key = marker?.key ?? null;
  return key === null || key.length < 4 ? null : (CONTROL_TYPES.get(key.readInt16BE(2)) ?? null);
}

function decompressed(batch: Batch): Buffer {
  if (batch.compression === 0) return batch.body;
  const algorithm = compressionsAlgorithmsByBitmask[String(batch.compression)];
  if (algorithm === undefined) throw new Error(`unknown compression ${batch.compression}`);
  return algorithm.decompressSync(batch.body);
}

function read(batch: Batch, bytes: Buffer): readonly RawRecord[] {
  const cursor = new Cursor(bytes);
  const records: RawRecord[] = [];
  for (let index = 0; index < batch.recordCount; index += 1) {
    const length = cursor.varint();
    const end = cursor.position + length;
    cursor.position += 1; // attributes, unused
    const timestampDelta = cursor.varint();
    const offsetDelta = cursor.varint();
    const key = cursor.bytes();
    const value = cursor.bytes();
    const headerCount = cursor.varint();
    const headers: { key: string; value: Buffer | null }[] = [];
    for (let header = 0; header < headerCount; header += 1) {
      const name = cursor.bytes();
      headers.push({ key: name?.toString('utf8') ?? '', value: cursor.bytes() });
    }
    if (cursor.position !== end) throw new RangeError('a record has another length than it says');
    records.push({
      offset: batch.baseOffset + offsetDelta,
      timestampMs: batch.isLogAppendTime ? batch.maxTimestampMs : batch.baseTimestampMs + timestampDelta,
      isLogAppendTime: batch.isLogAppendTime,
      key,
      value,
      headers,
    });
  }
  return records;
}

/** A position in bytes, reading Kafka's zigzag varints. Numbers beyond 2^53 cannot occur in deltas and lengths. */
class Cursor {
  readonly #bytes: Buffer;
  position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count += 1) {
      const byte = this.#bytes[this.position];
      if (byte === undefined) throw new RangeError('the batch ends inside a record');
      this.position += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
    throw new RangeError('a number in the batch is too long');
  }

  bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const start = this.position;
    if (start + length > this.#bytes.length) throw new RangeError('the batch ends inside a record');
    this.position += length;
    return this.#bytes.subarray(start, this.position);
  }
}
