// What a leader checks of batches it is given, in Kafka's order (ProduceRequest.validateRecords, UnifiedLog.analyzeAndValidateRecords,
// LogValidator), and their recompression where the topic asks for a codec of its own. Pure but for the codecs; offsets are not
// assigned here. Records are opened only where a rule needs them.

import { DecodeError } from '../../../kernel/decode-error.ts';
import { readInt64 } from '../../../kernel/int64.ts';
import type { Compression } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import {
  BATCH_HEADER_BYTES,
  type BatchHeader,
  batchSizeBytes,
  Codec,
  compressionOf,
  isChecksumValid,
  isControl,
  isLogAppendTime,
  LOG_OVERHEAD_BYTES,
  MAGIC,
  NO_PRODUCER_ID,
  NO_TIMESTAMP_MS,
  producerIdAt,
  readBatchHeader,
  writeBatchHeader,
} from '../../../protocol/records/batch.ts';
import { type BatchRecord, decodeRecords } from '../../../protocol/records/record.ts';
import { walkRecords } from '../compaction/record-walk.ts';
import { ANY_RECORD_BYTES, type CompressionType, type LogConfig } from '../log-config.ts';
import { type AppendOptions, misshapen, type RecordError, type Refusal, refused } from '../outcome.ts';

/** What one batch may unpack to when its records must be looked at. */
export const MAX_UNPACKED_BYTES = 128 << 20;
const CODEC_MASK = 0x07;
/** Seven numbers of a byte each: no record is shorter. */
const SMALLEST_RECORD_BYTES = 7;

export interface ValidBatches {
  readonly kind: 'valid';
  /** The buffer given, or a new one where batches were recompressed. */
  readonly records: Buffer;
  readonly batches: readonly BatchHeader[];
}
export interface ValidationRules {
  /** "topic-partition", for messages. */
  readonly label: string;
  readonly config: LogConfig;
  readonly compression: Compression;
}

export function validate(records: Buffer, options: AppendOptions, rules: ValidationRules): ValidBatches | Refusal {
  const batches: BatchHeader[] = [];
  for (let position = 0; position < records.length; ) {
    const header = readHeader(records, position);
    if ('kind' in header) return header;
    if (options.origin === 'client' && batches.length === 1) {
      return misshapen('Produce requests may hold exactly one record batch per partition');
    }
    const refusal = checkBatch(records, position, header, options, rules);
    if (refusal !== null) return refusal;
    batches.push(header);
    position += header.sizeBytes;
  }
  if (batches.length === 0) return misshapen('There is no record batch for this partition');
  return recompress(records, batches, rules);
}

function readHeader(records: Buffer, position: number): BatchHeader | Refusal {
  const leftBytes = records.length - position;
  if (leftBytes > 16 && records.readInt8(position + 16) !== MAGIC) {
    return misshapen('Only record batches with magic version 2 are allowed');
  }
  const refusal = leftBytes < BATCH_HEADER_BYTES ? null : beyondNumbers(records, position);
  if (refusal !== null) return refusal;
  try {
    const header = readBatchHeader(records, position);
    if (header.sizeBytes <= leftBytes) return header;
    return refused(ErrorCode.CORRUPT_MESSAGE, `Record batch of ${header.sizeBytes} bytes, ${leftBytes} are there`);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return refused(ErrorCode.CORRUPT_MESSAGE, `Record batch is unreadable: ${error.message}`);
  }
}

/** What no batch of a log here holds, and a header could not say. */
function beyondNumbers(records: Buffer, position: number): Refusal | null {
  const baseOffset = readInt64(records, position);
  if (typeof baseOffset === 'bigint') {
    return refused(ErrorCode.INVALID_RECORD, `The baseOffset of a record batch should be 0, but it is ${baseOffset}`);
  }
  const producerId = producerIdAt(records, position);
  if (typeof producerId === 'number') return null;
  // DIVERGES: Kafka takes ids that nobody was given, also those beyond 2^53.
  return refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING, `Producer id ${producerId} was never given out`);
}

