// Which part of a compacted log could be cleaned, and whether it is worth it (Kafka's LogCleanerManager). Pure.
import type { Int64 } from '../../../kernel/int64.ts';
import type { LogConfig } from '../log-config.ts';

export interface CleanableSegment {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  readonly maxTimestampMs: Int64;
  firstTimestampMs(): Int64;
}
export interface CleanableLog {
  readonly config: LogConfig;
  readonly segments: readonly CleanableSegment[];
  readonly startOffset: number;
  readonly endOffset: number;
  readonly lastStableOffset: number;
  /** Everything below was cleaned. */
  readonly cleanedUpTo: number;
}

export interface Cleanable {
  /** The first that is dirty; keys are counted from there. */
  readonly dirtyOffset: number;
  /** A segment's base: all below may be cleaned. */
  readonly endOffset: number;
  readonly dirtyBytes: number;
  /** Share of what is dirty in what would be cleaned. */
  readonly dirtyRatio: number;
  /** Worth it by min.cleanable.dirty.ratio, or due by max.compaction.lag.ms. */
  readonly isWanted: boolean;
}

/** Null when there is nothing: no policy, or nothing dirty outside the active segment. */
export function cleanable(log: CleanableLog, nowMs: number): Cleanable | null {
  const { segments, config } = log;
  if (!config.isCompacted || segments.length < 2) return null;
  const isBelievable = log.cleanedUpTo >= log.startOffset && log.cleanedUpTo <= log.endOffset;
  const dirtyOffset = isBelievable ? log.cleanedUpTo : log.startOffset;
  let endOffset = -1;
  let cleanBytes = 0;
  let dirtyBytes = 0;
  let isOverdue = false;
  for (const [i, segment] of segments.slice(0, -1).entries()) {
    const nextBase = segments[i + 1]?.baseOffset ?? segment.baseOffset;
    if (nextBase <= dirtyOffset) {
      cleanBytes += segment.sizeBytes;
      continue;
    }
    if (nextBase > log.lastStableOffset || isTooYoung(segment, config, nowMs)) break;
    dirtyBytes += segment.sizeBytes;
    endOffset = nextBase;
    isOverdue ||= isOverdueAt(segment, config, nowMs);
  }
  if (endOffset === -1 || dirtyBytes === 0) return null;
  const dirtyRatio = dirtyBytes / (cleanBytes + dirtyBytes);
  const isWanted = isOverdue || dirtyRatio > config.minCleanableDirtyRatio;
  return { dirtyOffset, endOffset, dirtyBytes, dirtyRatio, isWanted };
}

function isTooYoung(segment: CleanableSegment, { minCompactionLagMs }: LogConfig, nowMs: number): boolean {
  return minCompactionLagMs > 0 && segment.maxTimestampMs > nowMs - minCompactionLagMs;
}
function isOverdueAt(segment: CleanableSegment, { maxCompactionLagMs }: LogConfig, nowMs: number): boolean {
  if (maxCompactionLagMs === Number.POSITIVE_INFINITY) return false;
  const firstMs = segment.firstTimestampMs();
  return firstMs >= 0 && nowMs - Number(firstMs) > maxCompactionLagMs;
}

/** Neighbours that fit one segment together, by the size they have now (Kafka's groupSegmentsBySize). */
export function groupsOf<T extends CleanableSegment>(
  segments: readonly T[],
  endOffset: number,
  segmentBytes: number,
): T[][] {
  const groups: T[][] = [];
  let group: T[] = [];
  let sizeBytes = 0;
  segments.forEach((segment, i) => {
    const nextBase = segments[i + 1]?.baseOffset ?? endOffset;
    const isFull =
      sizeBytes + segment.sizeBytes > segmentBytes || nextBase - (group[0]?.baseOffset ?? 0) > MAX_RELATIVE_OFFSET;
    if (group.length > 0 && isFull) {
      groups.push(group);
      group = [];
      sizeBytes = 0;
    }
    group.push(segment);
    sizeBytes += segment.sizeBytes;
  });
  if (group.length > 0) groups.push(group);
  return groups;
}
const MAX_RELATIVE_OFFSET = 0x7fff_ffff;
