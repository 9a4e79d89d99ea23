// The gateway's end of a list page: filter, sort, cut. Used by every view of a long list. What a view costs is bounded: keys are taken
// once of each row that matches, only the rows up to the end of the window are put in order, and only those inside it are built.
import { compareNullable, compareText } from './model/order.ts';

/** Rows in one answer, whatever is asked for. */
export const MAX_WINDOW_ROWS = 200;
/** A window that reaches further in than this share of the rows is cut out of all of them sorted. */
const SELECTED_SHARE = 8;

export type Order<Item> = (left: Item, right: Item) => number;

export interface ListOf<Item, Row> {
  readonly all: Iterable<Item>;
  keeps(item: Item): boolean;
  readonly order: Order<Item>;
  /** Called for rows inside the window only. */
  row(item: Item): Row;
}

export interface WindowOf<Row> {
  /** Rows that there are, and those that match. */
  readonly total: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly Row[];
}

/** Rows that are equal by `order` stay as they come. */
export function windowed<Item, Row>(
  { all, keeps, order, row }: ListOf<Item, Row>,
  window: { readonly offset: number; readonly limit: number },
): WindowOf<Row> {
  const matching: Item[] = [];
  let total = 0;
  for (const item of all) {
    total += 1;
    if (keeps(item)) matching.push(item);
  }
  const reach = Math.max(0, window.offset) + Math.min(Math.max(0, window.limit), MAX_WINDOW_ROWS);
  const ordered = reach * SELECTED_SHARE < matching.length ? first(matching, reach, order) : matching.toSorted(order);
  return {
    total,
    matching: matching.length,
    offset: window.offset,
    rows: cut(ordered, window).map((item) => row(item)),
  };
}

/** The window out of rows that are in order already. */
export function cut<Row>(rows: readonly Row[], { offset, limit }: { readonly offset: number; readonly limit: number }) {
  const start = Math.max(0, offset);
  return rows.slice(start, start + Math.min(Math.max(0, limit), MAX_WINDOW_ROWS));
}

/** What is open beside the list, also when the filter leaves it out; null: nothing is, or it is gone. */
export function chosenOf<Item>(all: ReadonlyMap<string, Item>, id: string | null): Item | null {
  return id === null ? null : (all.get(id) ?? null);
}

/** Whether a text has what was searched for, whatever the case. */
export function searching(query: string): (text: string) => boolean {
  const wanted = query.trim().toLowerCase();
  return (text) => text.toLowerCase().includes(wanted);
}

export function byText<Item>(key: (item: Item) => string, isDescending = false): Order<Item> {
  const keyOf = remembered(key);
  const sign = isDescending ? -1 : 1;
  return (left, right) => sign * compareText(keyOf(left), keyOf(right));
}

/** The unknown come last either way. */
export function byNumber<Item>(key: (item: Item) => number | null, isDescending = false): Order<Item> {
  const keyOf = remembered(key);
  return (left, right) => compareNullable(keyOf(left), keyOf(right), isDescending);
}

/** By the first; where that does not tell them apart, by the second. */
export function inTurn<Item>(order: Order<Item>, next: Order<Item>): Order<Item> {
  return (left, right) => order(left, right) || next(left, right);
}

/** One taking of each key: it may be a sum over all partitions of a topic. */
function remembered<Item, Key>(key: (item: Item) => Key): (item: Item) => Key {
  const keys = new Map<Item, Key>();
  return (item) => {
    const known = keys.get(item);
    if (known !== undefined) return known;
    const taken = key(item);
    keys.set(item, taken);
    return taken;
  };
}

/** The first `count` in order: one pass with a heap whose top is the last of those kept, then they are sorted. */
function first<Item>(items: readonly Item[], count: number, order: Order<Item>): readonly Item[] {
  if (count === 0) return [];
  // By place where the order says nothing, so that the result is the one that a stable sort gives.
  const compare = (left: number, right: number): number =>
    order(items[left] as Item, items[right] as Item) || left - right;
  const heap: number[] = [];
  for (let place = 0; place < items.length; place += 1) {
    if (heap.length < count) {
      heap.push(place);
      raise(heap, compare);
    } else if (compare(place, heap[0] as number) < 0) {
      heap[0] = place;
      sink(heap, compare);
    }
  }
  return heap.sort(compare).map((place) => items[place] as Item);
}

type ByPlace = (left: number, right: number) => number;

function raise(heap: number[], compare: ByPlace): void {
  let at = heap.length - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (compare(heap[at] as number, heap[above] as number) <= 0) return;
    swap(heap, at, above);
    at = above;
  }
}

function sink(heap: number[], compare: ByPlace): void {
  let at = 0;
  for (;;) {
    let largest = at;
    for (const below of [2 * at + 1, 2 * at + 2]) {
      if (below < heap.length && compare(heap[below] as number, heap[largest] as number) > 0) largest = below;
    }
    if (largest === at) return;
    swap(heap, at, largest);
    at = largest;
  }
}

function swap(heap: number[], left: number, right: number): void {
  const moved = heap[left] as number;
  heap[left] = heap[right] as number;
  heap[right] = moved;
}
