// Which rows are selected: by key, so that sorting, filtering and scrolling change nothing. Ranges go over rows that the browser does not
// have; what is missing of them is said here, and asked for by use-selection.ts. Pure.
import type { RowWindow } from '../../../server/live/contract.ts';

/** Bounds what a range asks the server for, and what a bulk action gets. */
export const SELECTION_LIMIT = 1_000;

export interface SelectedRow {
  readonly key: string;
  readonly name: string;
}
/** Where the last row was selected or let go: a range begins there. */
interface Anchor {
  readonly key: string;
  readonly index: number;
  readonly isOn: boolean;
  /** What the list was asked for: in another order there is no range from here. */
  readonly asked: string;
}
export interface Selection {
  /** Key to name, in the order of selecting. */
  readonly rows: ReadonlyMap<string, string>;
  readonly anchor: Anchor | null;
}
export const nothingSelected: Selection = { rows: new Map(), anchor: null };

/** One row more or less. At the limit none more is taken. */
export function toggled(selection: Selection, row: SelectedRow, index: number, asked: string): Selection {
  const isOn = !selection.rows.has(row.key);
  const next = withRows(selection, [row], isOn);
  return next === selection ? selection : { rows: next.rows, anchor: { key: row.key, index, isOn, asked } };
}

/** These rows selected or let go; the first ones, where they are more than the limit leaves room for. */
export function withRows(selection: Selection, rows: readonly SelectedRow[], isOn: boolean): Selection {
  const next = new Map(selection.rows);
  for (const { key, name } of rows) {
    if (!isOn) next.delete(key);
    else if (next.has(key) || next.size < SELECTION_LIMIT) next.set(key, name);
  }
  return next.size === selection.rows.size ? selection : { ...selection, rows: next };
}

export interface Span {
  readonly first: number;
  readonly last: number;
}

/** The rows from the anchor to `index`, nearest to the anchor first where they are too many; null: no range begins anywhere. */
export function spanTo(
  { anchor }: Selection,
  index: number,
  asked: string,
  keyAt: (index: number) => string | undefined,
  loaded: Span,
): (Span & { readonly isOn: boolean }) | null {
  if (anchor === null || anchor.asked !== asked) return null;
  const from = placeOf(anchor, keyAt, loaded);
  const first = Math.max(Math.min(from, index), from - SELECTION_LIMIT + 1);
  const last = Math.min(Math.max(from, index), from + SELECTION_LIMIT - 1);
  return { first, last, isOn: anchor.isOn };
}

/** Rows come and go above it: where the anchor is now, as far as can be seen. */
function placeOf(anchor: Anchor, keyAt: (index: number) => string | undefined, { first, last }: Span): number {
  for (let index = first; index <= last; index++) if (keyAt(index) === anchor.key) return index;
  return anchor.index;
}

/** The windows of at most `most` rows that hold what of `wanted` is not in `loaded`. */
export function missingWindows(wanted: Span, loaded: Span, most: number): readonly RowWindow[] {
  const windows: RowWindow[] = [];
  const add = (first: number, last: number) => {
    for (let offset = first; offset <= last; offset += most)
      windows.push({ offset, limit: Math.min(most, last - offset + 1) });
  };
  if (loaded.last < loaded.first) add(wanted.first, wanted.last);
  else {
    add(wanted.first, Math.min(wanted.last, loaded.first - 1));
    add(Math.max(wanted.first, loaded.last + 1), wanted.last);
  }
  return windows;
}
