import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { TestCluster } from '../../testing/cluster.ts';

/** One partition on [1, 2, 3], led by 1. */
function three(settings: Readonly<Record<string, string>> = {}): TestCluster {
  const cluster = new TestCluster(settings).start(1, 2, 3);
  cluster.create({ name: 'a', assignments: [{ partitionIndex: 0, brokerIds: [1, 2, 3] }] });
  return cluster;
}
const fence = (cluster: TestCluster, ...ids: number[]) => {
  for (const id of ids) cluster.beat(id, { wantFence: true });
};
const stateOf = (cluster: TestCluster) => {
  const { leader, inSyncReplicas } = cluster.partition('a');
  return [leader, ...inSyncReplicas];
};
const eligibleOf = (cluster: TestCluster) => cluster.partition('a').eligibleLeaderReplicas;
const epochsOf = (cluster: TestCluster) => {
  const { leaderEpoch, partitionEpoch } = cluster.partition('a');
  return [leaderEpoch, partitionEpoch];
};
const elect = (cluster: TestCluster, electionType: number, partitions: number[] | null = [0]) => {
  const topicPartitions = partitions === null ? null : [{ topic: 'a', partitions }];
  return cluster.run('electLeaders', { electionType, topicPartitions, timeoutMs: 0 });
};
const codesOf = (reply: ReturnType<typeof elect>) =>
  reply.replicaElectionResults?.flatMap(({ partitionResult }) => partitionResult?.map(({ errorCode }) => errorCode));
const setUnclean = (cluster: TestCluster, resourceType: number, resourceName: string, value: string) => {
  const configs = [{ name: 'unclean.leader.election.enable', value, configOperation: 0 }];
  const reply = cluster.run('incrementalAlterConfigs', {
    resources: [{ resourceType, resourceName, configs }],
    validateOnly: false,
  });
  assert.equal(reply.responses?.[0]?.errorCode, ErrorCode.NONE);
};

test('[META-52] a fenced broker leaves the in-sync replicas; the first live one in replica order leads, the last one stays eligible', () => {
  const cluster = three();
  fence(cluster, 3);
  assert.deepEqual(
    [stateOf(cluster), epochsOf(cluster)],
    [
      [1, 1, 2],
      [0, 1],
    ],
    'a follower goes: the leader stays',
  );
  fence(cluster, 1);
  assert.deepEqual(
    [stateOf(cluster), epochsOf(cluster)],
    [
      [2, 2],
      [1, 2],
    ],
  );
  fence(cluster, 2);
  assert.deepEqual([stateOf(cluster), epochsOf(cluster)], [[-1], [2, 3]]);
  assert.deepEqual(eligibleOf(cluster), [2]);
});

test('[META-58] a leader that lives stays, and another is taken in the order of the replicas, not of who came into sync', () => {
  const cluster = three();
  fence(cluster, 1);
  cluster.beat(1);
  cluster.alterPartition('a', 0, [2, 3, 1]);
  fence(cluster, 3);
  assert.deepEqual(stateOf(cluster), [2, 2, 1]);
  cluster.beat(3);
  cluster.alterPartition('a', 0, [2, 3, 1]);
  fence(cluster, 2);
  assert.deepEqual(stateOf(cluster), [1, 3, 1]);
});

test('[META-53] only who was in sync last leads a leaderless partition again, whoever else is back', () => {
  const cluster = three();
  fence(cluster, 3, 1, 2);
  cluster.beat(1);
  cluster.beat(3);
  assert.deepEqual([stateOf(cluster), eligibleOf(cluster)], [[-1], [2]]);
  cluster.beat(2);
  assert.deepEqual(
    [stateOf(cluster), epochsOf(cluster)],
    [
      [2, 2],
      [3, 4],
    ],
  );
});

test('[META-54] brokers that fall silent together do not elect each other', () => {
  const cluster = three();
  cluster.nowMs = 5000;
  cluster.beat(3);
  cluster.nowMs = 9000;
  assert.deepEqual(cluster.run('fenceSilentBrokers', null), [1, 2]);
  assert.deepEqual(
    [stateOf(cluster), epochsOf(cluster)],
    [
      [3, 3],
      [1, 1],
    ],
  );
  cluster.beat(1);
  cluster.alterPartition('a', 0, [3, 1]);
  cluster.nowMs = 30_000;
  cluster.run('fenceSilentBrokers', null);
  assert.deepEqual(stateOf(cluster), [-1]);
  assert.deepEqual(eligibleOf(cluster), [1, 3], 'both have all that was acknowledged');
  cluster.beat(1);
  assert.deepEqual(stateOf(cluster), [1, 1], 'the other one is not waited for');
  assert.deepEqual(eligibleOf(cluster), [], 'and lacks from now on what this one commits alone');
});

test('[META-55] a new process of a broker has left the in-sync replicas; unregistered brokers too', () => {
  const cluster = three();
  cluster.disconnect(1);
  cluster.register(1, 11);
  assert.deepEqual(stateOf(cluster), [2, 2, 3]);
  cluster.run('unregisterBroker', { brokerId: 2 });
  assert.deepEqual(stateOf(cluster), [3, 3]);
});