function checkBatch(
  records: Buffer,
  position: number,
  header: BatchHeader,
  options: AppendOptions,
  rules: ValidationRules,
): Refusal | null {
  const { label, config } = rules;
  const isClient = options.origin === 'client';
  if (isClient && header.baseOffset !== 0) {
    return refused(
      ErrorCode.INVALID_RECORD,
      `The baseOffset of the record batch in the append to ${label} should be 0, but it is ${header.baseOffset}`,
    );
  }
  if (header.sizeBytes > config.maxMessageBytes) return tooLarge(header.sizeBytes, rules);
  if (!isChecksumValid(records, position, header.sizeBytes)) {
    return refused(ErrorCode.CORRUPT_MESSAGE, `Record is corrupt in topic-partition ${label}: its checksum is wrong`);
  }
  if (isClient && isControl(header.attributes)) {
    return refused(ErrorCode.INVALID_RECORD, 'Clients are not allowed to write control records');
  }
  if (header.recordCount <= 0 || header.recordCount !== header.lastOffsetDelta + 1) {
    return refused(
      ErrorCode.INVALID_RECORD,
      `Inconsistent batch offset range: ${header.recordCount} records, last offset delta ${header.lastOffsetDelta}`,
    );
  }
  // Otherwise a few bytes could take offsets by the billion.
  const mostRecords = (header.sizeBytes - BATCH_HEADER_BYTES) / SMALLEST_RECORD_BYTES;
  if (compressionOf(header.attributes) === Codec.none && header.recordCount > mostRecords) {
    return refused(
      ErrorCode.INVALID_RECORD,
      `Inconsistent record count: ${header.recordCount} records in a batch of ${header.sizeBytes} bytes`,
    );
  }
  if (isClient && header.producerId !== NO_PRODUCER_ID && header.baseSequence < 0) {
    return refused(
      ErrorCode.INVALID_RECORD,
      `Invalid sequence number ${header.baseSequence} in record batch with producerId ${header.producerId}`,
    );
  }
  if (compressionOf(header.attributes) > Codec.zstd) {
    return refused(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, `Unknown codec ${compressionOf(header.attributes)}`);
  }
  return isClient ? checkRecords(records, position, header, options, rules) : null;
}

/** Rules about single records: keys on compacted topics, timestamps within bounds. */
function checkRecords(
  records: Buffer,
  position: number,
  header: BatchHeader,
  { nowMs }: AppendOptions,
  { label, config, compression }: ValidationRules,
): Refusal | null {
  if (isLogAppendTime(header.attributes)) {
    const message = 'Producer should not set timestamp type to LogAppendTime';
    return refused(ErrorCode.INVALID_TIMESTAMP, message);
  }
  const tooLargeUnpacked = checkUnpacked(records, position, header, { label, config, compression });
  if (tooLargeUnpacked !== null) return tooLargeUnpacked;
  const isTimed = config.timestampType === 'CreateTime';
  const earliestMs = isTimed ? nowMs - config.timestampBeforeMaxMs : Number.NEGATIVE_INFINITY;
  const latestMs = isTimed ? nowMs + config.timestampAfterMaxMs : Number.POSITIVE_INFINITY;
  // No record is younger than the header's largest timestamp; how old the oldest is only the records tell.
  const isTimeSuspect = header.maxTimestampMs > latestMs || earliestMs > 0;
  if (!config.isCompacted && !isTimeSuspect) return null;
  let opened: BatchRecord[];
  try {
    opened = decodeRecords(records, position, header, compression, MAX_UNPACKED_BYTES);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return refused(ErrorCode.INVALID_RECORD, `Records of the batch are unreadable: ${error.message}`);
  }
  const errors: RecordError[] = [];
  let isTimeWrong = false;
  opened.forEach(({ key, timestampMs, offset }, batchIndex) => {
    if (config.isCompacted && key === null) {
      errors.push({
        batchIndex,
        message: `Compacted topic cannot accept message without key in topic partition ${label}.`,
      });
    } else if (timestampMs !== NO_TIMESTAMP_MS && (timestampMs < earliestMs || timestampMs > latestMs)) {
      isTimeWrong = true;
      const range = `[${earliestMs}, ${latestMs}]`;
      errors.push({
        batchIndex,
        message: `Timestamp ${timestampMs} of message with offset ${offset} is out of range. The timestamp should be within ${range}`,
      });
    }
  });
  if (isTimeWrong) {
    const message = 'One or more records have been rejected due to invalid timestamp';
    return refused(ErrorCode.INVALID_TIMESTAMP, message, errors);
  }
  // A header that promises a larger timestamp than any record has would mislead look-ups and retention.
  if (header.maxTimestampMs > latestMs) {
    return refused(ErrorCode.INVALID_TIMESTAMP, `Largest timestamp ${header.maxTimestampMs} belongs to no record`);
  }
  if (errors.length === 0) return null;
  const message = `One or more records have been rejected due to ${errors.length} record errors in total`;
  return refused(ErrorCode.INVALID_RECORD, message, errors);
}

