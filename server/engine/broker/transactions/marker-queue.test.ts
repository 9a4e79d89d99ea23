import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { Transaction } from '../../coordinator/transaction/transaction.ts';
import type { MetadataImage, TopicImage } from '../../metadata/image.ts';
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
