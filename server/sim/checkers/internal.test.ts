import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRecord } from '../../engine/coordinator/records.ts';
import { encodeTombstone, encodeTransaction } from '../../engine/coordinator/transaction/records.ts';
import type { Transaction } from '../../engine/coordinator/transaction/transaction.ts';
import { TRANSACTIONAL_BIT } from '../../protocol/records/batch.ts';
import { encodeMarker } from '../../protocol/records/marker.ts';
import { encodeBatch, type NewRecord } from '../../protocol/records/record.ts';
import { offsetsTold, sameTold, transactionsTold } from './internal.ts';
import { Violation } from './violation.ts';

const offset = (groupId: string, at: number) => {
  const committed = {
    ...{ offset: at, leaderEpoch: -1, metadata: '', commitTimestampMs: 1, expireTimestampMs: -1 },
    topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
  };
  return encodeRecord({ kind: 'offset', groupId, topic: 't', partition: 0, committed }, 1);
};
const batchOf = (record: NewRecord) => encodeBatch({ records: [record] });
const inTransaction = (record: NewRecord) =>
  encodeBatch({ records: [record], producerId: 7, producerEpoch: 0, baseSequence: 0, flags: TRANSACTIONAL_BIT });
const marker = (isCommit: boolean) =>
  encodeMarker({ producerId: 7, producerEpoch: 0, isCommit, coordinatorEpoch: 0, timestampMs: 1 });

test('[SIM-13] the logs of the own topics tell what a coordinator makes of them: the last of each key, and of transactions what was committed', () => {
  const log = Buffer.concat([batchOf(offset('g', 3)), inTransaction(offset('g', 8)), inTransaction(offset('h', 5))]);
  const at = (bytes: Buffer) => offsetsTold(bytes).filter((line) => line.includes(' is at '));
  assert.deepEqual(at(log), ['g is at 3 in t-0']);
  assert.deepEqual(at(Buffer.concat([log, marker(false)])), ['g is at 3 in t-0']);
  assert.deepEqual(at(Buffer.concat([log, marker(true)])), ['g is at 8 in t-0', 'h is at 5 in t-0']);
  const ongoing: Transaction = {
    ...{ transactionalId: 'x', producerId: 7, previousProducerId: -1, nextProducerId: -1, producerEpoch: 2 },
    ...{ lastProducerEpoch: -1, timeoutMs: 1, state: 'Ongoing', partitions: new Map([['t', new Set([0])]]) },
    ...{ startTimestampMs: 1, lastUpdateTimestampMs: 1, clientVersion: 2 },
  };
  const begun = batchOf(encodeTransaction(ongoing, 1));
  assert.deepEqual(transactionsTold(begun), ['x is Ongoing, producer 7 in epoch 2']);
  assert.deepEqual(transactionsTold(Buffer.concat([begun, batchOf(encodeTombstone('x', 1))])), []);
});

test('[SIM-8] invariant 16 fails for replicas of an own topic that tell of other offsets', () => {
  const [whole, cleaned] = [Buffer.concat([batchOf(offset('g', 3)), batchOf(offset('g', 8))]), batchOf(offset('g', 8))];
  sameTold('o-0', ['broker 1', offsetsTold(whole)], ['broker 2', offsetsTold(cleaned)]);
  const isBroken = (error: unknown) => error instanceof Violation && error.invariant === 16;
  assert.throws(
    () => sameTold('o-0', ['broker 1', offsetsTold(whole)], ['broker 2', offsetsTold(batchOf(offset('g', 3)))]),
    isBroken,
  );
});