/**
 * max.decompressed.message.bytes: a batch is not opened for it while any size is allowed. DIVERGES: what is in the log already when it
 * is lowered is still cleaned and looked up.
 */
function checkUnpacked(
  records: Buffer,
  position: number,
  header: BatchHeader,
  { label, config, compression }: ValidationRules,
): Refusal | null {
  const { maxUnpackedRecordBytes } = config;
  const codec = compressionOf(header.attributes);
  if (codec === Codec.none || maxUnpackedRecordBytes >= ANY_RECORD_BYTES) return null;
  const packed = records.subarray(position + BATCH_HEADER_BYTES, position + header.sizeBytes);
  try {
    for (const { sizeBytes } of walkRecords(
      compression.decompress(codec, packed, MAX_UNPACKED_BYTES),
      header.recordCount,
    )) {
      if (sizeBytes <= maxUnpackedRecordBytes) continue;
      const message = `A record of ${sizeBytes} bytes in the append to ${label} exceeds the maximum of ${maxUnpackedRecordBytes} once decompressed.`;
      return refused(ErrorCode.INVALID_RECORD, message);
    }
    return null;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return refused(ErrorCode.INVALID_RECORD, `Records of the batch are unreadable: ${error.message}`);
  }
}

function tooLarge(sizeBytes: number, { label, config }: ValidationRules): Refusal {
  return refused(
    ErrorCode.MESSAGE_TOO_LARGE,
    `The record batch size in the append to ${label} is ${sizeBytes} bytes which exceeds the maximum configured value of ${config.maxMessageBytes}.`,
  );
}

const CODEC_OF: Readonly<Record<Exclude<CompressionType, 'producer'>, number>> = {
  uncompressed: Codec.none,
  gzip: Codec.gzip,
  snappy: Codec.snappy,
  lz4: Codec.lz4,
  zstd: Codec.zstd,
};

/** Batches in the topic's codec. Records inside stay byte for byte what they were. */
function recompress(records: Buffer, batches: readonly BatchHeader[], rules: ValidationRules): ValidBatches | Refusal {
  const { compressionType } = rules.config;
  if (compressionType === 'producer') return { kind: 'valid', records, batches };
  const codec = CODEC_OF[compressionType];
  if (batches.every((header) => compressionOf(header.attributes) === codec)) return { kind: 'valid', records, batches };
  const pieces: Buffer[] = [];
  let position = 0;
  try {
    for (const header of batches) {
      const piece = recompressBatch(records.subarray(position, position + header.sizeBytes), header, codec, rules);
      if (piece.length > rules.config.maxMessageBytes) return tooLarge(piece.length, rules);
      pieces.push(piece);
      position += header.sizeBytes;
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return refused(ErrorCode.INVALID_RECORD, `Records of the batch are unreadable: ${error.message}`);
  }
  return { kind: 'valid', records: Buffer.concat(pieces), batches: pieces.map((piece) => readBatchHeader(piece, 0)) };
}
function recompressBatch(batch: Buffer, header: BatchHeader, codec: number, { compression }: ValidationRules): Buffer {
  const from = compressionOf(header.attributes);
  if (from === codec) return batch;
  let payload: Buffer = batch.subarray(BATCH_HEADER_BYTES, batchSizeBytes(batch, 0));
  if (from !== Codec.none) payload = compression.decompress(from, payload, MAX_UNPACKED_BYTES);
  if (codec !== Codec.none) payload = compression.compress(codec, payload);
  const sizeBytes = BATCH_HEADER_BYTES + payload.length;
  if (sizeBytes - LOG_OVERHEAD_BYTES > 0x7fff_ffff) throw new DecodeError('batch grew past 2 GiB');
  const fresh = Buffer.allocUnsafe(sizeBytes);
  payload.copy(fresh, BATCH_HEADER_BYTES);
  writeBatchHeader(fresh, 0, { ...header, sizeBytes, attributes: (header.attributes & ~CODEC_MASK) | codec });
  return fresh;
}
