// What requests make of a transaction where its epochs run out, its client asks for another, or nobody uses it any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { isExpired, type Transaction } from '../transaction.ts';
import type { Decision } from './decision.ts';
import { complete, end, fence } from './end.ts';
import { init } from './init.ts';
import { addPartitions } from './partitions.ts';

const LAST = 32_766;
const idle: Transaction = {
  transactionalId: 'tx',
  producerId: 7,
  previousProducerId: -1,
  nextProducerId: -1,
  producerEpoch: 3,
  lastProducerEpoch: -1,
  timeoutMs: 60_000,
  state: 'Empty',
  partitions: new Map(),
  startTimestampMs: -1,
  lastUpdateTimestampMs: 1_000,
  clientVersion: 0,
};
const partitions = new Map([['t', new Set([0])]]);
const open: Transaction = { ...idle, state: 'Ongoing', partitions, startTimestampMs: 1_000 };
const again = (current: Transaction, producerId: number, producerEpoch: number, freshId: number | null = null) =>
  init(current, { transactionalId: 'tx', timeoutMs: 60_000, expected: { producerId, producerEpoch } }, freshId, 2_000);
const begin = (current: Transaction, freshId: number | null = null) =>
  init(current, { transactionalId: 'tx', timeoutMs: 60_000, expected: null }, freshId, 2_000);
function changed(decision: Decision): Transaction {
  if (decision.kind !== 'change') assert.fail(`a change, not ${JSON.stringify(decision)}`);
  return decision.to;
}
const codeOf = (decision: Decision) => (decision.kind === 'refused' ? decision.errorCode : decision.kind);
const idOf = ({ producerId, producerEpoch, previousProducerId }: Transaction) => [
  producerId,
  producerEpoch,
  previousProducerId,
];

test('[TXN-15] after the last epoch a producer id is given that was never given before, and the old one is out', () => {
  const last = { ...idle, producerEpoch: LAST };
  assert.equal(begin(last).kind, 'needsProducerId');
  const next = changed(begin(last, 8));
  assert.deepEqual(idOf(next), [8, 0, 7]);
  const zombie = { producerId: 7, producerEpoch: LAST, partitions, clientVersion: 0 };
  assert.equal(codeOf(addPartitions(next, zombie, 2_000)), ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  assert.equal(codeOf(end(next, { ...zombie, isCommit: true }, null, 2_000)), ErrorCode.INVALID_PRODUCER_ID_MAPPING);
});

test('[TXN-16] in version 2 the last transaction of a producer id ends under it, and its client goes on with the next id', () => {
  const last = { ...open, producerEpoch: LAST, clientVersion: 2 };
  const request = { producerId: 7, producerEpoch: LAST, isCommit: true, clientVersion: 2 };
  assert.equal(end(last, request, null, 2_000).kind, 'needsProducerId');
  const decision = end(last, request, 8, 2_000);
  const prepared = changed(decision);
  assert.deepEqual([...idOf(prepared), prepared.nextProducerId], [7, LAST + 1, -1, 8]);
  assert.deepEqual(decision.kind === 'change' && decision.reply, { producerId: 8, producerEpoch: 0 });
  assert.equal(codeOf(end(prepared, request, null, 2_000)), ErrorCode.CONCURRENT_TRANSACTIONS);
  const done = complete(prepared, 3_000);
  assert.deepEqual([...idOf(done), done.nextProducerId, done.state], [8, 0, 7, -1, 'CompleteCommit']);
  const retried = end(done, request, null, 3_000);
  assert.deepEqual(retried, { kind: 'done', reply: { producerId: 8, producerEpoch: 0 } }, 'the answer was lost');
  assert.equal(codeOf(end(done, { ...request, isCommit: false }, null, 3_000)), ErrorCode.INVALID_TXN_STATE);
});

test('[TXN-17] a producer may ask for its next epoch, again when the answer was lost, and not with any other', () => {
  const bumped = changed(again(idle, 7, 3));
  assert.deepEqual(idOf(bumped), [7, 4, -1]);
  assert.deepEqual(idOf(changed(again(bumped, 7, 3))), [7, 4, -1], 'the answer was lost');
  assert.equal(codeOf(again(bumped, 7, 2)), ErrorCode.PRODUCER_FENCED);
  assert.equal(codeOf(again(bumped, 9, 4)), ErrorCode.PRODUCER_FENCED);
  const successor = changed(begin(bumped));
  assert.equal(codeOf(again(successor, 7, 4)), ErrorCode.PRODUCER_FENCED, 'a successor has begun');
});

test('[TXN-18] a producer whose transaction was aborted for it may have the epoch that did so, until a successor begins', () => {
  const aborted = complete(fence(open, 2_000), 2_000);
  assert.deepEqual(idOf(changed(again(aborted, 7, 3))), [7, 4, -1]);
  const successor = changed(begin(aborted));
  assert.equal(codeOf(again(successor, 7, 3)), ErrorCode.PRODUCER_FENCED);
});

test('[TXN-19] while a transaction ends whoever asks waits, whatever was asked', () => {
  for (const clientVersion of [0, 2]) {
    const request = { producerId: 7, producerEpoch: 3, isCommit: true, clientVersion };
    const prepared = changed(end({ ...open, clientVersion }, request, null, 2_000));
    const { producerEpoch } = prepared;
    for (const isCommit of [true, false]) {
      const asked = end(prepared, { ...request, producerEpoch, isCommit }, null, 2_000);
      assert.equal(codeOf(asked), ErrorCode.CONCURRENT_TRANSACTIONS);
    }
    assert.equal(codeOf(begin(prepared)), ErrorCode.CONCURRENT_TRANSACTIONS);
    const added = addPartitions(prepared, { producerId: 7, producerEpoch, partitions, clientVersion }, 2_000);
    assert.equal(codeOf(added), ErrorCode.CONCURRENT_TRANSACTIONS);
  }
});

test('[TXN-20] an id that nobody used for transactional.id.expiration.ms is forgotten, an open transaction never', () => {
  assert.deepEqual([isExpired(idle, 500, 1_499), isExpired(idle, 500, 1_500)], [false, true]);
  for (const state of ['Ongoing', 'PrepareCommit', 'PrepareAbort'] as const)
    assert.equal(isExpired({ ...idle, state }, 500, 9_000), false);
});
