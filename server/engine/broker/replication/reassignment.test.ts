import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { electLeaders } from '../../../protocol/schema/43-elect-leaders.ts';
import { alterPartitionReassignments } from '../../../protocol/schema/45-alter-partition-reassignments.ts';
import { listPartitionReassignments } from '../../../protocol/schema/46-list-partition-reassignments.ts';
import { describeQuorum } from '../../../protocol/schema/55-describe-quorum.ts';
import { describeCluster } from '../../../protocol/schema/60-describe-cluster.ts';
import { unregisterBroker } from '../../../protocol/schema/64-unregister-broker.ts';
import { describeTopicPartitions } from '../../../protocol/schema/75-describe-topic-partitions.ts';
import { TestCluster } from '../testing/test-cluster.ts';

let cluster: TestCluster;
before(async () => {
  cluster = await TestCluster.start();
});
after(() => cluster.stop());

async function reassign(name: string, replicas: readonly number[] | null, by = 1) {
  const topics = [{ name, partitions: [{ partitionIndex: 0, replicas }] }];
  const answer = await cluster.ask(by, alterPartitionReassignments, { topics });
  return answer.responses[0]?.partitions[0]?.errorCode;
}
async function underWay(by = 1) {
  const { topics } = await cluster.ask(by, listPartitionReassignments, {});
  return topics.map(({ name, partitions }) => [
    name,
    ...partitions.map(({ replicas, addingReplicas, removingReplicas }) => [replicas, addingReplicas, removingReplicas]),
  ]);
}
async function describe(name: string, by = 1) {
  const answer = await cluster.ask(by, describeTopicPartitions, { topics: [{ name }] });
  const partition = answer.topics[0]?.partitions[0];
  return {
    leader: partition?.leaderId ?? -1,
    replicas: partition?.replicaNodes ?? [],
    inSync: [...(partition?.isrNodes ?? [])].sort(),
    eligible: partition?.eligibleLeaderReplicas ?? [],
    lastKnown: partition?.lastKnownElr ?? [],
  };
}
/** Lets time pass until nothing moves any more. */
async function settle(by = 1): Promise<void> {
  for (let i = 0; i < 400 && (await underWay(by)).length > 0; i++) await cluster.world.advance(50);
  assert.deepEqual(await underWay(by), []);
  await cluster.world.advance(500);
}
const foldersOf = (nodeId: number, topic: string) =>
  cluster.world.disk.list(`broker-${nodeId}`).filter((name) => name === `${topic}-0`);
const endOf = async (nodeId: number, topic: string) => (await cluster.fetch(nodeId, topic)).highWatermark;

test('[REP-60] a partition moves to other brokers with its records: they copy, lead, and the old one deletes its log', async () => {
  await cluster.createTopic('move', [1]);
  await cluster.produce(1, 'move', ['a', 'b', 'c']);
  assert.equal(await reassign('move', [3, 2], 2), ErrorCode.NONE);
  await settle();
  const { leader, replicas, inSync } = await describe('move');
  assert.deepEqual([leader, replicas, inSync], [3, [3, 2], [2, 3]]);
  assert.deepEqual([foldersOf(1, 'move').length, foldersOf(2, 'move').length, foldersOf(3, 'move').length], [0, 1, 1]);
  assert.equal(await endOf(3, 'move'), 3);
  assert.equal((await cluster.produce(3, 'move', ['d'])).baseOffset, 3);
  assert.deepEqual(cluster.file(2, 'move'), cluster.file(3, 'move'));
  assert.equal((await cluster.produce(1, 'move', ['x'])).errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER);
});

