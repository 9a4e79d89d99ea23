import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { namesReplica, RateWindow } from './rate-window.ts';

test('[REP-50] the rate is what was recorded in the last eleven seconds over their time, at least one second', () => {
  const window = new RateWindow();
  assert.equal(window.bytesPerSecond(500), 0);
  window.record(1000, 5_000);
  assert.equal(window.bytesPerSecond(5_100), 1000, 'at least a second');
  assert.equal(window.bytesPerSecond(9_000), 250);
  assert.equal(window.bytesPerSecond(15_999), 1_000_000 / 10_999);
  assert.equal(window.bytesPerSecond(16_000), 0, 'the second it was recorded in is out of the window');
  const records = fc.array(fc.record({ bytes: fc.nat(1000), afterMs: fc.nat(3000) }), { maxLength: 60 });
  fc.assert(
    fc.property(records, fc.nat(20_000), (all, laterMs) => {
      const one = new RateWindow();
      let nowMs = 0;
      const kept: { bytes: number; atMs: number }[] = [];
      for (const { bytes, afterMs } of all) {
        nowMs += afterMs;
        one.record(bytes, nowMs);
        kept.push({ bytes, atMs: nowMs });
      }
      nowMs += laterMs;
      const firstSecond = Math.floor(nowMs / 1000) - 10;
      const counted = kept.filter(({ atMs }) => Math.floor(atMs / 1000) >= firstSecond);
      const sum = counted.reduce((total, { bytes }) => total + bytes, 0);
      const oldestMs = Math.min(...counted.map(({ atMs }) => Math.floor(atMs / 1000) * 1000));
      const wanted = sum === 0 ? 0 : (sum * 1000) / Math.max(1000, nowMs - oldestMs);
      assert.equal(one.bytesPerSecond(nowMs), wanted);
    }),
  );
});

test('[REP-51] a throttled list names partition and broker, or everything', () => {
  assert.ok(namesReplica('*', 3, 1));
  assert.ok(namesReplica(' 0:1, 3:2 ', 3, 2));
  assert.ok(!namesReplica('0:1,3:2', 3, 1));
  assert.ok(!namesReplica('13:2', 3, 2));
  assert.ok(!namesReplica('', 0, 1));
});
