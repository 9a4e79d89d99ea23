import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeriesRing } from './ring.ts';

test('[GTW-4] the ring keeps the newest rows and forgets the oldest, aligned', () => {
  const ring = new SeriesRing(['a', 'b'], 5);
  for (let second = 1; second <= 8; second += 1) ring.push(second * 1_000, [second, second === 7 ? null : -second]);
  const { timesMs, columns } = ring.series();
  assert.deepEqual(timesMs, [4_000, 5_000, 6_000, 7_000, 8_000]);
  assert.deepEqual(columns.a, [4, 5, 6, 7, 8]);
  assert.deepEqual(columns.b, [-4, -5, -6, null, -8]);
});

test('[GTW-4] four samples a second make one row a second', () => {
  const ring = new SeriesRing(['a'], 100);
  for (let quarter = 0; quarter < 40; quarter += 1) ring.push(quarter * 250, [quarter]);
  assert.equal(ring.length, 10);
});

test('[GTW-4] a pause is a gap, not a line', () => {
  const ring = new SeriesRing(['a'], 10);
  ring.push(1_000, [1]);
  ring.push(100_000, [2]);
  const { timesMs, columns } = ring.series();
  assert.deepEqual(columns.a, [1, null, 2]);
  assert.deepEqual(timesMs, [1_000, 2_000, 100_000]);
});

test('[GTW-4] history that did not change reads as the same object', () => {
  const ring = new SeriesRing(['in'], 4);
  ring.push(1_000, [1]);
  const before = ring.series();
  assert.equal(ring.series(), before);
  assert.equal(ring.push(1_100, [2]), false);
  assert.equal(ring.series(), before);
  ring.push(2_000, [2]);
  assert.notEqual(ring.series(), before);
});
