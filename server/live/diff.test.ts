import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { applyOps, diff } from './diff.ts';

const overWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('[LIVE-1] applying diff(a, b) to a gives b, after a trip through JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (a, b) => {
      const ops = diff(a, b);
      if (ops !== null) assert.deepEqual(applyOps(overWire(a), overWire(ops) as typeof ops), overWire(b));
    }),
    { numRuns: 1_000 },
  );
});

/** A value and a small change of it: the usual case on a live page, where patches must be used. */
const related = fc
  .array(
    fc.record({ name: fc.string(), rate: fc.option(fc.integer()), tags: fc.dictionary(fc.string(), fc.jsonValue()) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .chain((rows) =>
    fc.tuple(fc.constant(rows), fc.nat(rows.length - 1), fc.integer(), fc.array(fc.string(), { maxLength: 3 })),
  );

test('[LIVE-1] it holds for related values too, with added and removed keys and rows', () => {
  fc.assert(
    fc.property(related, ([rows, index, rate, names]) => {
      const changed = rows.map((row, at) =>
        at === index ? { ...row, rate, tags: Object.fromEntries(names.map((name) => [name, rate])) } : row,
      );
      const grown = [...changed, ...names.map((name) => ({ name, rate: null, tags: {} }))];
      for (const [a, b] of [
        [rows, changed],
        [changed, rows],
        [rows, grown],
        [grown, rows],
      ]) {
        const ops = diff({ rows: a, filler: Array(200).fill(0) }, { rows: b, filler: Array(200).fill(0) });
        if (ops === null) continue;
        assert.deepEqual(
          overWire((applyOps({ rows: a }, overWire(ops) as typeof ops) as { rows: unknown }).rows),
          overWire(b),
        );
      }
    }),
    { numRuns: 500 },
  );
});

test('[LIVE-2] a patch names only what changed, and equal values give none', () => {
  const row = (rate: number) => ({ name: 'orders', rate, partitions: 3, sizeBytes: 10 });
  assert.deepEqual(diff({ rows: [row(1), row(2)] }, { rows: [row(1), row(5)] }), [
    { path: ['rows', 1, 'rate'], value: 5 },
  ]);
  assert.deepEqual(diff({ rows: [row(1)] }, { rows: [row(1)] }), []);
  assert.deepEqual(diff({ a: 1, b: [1, 2, 3] }, { b: [1, 2, 3] }), [{ path: ['a'] }]);
  assert.deepEqual(diff({ a: Number.NaN, b: [1] }, { a: Number.NaN, b: [1] }), []);
  assert.deepEqual(diff({ b: [1, 2, 3, 4] }, { b: [1, 2, 3, 4, 5] }), [{ path: ['b', 4], value: 5 }]);
});

test('[LIVE-3] operations that outweigh the value give way to a fresh snapshot', () => {
  const before = { values: Array.from({ length: 100 }, (_, index) => index) };
  const after = { values: before.values.map((value) => value * 2 + 1) };
  assert.equal(diff(before, after), null);
});

test('[LIVE-1] a key named __proto__ stays a key', () => {
  const before = JSON.parse('{"a":{"__proto__":1,"x":[1,2,3,4,5]}}');
  const after = JSON.parse('{"a":{"__proto__":2,"x":[1,2,3,4,5]}}');
  const ops = diff(before, after);
  assert.ok(ops);
  assert.equal(JSON.stringify(applyOps(before, ops)), JSON.stringify(after));
});

test('[LIVE-26] a series that moves on is a few numbers, full or still filling, after a pause too', () => {
  const seriesFrom = (first: number, count: number) => ({
    timesMs: Array.from({ length: count }, (_, row) => 1_000 * (first + row)),
    columns: { rate: Array.from({ length: count }, (_, row) => ((first + row) * 7) % 13), none: Array(count).fill(0) },
  });
  for (const [a, b] of [
    [seriesFrom(0, 600), seriesFrom(1, 600)],
    [seriesFrom(0, 40), seriesFrom(0, 41)],
    [seriesFrom(0, 599), seriesFrom(30, 600)],
  ] as const) {
    const before = { brokersUp: 3, series: a };
    const after = { brokersUp: 3, series: b };
    const ops = diff(before, after);
    assert.ok(ops !== null, 'a patch, not a snapshot');
    assert.ok(ops.length <= 3 && JSON.stringify(ops).length < 800, JSON.stringify(ops));
    assert.deepEqual(applyOps(before, overWire(ops) as typeof ops), after);
  }
});

test('[LIVE-26] moved lists of any scalars come out the same in the reference and over the wire', () => {
  const items = fc.array(fc.oneof(fc.constantFrom(0, 1, null, 'a', true), fc.integer()), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(items, fc.nat(20), items, (list, drop, more) => {
      const before = { list, filler: Array(80).fill('x') };
      const after = { list: [...list.slice(drop), ...more], filler: before.filler };
      const ops = diff(before, after);
      if (ops !== null) assert.deepEqual(applyOps(overWire(before), overWire(ops) as typeof ops), after);
    }),
    { numRuns: 1_000 },
  );
});
