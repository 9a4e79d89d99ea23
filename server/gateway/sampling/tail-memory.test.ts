import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_LOOKS, TAIL_OFFSETS, TailMemory, type TailWant } from './tail-memory.ts';

const want = (changes: Partial<TailWant> = {}): TailWant => ({
  topic: 't',
  topicId: 'id',
  partition: 0,
  from: 5,
  end: 6,
  isStill: false,
  ...changes,
});
const parts = { offsets: 1, markers: 1, aborted: 0, compacted: 0, open: 0 };

test('[GTW-37] only short tails are looked at, each once, and at most fifty at a time with the still ones first', () => {
  const memory = new TailMemory();
  const far = want({ from: 0, end: TAIL_OFFSETS + 1 });
  assert.deepEqual(memory.chosen([want(), want(), far, want({ end: 5 })], 0), [want()]);
  const moving = Array.from({ length: MAX_LOOKS + 10 }, (_, partition) => want({ partition }));
  const still = want({ partition: 999, isStill: true });
  const chosen = memory.chosen([...moving, still], 0);
  assert.equal(chosen.length, MAX_LOOKS);
  assert.equal(chosen[0], still);
});

test('[GTW-37] what was seen is not looked at again for a minute, and belongs to that topic alone', () => {
  const memory = new TailMemory();
  memory.take(want(), { parts, isTransactional: true }, 0);
  assert.equal(memory.partsOf(want()), parts);
  assert.deepEqual(memory.chosen([want({ isStill: true })], 59_999), []);
  assert.equal(memory.chosen([want({ isStill: true })], 60_000).length, 1);
  assert.equal(memory.partsOf(want({ topicId: 'made again' })), null);
  assert.equal(memory.partsOf(want({ from: 4 })), null);
});

test('[GTW-37] a tail that moves is looked at each time where transactions are written, else now and then', () => {
  const memory = new TailMemory();
  memory.take(want({ topic: 'plain' }), { parts, isTransactional: false }, 0);
  memory.take(want({ topic: 'transactional' }), { parts, isTransactional: true }, 0);
  const moved = [want({ topic: 'plain', end: 7 }), want({ topic: 'transactional', end: 7 })];
  const topics = (nowMs: number) => memory.chosen(moved, nowMs).map(({ topic }) => topic);
  assert.deepEqual(topics(1_000), ['transactional']);
  assert.deepEqual(topics(10_000), ['plain', 'transactional']);
  assert.equal(memory.chosen([want({ topic: 'plain', end: 7, isStill: true })], 1_000).length, 1);
});

test('[GTW-37] the memory is bounded: the oldest make room', () => {
  const memory = new TailMemory();
  for (let end = 6; end <= 10_010; end += 1) memory.take(want({ end }), { parts, isTransactional: false }, 0);
  assert.equal(memory.partsOf(want({ end: 6 })), null);
  assert.equal(memory.partsOf(want({ end: 10_010 })), parts);
});
