import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { writeTxnMarkers } from '../../../protocol/schema/27-write-txn-markers.ts';
import type { Transaction } from '../../coordinator/transaction/transaction.ts';
import type { MetadataImage, TopicImage } from '../../metadata/image.ts';
import { serve } from '../../rpc/handler.ts';
import { startListener } from '../../rpc/listener.ts';
import { TestWorld } from '../testing/test-world.ts';
import { MarkerQueue, type PartitionMarker } from './marker-queue.ts';

const ENDING: Transaction = {
  transactionalId: 'tx',
  producerId: 7,
  previousProducerId: -1,
  nextProducerId: -1,
  producerEpoch: 3,
  lastProducerEpoch: 2,
  timeoutMs: 60_000,
  state: 'PrepareCommit',
  partitions: new Map([['t', new Set([0, 1])]]),
  startTimestampMs: 1,
  lastUpdateTimestampMs: 1,
  clientVersion: 2,
};

test('[TXN-28] so it is when the leader is another broker: INVALID_PRODUCER_EPOCH over the wire ends the sending, not the transaction', async () => {
  const world = new TestWorld();
  const asked: number[][] = [];
  const handler = serve(writeTxnMarkers, ({ markers }) => ({
    markers: markers.map(({ producerId, topics }) => {
      asked.push(topics.flatMap(({ partitionIndexes }) => [...partitionIndexes]));
      return {
        producerId,
        topics: topics.map(({ name, partitionIndexes }) => ({
          name,
          partitions: partitionIndexes.map((partitionIndex) => ({
            partitionIndex,
            errorCode: partitionIndex === 0 ? ErrorCode.INVALID_PRODUCER_EPOCH : ErrorCode.NOT_LEADER_OR_FOLLOWER,
          })),
        })),
      };
    }),
  }));
  const address = { host: 'there', port: 9093 };
  const leader = await startListener(world, { address, handlers: [handler], brokerLabel: 'broker 2' });
  const partitions = [0, 1].map((partition) => ({ partition, leader: 2 }));
  const image = {
    topics: new Map([['t', { name: 't', partitions }]]),
    brokers: new Map([[2, { id: 2, ...address, isFenced: false }]]),
  };
  const queue = new MarkerQueue({
    world,
    nodeId: 1,
    image: () => image as unknown as MetadataImage,
    writeHere: () => assert.fail('this broker leads nothing'),
  });
  let done = 0;
  queue.send(ENDING, 5, () => done++);
  await world.advance(2000);
  assert.deepEqual([asked, done], [[[0, 1]], 0]);
  assert.equal(world.lines.filter((line) => line.includes('t-0 answered INVALID_PRODUCER_EPOCH')).length, 1);
  queue.close();
  await world.until(leader.close());
});

/** A topic of two partitions led by this broker, whose leaders answer what `answerOf` says. */
function queueWhere(answerOf: (marker: PartitionMarker, tries: number) => number) {
  const world = new TestWorld();
  const partitions = [0, 1].map((partition) => ({ partition, leader: 1 }));
  const image = { topics: new Map([['t', { name: 't', partitions } as unknown as TopicImage]]) };
  const tries = [0, 0];
  const queue = new MarkerQueue({
    world,
    nodeId: 1,
    image: () => image as unknown as MetadataImage,
    writeHere: (marker) => {
      const count = (tries[marker.partition] ?? 0) + 1;
      tries[marker.partition] = count;
      return Promise.resolve(answerOf(marker, count));
    },
  });
  return { world, queue, tries };
}

test('[TXN-21] a transaction is ended when every partition took its marker; one that cannot yet is tried again', async () => {
  const { world, queue, tries } = queueWhere(({ partition }, count) =>
    partition === 1 && count < 3 ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.NONE,
  );
  let done = 0;
  queue.send(ENDING, 5, () => done++);
  await world.settle();
  assert.equal(done, 0);
  await world.advance(1000);
  assert.equal(done, 1);
  assert.deepEqual(tries, [1, 3]);
  queue.close();
});

for (const errorCode of [ErrorCode.INVALID_PRODUCER_EPOCH, ErrorCode.TRANSACTION_COORDINATOR_FENCED]) {
  test(`[TXN-22] a marker that was overtaken ends nothing: all of its transaction are given up (${errorCode})`, async () => {
    const { world, queue, tries } = queueWhere(({ partition }) =>
      partition === 0 ? errorCode : ErrorCode.NOT_LEADER_OR_FOLLOWER,
    );
    let done = 0;
    queue.send(ENDING, 5, () => done++);
    await world.advance(1000);
    assert.equal(done, 0);
    assert.deepEqual(tries, [1, 1]);
    assert.equal(world.lines.filter((line) => line.includes('given up')).length, 1);
    queue.close();
  });
}
