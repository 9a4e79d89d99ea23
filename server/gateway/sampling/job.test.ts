import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BrokerGate, withDeadline } from '../../client/asking/per-broker.ts';
import { Pacing } from '../traffic/pacing.ts';
import { Interest } from './interest.ts';
import { pauseMs } from './job.ts';

test('[GTW-16] sampling takes at most a tenth of the time, and is never further apart than ten seconds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 250, max: 5_000 }), fc.integer({ min: 0, max: 3_000 }), (intervalMs, tookMs) => {
      const pause = pauseMs(intervalMs, tookMs);
      assert.ok(tookMs / (tookMs + pause) <= 0.1 + 1e-9 || pause === 10_000);
      assert.ok(pause <= 10_000);
      if (tookMs * 10 <= intervalMs) assert.ok(tookMs + pauseMs(intervalMs, tookMs) <= intervalMs + 10);
    }),
  );
});

test('[GTW-17] interest ends with its last holder, and releasing twice counts once', () => {
  let changes = 0;
  const interest = new Interest(() => {
    changes += 1;
  });
  const first = interest.hold(['topic', 'topic:a']);
  const second = interest.hold(['topic', 'topic:a']);
  first();
  first();
  assert.ok(interest.isAny('topic:a'));
  second();
  assert.ok(!interest.isWatched);
  assert.equal(changes, 4);
});

test('[GTW-8] a broker that fails or stays silent is a problem with its id; the others still answer', async () => {
  const gate = new BrokerGate();
  const answered: number[] = [];
  let release: () => void = () => undefined;
  const silence = new Promise<void>((resolve) => {
    release = resolve;
  });
  const ask = async (brokerId: number) => {
    if (brokerId === 2) throw new Error('connect refused');
    if (brokerId === 3) await silence;
    answered.push(brokerId);
  };
  const problems = await gate.askAll([1, 2, 3], 'the sizes', ask);
  assert.deepEqual(answered, [1]);
  assert.deepEqual(
    problems.map(({ brokerId }) => brokerId),
    [2, 3],
  );
  assert.match(
    problems[0]?.sentence ?? '',
    /Broker 2 does not answer, so the sizes that it holds are missing: connect refused/,
  );
  const again = await gate.askAll([3], 'the sizes', ask);
  assert.match(again[0]?.sentence ?? '', /Broker 3 has not answered for/);
  release();
  await silence;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await gate.askAll([3], 'the sizes', ask), []);
});

test('[GTW-8] a deadline gives the late value once, also when the promise fails', async () => {
  assert.equal(await withDeadline(Promise.resolve('in time'), 1_000, () => 'late'), 'in time');
  assert.equal(await withDeadline(Promise.reject(new Error('x')), 1_000, () => 'late'), 'late');
});

test('[GTW-18] a producer keeps its rate over any ticks, and falls behind instead of bursting after a stall', () => {
  const pacing = new Pacing(1_000, 0);
  let sent = 0;
  for (let nowMs = 25; nowMs <= 10_000; nowMs += 25) {
    const due = pacing.due(nowMs);
    pacing.take(due);
    sent += due;
  }
  assert.ok(Math.abs(sent - 10_000) <= 1, `${sent}`);
  assert.ok(pacing.due(70_000) <= 250);
  const slow = new Pacing(1, 0);
  assert.equal(slow.due(500), 0);
  assert.equal(slow.due(1_000), 1);
});
