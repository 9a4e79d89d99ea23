import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { MetadataState } from '../../state.ts';
import { CLUSTER_ID, TestCluster } from '../../testing/cluster.ts';

/** One partition on [1, 2, 3], led by 1, and brokers 4 and 5. */
function five(): TestCluster {
  const cluster = new TestCluster().start(1, 2, 3, 4, 5);
  cluster.create({ name: 'a', assignments: [{ partitionIndex: 0, brokerIds: [1, 2, 3] }] });
  return cluster;
}
function reassign(cluster: TestCluster, replicas: readonly number[] | null, o: { sameFactor?: boolean } = {}) {
  const topics = [
    { name: 'a', partitions: [{ partitionIndex: 0, replicas: replicas === null ? null : [...replicas] }] },
  ];
  const allowReplicationFactorChange = o.sameFactor !== true;
  const reply = cluster.run('alterReassignments', { topics, timeoutMs: 0, allowReplicationFactorChange });
  return reply.responses?.[0]?.partitions?.[0]?.errorCode;
}
const underWay = (cluster: TestCluster) => {
  const { replicas, addingReplicas, removingReplicas } = cluster.partition('a');
  return { replicas, addingReplicas, removingReplicas };
};
const done = (...replicas: number[]) => ({ replicas, addingReplicas: [], removingReplicas: [] });
const ledBy = (cluster: TestCluster) => {
  const { leader, inSyncReplicas } = cluster.partition('a');
  return [leader, [...inSyncReplicas].sort()];
};

test('[META-80] the new replicas join beside the old; once all of them are in sync the old go, and a new leader is told of', () => {
  const cluster = five();
  const { leaderEpoch } = cluster.partition('a');
  assert.equal(reassign(cluster, [4, 5, 3]), ErrorCode.NONE);
  assert.deepEqual(underWay(cluster), {
    replicas: [4, 5, 3, 1, 2],
    addingReplicas: [4, 5],
    removingReplicas: [1, 2],
  });
  assert.deepEqual(ledBy(cluster), [1, [1, 2, 3]]);
  assert.equal(cluster.alterPartition('a', 0, [1, 2, 3, 5]).errorCode, ErrorCode.NONE);
  assert.equal(underWay(cluster).replicas.length, 5, 'one is not there yet');
  const last = cluster.alterPartition('a', 0, [1, 2, 3, 5, 4]);
  assert.equal(last.errorCode, ErrorCode.NEW_LEADER_ELECTED, 'who proposed it leads no longer');
  assert.deepEqual(underWay(cluster), done(4, 5, 3));
  assert.deepEqual(ledBy(cluster), [4, [3, 4, 5]]);
  assert.equal(cluster.partition('a').leaderEpoch, leaderEpoch + 1);
});

test('[META-81] a leader that stays hears of the end as a new leader epoch', () => {
  const cluster = five();
  reassign(cluster, [1, 4]);
  const { leaderEpoch } = cluster.partition('a');
  const answer = cluster.alterPartition('a', 0, [1, 2, 3, 4]);
  assert.deepEqual(answer, {
    partitionIndex: 0,
    errorCode: ErrorCode.NONE,
    leaderId: 1,
    leaderEpoch: leaderEpoch + 1,
    isr: [1, 4],
    partitionEpoch: cluster.partition('a').partitionEpoch,
  });
  assert.deepEqual(underWay(cluster), done(1, 4));
});

test('[META-82] what is in sync already is done at once: another order, fewer replicas', () => {
  const cluster = five();
  assert.equal(reassign(cluster, [3, 2, 1]), ErrorCode.NONE);
  assert.deepEqual([underWay(cluster), ledBy(cluster)], [done(3, 2, 1), [1, [1, 2, 3]]]);
  assert.equal(cluster.partition('a').leaderEpoch, 0, 'another order is no new epoch');
  assert.equal(reassign(cluster, [3, 2]), ErrorCode.NONE);
  assert.deepEqual([underWay(cluster), ledBy(cluster)], [done(3, 2), [3, [2, 3]]]);
  const before = cluster.log.length;
  assert.equal(reassign(cluster, [3, 2]), ErrorCode.NONE);
  assert.equal(cluster.log.length, before, 'what is so already is no change');
});

