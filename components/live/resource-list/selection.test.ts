import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  missingWindows,
  nothingSelected,
  SELECTION_LIMIT,
  type Selection,
  spanTo,
  toggled,
  withRows,
} from './selection.ts';

const row = (key: string) => ({ key, name: key.toUpperCase() });
const keys = ({ rows }: Selection) => [...rows.keys()];
const none = () => undefined;

test('[LIST-1] a row is selected and let go by its key, and the last one is where a range begins', () => {
  const one = toggled(nothingSelected, row('a'), 4, 'by name');
  assert.deepEqual([...one.rows], [['a', 'A']]);
  assert.deepEqual(one.anchor, { key: 'a', index: 4, isOn: true, asked: 'by name' });
  const other = toggled(one, row('b'), 9, 'by size');
  assert.deepEqual(keys(other), ['a', 'b']);
  const less = toggled(other, row('a'), 0, 'by size');
  assert.deepEqual(keys(less), ['b']);
  assert.deepEqual(less.anchor, { key: 'a', index: 0, isOn: false, asked: 'by size' });
});

test('[LIST-2] a range goes from there either way, to what that row became, and not once the list is in another order', () => {
  const here = { first: 0, last: 199 };
  const on = toggled(nothingSelected, row('a'), 10, 'x');
  assert.deepEqual(spanTo(on, 13, 'x', none, here), { first: 10, last: 13, isOn: true });
  assert.deepEqual(spanTo(on, 7, 'x', none, here), { first: 7, last: 10, isOn: true });
  assert.equal(spanTo(on, 13, 'y', none, here), null);
  assert.equal(spanTo(nothingSelected, 13, 'x', none, here), null);
  const off = toggled(on, row('a'), 10, 'x');
  assert.equal(spanTo(off, 12, 'x', none, here)?.isOn, false);
});

test('[LIST-3] rows that came above the first end of a range do not move it, while that row is here to be seen', () => {
  const on = toggled(nothingSelected, row('a'), 10, 'x');
  const at = (index: number) => (index === 12 ? 'a' : 'other');
  assert.deepEqual(spanTo(on, 14, 'x', at, { first: 0, last: 199 }), { first: 12, last: 14, isOn: true });
  assert.deepEqual(spanTo(on, 500, 'x', at, { first: 400, last: 599 }), { first: 10, last: 500, isOn: true });
});

test('[LIST-4] what a range needs and the browser does not have is asked for in windows: each missing row once, none that is here', () => {
  assert.deepEqual(missingWindows({ first: 10, last: 500 }, { first: 400, last: 599 }, 200), [
    { offset: 10, limit: 200 },
    { offset: 210, limit: 190 },
  ]);
  const place = fc.integer({ min: 0, max: 1_500 });
  fc.assert(
    fc.property(place, place, place, fc.integer({ min: -1, max: 200 }), (from, to, offset, rows) => {
      const wanted = { first: Math.min(from, to), last: Math.max(from, to) };
      const loaded = { first: offset, last: offset + rows };
      const asked = missingWindows(wanted, loaded, 200).flatMap(({ offset: at, limit }) => {
        assert.ok(limit >= 1 && limit <= 200);
        return Array.from({ length: limit }, (_, index) => at + index);
      });
      const missing = Array.from({ length: wanted.last - wanted.first + 1 }, (_, index) => wanted.first + index);
      assert.deepEqual(
        asked,
        missing.filter((index) => index < loaded.first || index > loaded.last),
      );
    }),
  );
});

test('[LIST-5] a selection is bounded, a range to its nearest rows, and letting go has no bound', () => {
  const many = Array.from({ length: SELECTION_LIMIT + 5 }, (_, index) => row(`r${index}`));
  const full = withRows(nothingSelected, many, true);
  assert.equal(full.rows.size, SELECTION_LIMIT);
  assert.equal(full.rows.has('r0'), true);
  assert.equal(toggled(full, row('more'), 3, 'x'), full);
  assert.equal(withRows(full, many, false).rows.size, 0);
  const on = toggled(nothingSelected, row('a'), 5_000, 'x');
  const here = { first: 0, last: 199 };
  assert.deepEqual(spanTo(on, 0, 'x', none, here), { first: 5_001 - SELECTION_LIMIT, last: 5_000, isOn: true });
  assert.deepEqual(spanTo(on, 9_999, 'x', none, here), { first: 5_000, last: 4_999 + SELECTION_LIMIT, isOn: true });
});
