// Which segments, counted from the oldest, a log need not keep (UnifiedLog.deleteOldSegments). Pure: the log deletes them.
import type { Int64 } from '../../../kernel/int64.ts';
import type { LogConfig } from '../log-config.ts';

interface RetainedSegment {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  readonly maxTimestampMs: Int64;
  /** Stands in where no record has a timestamp. */
  readonly writtenMs: number;
}
interface LogBounds {
  readonly startOffset: number;
  readonly highWatermark: number;
  readonly endOffset: number;
  readonly sizeBytes: number;
}

/**
 * How many of the oldest segments are wholly below the start offset, too old by their largest record timestamp, or too much
 * for retention.bytes. All of them only when the active one, with records in it, is too old as well.
 * DIVERGES: the age of a segment without any timestamp begins anew with the process (Kafka takes its file's).
 */
export function segmentsPastRetention(
  segments: readonly RetainedSegment[],
  log: LogBounds,
  config: LogConfig,
  nowMs: number,
): number {
  let surplusBytes = config.isDeleted && config.retentionBytes >= 0 ? log.sizeBytes - config.retentionBytes : 0;
  const keepsByTime = !config.isDeleted || config.retentionMs < 0;
  let count = 0;
  for (const segment of segments) {
    const next = segments[count + 1];
    const endOffset = next?.baseOffset ?? log.endOffset;
    if (segment.sizeBytes === 0 && next === undefined) break;
    if (endOffset > log.highWatermark) break;
    const isBelowStart = next !== undefined && next.baseOffset <= log.startOffset;
    const isSurplus = surplusBytes > 0 && surplusBytes >= segment.sizeBytes;
    if (!isBelowStart && !isSurplus && (keepsByTime || !isTooOld(segment, config, nowMs))) break;
    surplusBytes -= segment.sizeBytes;
    count++;
  }
  return count;
}

function isTooOld(segment: RetainedSegment, { retentionMs }: LogConfig, nowMs: number): boolean {
  const { maxTimestampMs, writtenMs, sizeBytes } = segment;
  // Cleaning left nothing of it.
  if (sizeBytes === 0) return true;
  return nowMs - Number(maxTimestampMs >= 0 ? maxTimestampMs : writtenMs) > retentionMs;
}
