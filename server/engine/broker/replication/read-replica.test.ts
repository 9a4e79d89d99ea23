import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { listOffsets } from '../../../protocol/schema/02-list-offsets.ts';
import { RACK_AWARE_SELECTOR } from '../../replication/closest-replica.ts';
import { TestCluster } from '../testing/test-cluster.ts';

const whole = [1, 2, 3];
let cluster: TestCluster;
before(async () => {
  cluster = await TestCluster.start({ 'replica.selector.class': RACK_AWARE_SELECTOR }, ['a', 'b', 'c']);
});
after(() => cluster.stop());

const preferred = async (topic: string, rackId: string, offset = 0) => {
  const answer = await cluster.fetch(1, topic, offset, { rackId });
  return [answer.preferredReadReplica, answer.records?.length === 0];
};

test('[REP-41] the leader sends a consumer to the in-sync follower of its rack, and serves everybody else itself', async () => {
  await cluster.createTopic('near');
  await cluster.produce(1, 'near', ['x']);
  assert.deepEqual(await preferred('near', 'b'), [2, true]);
  assert.deepEqual(await preferred('near', 'c'), [3, true]);
  assert.deepEqual(await preferred('near', 'a'), [-1, false], 'the leader’s own rack');
  assert.deepEqual(await preferred('near', ''), [-1, false]);
  assert.deepEqual(await preferred('near', 'elsewhere'), [-1, false]);
  const old = await cluster.fetch(1, 'near', 0, { version: 10 });
  assert.deepEqual([old.preferredReadReplica, old.records?.length === 0], [-1, false]);
  const sent = cluster.world.clock.monotonicMs();
  assert.equal((await cluster.fetch(1, 'near', 1, { rackId: 'b', maxWaitMs: 5000 })).preferredReadReplica, 2);
  assert.ok(cluster.world.clock.monotonicMs() - sent < 100, 'told at once');
});

test('[REP-42] a follower without the offset, or out of sync, is nobody’s closest', async () => {
  await cluster.createTopic('far');
  await cluster.produce(1, 'far', ['x']);
  cluster.cut(2, 1);
  await cluster.produce(1, 'far', ['y'], { acks: 1 });
  await cluster.world.settle();
  assert.deepEqual(await preferred('far', 'b', 1), [2, true], 'it has all below offset 1');
  assert.deepEqual(await preferred('far', 'b', 2), [-1, true], 'it lacks what is below offset 2');
  await cluster.awaitPartition('far', 1, { inSync: [1, 3] });
  assert.deepEqual(await preferred('far', 'b', 0), [-1, false]);
  cluster.heal(2, 1);
  await cluster.awaitPartition('far', 1, { inSync: whole });
  assert.deepEqual(await preferred('far', 'b', 0), [2, true]);
});

test('[REP-43] a follower serves what it knows to be committed, with its own watermark, and Kafka’s errors', async () => {
  // Led by broker 2 in its second epoch.
  await cluster.createTopic('serve', [3, 2, 1]);
  await cluster.kill(3);
  await cluster.awaitPartition('serve', 1, { leader: 2 });
  await cluster.startBroker(3);
  await cluster.awaitPartition('serve', 1, { inSync: whole });
  await cluster.produce(2, 'serve', ['x']);
  await cluster.world.settle();
  const { leaderEpoch } = await cluster.partition('serve', 1);
  const read = await cluster.fetch(1, 'serve', 0, { rackId: 'a', currentLeaderEpoch: leaderEpoch });
  assert.deepEqual([read.errorCode, read.highWatermark, read.preferredReadReplica], [ErrorCode.NONE, 1, -1]);
  assert.deepEqual(read.records, (await cluster.fetch(2, 'serve', 0)).records);
  const codeAt = async (offset: number, epoch: number) =>
    (await cluster.fetch(1, 'serve', offset, { rackId: 'a', currentLeaderEpoch: epoch })).errorCode;
  assert.equal(await codeAt(0, leaderEpoch - 1), ErrorCode.FENCED_LEADER_EPOCH);
  assert.equal(await codeAt(0, leaderEpoch + 1), ErrorCode.UNKNOWN_LEADER_EPOCH);
  assert.equal(await codeAt(2, leaderEpoch), ErrorCode.OFFSET_OUT_OF_RANGE);
  const version10 = await cluster.fetch(1, 'serve', 0, { version: 10 });
  assert.equal(version10.errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER, 'older clients know of leaders only');
  const partitions = [{ partitionIndex: 0, timestamp: -1 }];
  const latest = await cluster.ask(1, listOffsets, { replicaId: -1, topics: [{ name: 'serve', partitions }] }, 7);
  assert.equal(latest.topics[0]?.partitions[0]?.errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER);

  cluster.cut(3, 2);
  await cluster.produce(2, 'serve', ['y'], { acks: 1 });
  await cluster.world.settle();
  const uncommitted = await cluster.fetch(1, 'serve', 1, { rackId: 'a' });
  assert.deepEqual([uncommitted.errorCode, uncommitted.highWatermark, uncommitted.records?.length], [0, 1, 0]);
  cluster.heal(3, 2);
  await cluster.awaitPartition('serve', 1, { inSync: whole });
});

test('[REP-44] a consumer that waits at a follower wakes with the commit, not half a second later', async () => {
  await cluster.createTopic('quick');
  await cluster.world.advance(3000);
  const startedMs = cluster.world.clock.monotonicMs();
  const waiting = cluster.fetch(2, 'quick', 0, { rackId: 'b', maxWaitMs: 60_000 });
  await cluster.produce(1, 'quick', ['x']);
  const answer = await waiting;
  assert.equal(answer.highWatermark, 1);
  assert.ok((answer.records?.length ?? 0) > 0);
  assert.ok(cluster.world.clock.monotonicMs() - startedMs <= 100);
});

test('[REP-45] without replica.selector.class consumers are never sent away', async () => {
  const plain = await TestCluster.start({}, ['a', 'b', 'c']);
  await plain.createTopic('plain');
  await plain.produce(1, 'plain', ['x']);
  const answer = await plain.fetch(1, 'plain', 0, { rackId: 'b' });
  assert.deepEqual([answer.preferredReadReplica, (answer.records?.length ?? 0) > 0], [-1, true]);
  await plain.stop();
});
