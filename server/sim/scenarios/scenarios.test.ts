import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../run.ts';
import { plain, SCENARIOS } from './all.ts';

for (const { name, options, play } of SCENARIOS) {
  test(`[SIM-11] ${name}`, async () => {
    const { violation, lastLines } = await run(1, (prng) => plain(prng, options), undefined, play);
    assert.equal(violation, null, [...lastLines.slice(-60), `${violation?.message}`].join('\n'));
  });
}
