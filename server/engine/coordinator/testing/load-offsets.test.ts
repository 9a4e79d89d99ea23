import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureLoad } from './load-offsets.ts';

test('[OFS-17] 100,000 committed offsets, each a batch of its own, are loaded with less than a second of one processor', async () => {
  // Not of the clock on the wall: other tests run beside this one.
  const { processorMs, loadMs } = await measureLoad(100_000);
  assert.ok(processorMs < 1000, `${processorMs} ms of processor, ${loadMs} ms in all`);
});
