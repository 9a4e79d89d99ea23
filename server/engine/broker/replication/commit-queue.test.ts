import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { CommitQueue } from './commit-queue.ts';

function setUp() {
  const queue = new CommitQueue();
  const told: string[] = [];
  const wait = (offset: number) => queue.wait(offset, (errorCode) => void told.push(`${offset} ${errorCode}`));
  return { queue, told, wait };
}

test('[REP-30] who waits for an offset is told once the high watermark passed it, lowest first, once', () => {
  const { queue, told, wait } = setUp();
  for (const offset of [7, 3, 5]) wait(offset);
  queue.committed(5);
  assert.deepEqual(told, ['3 0']);
  queue.committed(8, ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
  assert.deepEqual(told, ['3 0', '5 20', '7 20']);
  queue.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  assert.equal(told.length, 3);
});

test('[REP-31] leadership that goes tells all who wait; who gave up hears nothing and costs nothing', () => {
  const { queue, told, wait } = setUp();
  const giveUp = wait(1);
  wait(2);
  giveUp();
  giveUp();
  queue.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  assert.deepEqual(told, ['2 6']);
  for (let i = 0; i < 100_000; i++) wait(1_000_000 + i)();
  assert.equal(queue.size, 0);
  queue.committed(2_000_000);
  assert.deepEqual(told, ['2 6']);
});

test('[REP-31] waiting anew while being told is heard of in its turn', () => {
  const queue = new CommitQueue();
  const told: number[] = [];
  queue.wait(1, () => void queue.wait(2, () => void told.push(2)));
  queue.committed(2);
  assert.deepEqual(told, []);
  queue.committed(3);
  assert.deepEqual(told, [2]);
});