test('[META-56] unclean.leader.election.enable, of the topic or of all: any live replica leads and is alone in sync', () => {
  const cluster = three();
  fence(cluster, 2, 3, 1);
  cluster.beat(3);
  assert.deepEqual(stateOf(cluster), [-1]);
  setUnclean(cluster, 2, 'a', 'true');
  cluster.run('balanceLeaders', null);
  assert.deepEqual(stateOf(cluster), [3, 3]);

  const other = three();
  setUnclean(other, 4, '', 'true');
  fence(other, 2, 3);
  other.beat(3);
  fence(other, 1);
  assert.deepEqual(
    [stateOf(other), epochsOf(other)],
    [
      [3, 3],
      [1, 3],
    ],
  );

  const dark = three();
  setUnclean(dark, 2, 'a', 'true');
  fence(dark, 1, 2, 3);
  assert.deepEqual(stateOf(dark), [-1]);
  dark.beat(1);
  assert.deepEqual(stateOf(dark), [1, 1]);
});

test('[META-57] a stopping broker hands over what others have in sync, and hands over the rest once they have', () => {
  const cluster = three();
  cluster.alterPartition('a', 0, [1]);
  cluster.beat(1, { wantShutDown: true });
  assert.deepEqual(stateOf(cluster), [1, 1]);
  const reply = cluster.alterPartition('a', 0, [1, 2]);
  assert.equal(reply.errorCode, ErrorCode.NONE);
  assert.equal(cluster.beat(1, { wantShutDown: true }).shouldShutDown, false);
  assert.deepEqual(stateOf(cluster), [2, 2]);
});

test('[META-60] a leader changes its in-sync replicas: a new partition epoch, the same leader epoch, and the answer says so', () => {
  const cluster = three();
  const reply = cluster.alterPartition('a', 0, [1, 2]);
  assert.deepEqual(reply, {
    partitionIndex: 0,
    errorCode: 0,
    leaderId: 1,
    leaderEpoch: 0,
    isr: [1, 2],
    partitionEpoch: 1,
  });
  assert.deepEqual(
    [stateOf(cluster), epochsOf(cluster)],
    [
      [1, 1, 2],
      [0, 1],
    ],
  );
  const before = cluster.log.length;
  assert.equal('partitionEpoch' in cluster.alterPartition('a', 0, [2, 1]), true);
  assert.equal(cluster.log.length, before, 'what is so already is no change');
  cluster.alterPartition('a', 0, [1, 2, 3]);
  assert.deepEqual(stateOf(cluster), [1, 1, 2, 3]);
});