test('[REP-61] while it runs all replicas are shown and records go on; cancelled, the new one is gone again', async () => {
  await cluster.createTopic('held', [1, 2]);
  await cluster.produce(1, 'held', ['a']);
  cluster.cut(3, 1);
  assert.equal(await reassign('held', [3, 1]), ErrorCode.NONE);
  assert.deepEqual(await underWay(2), [['held', [[3, 1, 2], [3], [2]]]]);
  assert.deepEqual((await describe('held', 2)).replicas, [3, 1, 2]);
  assert.equal((await cluster.produce(1, 'held', ['b'])).errorCode, ErrorCode.NONE);
  assert.equal(foldersOf(3, 'held').length, 1);
  assert.equal(await reassign('held', null), ErrorCode.NONE);
  assert.equal(await reassign('held', null), ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
  cluster.heal(3, 1);
  const { leader, replicas, inSync } = await describe('held');
  assert.deepEqual([leader, replicas, inSync], [1, [1, 2], [1, 2]]);
  await cluster.world.advance(1000);
  assert.equal(foldersOf(3, 'held').length, 0);
  assert.equal(await endOf(1, 'held'), 2);
});

test('[REP-62] a controller that restarts meanwhile goes on with it, and a leader that dies is no end of it', async () => {
  await cluster.createTopic('long', [1, 2]);
  await cluster.produce(1, 'long', ['a']);
  cluster.cut(3, 1);
  cluster.cut(3, 2);
  await reassign('long', [3, 2]);
  await cluster.kill(3000);
  await cluster.world.advance(1000);
  await cluster.startController();
  await cluster.world.advance(1000);
  assert.deepEqual(await underWay(2), [['long', [[3, 2, 1], [3], [1]]]]);
  await cluster.kill(1);
  await cluster.awaitPartition('long', 2, { leader: 2 });
  assert.equal((await underWay(2)).length, 1);
  cluster.heal(3, 2);
  await settle(2);
  const { leader, replicas, inSync } = await describe('long', 2);
  assert.deepEqual([leader, replicas, inSync], [2, [3, 2], [2, 3]]);
  await cluster.startBroker(1);
  await cluster.world.advance(1000);
  assert.equal(foldersOf(1, 'long').length, 0, 'what it no longer holds it deletes when it is back');
});

test('[REP-63] a topic that is deleted meanwhile ends its move', async () => {
  await cluster.createTopic('gone', [1]);
  cluster.cut(3, 1);
  await reassign('gone', [3]);
  assert.equal((await underWay()).length, 1);
  await cluster.deleteTopic('gone');
  cluster.heal(3, 1);
  assert.deepEqual(await underWay(), []);
});

test('[REP-64] a killed leader is replaced within the session time-out plus one second', async () => {
  await cluster.createTopic('killed', [3, 1, 2]);
  for (let phaseMs = 0; phaseMs < 1000; phaseMs += 170) {
    await cluster.awaitPartition('killed', 1, { inSync: [1, 2, 3] });
    await cluster.electPreferred('killed');
    await cluster.awaitPartition('killed', 1, { leader: 3 });
    await cluster.world.advance(phaseMs);
    const killedMs = cluster.world.clock.monotonicMs();
    await cluster.kill(3);
    await cluster.awaitPartition('killed', 1, { leader: 1 });
    const tookMs = cluster.world.clock.monotonicMs() - killedMs;
    assert.ok(tookMs <= 3000 + 1000, `${tookMs} ms`);
    assert.ok(tookMs > 2000, 'nobody is given up early');
    assert.equal((await cluster.produce(1, 'killed', ['a'])).errorCode, ErrorCode.NONE);
    await cluster.startBroker(3);
  }
});

test('[REP-65] what one broker alone has: eligible after an orderly stop, led again after a crash, not led by an empty disk', async () => {
  await cluster.createTopic('single', [3]);
  await cluster.produce(3, 'single', ['a', 'b']);
  await cluster.stopBroker(3);
  assert.deepEqual(await describe('single'), { leader: -1, replicas: [3], inSync: [], eligible: [3], lastKnown: [3] });
  await cluster.startBroker(3);
  assert.deepEqual(await describe('single', 3), { leader: 3, replicas: [3], inSync: [3], eligible: [], lastKnown: [] });

  await cluster.kill(3);
  await cluster.startBroker(3);
  assert.equal((await cluster.awaitPartition('single', 1, { leader: 3 })).leader, 3);
  assert.equal(await endOf(3, 'single'), 2);

  await cluster.kill(3);
  cluster.wipe(3);
  await cluster.startBroker(3);
  await cluster.world.advance(2000);
  assert.deepEqual(await describe('single'), { leader: -1, replicas: [3], inSync: [], eligible: [], lastKnown: [3] });
  const topicPartitions = [{ topic: 'single', partitions: [0] }];
  const forced = await cluster.ask(1, electLeaders, { electionType: 1, topicPartitions });
  assert.equal(forced.replicaElectionResults[0]?.partitionResult[0]?.errorCode, ErrorCode.NONE);
  await cluster.awaitPartition('single', 1, { leader: 3 });
  assert.equal(await endOf(3, 'single'), 0);
});

test('[REP-66] a broker with an empty disk copies what others have, and is in sync and leads again', async () => {
  await cluster.createTopic('spread', [3, 1, 2]);
  await cluster.produce(3, 'spread', ['a', 'b']);
  await cluster.kill(3);
  cluster.wipe(3);
  await cluster.startBroker(3);
  const { leader } = await cluster.awaitPartition('spread', 1, { inSync: [1, 2, 3] });
  assert.equal(leader, 1);
  assert.deepEqual(cluster.file(3, 'spread'), cluster.file(1, 'spread'));
  assert.ok(cluster.file(3, 'spread').length > 0);
});

test('[REP-67] an unregistered broker is gone from the cluster’s description, and one that starts is there again', async () => {
  const brokers = async () =>
    (await cluster.ask(1, describeCluster, {})).brokers.map(({ brokerId }) => brokerId).sort();
  await cluster.stopBroker(3);
  const gone = await cluster.ask(1, unregisterBroker, { brokerId: 3 });
  assert.equal(gone.errorCode, ErrorCode.NONE);
  assert.deepEqual(await brokers(), [1, 2]);
  assert.equal((await cluster.ask(2, unregisterBroker, { brokerId: 3 })).errorCode, ErrorCode.BROKER_ID_NOT_REGISTERED);
  await cluster.startBroker(3);
  assert.deepEqual(await brokers(), [1, 2, 3]);
  assert.equal((await cluster.ask(1, unregisterBroker, { brokerId: 2 })).errorCode, ErrorCode.NONE);
  await cluster.world.advance(3000);
  assert.deepEqual(await brokers(), [1, 2, 3], 'one that runs registers again');
});

test('[REP-68] the quorum is the controller, and the brokers watch it, each as far as it has read', async () => {
  const topics = [
    { topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] },
    { topicName: 'other', partitions: [{ partitionIndex: 0 }] },
  ];
  await cluster.world.advance(1000);
  const answer = await cluster.ask(1, describeQuorum, { topics });
  const [partition, other] = answer.topics.flatMap(({ partitions }) => partitions);
  assert.equal(other?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.deepEqual([partition?.leaderId, partition?.currentVoters.map(({ replicaId }) => replicaId)], [3000, [3000]]);
  assert.deepEqual(partition?.observers.map(({ replicaId }) => replicaId).sort(), [1, 2, 3]);
  for (const observer of partition?.observers ?? []) {
    assert.equal(observer.logEndOffset, partition?.highWatermark);
    assert.ok(observer.lastFetchTimestamp > 0 && observer.lastCaughtUpTimestamp > 0);
  }
  assert.deepEqual(answer.nodes[0]?.listeners[0], { name: 'CONTROLLER', host: 'here', port: 9090 });
});
