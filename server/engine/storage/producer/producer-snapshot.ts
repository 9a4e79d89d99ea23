// The producer state of one partition as a file, in Kafka's format (ProducerSnapshot.json, version 1): checksummed, one batch
// per producer. Named for the offset it is valid up to.
import { crc32c } from '../../../kernel/crc32c.ts';
import { DecodeError } from '../../../kernel/decode-error.ts';
import { readInt64, writeInt64 } from '../../../kernel/int64.ts';
import { NO_SEQUENCE } from '../../../protocol/records/batch.ts';
import { readInt64 as readNumber } from '../files/int64.ts';
import type { ProducerEntry } from './producer-state.ts';

const VERSION = 1;
const CRC_AT = 2;
const CRC_FROM = 6;
const HEADER_BYTES = 10;
const ENTRY_BYTES = 46;

export function formatSnapshot(entries: Iterable<ProducerEntry>): Buffer {
  const all = [...entries];
  const bytes = Buffer.alloc(HEADER_BYTES + all.length * ENTRY_BYTES);
  bytes.writeInt16BE(VERSION, 0);
  bytes.writeInt32BE(all.length, CRC_FROM);
  all.forEach((entry, i) => {
    const at = HEADER_BYTES + i * ENTRY_BYTES;
    const last = entry.batches.at(-1);
    writeInt64(bytes, at, entry.producerId);
    bytes.writeInt16BE(entry.producerEpoch, at + 8);
    bytes.writeInt32BE(last?.lastSequence ?? NO_SEQUENCE, at + 10);
    writeInt64(bytes, at + 14, last?.lastOffset ?? -1);
    bytes.writeInt32BE(last?.offsetDelta ?? 0, at + 22);
    writeInt64(bytes, at + 26, entry.lastTimestampMs);
    bytes.writeInt32BE(entry.coordinatorEpoch, at + 34);
    writeInt64(bytes, at + 38, entry.currentTransactionStartOffset);
  });
  bytes.writeUInt32BE(crc32c(bytes.subarray(CRC_FROM)), CRC_AT);
  return bytes;
}

/** Throws DecodeError when the file is cut, damaged or of another version. */
export function parseSnapshot(bytes: Buffer): ProducerEntry[] {
  if (bytes.length < HEADER_BYTES || bytes.readInt16BE(0) !== VERSION) throw new DecodeError('no producer snapshot');
  if (bytes.readUInt32BE(CRC_AT) !== crc32c(bytes.subarray(CRC_FROM)))
    throw new DecodeError('producer snapshot damaged');
  const count = bytes.readInt32BE(CRC_FROM);
  if (bytes.length !== HEADER_BYTES + count * ENTRY_BYTES) throw new DecodeError('producer snapshot cut');
  return Array.from({ length: count }, (_, i) => parseEntry(bytes, HEADER_BYTES + i * ENTRY_BYTES));
}
function parseEntry(bytes: Buffer, at: number): ProducerEntry {
  const lastSequence = bytes.readInt32BE(at + 10);
  const timestampMs = readInt64(bytes, at + 26);
  const batch = {
    lastSequence,
    lastOffset: readNumber(bytes, at + 14),
    offsetDelta: bytes.readInt32BE(at + 22),
    timestampMs,
  };
  return {
    producerId: readNumber(bytes, at),
    producerEpoch: bytes.readInt16BE(at + 8),
    batches: lastSequence === NO_SEQUENCE ? [] : [batch],
    lastTimestampMs: timestampMs,
    coordinatorEpoch: bytes.readInt32BE(at + 34),
    currentTransactionStartOffset: readNumber(bytes, at + 38),
  };
}
