// A fixed amount of history: rows of aligned columns in typed arrays, the oldest overwritten. Ten minutes at one row per
// second by default (600 rows × 8 bytes × (columns + 1)). Pure; the samplers push, the views read.
import type { Series } from '../../live/contract.ts';
import { roundRate } from './numbers.ts';

export const RING_ROWS = 600;
/** Rows closer than this are merged away: a watched page samples faster than the chart needs. */
const ROW_SPACING_MS = 900;
/** A pause longer than this shows as a gap in the chart instead of a straight line. */
const GAP_MS = 15_000;

export class SeriesRing {
  readonly #names: readonly string[];
  readonly #times: Float64Array;
  readonly #columns: readonly Float64Array[];
  #count = 0;
  #next = 0;
  /** The last answer of series(), the same object until something is written: unchanged history costs nothing to compare. */
  #series: Series | null = null;

  constructor(names: readonly string[], rows = RING_ROWS) {
    this.#names = names;
    this.#times = new Float64Array(rows);
    this.#columns = names.map(() => new Float64Array(rows));
  }

  /** Values in the order of the names; null is a gap. Returns whether the row was kept. */
  push(timeMs: number, values: readonly (number | null)[]): boolean {
    const lastMs = this.#count === 0 ? Number.NaN : this.#timeAt(this.#count - 1);
    if (timeMs - lastMs < ROW_SPACING_MS) return false;
    if (timeMs - lastMs > GAP_MS) this.#write(lastMs + 1000, []);
    this.#write(timeMs, values);
    return true;
  }

  get length(): number {
    return this.#count;
  }

  series(): Series {
    this.#series ??= this.#read();
    return this.#series;
  }

  #read(): Series {
    const timesMs: number[] = [];
    for (let row = 0; row < this.#count; row += 1) timesMs.push(this.#timeAt(row));
    const columns: Record<string, (number | null)[]> = {};
    this.#names.forEach((name, column) => {
      columns[name] = this.#column(column);
    });
    return { timesMs, columns };
  }

  #column(column: number): (number | null)[] {
    const values: (number | null)[] = [];
    const cells = this.#columns[column];
    for (let row = 0; row < this.#count; row += 1) {
      const value = cells?.[this.#slot(row)] ?? Number.NaN;
      values.push(Number.isNaN(value) ? null : roundRate(value));
    }
    return values;
  }

  #write(timeMs: number, values: readonly (number | null)[]): void {
    this.#series = null;
    this.#times[this.#next] = timeMs;
    this.#columns.forEach((cells, column) => {
      cells[this.#next] = values[column] ?? Number.NaN;
    });
    this.#next = (this.#next + 1) % this.#times.length;
    this.#count = Math.min(this.#count + 1, this.#times.length);
  }

  #timeAt(row: number): number {
    return this.#times[this.#slot(row)] ?? Number.NaN;
  }

  #slot(row: number): number {
    const rows = this.#times.length;
    return (this.#next - this.#count + row + rows) % rows;
  }
}
