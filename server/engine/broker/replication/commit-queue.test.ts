import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { CommitQueue } from './commit-queue.ts';

const turn = () => Promise.resolve();
function setUp() {
  const queue = new CommitQueue();
  const told: string[] = [];
  const wait = (offset: number) => queue.wait(offset, (errorCode) => void told.push(`${offset} ${errorCode}`));
  return { queue, told, wait };
}

test('[REP-30] who waits for an offset is told once the high watermark passed it, lowest first, once', async () => {
  const { queue, told, wait } = setUp();
  for (const offset of [7, 3, 5]) wait(offset);
  queue.committed(5);
  await turn();
  assert.deepEqual(told, ['3 0']);
  queue.committed(8, ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
  await turn();
  assert.deepEqual(told, ['3 0', '5 20', '7 20']);
  queue.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  assert.equal(told.length, 3);
});

test('[REP-31] leadership that goes tells all who wait; who gave up hears nothing and costs nothing', async () => {
  const { queue, told, wait } = setUp();
  const giveUp = wait(1);
  wait(2);
  giveUp();
  giveUp();
  queue.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  await turn();
  assert.deepEqual(told, ['2 6']);
  for (let i = 0; i < 100_000; i++) wait(1_000_000 + i)();
  assert.equal(queue.size, 0);
  queue.committed(2_000_000);
  await turn();
  assert.deepEqual(told, ['2 6']);
});

test('[REP-31] waiting anew while being told is heard of in its turn', async () => {
  const queue = new CommitQueue();
  const told: number[] = [];
  queue.wait(1, () => void queue.wait(2, () => void told.push(2)));
  queue.committed(2);
  await turn();
  assert.deepEqual(told, []);
  queue.committed(3);
  await turn();
  assert.deepEqual(told, [2]);
});

test('[REP-81] nobody is told within the turn that made the commit, and who gives up before the next is not told', async () => {
  const { queue, told, wait } = setUp();
  wait(1);
  const giveUp = wait(2);
  queue.committed(3);
  queue.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  giveUp();
  assert.deepEqual(told, []);
  await turn();
  assert.deepEqual(told, ['1 0'], 'committed is committed, whoever leads next');
});
