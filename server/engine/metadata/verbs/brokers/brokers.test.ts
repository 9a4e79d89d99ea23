import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { registration, TestCluster } from '../../testing/cluster.ts';

test('[META-40] a broker begins fenced, and is unfenced once it has read its own registration', () => {
  const cluster = new TestCluster();
  assert.equal(cluster.register(1), ErrorCode.NONE);
  const epoch = cluster.state.brokers.get(1)?.epoch;
  assert.equal(epoch, 0, 'the epoch is the offset of the registration');
  assert.equal(cluster.state.brokers.get(1)?.isFenced, true);
  const early = cluster.run('heartbeat', {
    brokerId: 1,
    brokerEpoch: 0,
    currentMetadataOffset: -1,
    wantFence: false,
    wantShutDown: false,
    offlineLogDirs: [],
    cordonedLogDirs: null,
  });
  assert.deepEqual([early.isCaughtUp, early.isFenced], [false, true]);
  assert.deepEqual(cluster.beat(1).isFenced, false);
  assert.equal(cluster.state.brokers.get(1)?.isFenced, false);
});

test('[META-41] another cluster’s broker, a second process with the same id and a broker without an address are refused', () => {
  const cluster = new TestCluster().start(1);
  const ask = (change: object) => cluster.run('registerBroker', { ...registration(1, 2), ...change }).errorCode;
  assert.equal(ask({ clusterId: 'b3RoZXItY2x1c3Rlci0xMg' }), ErrorCode.INCONSISTENT_CLUSTER_ID);
  assert.equal(ask({ listeners: [] }), ErrorCode.INVALID_REGISTRATION);
  assert.equal(ask({}), ErrorCode.DUPLICATE_BROKER_REGISTRATION);
  cluster.disconnect(1);
  assert.equal(ask({}), ErrorCode.NONE);
});

test('[META-42] the same process registering twice keeps its epoch', () => {
  const cluster = new TestCluster().start(1);
  const epoch = cluster.state.brokers.get(1)?.epoch;
  const reply = cluster.run('registerBroker', registration(1, 1));
  assert.deepEqual(reply, { errorCode: ErrorCode.NONE, brokerEpoch: epoch });
});

test('[META-43] unknown brokers and stale epochs are told so', () => {
  const cluster = new TestCluster();
  assert.equal(cluster.beat(1).errorCode, ErrorCode.BROKER_ID_NOT_REGISTERED);
  cluster.start(1);
  const stale = { brokerId: 1, brokerEpoch: 99 };
  assert.equal(cluster.run('allocateProducerIds', stale).errorCode, ErrorCode.STALE_BROKER_EPOCH);
});

test('[META-44] a silent broker is fenced after its session and leads nothing; back, it leads again in newer epochs', () => {
  const cluster = new TestCluster().start(1, 2);
  cluster.create({ name: 'a', numPartitions: 2 });
  const before = cluster.state.topics.get('a')?.partitions[0];
  cluster.nowMs = 8_999;
  assert.deepEqual(cluster.run('fenceSilentBrokers', null), []);
  cluster.beat(2);
  cluster.nowMs = 9_000;
  assert.deepEqual(cluster.run('fenceSilentBrokers', null), [1]);
  assert.deepEqual(cluster.leaders('a'), [-1, 2]);
  assert.deepEqual(cluster.partition('a').inSyncReplicas, []);
  assert.deepEqual(cluster.partition('a').eligibleLeaderReplicas, [1]);
  cluster.beat(1);
  const after = cluster.state.topics.get('a')?.partitions[0];
  assert.equal(after?.leader, 1);
  assert.equal(after?.leaderEpoch, (before?.leaderEpoch ?? 0) + 2);
});

test('[META-45] controlled shutdown: partitions go first, and the broker stops once it has read that', () => {
  const cluster = new TestCluster().start(1, 2);
  cluster.create({ name: 'a', numPartitions: 2 }, { name: 'r', numPartitions: 2, replicationFactor: 2 });
  const first = cluster.beat(1, { wantShutDown: true });
  assert.deepEqual([first.shouldShutDown, first.isFenced], [false, false]);
  assert.deepEqual(cluster.leaders('r'), [2, 2]);
  assert.deepEqual(cluster.partition('r').inSyncReplicas, [2]);
  assert.deepEqual(cluster.leaders('a'), [1, 2], 'what nobody else has it leads until it is gone');
  cluster.beat(2);
  const late = { ...cluster.state.brokers.get(1) };
  const unread = cluster.run('heartbeat', {
    brokerId: 1,
    brokerEpoch: late.epoch ?? -1,
    currentMetadataOffset: cluster.state.offset - 1,
    wantFence: false,
    wantShutDown: true,
    offlineLogDirs: [],
    cordonedLogDirs: null,
  });
  assert.equal(unread.shouldShutDown, false);
  cluster.heard(2);
  assert.equal(cluster.beat(1, { wantShutDown: true }).shouldShutDown, false, 'broker 2 has not read that it leads');
  cluster.sessions.set(1, {
    lastContactMs: 0,
    isConnected: true,
    shutdownOffset: cluster.state.offset,
    appliedOffset: 0,
  });
  assert.equal(cluster.beat(1, { wantShutDown: true }).shouldShutDown, false);
  cluster.beat(2);
  const second = cluster.beat(1, { wantShutDown: true });
  assert.deepEqual([second.shouldShutDown, second.isFenced], [true, true]);
  assert.deepEqual(cluster.leaders('a'), [-1, 2]);
  assert.deepEqual(cluster.partition('a').eligibleLeaderReplicas, [1]);
});

test('[META-46] blocks of producer ids follow each other and are never given twice', () => {
  const cluster = new TestCluster().start(1, 2);
  const starts = [1, 2, 1].map((brokerId) => {
    const brokerEpoch = cluster.state.brokers.get(brokerId)?.epoch ?? -1;
    const { producerIdStart, producerIdLen } = cluster.run('allocateProducerIds', { brokerId, brokerEpoch });
    assert.equal(producerIdLen, 1000);
    return producerIdStart;
  });
  assert.deepEqual(starts, [0, 1000, 2000]);
});
