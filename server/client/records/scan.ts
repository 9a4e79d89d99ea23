// The pure part of reading a page out of several partitions: where each partition's scan stands, how the scans merge into one
// order, and the cursors that resume it without losing or repeating a record. Who calls it does the fetching.

export type Direction = 'forward' | 'backward';

/** What the order of records is made of. */
export interface Placed {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
}

/** Where a later scan goes on: the offset of each partition. */
export interface ScanCursor {
  readonly direction: Direction;
  readonly offsets: Readonly<Record<string, number>>;
}

export interface Bounds {
  readonly partition: number;
  /** First offset in the log, and the offset after the last. */
  readonly start: number;
  readonly end: number;
}

/** One partition's way through its log. Forward it reads [position, end), backward [start, position) from the end. */
export class PartitionScan<Row extends Placed> {
  readonly partition: number;
  readonly direction: Direction;
  readonly start: number;
  readonly end: number;
  readonly initial: number;
  /** Forward: the next offset to read. Backward: everything from here on is read. */
  position: number;
  /** Found and not yet given out, in the order of giving out. */
  readonly found: Row[] = [];
  /** How many offsets a backward step looks at. */
  windowSize: number;
  /** Answers without a record in a row. */
  emptyAnswers = 0;
  failure: string | null = null;

  constructor(bounds: Bounds, direction: Direction, position: number, windowSize: number) {
    this.partition = bounds.partition;
    this.direction = direction;
    this.start = bounds.start;
    this.end = bounds.end;
    this.position = clamp(position, bounds.start, bounds.end);
    this.initial = this.position;
    this.windowSize = windowSize;
  }

  get isExhausted(): boolean {
    if (this.failure !== null) return true;
    return this.direction === 'forward' ? this.position >= this.end : this.position <= this.start;
  }

  /** The lower end of the next backward step. */
  get windowStart(): number {
    return Math.max(this.start, this.position - this.windowSize);
  }

  /** Where a later call resumes: nothing given out is repeated, nothing found or unread is lost. */
  get resumeOffset(): number {
    const next = this.found[0];
    if (next === undefined) return this.position;
    return this.direction === 'forward' ? next.offset : next.offset + 1;
  }

  get hasMore(): boolean {
    if (this.found.length > 0) return true;
    return this.direction === 'forward' ? this.position < this.end : this.position > this.start;
  }

  get lookedAt(): number {
    return Math.abs(this.position - this.initial);
  }

  get toLookAt(): number {
    return this.direction === 'forward' ? this.end - this.initial : this.initial - this.start;
  }
}

/**
 * Takes up to `limit` records in order: by timestamp, then offset, then partition; forward ascending, backward descending.
 * A record is only taken while every scan that may still find an earlier one has something to compare, unless
 * `isFinal` says that no more will be read.
 */
export function takeMerged<Row extends Placed>(
  scans: readonly PartitionScan<Row>[],
  limit: number,
  isFinal: boolean,
): Row[] {
  const taken: Row[] = [];
  while (taken.length < limit) {
    let best: PartitionScan<Row> | null = null;
    for (const scan of scans) {
      const head = scan.found[0];
      if (head === undefined) {
        if (!scan.isExhausted && !isFinal) return taken;
        continue;
      }
      const bestHead = best?.found[0];
      if (bestHead === undefined || isBefore(head, bestHead, scan.direction)) best = scan;
    }
    const record = best?.found.shift();
    if (record === undefined) return taken;
    taken.push(record);
  }
  return taken;
}

function isBefore(left: Placed, right: Placed, direction: Direction): boolean {
  const order = left.timestampMs - right.timestampMs || left.offset - right.offset || left.partition - right.partition;
  return direction === 'forward' ? order < 0 : order > 0;
}

/** Both ways on from here; null where there is nothing. */
export function cursorsOf(scans: readonly PartitionScan<Placed>[]): {
  previous: ScanCursor | null;
  next: ScanCursor | null;
} {
  const direction = scans[0]?.direction ?? 'forward';
  const initial = Object.fromEntries(scans.map((scan) => [String(scan.partition), scan.initial]));
  const resume = Object.fromEntries(scans.map((scan) => [String(scan.partition), scan.resumeOffset]));
  const isMore = scans.some((scan) => scan.hasMore);
  const onward: ScanCursor | null = isMore ? { direction, offsets: resume } : null;
  if (direction === 'forward') {
    const isOlder = scans.some((scan) => scan.initial > scan.start);
    return { previous: isOlder ? { direction: 'backward', offsets: initial } : null, next: onward };
  }
  const isNewer = scans.some((scan) => scan.initial < scan.end);
  return { previous: onward, next: isNewer ? { direction: 'forward', offsets: initial } : null };
}

/** Share of the range looked at, 0..1; null for an empty range. */
export function progressOf(scans: readonly PartitionScan<Placed>[]): number | null {
  const total = scans.reduce((sum, scan) => sum + scan.toLookAt, 0);
  if (total === 0) return null;
  const done = scans.reduce((sum, scan) => sum + scan.lookedAt, 0);
  return Math.min(1, done / total);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
