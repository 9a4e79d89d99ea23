// Walking over the batches of a log file, header by header, reading in slabs. Used by look-ups, recovery and replay; the fetch
// path reads ahead of it.
import { DecodeError } from '../../../kernel/decode-error.ts';
import type { DiskFile } from '../../../kernel/world.ts';
import type { BatchHeader } from '../../../protocol/records/batch.ts';
import { BATCH_HEADER_BYTES, isChecksumValid, lastOffsetOf, readBatchHeader } from '../../../protocol/records/batch.ts';

const SCAN_SLAB_BYTES = 1 << 20;

export interface FoundBatch {
  readonly header: BatchHeader;
  /** Where the batch begins in the file. */
  readonly position: number;
}

/**
 * Headers of the batches from `position` (the start of one) to `endPosition`, in order. `slabBytes` is read at a time; batches
 * larger than it are skipped over unread. Throws DecodeError where no batch can be.
 */
export function* batchHeaders(
  use: () => DiskFile,
  position: number,
  endPosition: number,
  slabBytes = 8192,
): Generator<FoundBatch> {
  let slab: Buffer = Buffer.alloc(0);
  let slabStart = position;
  let at = position;
  while (at < endPosition) {
    if (at - slabStart + BATCH_HEADER_BYTES > slab.length) {
      slab = use().read(at, Math.min(slabBytes, endPosition - at));
      slabStart = at;
    }
    const header = readBatchHeader(slab, at - slabStart);
    if (header.sizeBytes > endPosition - at) throw new DecodeError(`batch at ${at} goes past ${endPosition}`);
    yield { header, position: at };
    at += header.sizeBytes;
  }
}

/**
 * Checks every batch from `position` on, checksum included, and gives each good one to `visit`; stops at the first that is cut,
 * damaged or out of order. Answers the position behind the last good batch.
 */
export function scanBatches(
  file: DiskFile,
  position: number,
  firstOffset: number,
  visit: (found: FoundBatch) => void,
): number {
  const fileBytes = file.sizeBytes();
  let slab: Buffer = Buffer.alloc(0);
  let slabStart = position;
  let at = position;
  let expectedOffset = firstOffset;
  const need = (bytes: number): boolean => {
    if (bytes > fileBytes - at) return false;
    if (at - slabStart + bytes > slab.length) {
      slab = file.read(at, Math.min(Math.max(SCAN_SLAB_BYTES, bytes), fileBytes - at));
      slabStart = at;
    }
    return at - slabStart + bytes <= slab.length;
  };
  while (need(BATCH_HEADER_BYTES)) {
    const header = headerOrNull(slab, at - slabStart);
    if (header === null || header.baseOffset < expectedOffset || header.lastOffsetDelta < 0) break;
    if (!need(header.sizeBytes) || !isChecksumValid(slab, at - slabStart, header.sizeBytes)) break;
    visit({ header, position: at });
    at += header.sizeBytes;
    expectedOffset = lastOffsetOf(header) + 1;
  }
  return at;
}

function headerOrNull(bytes: Buffer, position: number): BatchHeader | null {
  try {
    return readBatchHeader(bytes, position);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
