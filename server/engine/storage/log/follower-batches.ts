// What a follower checks of the batches its leader sent before they go into its log as they are: whole, undamaged, and exactly
// what comes next. Called by PartitionLog.appendAsFollower. It never changes a byte.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { type BatchHeader, isChecksumValid, lastOffsetOf, readBatchHeader } from '../../../protocol/records/batch.ts';
import { type Refusal, refused } from '../outcome.ts';

export interface FollowerBatches {
  readonly kind: 'valid';
  /** Whole batches; a cut one at the end of `records` is left out. */
  readonly records: Buffer;
  readonly batches: readonly BatchHeader[];
}

/**
 * `endOffset`: where the log ends, −1 when the first batch says where it begins. CORRUPT_MESSAGE for bytes that are no batch,
 * OFFSET_OUT_OF_RANGE for batches that overlap. Gaps are what the leader's cleaner left.
 */
export function checkFollowerBatches(records: Buffer, endOffset: number): FollowerBatches | Refusal {
  const batches: BatchHeader[] = [];
  let expectedOffset = endOffset;
  let position = 0;
  while (position < records.length) {
    const header = headerAt(records, position);
    if (header === 'cut') break;
    if (typeof header === 'string') return refused(ErrorCode.CORRUPT_MESSAGE, header);
    if (expectedOffset >= 0 && header.baseOffset < expectedOffset) {
      const message = `Batch at offset ${header.baseOffset} where ${expectedOffset} comes next`;
      return refused(ErrorCode.OFFSET_OUT_OF_RANGE, message);
    }
    if (!isChecksumValid(records, position, header.sizeBytes)) {
      return refused(ErrorCode.CORRUPT_MESSAGE, `Batch at offset ${header.baseOffset} has a wrong checksum`);
    }
    batches.push(header);
    expectedOffset = lastOffsetOf(header) + 1;
    position += header.sizeBytes;
  }
  return { kind: 'valid', records: position === records.length ? records : records.subarray(0, position), batches };
}

/** The header, 'cut' when less than the batch is there, or what is wrong with it. */
function headerAt(records: Buffer, position: number): BatchHeader | string {
  const leftBytes = records.length - position;
  if (leftBytes < 12 || leftBytes < 12 + records.readInt32BE(position + 8)) return 'cut';
  try {
    const header = readBatchHeader(records, position);
    return header.lastOffsetDelta < 0 ? `Batch with last offset delta ${header.lastOffsetDelta}` : header;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return `Batch is unreadable: ${error.message}`;
  }
}
