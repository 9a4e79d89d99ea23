import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TopicFigures } from './figures.ts';
import { ChangeWindow, RateWindow } from './rates.ts';

test('[GTW-2] a rate is the difference of two readings over their distance, whatever the sampling interval', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 50, max: 3_000 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      (intervalMs, perSecond) => {
        const window = new RateWindow(2_000);
        for (let step = 0; step <= Math.ceil(4_000 / intervalMs) + 1; step += 1) {
          window.push(step * intervalMs, (step * intervalMs * perSecond) / 1_000);
        }
        const rate = window.perSecond();
        assert.ok(rate !== null && Math.abs(rate - perSecond) <= perSecond * 1e-9 + 1e-6, `${rate} for ${perSecond}`);
      },
    ),
  );
});

test('[GTW-2] a counter that falls starts anew: a rate is never negative', () => {
  const window = new RateWindow(2_000);
  window.push(0, 500);
  window.push(1_000, 900);
  assert.equal(window.perSecond(), 400);
  window.push(2_000, 3);
  assert.equal(window.perSecond(), null);
  window.push(3_000, 13);
  assert.equal(window.perSecond(), 10);
});

test('[GTW-2] one reading, or readings too close together, give no rate instead of a wrong one', () => {
  const window = new RateWindow(2_000);
  assert.equal(window.perSecond(), null);
  window.push(0, 0);
  assert.equal(window.perSecond(), null);
  window.push(100, 50);
  assert.equal(window.perSecond(), null);
});

test('[GTW-2] lag that grows has a positive change, lag that shrinks a negative one', () => {
  const window = new ChangeWindow(10_000);
  for (let second = 0; second <= 5; second += 1) window.push(second * 1_000, 100 + 20 * second);
  assert.equal(window.perSecond(), 20);
  for (let second = 6; second <= 30; second += 1) window.push(second * 1_000, Math.max(0, 900 - 30 * second));
  assert.equal(window.perSecond(), -30);
});

test('[GTW-2] partition rates come from end offsets; four readings a second do not make them jump', () => {
  const figures = new TopicFigures('id', 2);
  for (let quarter = 0; quarter <= 20; quarter += 1) {
    figures.setEnd(0, quarter * 250, quarter * 250);
    figures.setEnd(1, quarter * 25, quarter * 250);
  }
  assert.equal(figures.partitionRate(0), 1_000);
  assert.equal(figures.partitionRate(1), 100);
  assert.equal(figures.recordsPerSecond(), 1_100);
});

test('[GTW-3] what cannot be read is unknown, not zero, and comes back without a spike', () => {
  const figures = new TopicFigures('id', 1);
  figures.setStart(0, 0);
  figures.setEnd(0, 100, 0);
  figures.setEnd(0, 200, 1_000);
  assert.equal(figures.records(), 200);
  figures.forgetPartition(0);
  assert.equal(figures.records(), null);
  assert.equal(figures.recordsPerSecond(), null);
  figures.setEnd(0, 50_000, 60_000);
  assert.equal(figures.recordsPerSecond(), null);
  figures.setEnd(0, 50_010, 61_000);
  assert.equal(figures.recordsPerSecond(), 10);
});

test('[GTW-2] bytes per second follow the records with the mean size that the log shows', () => {
  const figures = new TopicFigures('id', 1);
  figures.setStart(0, 0);
  figures.setEnd(0, 100, 0);
  figures.sizeBytes[0] = 5_000;
  figures.sizesChanged();
  figures.setEnd(0, 200, 1_000);
  assert.equal(figures.bytesPerSecond(), 5_000);
  figures.sizeBytes[0] = 5_000 + 100 * 200;
  figures.sizesChanged();
  assert.equal(figures.bytesPerRecord, 200);
  assert.equal(figures.bytesPerSecond(), 20_000);
});

test('[GTW-3] more partitions keep the figures of the old ones', () => {
  const figures = new TopicFigures('id', 1);
  figures.setEnd(0, 7, 0);
  const grown = figures.grownTo(3);
  assert.deepEqual([...grown.end], [7, Number.NaN, Number.NaN]);
});
