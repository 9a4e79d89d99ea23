import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doubtOf, type JudgeInput, type KnownTransaction, partitionKey, SETTLED_MS } from './judge.ts';

const open = {
  topic: 'orders',
  partition: 3,
  producerId: '7',
  producerEpoch: 1,
  coordinatorEpoch: 0,
  startOffset: 12,
  lastWriteAtMs: 1_000,
};
const known = (over: Partial<KnownTransaction>): KnownTransaction => ({
  transactionalId: 't',
  state: 'Ongoing',
  startedAtMs: 900_000,
  partitions: new Set([partitionKey('orders', 3)]),
  ...over,
});
const judge = (over: Partial<JudgeInput>): string | null =>
  doubtOf({
    open,
    known: known({}),
    isListComplete: true,
    doubtSinceMs: 0,
    nowMs: 1_000_000,
    longestTimeoutMs: 900_000,
    ...over,
  });

test('[GW-70] an open transaction hangs when no coordinator knows its producer id, its coordinator does not count the partition to an open one, or it is older than any time-out', () => {
  assert.equal(judge({}), null);
  assert.match(judge({ known: null }) ?? '', /^No coordinator knows producer id 7/);
  assert.match(
    judge({ known: known({ state: 'CompleteCommit' }) }) ?? '',
    /has no open transaction \(CompleteCommit\)/,
  );
  assert.match(judge({ known: known({ partitions: new Set() }) }) ?? '', /does not count this partition/);
  assert.match(judge({ known: known({ startedAtMs: 1 }), nowMs: 1_000_000 }) ?? '', /longer than the longest time-out/);
});

test('[GW-71] nothing hangs on a guess: not while a coordinator is silent, not before it has stayed so, not without a description or a known limit', () => {
  assert.equal(judge({ known: null, isListComplete: false }), null);
  assert.equal(judge({ known: null, doubtSinceMs: 1_000_000 - SETTLED_MS + 1 }), null);
  assert.equal(judge({ known: known({ partitions: null, state: 'Empty' }) }), null);
  assert.equal(judge({ known: known({ startedAtMs: 1 }), longestTimeoutMs: null }), null);
  assert.equal(judge({ known: known({ startedAtMs: 1 }), nowMs: 910_000 }), null);
});
