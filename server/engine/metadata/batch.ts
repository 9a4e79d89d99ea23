// Batches of the metadata log as nodes exchange them: cutting fetched bytes into batches, and batches into records.
import type { Compression } from '../../kernel/world.ts';
import { BATCH_HEADER_BYTES, batchSizeBytes, readBatchHeader } from '../../protocol/records/batch.ts';
import { decodeRecords } from '../../protocol/records/record.ts';
import { decodeRecord, type MetadataRecord } from './record.ts';

/** No decision is larger. */
export const MAX_METADATA_BATCH_BYTES = 16_777_216;

/** The records of one batch with their offsets. Throws DecodeError. */
export function* recordsOf(compression: Compression, batch: Buffer): Generator<readonly [MetadataRecord, number]> {
  const header = readBatchHeader(batch, 0);
  for (const { value, offset } of decodeRecords(batch, 0, header, compression, MAX_METADATA_BATCH_BYTES)) {
    if (value !== null) yield [decodeRecord(value), offset];
  }
}

/** Cuts what a fetch gave into whole batches; a part at the end is left out. */
export function* batchesIn(bytes: Buffer): Generator<Buffer> {
  let position = 0;
  while (bytes.length - position >= BATCH_HEADER_BYTES) {
    const sizeBytes = batchSizeBytes(bytes, position);
    if (position + sizeBytes > bytes.length) return;
    yield bytes.subarray(position, position + sizeBytes);
    position += sizeBytes;
  }
}
