import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureLoad } from './load-offsets.ts';

test('[OFS-17] 100,000 committed offsets, each a batch of its own, are loaded with less than a second of one processor', async () => {
  // Not of the clock on the wall: other tests run beside this one. The least of three is what the work takes; the first also compiles.
  const processorMs: number[] = [];
  for (let run = 0; run < 3 && !processorMs.some((ms) => ms < 1000); run += 1) {
    const measured = await measureLoad(100_000);
    processorMs.push(measured.processorMs);
  }
  assert.ok(Math.min(...processorMs) < 1000, `${processorMs.join(', ')} ms of processor`);
});
