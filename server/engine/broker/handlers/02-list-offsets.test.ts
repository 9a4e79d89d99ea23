import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { listOffsets } from '../../../protocol/schema/02-list-offsets.ts';
import { deleteRecords } from '../../../protocol/schema/21-delete-records.ts';
import { offsetForLeaderEpoch } from '../../../protocol/schema/23-offset-for-leader-epoch.ts';
import { record } from '../../metadata/record.ts';
import { batchOf, TestBroker } from '../testing/test-broker.ts';

const T0 = 1_700_000_000_000;
let broker: TestBroker;
before(async () => {
  broker = await TestBroker.start();
  await broker.createTopic('times');
  // Timestamps out of order within and between batches.
  for (const stamps of [
    [10, 30, 20],
    [5, 40],
  ]) {
    const records = stamps.map((ms) => ({ timestampMs: T0 + ms, key: null, value: Buffer.from(String(ms)) }));
    await broker.produce('times', encodeBatch({ records }));
  }
});
after(() => broker.stop());

async function offsetAt(timestamp: number | bigint, version?: number) {
  const topics = [{ name: 'times', partitions: [{ partitionIndex: 0, timestamp }] }];
  const answer = await broker.ask(listOffsets, { replicaId: -1, topics }, version);
  const partition = answer.topics[0]?.partitions[0];
  assert.ok(partition);
  return partition;
}

test('[LOF-1] latest, earliest, largest timestamp, local and tiered offsets', async () => {
  const shown = [];
  for (const timestamp of [-1, -2, -3, -4, -5, -6]) {
    const { errorCode, offset, timestamp: found } = await offsetAt(timestamp);
    shown.push([errorCode, offset, found]);
  }
  assert.deepEqual(shown, [
    [0, 5, -1],
    [0, 0, -1],
    [0, 4, T0 + 40],
    [0, 0, -1],
    [0, -1, -1],
    [0, -1, -1],
  ]);
});

test('[LOF-2] by timestamp: the first record at or after it, exact within its batch', async () => {
  const found = async (ms: number) => {
    const { offset, timestamp } = await offsetAt(T0 + ms);
    return [offset, timestamp];
  };
  assert.deepEqual(await found(0), [0, T0 + 10]);
  assert.deepEqual(await found(11), [1, T0 + 30]);
  assert.deepEqual(await found(31), [4, T0 + 40]);
  assert.deepEqual(await found(41), [-1, -1]);
});

test('[LOF-3] every version from 1 to 11 knows the newest offset; later questions need their version', async () => {
  for (let version = 1; version <= 11; version++) assert.equal((await offsetAt(-1, version)).offset, 5);
  assert.equal((await offsetAt(-3, 6)).errorCode, ErrorCode.UNSUPPORTED_VERSION);
  assert.equal((await offsetAt(-6, 10)).errorCode, ErrorCode.UNSUPPORTED_VERSION);
  assert.equal((await offsetAt(-9)).errorCode, ErrorCode.UNSUPPORTED_VERSION);
});

