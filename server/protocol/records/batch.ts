// The header of a record batch (magic 2), read and patched in place. Records inside stay opaque here; record.ts opens them.
// Layout: Kafka's DefaultRecordBatch. The checksum covers everything from the attributes on, so base offset and leader epoch
// may be written without touching it.
import { crc32c } from '../../kernel/crc32c.ts';
import { DecodeError } from '../../kernel/decode-error.ts';
import { type Int64, readInt64, writeInt64 } from '../../kernel/int64.ts';

/** Base offset and length: the part that `batchLength` does not count. */
export const LOG_OVERHEAD_BYTES = 12;
export const BATCH_HEADER_BYTES = 61;
export const MAGIC = 2;
export const NO_PRODUCER_ID = -1;
export const NO_PRODUCER_EPOCH = -1;
export const NO_SEQUENCE = -1;
export const NO_TIMESTAMP_MS = -1;

export const Codec = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

const CRC_AT = 17;
const CRC_FROM = 21;
const COMPRESSION_MASK = 0x07;
const LOG_APPEND_TIME_BIT = 0x08;
export const TRANSACTIONAL_BIT = 0x10;
export const CONTROL_BIT = 0x20;

export interface BatchHeader {
  readonly baseOffset: number;
  /** The whole batch in bytes, the 12 bytes of overhead included. */
  readonly sizeBytes: number;
  readonly leaderEpoch: number;
  readonly magic: number;
  readonly crc: number;
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly baseTimestampMs: Int64;
  readonly maxTimestampMs: Int64;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

export const compressionOf = (attributes: number): number => attributes & COMPRESSION_MASK;
export const isLogAppendTime = (attributes: number): boolean => (attributes & LOG_APPEND_TIME_BIT) !== 0;
export const isTransactional = (attributes: number): boolean => (attributes & TRANSACTIONAL_BIT) !== 0;
export const isControl = (attributes: number): boolean => (attributes & CONTROL_BIT) !== 0;
export const lastOffsetOf = (header: BatchHeader): number => header.baseOffset + header.lastOffsetDelta;

/** Total size of the batch that starts at `position`, from its first 12 bytes; DecodeError when it cannot be a batch. */
export function batchSizeBytes(bytes: Buffer, position: number): number {
  if (bytes.length - position < LOG_OVERHEAD_BYTES)
    throw new DecodeError('less than the 12 bytes every batch begins with');
  const length = bytes.readInt32BE(position + 8);
  if (length < BATCH_HEADER_BYTES - LOG_OVERHEAD_BYTES)
    throw new DecodeError(`batch length ${length} is below its header`);
  return length + LOG_OVERHEAD_BYTES;
}

/** Reads 61 bytes; the body need not be there. Throws DecodeError for another magic, or offsets and producer ids outside ±(2^53−1). */
export function readBatchHeader(bytes: Buffer, position: number): BatchHeader {
  const sizeBytes = batchSizeBytes(bytes, position);
  if (bytes.length - position < BATCH_HEADER_BYTES) throw new DecodeError('batch header is cut off');
  const magic = bytes.readInt8(position + 16);
  if (magic !== MAGIC) throw new DecodeError(`batch of magic ${magic}; only magic 2 is supported`);
  return {
    baseOffset: int64(bytes, position),
    sizeBytes,
    leaderEpoch: bytes.readInt32BE(position + 12),
    magic,
    crc: bytes.readUInt32BE(position + CRC_AT),
    attributes: bytes.readInt16BE(position + 21),
    lastOffsetDelta: bytes.readInt32BE(position + 23),
    baseTimestampMs: readInt64(bytes, position + 27),
    maxTimestampMs: readInt64(bytes, position + 35),
    producerId: int64(bytes, position + 43),
    producerEpoch: bytes.readInt16BE(position + 51),
    baseSequence: bytes.readInt32BE(position + 53),
    recordCount: bytes.readInt32BE(position + 57),
  };
}

/** Of the batch at `position`, whose header must be there. */
export function producerIdAt(bytes: Buffer, position: number): Int64 {
  return readInt64(bytes, position + 43);
}

/** Whether the stored checksum fits the batch's bytes, which must all be there. */
export function isChecksumValid(bytes: Buffer, position: number, sizeBytes: number): boolean {
  const stored = bytes.readUInt32BE(position + CRC_AT);
  return crc32c(bytes.subarray(position + CRC_FROM, position + sizeBytes)) === stored;
}

/** Assigns what the broker assigns; neither is covered by the checksum. */
export function stampBatch(bytes: Buffer, position: number, baseOffset: number, leaderEpoch: number): void {
  writeInt64(bytes, position, baseOffset);
  bytes.writeInt32BE(leaderEpoch, position + 12);
}

/** Turns the batch into LogAppendTime: attribute bit, max timestamp and a new checksum. */
export function stampLogAppendTime(bytes: Buffer, position: number, sizeBytes: number, timestampMs: number): void {
  bytes.writeInt16BE(bytes.readInt16BE(position + 21) | LOG_APPEND_TIME_BIT, position + 21);
  writeInt64(bytes, position + 35, timestampMs);
  bytes.writeUInt32BE(crc32c(bytes.subarray(position + CRC_FROM, position + sizeBytes)), position + CRC_AT);
}

/** Writes a whole header over the first 61 bytes, `crc` computed from what follows. */
export function writeBatchHeader(bytes: Buffer, position: number, header: Omit<BatchHeader, 'crc' | 'magic'>): void {
  writeInt64(bytes, position, header.baseOffset);
  bytes.writeInt32BE(header.sizeBytes - LOG_OVERHEAD_BYTES, position + 8);
  bytes.writeInt32BE(header.leaderEpoch, position + 12);
  bytes.writeInt8(MAGIC, position + 16);
  bytes.writeInt16BE(header.attributes, position + 21);
  bytes.writeInt32BE(header.lastOffsetDelta, position + 23);
  writeInt64(bytes, position + 27, header.baseTimestampMs);
  writeInt64(bytes, position + 35, header.maxTimestampMs);
  writeInt64(bytes, position + 43, header.producerId);
  bytes.writeInt16BE(header.producerEpoch, position + 51);
  bytes.writeInt32BE(header.baseSequence, position + 53);
  bytes.writeInt32BE(header.recordCount, position + 57);
  const crc = crc32c(bytes.subarray(position + CRC_FROM, position + header.sizeBytes));
  bytes.writeUInt32BE(crc, position + CRC_AT);
}

function int64(bytes: Buffer, position: number): number {
  const value = readInt64(bytes, position);
  if (typeof value === 'bigint') throw new DecodeError(`int64 at ${position} is outside ±(2^53−1)`);
  return value;
}
