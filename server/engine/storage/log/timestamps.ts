// Look-ups by timestamp, exact to the record (LogSegment.findOffsetByTimestamp, UnifiedLog.fetchOffsetByTimestamp): the time
// index narrows down to a batch, which is opened. Pure reading.

import { DecodeError } from '../../../kernel/decode-error.ts';
import { type Int64, largerInt64 } from '../../../kernel/int64.ts';
import type { Compression } from '../../../kernel/world.ts';
import { isLogAppendTime, lastOffsetOf } from '../../../protocol/records/batch.ts';
import { decodeRecords } from '../../../protocol/records/record.ts';
import type { TimestampedOffset } from '../outcome.ts';
import type { FoundBatch } from '../segment/batch-walk.ts';
import type { Segment } from '../segment/segment.ts';
import { MAX_UNPACKED_BYTES } from './validate.ts';

export interface OffsetRange {
  readonly fromOffset: number;
  /** Exclusive. */
  readonly upToOffset: number;
}

/** First record in the range with a timestamp of at least `timestampMs`. */
export function findFirstSince(
  segments: readonly Segment[],
  timestampMs: Int64,
  range: OffsetRange,
  compression: Compression,
): TimestampedOffset | null {
  for (const segment of segments) {
    if (segment.endOffset <= range.fromOffset || segment.maxTimestampMs < timestampMs) continue;
    if (segment.baseOffset >= range.upToOffset) return null;
    for (const found of segment.headersSince(timestampMs)) {
      if (lastOffsetOf(found.header) < range.fromOffset) continue;
      const record = firstRecordSince(segment, found, timestampMs, range.fromOffset, compression);
      if (record !== null) return record.offset < range.upToOffset ? record : null;
    }
  }
  return null;
}

/** First record of the largest timestamp in the range. */
export function findLargest(
  segments: readonly Segment[],
  range: OffsetRange,
  compression: Compression,
): TimestampedOffset | null {
  const inRange = segments.filter((one) => one.endOffset > range.fromOffset && one.baseOffset < range.upToOffset);
  const largestMs = inRange
    .map((segment) => {
      const isWhole = segment.baseOffset >= range.fromOffset && segment.endOffset <= range.upToOffset;
      return isWhole ? segment.maxTimestampMs : largestWithin(segment, range);
    })
    .reduce(largerInt64, -1);
  if (largestMs < 0) return null;
  const found = findFirstSince(inRange, largestMs, range, compression);
  if (found !== null) return found;
  // It is the time of a batch that the cleaner left without a record.
  const ofRecordsMs = inRange.map((segment) => largestWithin(segment, range)).reduce(largerInt64, -1);
  return ofRecordsMs < 0 ? null : findFirstSince(inRange, ofRecordsMs, range, compression);
}
function largestWithin(segment: Segment, { fromOffset, upToOffset }: OffsetRange): Int64 {
  let largestMs: Int64 = -1;
  for (const { header } of segment.headers(segment.find(fromOffset)?.position ?? segment.sizeBytes)) {
    if (lastOffsetOf(header) >= upToOffset) break;
    if (header.recordCount > 0 && header.maxTimestampMs > largestMs) largestMs = header.maxTimestampMs;
  }
  return largestMs;
}

function firstRecordSince(
  segment: Segment,
  found: FoundBatch,
  timestampMs: Int64,
  fromOffset: number,
  compression: Compression,
): TimestampedOffset | null {
  const { header } = found;
  const leaderEpoch = header.leaderEpoch;
  if (header.recordCount === 0) return null;
  if (isLogAppendTime(header.attributes)) {
    const offset = Math.max(header.baseOffset, fromOffset);
    return { offset, timestampMs: header.maxTimestampMs, leaderEpoch };
  }
  try {
    const records = decodeRecords(segment.readBatch(found), 0, header, compression, MAX_UNPACKED_BYTES);
    const record = records.find((one) => one.timestampMs >= timestampMs && one.offset >= fromOffset);
    return record === undefined ? null : { offset: record.offset, timestampMs: record.timestampMs, leaderEpoch };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    // DIVERGES: payloads are not opened when they are produced, so an unreadable one can be here; its batch is the answer.
    const offset = Math.max(header.baseOffset, fromOffset);
    return { offset, timestampMs: header.maxTimestampMs, leaderEpoch };
  }
}