test('[META-83] cancelling drops what was added and keeps what was to go; without anything under way it is refused', () => {
  const cluster = five();
  assert.equal(reassign(cluster, null), ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
  reassign(cluster, [4, 5]);
  cluster.alterPartition('a', 0, [1, 2, 3, 5]);
  assert.equal(reassign(cluster, null), ErrorCode.NONE);
  assert.deepEqual([underWay(cluster), ledBy(cluster)], [done(1, 2, 3), [1, [1, 2, 3]]]);
  reassign(cluster, [4]);
  cluster.alterPartition('a', 0, [1, 4]);
  assert.deepEqual(underWay(cluster), done(4));
  assert.equal(reassign(cluster, null), ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
});

test('[META-84] a cancellation that would leave nobody in sync needs unclean elections', () => {
  const cluster = five();
  reassign(cluster, [4, 5]);
  cluster.alterPartition('a', 0, [1, 4]);
  cluster.beat(1, { wantFence: true });
  assert.deepEqual(ledBy(cluster), [4, [4]]);
  assert.equal(reassign(cluster, null), ErrorCode.INVALID_REPLICA_ASSIGNMENT);
  const configs = [{ name: 'unclean.leader.election.enable', value: 'true', configOperation: 0 }];
  const resources = [{ resourceType: 2, resourceName: 'a', configs }];
  cluster.run('incrementalAlterConfigs', { resources, validateOnly: false });
  assert.equal(reassign(cluster, null), ErrorCode.NONE);
  assert.deepEqual(underWay(cluster), done(1, 2, 3));
});

test('[META-85] another target while one is under way starts from the replicas of before', () => {
  const cluster = five();
  reassign(cluster, [4, 2, 3]);
  cluster.alterPartition('a', 0, [1, 2, 3, 4].slice(0, 3));
  assert.equal(reassign(cluster, [5, 2, 3]), ErrorCode.NONE);
  assert.deepEqual(underWay(cluster), { replicas: [5, 2, 3, 1], addingReplicas: [5], removingReplicas: [1] });
  assert.equal(reassign(cluster, [1, 2, 3]), ErrorCode.NONE, 'back to where it began');
  assert.deepEqual(underWay(cluster), done(1, 2, 3));
});

test('[META-86] what cannot be is refused, partition by partition', () => {
  const cluster = five();
  const { INVALID_REPLICA_ASSIGNMENT, INVALID_REPLICATION_FACTOR, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode;
  assert.equal(reassign(cluster, []), INVALID_REPLICA_ASSIGNMENT);
  assert.equal(reassign(cluster, [1, 1]), INVALID_REPLICA_ASSIGNMENT);
  assert.equal(reassign(cluster, [1, 9]), INVALID_REPLICA_ASSIGNMENT);
  assert.equal(reassign(cluster, [1, 2], { sameFactor: true }), INVALID_REPLICATION_FACTOR);
  assert.equal(reassign(cluster, [1, 2, 4], { sameFactor: true }), ErrorCode.NONE);
  assert.equal(reassign(cluster, [1, 2, 5], { sameFactor: true }), ErrorCode.NONE, 'counted without what leaves');
  const topics = [
    { name: 'nope', partitions: [{ partitionIndex: 0, replicas: [1] }] },
    { name: 'a', partitions: [{ partitionIndex: 7, replicas: null }] },
  ];
  const reply = cluster.run('alterReassignments', { topics, timeoutMs: 0, allowReplicationFactorChange: true });
  assert.deepEqual(
    reply.responses?.flatMap(({ partitions }) => partitions?.map(({ errorCode }) => errorCode)),
    [UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_OR_PARTITION],
  );
});

test('[META-87] those under way are listed, all or the ones asked for, and survive in the log until the topic goes', () => {
  const cluster = five();
  cluster.create({ name: 'b', assignments: [{ partitionIndex: 0, brokerIds: [1] }] });
  const list = (topics: { name: string; partitionIndexes: number[] }[] | null) =>
    cluster.run('listReassignments', { topics, timeoutMs: 0 }).topics;
  assert.deepEqual(list(null), []);
  reassign(cluster, [4, 2, 3]);
  const partition = { partitionIndex: 0, replicas: [4, 2, 3, 1], addingReplicas: [4], removingReplicas: [1] };
  const only = [{ name: 'a', partitions: [partition] }];
  assert.deepEqual(list(null), only);
  assert.deepEqual(
    list([
      { name: 'a', partitionIndexes: [0, 8] },
      { name: 'nope', partitionIndexes: [0] },
    ]),
    only,
  );
  assert.deepEqual(list([{ name: 'b', partitionIndexes: [0] }]), []);
  const restarted = new MetadataState(CLUSTER_ID);
  for (const [offset, record] of cluster.log.entries()) restarted.replay(record, offset);
  assert.deepEqual(restarted.topics.get('a')?.partitions[0], cluster.partition('a'));
  cluster.run('deleteTopics', { topics: [], topicNames: ['a'], timeoutMs: 0 });
  assert.deepEqual(list(null), []);
});

test('[META-88] brokers that go meanwhile: a new replica is waited for, a leader is replaced, and it ends when all are there', () => {
  const cluster = five();
  reassign(cluster, [4, 5, 3]);
  cluster.beat(4, { wantFence: true });
  cluster.alterPartition('a', 0, [1, 2, 3, 5]);
  cluster.beat(1, { wantFence: true });
  assert.deepEqual([cluster.partition('a').leader, underWay(cluster).replicas.length], [5, 5]);
  cluster.beat(4);
  assert.equal(cluster.alterPartition('a', 0, [2, 3, 5, 4]).errorCode, ErrorCode.NONE);
  assert.deepEqual([underWay(cluster), ledBy(cluster)], [done(4, 5, 3), [5, [3, 4, 5]]]);
});

test('[META-89] new partitions have as many replicas as the topic will have when its move is done', () => {
  const cluster = five();
  reassign(cluster, [4, 5]);
  cluster.run('createPartitions', {
    topics: [{ name: 'a', count: 2, assignments: null }],
    timeoutMs: 0,
    validateOnly: false,
  });
  assert.equal(cluster.partition('a', 1).replicas.length, 2);
});
