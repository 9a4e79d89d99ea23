// Finding a log's segments on disk. After a clean shutdown the checkpoints are believed and nothing is read; otherwise every
// batch from the recovery point's segment on is checked, and what follows the first bad one is cut off (LogLoader).
import { present } from '../../../kernel/assert.ts';
import { TEMPORARY_SUFFIX } from '../../../kernel/world.ts';
import type { BatchHeader } from '../../../protocol/records/batch.ts';
import { finishSwaps } from '../compaction/swaps.ts';
import type { StorageContext } from '../context.ts';
import { DELETED_SUFFIX, LOG_SUFFIX, offsetOfFileName } from '../files/names.ts';
import { Segment } from '../segment/segment.ts';

/** What the folder's checkpoints say of one log. */
export interface LogCheckpoint {
  /** Everything below it was flushed; after a clean shutdown it is the end of the log. */
  readonly recoveryPoint: number;
  readonly startOffset: number;
  readonly isClean: boolean;
  /** The cleaner came this far: segments below it may lack records at their end. What it cleans is below the recovery point. */
  readonly cleanedUpTo?: number;
}
export const NO_CHECKPOINT: LogCheckpoint = { recoveryPoint: 0, startOffset: 0, isClean: false };

export interface OpenedSegments {
  /** In order, at least one; the last is active. */
  readonly segments: Segment[];
  readonly startOffset: number;
  /** Headers of every checked batch were given to `visit` from this offset on; null after a clean shutdown. */
  readonly checkedFrom: number | null;
}
interface Place {
  readonly context: StorageContext;
  readonly folder: string;
  readonly indexIntervalBytes: number;
}

/** Throws DiskError. */
export function openSegments(
  place: Place,
  checkpoint: LogCheckpoint,
  visit: (header: BatchHeader) => void,
): OpenedSegments {
  const { disk } = place.context;
  const bases: number[] = [];
  for (const name of finishSwaps(place)) {
    if (name.endsWith(DELETED_SUFFIX) || name.endsWith(TEMPORARY_SUFFIX)) disk.remove(disk.join(place.folder, name));
    const base = offsetOfFileName(name, LOG_SUFFIX);
    if (base !== null) bases.push(base);
  }
  dropEmpty(place, bases);
  const first = bases[0];
  if (first === undefined) return startAnew(place, checkpoint.startOffset);
  const segments = bases.map((base, i) => {
    const path = disk.join(place.folder, nameOf(base));
    const sizeBytes = disk.stat(path)?.sizeBytes ?? 0;
    return newSegment(place, base, sizeBytes, bases[i + 1] ?? checkpoint.recoveryPoint);
  });
  const startOffset = Math.max(first, checkpoint.startOffset);
  const isClean = checkpoint.isClean && isBelievable(last(segments), checkpoint);
  const checkedFrom = isClean ? null : recover(place, segments, checkpoint, visit);
  if (last(segments).endOffset < startOffset) {
    for (const segment of segments) segment.discard(0);
    return startAnew(place, startOffset);
  }
  for (const segment of segments.slice(0, -1)) segment.assumeSealed();
  return { segments, startOffset, checkedFrom };
}

/** Between others an empty segment tells nothing: it is left of a roll that the disk refused half-way. */
function dropEmpty(place: Place, bases: number[]): void {
  const { disk } = place.context;
  for (let i = bases.length - 2; i > 0; i--) {
    const base = present(bases[i], 'the index is below the length');
    if (disk.stat(disk.join(place.folder, nameOf(base)))?.sizeBytes !== 0) continue;
    newSegment(place, base).discard(0);
    bases.splice(i, 1);
  }
}
export function newSegment(place: Place, baseOffset: number, sizeBytes = 0, endOffset = baseOffset): Segment {
  const { folder, indexIntervalBytes } = place;
  return new Segment(place.context, { folder, baseOffset, sizeBytes, endOffset, indexIntervalBytes });
}
function startAnew(place: Place, startOffset: number): OpenedSegments {
  const segment = newSegment(place, startOffset);
  place.context.names.changed(place.folder);
  segment.create();
  return { segments: [segment], startOffset, checkedFrom: null };
}
const nameOf = (base: number): string => `${String(base).padStart(20, '0')}${LOG_SUFFIX}`;
const last = (segments: readonly Segment[]): Segment => present(segments.at(-1), 'a log has a segment');

/** The end that a clean shutdown wrote down must at least fit the size of the active segment. */
function isBelievable(active: Segment, { recoveryPoint, startOffset }: LogCheckpoint): boolean {
  const holdsRecords = active.sizeBytes > 0;
  return (
    recoveryPoint >= startOffset &&
    (holdsRecords ? recoveryPoint > active.baseOffset : recoveryPoint === active.baseOffset)
  );
}

/**
 * Checks from the recovery point's segment on, drops segments behind a cut. Answers the base offset it began at.
 * A segment begins where the one before ended: where it does not, records are missing that were not flushed, unless the cleaner
 * took them, which it does below the recovery point only. DIVERGES: Kafka takes every gap for a cleaned one.
 */
function recover(
  { context }: Place,
  segments: Segment[],
  { recoveryPoint, cleanedUpTo = 0 }: LogCheckpoint,
  visit: (header: BatchHeader) => void,
): number {
  const gapsUpTo = Math.max(recoveryPoint, cleanedUpTo);
  let at = Math.max(
    0,
    segments.findLastIndex((segment) => segment.baseOffset <= recoveryPoint),
  );
  const checkedFrom = present(segments[at], 'recovery begins at a segment').baseOffset;
  let expectedOffset = checkedFrom;
  for (; at < segments.length; at++) {
    const segment = present(segments[at], 'the index is below the length');
    if (segment.baseOffset < expectedOffset) break;
    if (segment.baseOffset > expectedOffset && segment.baseOffset > gapsUpTo) {
      context.log.warn(
        `partition log cut at offset ${expectedOffset}: what follows up to ${segment.baseOffset} is missing`,
      );
      break;
    }
    const cutBytes = segment.recover(visit);
    if (cutBytes > 0) {
      context.log.warn(
        `partition log cut at offset ${segment.endOffset}: ${cutBytes} bytes behind it were no whole batch`,
      );
      at++;
      break;
    }
    expectedOffset = segment.endOffset;
    if (at < segments.length - 1) segment.seal();
  }
  for (const lost of segments.splice(at)) {
    context.log.warn(`segment ${lost.baseOffset} follows a damaged one and is set aside`);
    lost.discard(0);
  }
  return checkedFrom;
}
