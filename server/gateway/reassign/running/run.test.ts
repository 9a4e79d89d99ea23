import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OngoingReassignment } from '../../../client/reassignment-apis.ts';
import { REASSIGN_AT_ONCE } from '../../../live/contract.ts';
import type { Placement } from '../planning/layout.ts';
import { makePlan } from '../planning/plan.ts';
import { throttledReplicas } from '../throttles/throttles.ts';
import { Run, type RunMove } from './run.ts';

function placementOf(partitions: number): Placement {
  return {
    brokers: [1, 2, 3].map((id) => ({ id, rack: null, isUp: true })),
    partitions: Array.from({ length: partitions }, (_, partition) => ({
      topic: 't',
      partition,
      replicas: [1, 2],
      inSyncReplicas: [1, 2],
      leader: 1,
      sizeBytes: 100,
    })),
  };
}

function drainRun(partitions: number): Run {
  return new Run(makePlan(placementOf(partitions), { kind: 'drain', brokerId: 2 }), null, 0);
}

function underWay({ topic, partition, from, adding }: RunMove): OngoingReassignment {
  return { topic, partition, replicas: [...from, ...adding], adding, removing: [2] };
}

function handOver(run: Run): readonly RunMove[] {
  const batch = run.nextBatch();
  for (const move of batch) move.state = 'moving';
  return batch;
}

test('[RSG-11] at most fifty partitions are under way at once, the next follow as places become free, all end as done', () => {
  const run = drainRun(120);
  const begun = handOver(run);
  assert.equal(begun.length, REASSIGN_AT_ONCE);
  assert.equal(run.nextBatch().length, 0);
  const [first, ...rest] = begun;
  const replicas = new Map(run.moves.map(({ partition, from }) => [partition, from]));
  replicas.set(first?.partition ?? -1, first?.to ?? []);
  run.observe(rest.map(underWay), (_topic, partition) => replicas.get(partition) ?? null, 1_000);
  assert.equal(run.summary(null).counts.done, 1);
  assert.equal(run.nextBatch().length, 1);
  let nowMs = 1_000;
  while (!run.hasSettled()) {
    handOver(run);
    nowMs += 1_000;
    run.observe([], (_topic, partition) => run.moves.find((move) => move.partition === partition)?.to ?? null, nowMs);
    assert.ok(nowMs < 100_000, 'it comes to its end');
  }
  assert.equal(run.summary(null).counts.done, 120);
});

test('[RSG-21] what is forgotten when the dashboard ends is told, and nothing where nothing is', () => {
  const run = drainRun(60);
  handOver(run);
  assert.match(run.leftUndone() ?? '', /^10 of 60 partitions of the reassignment \(drain\) .* plan the same again$/);
  const small = drainRun(50);
  handOver(small);
  assert.equal(small.leftUndone(), null);
  run.endedAtMs = 1;
  assert.equal(run.leftUndone(), null);
});

test('[RSG-12] what is under way and was not begun here is taken in, with what it adds and gives up', () => {
  const run = new Run(null, null, 0);
  run.observe([{ topic: 'o', partition: 3, replicas: [4, 1, 2], adding: [4], removing: [2] }], () => [4, 1, 2], 0);
  const [found] = run.moves;
  assert.deepEqual([found?.from, found?.to, found?.state], [[1, 2], [4, 1], 'moving']);
  run.observe([], () => [4, 1], 1_000);
  assert.equal(found?.state, 'done');
  assert.ok(run.hasSettled());
});

test('[RSG-13] a partition whose end metadata does not show yet is waited for; what somebody else did to it is named', () => {
  const run = drainRun(3);
  const [late, putBack, moved] = handOver(run);
  const replicas = new Map<number, readonly number[]>(run.moves.map(({ partition, from }) => [partition, from]));
  const replicasOf = (_topic: string, partition: number) => replicas.get(partition) ?? null;
  run.observe([], replicasOf, 1_000);
  assert.deepEqual(run.summary(null).counts, { waiting: 0, moving: 3, done: 0, failed: 0, cancelled: 0 });
  replicas.set(late?.partition ?? -1, late?.to ?? []);
  replicas.set(moved?.partition ?? -1, [3, 2]);
  run.observe([], replicasOf, 12_000);
  assert.deepEqual([late?.state, putBack?.state, moved?.state], ['done', 'cancelled', 'failed']);
  assert.match(putBack?.note ?? '', /Somebody else put it back/);
  assert.match(moved?.note ?? '', /on 3, 2 now/);
  const gone = drainRun(1);
  handOver(gone);
  gone.observe([], () => null, 1_000);
  assert.match(gone.moves[0]?.note ?? '', /topic was deleted/);
});

test('[RSG-14] progress is the bytes of new replicas against the leader’s, and the time left follows the rate', () => {
  const run = drainRun(2);
  handOver(run);
  const [first, second] = run.moves;
  assert.ok(first && second);
  run.noteRate(0);
  run.measure(first, 1_000, () => 400);
  run.measure(second, 1_000, () => 1_500);
  run.noteRate(2_000);
  const { bytes, copiedBytes, bytesPerSecond, secondsLeft } = run.summary(null);
  assert.deepEqual([bytes, copiedBytes, bytesPerSecond, secondsLeft], [2_000, 1_400, 700, 1]);
  run.measure(first, null, () => 0);
  assert.equal(first.copiedBytes, 400, 'what could not be read keeps the last reading');
  first.state = 'cancelled';
  assert.equal(run.summary(null).copiedBytes, 1_000);
});

test('[RSG-14] a rate needs two readings and is never negative', () => {
  const run = drainRun(1);
  handOver(run);
  const [move] = run.moves;
  assert.ok(move);
  const rateAfter = (atMs: number, copiedBytes: number) => {
    move.copiedBytes = copiedBytes;
    run.noteRate(atMs);
    return run.summary(null).bytesPerSecond;
  };
  assert.equal(run.summary(null).bytesPerSecond, null);
  assert.equal(rateAfter(0, 5_000), null);
  assert.equal(rateAfter(1_000, 6_000), null);
  assert.equal(rateAfter(2_000, 9_000), 2_000);
  assert.equal(rateAfter(4_000, 0), 0);
  for (let second = 5; second < 99; second += 1) rateAfter(second * 1_000, second * 10);
  assert.equal(rateAfter(99_000, 990), 10, 'only the last ten seconds count');
});

test('[RSG-15] a throttle names the sources and the new replicas of what copies, and nothing else', () => {
  const lists = throttledReplicas([
    { topic: 'a', partition: 0, from: [1, 2], adding: [3] },
    { topic: 'a', partition: 4, from: [2, 1], adding: [3, 4] },
    { topic: 'b', partition: 0, from: [1, 2], adding: [] },
  ]);
  assert.deepEqual([...lists], [['a', ['0:1,0:2,4:2,4:1', '0:3,4:3,4:4']]]);
});
