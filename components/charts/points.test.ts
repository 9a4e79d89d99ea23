// Proves how series become points of a chart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { niceCeiling, POINT_LIMIT, pointsOf, spread } from './points.ts';

test('[WEB-30] a gap stays a gap and never reads as zero', () => {
  const points = pointsOf({ timesMs: [1000, 2000, 3000], columns: { a: [1, null, 3] } }, ['a'], null);
  assert.deepEqual(
    points.map((point) => point.values.a),
    [1, null, 3],
  );
});

test('[WEB-30] ten minutes of seconds become at most 150 points that do not move when time does', () => {
  const timesMs = Array.from({ length: 600 }, (_, index) => 1_000_000_000 + index * 1000);
  const column = timesMs.map((timeMs) => (timeMs / 1000) % 7);
  const points = pointsOf({ timesMs, columns: { a: column } }, ['a'], null);
  assert.ok(points.length <= POINT_LIMIT && points.length > 100, String(points.length));
  const later = pointsOf({ timesMs: timesMs.slice(5), columns: { a: column.slice(5) } }, ['a'], null);
  assert.deepEqual(later.slice(2), points.slice(-(later.length - 2)));
});

test('[WEB-30] axis ends are round, labels at line ends do not cover each other', () => {
  assert.equal(niceCeiling(0), 1);
  assert.equal(niceCeiling(1800), 2000);
  assert.equal(niceCeiling(2400), 2500);
  assert.deepEqual(spread([50, 52], 14, 100), [50, 64]);
  assert.deepEqual(spread([99, 98], 14, 100), [100, 86]);
});