test('[META-61] stale, foreign and impossible wishes are refused with Kafka’s codes and change nothing', () => {
  const cluster = three();
  cluster.create({ name: 'other' });
  fence(cluster, 3);
  const before = cluster.log.length;
  const code = (...args: Parameters<TestCluster['alterPartition']>) => cluster.alterPartition(...args).errorCode;
  assert.equal(code('a', 0, [1], { age: 1 }), ErrorCode.INVALID_UPDATE_VERSION);
  assert.equal(code('a', 0, [1], { age: -1 }), ErrorCode.NOT_CONTROLLER);
  assert.equal(code('a', 0, [1], { leaderEpoch: 1 }), ErrorCode.NOT_CONTROLLER);
  assert.equal(code('a', 0, [1], { leaderEpoch: -1 }), ErrorCode.FENCED_LEADER_EPOCH);
  assert.equal(code('a', 0, [2], { by: 2 }), ErrorCode.INVALID_REQUEST);
  assert.equal(code('a', 0, []), ErrorCode.INVALID_REQUEST);
  assert.equal(code('a', 0, [2]), ErrorCode.INVALID_REQUEST);
  assert.equal(code('a', 0, [1, 1]), ErrorCode.INVALID_REQUEST);
  assert.equal(code('a', 0, [1, 4]), ErrorCode.INVALID_REQUEST);
  assert.equal(code('a', 0, [1, 2, 3]), ErrorCode.INELIGIBLE_REPLICA, 'fenced');
  assert.equal(code('a', 7, [1], { by: 1 }), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.equal(code('nope', 0, [1], { by: 1 }), ErrorCode.UNKNOWN_TOPIC_ID);
  assert.equal(code('a', 0, [1], { by: 9 }), ErrorCode.STALE_BROKER_EPOCH);
  assert.equal(cluster.log.length, before);
  cluster.beat(2, { wantShutDown: true });
  assert.equal(code('a', 0, [1, 2]), ErrorCode.INELIGIBLE_REPLICA, 'stopping');
});

test('[META-66] a partition named twice in one request is changed once', () => {
  const cluster = three();
  const { leaderEpoch, partitionEpoch } = cluster.partition('a');
  const wish = (newIsr: number[]) => {
    return { partitionIndex: 0, leaderEpoch, newIsr, newIsrWithEpochs: [], leaderRecoveryState: 0, partitionEpoch };
  };
  const topicId = cluster.state.topics.get('a')?.topicId ?? '';
  const brokerEpoch = cluster.state.brokers.get(1)?.epoch ?? -1;
  const topics = [{ topicId, partitions: [wish([1]), wish([1, 2])] }];
  const reply = cluster.run('alterPartition', { brokerId: 1, brokerEpoch, topics });
  assert.deepEqual(
    reply.topics?.[0]?.partitions?.map(({ errorCode }) => errorCode),
    [ErrorCode.NONE, ErrorCode.INVALID_UPDATE_VERSION],
  );
  assert.deepEqual(
    [stateOf(cluster), epochsOf(cluster)],
    [
      [1, 1],
      [0, 1],
    ],
  );
});

test('[META-62] a replica that registered anew since it was seen in sync is not taken in (KIP-903)', () => {
  const cluster = three();
  const old = cluster.state.brokers.get(2)?.epoch ?? -1;
  const own = cluster.state.brokers.get(1)?.epoch ?? -1;
  cluster.disconnect(2);
  cluster.register(2, 22);
  cluster.beat(2);
  const stale = cluster.alterPartition('a', 0, [1, 2], { epochs: [own, old] });
  assert.equal(stale.errorCode, ErrorCode.INELIGIBLE_REPLICA);
  assert.equal(cluster.alterPartition('a', 0, [1, 2]).errorCode, ErrorCode.NONE);
});

test('[META-63] preferred elections: not needed, not available, and done; a request for all names only what it did', () => {
  const cluster = three();
  assert.deepEqual(codesOf(elect(cluster, 0)), [ErrorCode.ELECTION_NOT_NEEDED]);
  assert.deepEqual(codesOf(elect(cluster, 0, null)), []);
  fence(cluster, 1);
  assert.deepEqual(codesOf(elect(cluster, 0)), [ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE]);
  cluster.beat(1);
  assert.deepEqual(codesOf(elect(cluster, 0)), [ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE], 'live, but not in sync');
  cluster.alterPartition('a', 0, [1, 2, 3]);
  const before = epochsOf(cluster);
  const twice = elect(cluster, 0, [0, 0, 5]);
  const { ELECTION_NOT_NEEDED, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode;
  assert.deepEqual(codesOf(twice), [ErrorCode.NONE, ELECTION_NOT_NEEDED, UNKNOWN_TOPIC_OR_PARTITION]);
  assert.deepEqual([stateOf(cluster), epochsOf(cluster)], [[1, 1, 2, 3], before.map((epoch) => epoch + 1)]);
  const unknown = elect(cluster, 7);
  assert.deepEqual([unknown.errorCode, codesOf(unknown)], [ErrorCode.INVALID_REQUEST, [ErrorCode.INVALID_REQUEST]]);
});

test('[META-64] unclean elections on request: only without a leader, and only where a replica is live', () => {
  const cluster = three();
  assert.deepEqual(codesOf(elect(cluster, 1)), [ErrorCode.ELECTION_NOT_NEEDED]);
  fence(cluster, 1, 2, 3);
  assert.deepEqual(codesOf(elect(cluster, 1)), [ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE]);
  cluster.beat(2);
  assert.deepEqual(stateOf(cluster), [-1]);
  assert.deepEqual(codesOf(elect(cluster, 1, null)), [ErrorCode.NONE]);
  assert.deepEqual(stateOf(cluster), [2, 2]);
});

test('[META-65] leadership goes back to brokers that lead too little, unless that is switched off', () => {
  const lose = (cluster: TestCluster, partitions: number) => {
    cluster.create({ name: 'many', numPartitions: 30, replicationFactor: 3 });
    const preferred = cluster.state.topics.get('many')?.partitions.filter(({ replicas }) => replicas[0] === 1) ?? [];
    fence(cluster, 1);
    cluster.beat(1);
    for (const { partition } of preferred) cluster.alterPartition('many', partition, [2, 3, 1]);
    const spared = preferred.slice(partitions).map(({ partition }) => partition);
    const topicPartitions = [{ topic: 'many', partitions: spared }];
    cluster.run('electLeaders', { electionType: 0, topicPartitions, timeoutMs: 0 });
    return () => cluster.leaders('many').filter((leader) => leader === 1).length;
  };
  const cluster = new TestCluster().start(1, 2, 3);
  const ledByOne = lose(cluster, 10);
  assert.equal(ledByOne(), 0);
  assert.equal(cluster.run('balanceLeaders', null), 10);
  assert.equal(ledByOne(), 10);
  assert.equal(cluster.run('balanceLeaders', null), 0);
  const slight = new TestCluster().start(1, 2, 3);
  lose(slight, 1);
  assert.equal(slight.run('balanceLeaders', null), 0, 'one of ten is not above 10 %');
  const off = new TestCluster({ 'auto.leader.rebalance.enable': 'false' }).start(1, 2, 3);
  lose(off, 10);
  assert.equal(off.run('balanceLeaders', null), 0);
});
