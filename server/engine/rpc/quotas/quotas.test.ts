import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConnectionRates } from './connection-rates.ts';
import { QuotaRate } from './rate.ts';
import { TokenBucket } from './token-bucket.ts';

test('[QUO-1] a rate is taken over ten seconds at least, so that a client that begins is not held for its first bytes', () => {
  const rate = new QuotaRate();
  rate.record(9000, 0);
  assert.equal(rate.perSecond(0), 900);
  assert.equal(rate.throttleMs(1000, 0), 0);
  rate.record(3000, 10);
  // 12,000 in 10.01 s at 1000 a second: 1.99 s too early.
  assert.equal(rate.throttleMs(1000, 10), 1990);
});

test('[QUO-2] after the time it was told to wait a rate is back at its limit', () => {
  const bursts = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 50_000 }), pauseMs: fc.nat(3000) }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(bursts, fc.integer({ min: 100, max: 5000 }), (all, limit) => {
      const rate = new QuotaRate();
      let nowMs = 1_000_000;
      for (const { bytes, pauseMs } of all) {
        rate.record(bytes, nowMs);
        const throttleMs = rate.throttleMs(limit, nowMs);
        nowMs += throttleMs + pauseMs;
        // Samples that leave meanwhile only make it less; the window's whole seconds may cost one more of them.
        assert.ok(rate.perSecond(nowMs) <= limit * 1.12 || rate.throttleMs(limit, nowMs) < throttleMs + 1000);
      }
    }),
  );
});

test('[QUO-3] whoever waits as told has, in the long run, no more than the limit', () => {
  const rate = new QuotaRate();
  let [nowMs, sent] = [0, 0];
  while (nowMs < 120_000) {
    rate.record(700, nowMs);
    sent += 700;
    nowMs += rate.throttleMs(1000, nowMs) + 1;
  }
  const perSecond = sent / (nowMs / 1000);
  assert.ok(perSecond > 900 && perSecond < 1150, `${perSecond} a second`);
});

test('[QUO-4] what was taken back does not count, and what is older than eleven seconds is forgotten', () => {
  const rate = new QuotaRate();
  rate.record(50_000, 0);
  rate.record(-50_000, 0);
  assert.equal(rate.throttleMs(1, 0), 0);
  rate.record(50_000, 500);
  assert.equal(rate.isSpent(11_000), false);
  assert.equal(rate.isSpent(11_500), true);
});

test('[QUO-5] permits: a burst of eleven seconds is free, what goes below nothing is waited for at the quota’s rate', () => {
  const bucket = new TokenBucket(2, 0);
  bucket.take(22, 2, 0);
  assert.equal(bucket.throttleMs(2, 0), 0);
  bucket.take(5, 2, 0);
  assert.equal(bucket.throttleMs(2, 0), 2500);
  assert.equal(bucket.throttleMs(2, 2500), 0);
  assert.equal(bucket.isFull(2, 12_000), false);
  assert.equal(bucket.isFull(2, 14_000), true);
});

test('[QUO-40] connections past the rate of their address are not counted and wait a second at most; others are free', () => {
  let nowMs = 0;
  const limits = new Map([
    ['a', 2],
    ['slow', 0.01],
  ]);
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const rates = new ConnectionRates(clock, (address) => limits.get(address) ?? null);
  for (let i = 0; i < 20; i++) assert.equal(rates.enter('a'), 0, 'twenty in ten seconds');
  assert.deepEqual([rates.enter('a'), rates.enter('a')], [500, 500]);
  for (let i = 0; i < 100; i++) assert.equal(rates.enter('b'), 0);
  assert.equal(rates.size, 1, 'nothing is kept of those that are free');
  assert.equal(rates.enter('slow'), 1000, 'it is due in minutes');
  nowMs = 10_500;
  assert.equal(rates.enter('a'), 0);
  limits.set('a', 1);
  assert.ok(rates.enter('a') > 0);
  limits.delete('a');
  assert.deepEqual([rates.enter('a'), rates.size], [0, 1]);
});

test('[QUO-40] addresses are bounded in number', () => {
  const rates = new ConnectionRates({ nowMs: () => 0, monotonicMs: () => 0 }, () => 1);
  for (let i = 0; i < 10_050; i++) rates.enter(`10.0.${i >> 8}.${i & 255}`);
  assert.equal(rates.size, 10_000);
});
