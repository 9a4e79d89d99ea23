// Turns aligned columns into at most 150 points on buckets of absolute time, so that points do not shimmer as time moves. Pure.
import type { Series } from '../../server/live/contract.ts';

export const POINT_LIMIT = 150;
export interface Point {
  readonly timeMs: number;
  readonly values: Readonly<Record<string, number | null>>;
}
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].map((seconds) => seconds * 1000);

/** Means per bucket; a bucket with no number is a gap (null), never zero. */
export function pointsOf(series: Series, columns: readonly string[], range: TimeRange | null): Point[] {
  const { timesMs } = series;
  const first = range?.fromMs ?? timesMs[0] ?? 0;
  const last = range?.toMs ?? timesMs.at(-1) ?? 0;
  const spanMs = Math.max(1, last - first);
  const bucketMs = steps.find((step) => spanMs / step <= POINT_LIMIT - 1) ?? Math.ceil(spanMs / (POINT_LIMIT - 1));
  const points: Point[] = [];
  let index = 0;
  while (index < timesMs.length) {
    const timeMs = timesMs[index] ?? 0;
    if (timeMs < first || timeMs > last) {
      index += 1;
      continue;
    }
    const bucket = Math.floor(timeMs / bucketMs);
    let end = index + 1;
    while (end < timesMs.length && (timesMs[end] ?? 0) <= last && Math.floor((timesMs[end] ?? 0) / bucketMs) === bucket)
      end += 1;
    const values = Object.fromEntries(columns.map((name) => [name, meanOf(series.columns[name], index, end)]));
    points.push({ timeMs: timesMs[end - 1] ?? timeMs, values });
    index = end;
  }
  return points;
}

function meanOf(column: readonly (number | null)[] | undefined, from: number, to: number): number | null {
  let sum = 0;
  let count = 0;
  for (let index = from; index < to; index += 1) {
    const value = column?.[index];
    if (value === null || value === undefined) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}

/** The next of 1, 2, 2.5, 5 × 10ⁿ at or above the value; 1 for nothing. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value * 0.9999) ?? 10;
  return step * power;
}

/** Moves labels apart so that neighbours are at least `gap` from each other, within 0..height. Keeps their order. */
export function spread(positions: readonly number[], gap: number, height: number): number[] {
  const order = positions.map((_, index) => index).sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0));
  const placed = positions.slice();
  let floor = 0;
  for (const index of order) {
    placed[index] = Math.max(placed[index] ?? 0, floor);
    floor = (placed[index] ?? 0) + gap;
  }
  let ceiling = height;
  for (const index of order.toReversed()) {
    placed[index] = Math.min(placed[index] ?? 0, ceiling);
    ceiling = (placed[index] ?? 0) - gap;
  }
  return placed;
}
