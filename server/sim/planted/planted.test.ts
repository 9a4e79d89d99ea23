import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLANTED } from './bugs.ts';
import { hunt } from './hunt.ts';

test('[SIM-10] at least eight bugs are planted, each under a name of its own', () => {
  assert.ok(PLANTED.length >= 8);
  assert.equal(new Set(PLANTED.map(({ name }) => name)).size, PLANTED.length);
});

for (const bug of PLANTED) {
  test(`[SIM-9] within ${bug.seeds} seeds the runs find an engine that ${bug.name}`, async () => {
    const { seed } = await hunt(bug, true);
    assert.notEqual(seed, null, `none of ${bug.seeds} seeds found it`);
  });
}
