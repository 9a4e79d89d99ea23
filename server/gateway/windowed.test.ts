import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  byNumber,
  byText,
  chosenOf,
  cut,
  inTurn,
  MAX_WINDOW_ROWS,
  type Order,
  searching,
  windowed,
} from './windowed.ts';

interface Row {
  readonly id: string;
  readonly size: number | null;
}

const everything = () => true;
const same = (row: Row): Row => row;
const list = (all: readonly Row[], order: Order<Row>, keeps: (row: Row) => boolean = everything) => ({
  all,
  keeps,
  order,
  row: same,
});
const rows = fc.array(
  fc.record({
    id: fc.string({ maxLength: 2 }),
    size: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
  }),
  { maxLength: 300 },
);

test('[GTW-42] a window holds just what sorting all that matches and cutting it gives, ties included', () => {
  fc.assert(
    fc.property(
      rows,
      fc.boolean(),
      fc.constantFrom('', 'a', ' A '),
      fc.integer({ min: -2, max: 320 }),
      fc.integer({ min: 0, max: 300 }),
      (all, isDescending, query, offset, limit) => {
        const matches = searching(query);
        const matching = all.filter(({ id }) => id.toLowerCase().includes(query.trim().toLowerCase()));
        const bySize = (left: Row, right: Row) => {
          if (left.size === null || right.size === null)
            return left.size === right.size ? 0 : left.size === null ? 1 : -1;
          return isDescending ? right.size - left.size : left.size - right.size;
        };
        const sorted = matching.toSorted(bySize);
        const start = Math.max(0, offset);
        const seen = windowed(
          list(
            all,
            byNumber(({ size }) => size, isDescending),
            ({ id }) => matches(id),
          ),
          { offset, limit },
        );
        assert.deepEqual(seen, {
          total: all.length,
          matching: matching.length,
          offset,
          rows: sorted.slice(start, start + Math.min(limit, MAX_WINDOW_ROWS)),
        });
      },
    ),
    { numRuns: 500 },
  );
});

test('[GTW-42] texts sort either way, the unknown come last either way, and ties go by the second order', () => {
  const all: Row[] = [
    { id: 'b', size: 1 },
    { id: 'a', size: null },
    { id: 'd', size: 2 },
    { id: 'c', size: 1 },
  ];
  const ids = (order: Order<Row>) => windowed(list(all, order), { offset: 0, limit: 9 }).rows.map(({ id }) => id);
  const id = ({ id: key }: Row) => key;
  const size = ({ size: key }: Row) => key;
  assert.deepEqual(ids(byText(id)), ['a', 'b', 'c', 'd']);
  assert.deepEqual(ids(byText(id, true)), ['d', 'c', 'b', 'a']);
  assert.deepEqual(ids(inTurn(byNumber(size), byText(id))), ['b', 'c', 'd', 'a']);
  assert.deepEqual(ids(inTurn(byNumber(size, true), byText(id))), ['d', 'b', 'c', 'a']);
});

test('[GTW-43] of 10,000 rows each key is taken once, few are compared, at most 200 are built, and what is chosen is found', () => {
  const all = Array.from({ length: 10_000 }, (_, index) => ({
    id: `row-${(index * 7_919) % 10_000}`,
    size: index % 97,
  }));
  let taken = 0;
  let compared = 0;
  let built = 0;
  const bySize = byNumber<(typeof all)[number]>(({ size }) => {
    taken += 1;
    return size;
  }, true);
  const order: typeof bySize = (left, right) => {
    compared += 1;
    return bySize(left, right);
  };
  const byId = byText<(typeof all)[number]>(({ id }) => id);
  const seen = windowed(
    {
      all,
      keeps: ({ id }) => id !== 'row-1',
      order: inTurn(order, byId),
      row: (row) => {
        built += 1;
        return row;
      },
    },
    { offset: 50, limit: 5_000 },
  );
  assert.deepEqual([seen.total, seen.matching, seen.rows.length, built], [10_000, 9_999, 200, 200]);
  assert.ok(taken <= 9_999, `${taken} keys were taken`);
  assert.ok(compared < 40_000, `${compared} comparisons; sorting all takes about 120,000`);
  const sorted = all
    .filter(({ id }) => id !== 'row-1')
    .sort((left, right) => right.size - left.size || (left.id < right.id ? -1 : 1));
  assert.deepEqual(seen.rows, sorted.slice(50, 250));
  const byName = new Map(all.map((row) => [row.id, row]));
  assert.equal(chosenOf(byName, 'row-1')?.id, 'row-1', 'also when the filter leaves it out');
  assert.deepEqual([chosenOf(byName, 'gone'), chosenOf(byName, null)], [null, null]);
  assert.deepEqual(cut([1, 2, 3], { offset: -5, limit: 2 }), [1, 2]);
});
