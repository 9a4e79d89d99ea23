import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from './view.ts';

const serving = (brokerId: number, minVersion: number, maxVersion: number) => ({
  brokerId,
  supported: [{ name: 'metadata.version', minVersion, maxVersion }],
});

test('[GTW-70] a feature is told with the level in force and the levels that all brokers have in common, or that they have none', () => {
  const finalized = new Map([['metadata.version', 29]]);
  const [same] = rowsOf({ finalized, brokers: [serving(1, 7, 30), serving(2, 8, 29)] });
  assert.deepEqual([same?.level, same?.common], [29, { min: 8, max: 29 }]);
  assert.deepEqual(same?.brokers, [
    { brokerId: 1, min: 7, max: 30 },
    { brokerId: 2, min: 8, max: 29 },
  ]);
  const [apart] = rowsOf({ finalized, brokers: [serving(1, 7, 20), serving(2, 21, 29)] });
  assert.equal(apart?.common, null);
  const [lacking] = rowsOf({ finalized, brokers: [serving(1, 7, 29), { brokerId: 2, supported: [] }] });
  assert.equal(lacking?.common, null);
});

test('[GTW-70] level 0 is no level in force, an unknown feature is told by its name alone, and names are in order', () => {
  const brokers = [{ brokerId: 1, supported: [{ name: 'z.version', minVersion: 0, maxVersion: 1 }] }];
  const rows = rowsOf({
    finalized: new Map([
      ['a.version', 3],
      ['z.version', 0],
    ]),
    brokers,
  });
  assert.deepEqual(
    rows.map(({ name, level, says }) => [name, level, says]),
    [
      ['a.version', 3, null],
      ['z.version', null, null],
    ],
  );
});