test('[LOF-4] a partition asked for twice is INVALID_REQUEST, once; a topic is answered once', async () => {
  const twice = [0, 0, 1].map((partitionIndex) => ({ partitionIndex, timestamp: -1 }));
  const topics = [
    { name: 'times', partitions: twice },
    { name: 'times', partitions: [{ partitionIndex: 2, timestamp: -1 }] },
  ];
  const answer = await broker.ask(listOffsets, { replicaId: -1, topics });
  assert.equal(answer.topics.length, 1);
  const { INVALID_REQUEST, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode;
  assert.deepEqual(
    answer.topics[0]?.partitions.map((partition) => [partition.partitionIndex, partition.errorCode]),
    [
      [0, INVALID_REQUEST],
      [1, UNKNOWN_TOPIC_OR_PARTITION],
      [2, UNKNOWN_TOPIC_OR_PARTITION],
    ],
  );
});

test('[LOF-5] a debugging replica gets the end of the log; a partition that is not here is refused', async () => {
  const topics = [{ name: 'times', partitions: [0, 7].map((partitionIndex) => ({ partitionIndex, timestamp: -1 })) }];
  const answer = await broker.ask(listOffsets, { replicaId: -2, topics });
  const found = answer.topics[0]?.partitions.map(({ errorCode, offset }) => [errorCode, offset]);
  assert.deepEqual(found, [
    [0, 5],
    [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1],
  ]);
});

async function ledAnew(topic: string): Promise<void> {
  const { topicId } = broker.controller.image.topics.get(topic) ?? assert.fail(`no ${topic}`);
  broker.controller.commit([record('partitionChange', { topicId, partitionId: 0, leader: 1 })]);
}

test('[LOF-6] the leader epoch told is that of the record, from version 4 on; the leader’s own for the newest offset', async () => {
  await broker.createTopic('led');
  for (const ms of [1, 2]) {
    await broker.produce('led', batchOf(['x'], { timestampMs: T0 + ms }));
    await ledAnew('led');
  }
  const epochAt = async (timestamp: number, version = 11, currentLeaderEpoch = -1) => {
    const partitions = [{ partitionIndex: 0, timestamp, currentLeaderEpoch }];
    const topics = [{ name: 'led', partitions }];
    const found = (await broker.ask(listOffsets, { replicaId: -1, topics }, version)).topics[0]?.partitions[0];
    return found?.errorCode === ErrorCode.NONE ? [found.offset, found.leaderEpoch] : found?.errorCode;
  };
  assert.deepEqual(await epochAt(T0), [0, 0]);
  assert.deepEqual(await epochAt(T0 + 2), [1, 1]);
  assert.deepEqual(await epochAt(-1), [2, 2]);
  assert.deepEqual(await epochAt(-2), [0, 0]);
  assert.deepEqual(await epochAt(T0 + 2, 3), [1, -1], 'not in version 3');
  assert.equal(await epochAt(-1, 11, 1), ErrorCode.FENCED_LEADER_EPOCH);
  assert.equal(await epochAt(-1, 11, 3), ErrorCode.UNKNOWN_LEADER_EPOCH);
});

test('[EPO-2] the end of the largest epoch that is not above the one asked for; a client that knows another leader is told so', async () => {
  await broker.createTopic('epochs');
  for (let i = 0; i < 3; i++) {
    await broker.produce('epochs', batchOf(['a', 'b']));
    await ledAnew('epochs');
    await ledAnew('epochs');
  }
  const ask = async (leaderEpoch: number, currentLeaderEpoch = -1) => {
    const topics = [{ topic: 'epochs', partitions: [{ partition: 0, leaderEpoch, currentLeaderEpoch }] }];
    const end = (await broker.ask(offsetForLeaderEpoch, { topics })).topics[0]?.partitions[0];
    return end?.errorCode === ErrorCode.NONE ? [end.leaderEpoch, end.endOffset] : end?.errorCode;
  };
  // Records are of the epochs 0, 2 and 4; the leader is in epoch 6.
  assert.deepEqual(await ask(0), [0, 2]);
  assert.deepEqual(await ask(1), [0, 2]);
  assert.deepEqual(await ask(2), [2, 4]);
  assert.deepEqual(await ask(3), [2, 4]);
  assert.deepEqual(await ask(4), [4, 6]);
  assert.deepEqual(await ask(6), [6, 6]);
  assert.deepEqual(await ask(7), [-1, -1]);
  assert.deepEqual(await ask(0, 6), [0, 2]);
  assert.equal(await ask(0, 5), ErrorCode.FENCED_LEADER_EPOCH);
  assert.equal(await ask(0, 7), ErrorCode.UNKNOWN_LEADER_EPOCH);
});

test('[EPO-1] the end of the running epoch is the end of the log; an epoch that never was is unknown', async () => {
  const partitions = [0, 9].map((leaderEpoch) => ({ partition: 0, leaderEpoch }));
  const answer = await broker.ask(offsetForLeaderEpoch, { topics: [{ topic: 'times', partitions }] });
  const ends = answer.topics[0]?.partitions.map((end) => [end.errorCode, end.leaderEpoch, end.endOffset]);
  assert.deepEqual(ends, [
    [0, 0, 5],
    [0, -1, -1],
  ]);
});

test('[DEL-1] deleting records: −1 is the watermark, beyond it is OFFSET_OUT_OF_RANGE, compacted topics refuse', async () => {
  await broker.createTopic('cut');
  await broker.createTopic('kept', 1, { 'cleanup.policy': 'compact' });
  await broker.produce('cut', batchOf(['a', 'b']));
  const remove = async (name: string, offset: number) => {
    const topics = [{ name, partitions: [{ partitionIndex: 0, offset }] }];
    const partition = (await broker.ask(deleteRecords, { topics, timeoutMs: 100 })).topics[0]?.partitions[0];
    return [partition?.errorCode, partition?.lowWatermark];
  };
  assert.deepEqual(await remove('cut', 3), [ErrorCode.OFFSET_OUT_OF_RANGE, -1]);
  assert.deepEqual(await remove('cut', -2), [ErrorCode.OFFSET_OUT_OF_RANGE, -1]);
  assert.deepEqual(await remove('cut', -1), [ErrorCode.NONE, 2]);
  assert.deepEqual(await remove('cut', 1), [ErrorCode.NONE, 2]);
  assert.deepEqual(await remove('kept', 0), [ErrorCode.POLICY_VIOLATION, -1]);
  assert.deepEqual(await remove('nowhere', 0), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1]);
});

test('[LOF-7] a time that no record can have is answered like any other, each partition by itself', async () => {
  const asked = [1_796_134_847_103_123_457n, 2n ** 63n - 1n, -(2n ** 63n)];
  const partitions = asked.map((timestamp, partitionIndex) => ({ partitionIndex, timestamp }));
  const answer = await broker.ask(listOffsets, { replicaId: -1, topics: [{ name: 'times', partitions }] });
  assert.deepEqual(
    answer.topics[0]?.partitions.map(({ errorCode, offset, timestamp }) => [errorCode, offset, timestamp]),
    [
      [ErrorCode.NONE, -1, -1],
      [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1, -1],
      [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1, -1],
    ],
  );
  for (const timestamp of [2n ** 63n - 1n, 2n ** 53n]) assert.equal((await offsetAt(timestamp)).offset, -1);
  assert.equal((await offsetAt(-(2n ** 63n))).errorCode, ErrorCode.UNSUPPORTED_VERSION);
});
