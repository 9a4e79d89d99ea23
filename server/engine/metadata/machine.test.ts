import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PartitionImage } from './image.ts';
import { decodeRecord, encodeRecord, type MetadataRecord } from './record.ts';
import { snapshot } from './snapshot.ts';
import { MetadataState } from './state.ts';
import { CLUSTER_ID, TestCluster, topicRequest } from './testing/cluster.ts';

type Step = (cluster: TestCluster) => void;
const brokerId = fc.integer({ min: 1, max: 4 });
const topicName = fc.constantFrom('a', 'b', 'a.b', 'a_b', 'c', 'd', 'orders', '__consumer_offsets', 'not ok');
const configName = fc.constantFrom('retention.ms', 'cleanup.policy', 'segment.bytes', 'no.such.setting');
const configValue = fc.constantFrom('1', '-1', '2097152', 'compact', 'delete', 'x', '', null);
const config = fc.record({ name: configName, value: configValue });
const fewConfigs = fc.integer({ min: 0, max: 3 }).chain((n) => fc.array(config, { maxLength: n === 0 ? 2 : 0 }));
const validateOnly = fc.integer({ min: 0, max: 4 }).map((n) => n === 0);
const count = fc.constantFrom(-2, -1, 0, 1, 2, 3, 6);
const replicationFactor = fc.constantFrom(-1, 1, 2, 2, 3, 3, 4, 5);
const subset = fc.uniqueArray(brokerId, { minLength: 0, maxLength: 4 });

const steps: fc.Arbitrary<Step>[] = [
  fc.record({ id: brokerId, incarnation: fc.integer({ min: 1, max: 6 }) }).map(
    ({ id, incarnation }): Step =>
      (cluster) => {
        cluster.register(id, incarnation);
      },
  ),
  fc.record({ id: brokerId, wantFence: fc.boolean(), wantShutDown: fc.boolean() }).map(
    ({ id, ...wish }): Step =>
      (cluster) =>
        void cluster.beat(id, wish),
  ),
  brokerId.map(
    (id): Step =>
      (cluster) =>
        cluster.disconnect(id),
  ),
  brokerId.map(
    (id): Step =>
      (cluster) =>
        void cluster.run('unregisterBroker', { brokerId: id }),
  ),
  fc.integer({ min: 0, max: 9000 }).map(
    (passMs): Step =>
      (cluster) => {
        cluster.nowMs += passMs;
        cluster.run('fenceSilentBrokers', null);
      },
  ),
  fc
    .record({
      topics: fc.array(
        fc.record({
          name: topicName,
          numPartitions: count,
          replicationFactor,
          configs: fewConfigs,
        }),
        {
          maxLength: 3,
        },
      ),
      validateOnly,
    })
    .map(({ topics, ...rest }): Step => {
      return (cluster) => void cluster.run('createTopics', { topics: topics.map(topicRequest), timeoutMs: 0, ...rest });
    }),
  fc.array(topicName, { minLength: 1, maxLength: 3 }).map(
    (topicNames): Step =>
      (cluster) =>
        void cluster.run('deleteTopics', { topics: [], topicNames, timeoutMs: 0 }),
  ),
  fc.record({ name: topicName, count: fc.integer({ min: 0, max: 9 }), validateOnly }).map(
    ({ name, count, validateOnly }): Step =>
      (cluster) =>
        void cluster.run('createPartitions', {
          topics: [{ name, count, assignments: null }],
          timeoutMs: 0,
          validateOnly,
        }),
  ),
  fc
    .record({
      resourceType: fc.constantFrom(2, 4, 32, 8),
      resourceName: fc.oneof(topicName, fc.constantFrom('', '1')),
      configs: fc.array(
        fc.record({ name: configName, value: configValue, configOperation: fc.integer({ min: 0, max: 4 }) }),
        {
          maxLength: 3,
        },
      ),
      validateOnly,
    })
    .map(({ validateOnly, ...resource }): Step => {
      return (cluster) => void cluster.run('incrementalAlterConfigs', { resources: [resource], validateOnly });
    }),
  brokerId.map(
    (id): Step =>
      (cluster) => {
        const brokerEpoch = cluster.state.brokers.get(id)?.epoch ?? -1;
        cluster.run('allocateProducerIds', { brokerId: id, brokerEpoch });
      },
  ),
  fc
    .record({
      name: topicName,
      partition: fc.integer({ min: 0, max: 5 }),
      wanted: subset,
      // Mostly by the leader and in the epochs that are in force, so that many are accepted.
      by: fc.option(brokerId, { freq: 8 }),
      age: fc.constantFrom(0, 0, 0, 0, 1, -1),
    })
    .map(({ name, partition, wanted, by, age }): Step => {
      return (cluster) => void cluster.alterPartition(name, partition, wanted, { by, age });
    }),
  fc.constant((cluster: TestCluster) => void cluster.run('balanceLeaders', null)),
  fc
    .option(fc.array(fc.record({ topic: topicName, partitions: fc.array(fc.integer({ min: -1, max: 3 })) })))
    .map((topicPartitions): Step => {
      return (cluster) => void cluster.run('electLeaders', { electionType: 0, topicPartitions, timeoutMs: 0 });
    }),
];
/** What replication is about, tried more often than the rest. */
const failures: fc.Arbitrary<Step>[] = [
  fc.record({ id: brokerId, incarnation: fc.integer({ min: 1, max: 99 }), clean: fc.boolean() }).map(
    ({ id, incarnation, clean }): Step =>
      (cluster) => {
        cluster.disconnect(id);
        cluster.register(id, incarnation, { clean });
        cluster.beat(id);
      },
  ),
  fc.record({ id: brokerId, isBack: fc.boolean() }).map(
    ({ id, isBack }): Step =>
      (cluster) => {
        cluster.beat(id, { wantFence: true });
        if (isBack) cluster.beat(id);
      },
  ),
  fc.record({ name: fc.constantFrom('a', 'orders'), partition: fc.integer({ min: 0, max: 3 }) }).map(
    ({ name, partition }): Step =>
      (cluster) => {
        const { replicas } = cluster.state.topics.get(name)?.partitions[partition] ?? { replicas: [] };
        const live = replicas.filter((id) => cluster.state.brokers.get(id)?.isFenced === false);
        cluster.alterPartition(name, partition, live);
      },
  ),
];
const assignment = fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });
const reassignments: fc.Arbitrary<Step>[] = [
  fc
    .record({
      name: fc.constantFrom('a', 'orders', 'orders'),
      partitionIndex: fc.integer({ min: 0, max: 3 }),
      replicas: fc.option(fc.oneof({ weight: 4, arbitrary: assignment }, { weight: 1, arbitrary: subset }), {
        freq: 8,
      }),
      allowReplicationFactorChange: fc.boolean(),
    })
    .map(({ name, partitionIndex, replicas, allowReplicationFactorChange }): Step => {
      const topics = [{ name, partitions: [{ partitionIndex, replicas }] }];
      return (cluster) =>
        void cluster.run('alterReassignments', { topics, allowReplicationFactorChange, timeoutMs: 0 });
    }),
];
/** Those that may lose records. */
const uncleanSteps: fc.Arbitrary<Step>[] = [
  fc.constant((cluster: TestCluster) => {
    cluster.run('electLeaders', { electionType: 1, topicPartitions: null, timeoutMs: 0 });
  }),
  fc.record({ name: topicName, value: fc.constantFrom('true', 'false') }).map(({ name, value }): Step => {
    const configs = [{ name: 'unclean.leader.election.enable', value, configOperation: 0 }];
    const resources = [{ resourceType: 2, resourceName: name, configs }];
    return (cluster) => void cluster.run('incrementalAlterConfigs', { resources, validateOnly: false });
  }),
];
const historyOf = (...of: fc.Arbitrary<Step>[]) =>
  fc.array(fc.oneof(...of), { minLength: 10, maxLength: 80, size: 'max' });
const history = historyOf(
  ...steps,
  ...failures,
  ...reassignments,
  ...reassignments,
  ...reassignments,
  ...failures,
  ...uncleanSteps,
);
const cleanHistory = historyOf(...steps, ...failures, ...reassignments, ...failures);
/** Three brokers and something to lose. */
function began(): TestCluster {
  const cluster = new TestCluster().start(1, 2, 3);
  cluster.create({ name: 'orders', numPartitions: 4, replicationFactor: 3 }, { name: 'a', replicationFactor: 2 });
  return cluster;
}

function replayed(records: readonly MetadataRecord[]): MetadataState {
  const state = new MetadataState(CLUSTER_ID);
  for (const [offset, record] of records.entries()) state.replay(record, offset);
  return state;
}
/** Everything a state holds, in one comparable value. */
const contentOf = (state: MetadataState) => [...snapshot(state)];

test('[META-1] replaying the records that were decided gives the live state', () => {
  fc.assert(
    fc.property(history, (commands) => {
      const cluster = began();
      for (const command of commands) command(cluster);
      const bytes = cluster.log.map(encodeRecord);
      assert.deepEqual(contentOf(replayed(bytes.map(decodeRecord))), contentOf(cluster.state));
    }),
    { numRuns: 200 },
  );
});

test('[META-2] replaying a snapshot gives an equal state, also on top of the state itself', () => {
  fc.assert(
    fc.property(history, (commands) => {
      const cluster = began();
      for (const command of commands) command(cluster);
      const records = contentOf(cluster.state);
      assert.deepEqual(contentOf(replayed(records)), records);
      for (const record of records) cluster.state.replay(record, 0);
      assert.deepEqual(contentOf(cluster.state), records);
    }),
    { numRuns: 200 },
  );
});

test('[META-3] two replicas of one log are equal at every offset', () => {
  fc.assert(
    fc.property(history, (commands) => {
      const cluster = began();
      const follower = new MetadataState(CLUSTER_ID);
      for (const command of commands) {
        command(cluster);
        for (let offset = follower.offset + 1; offset < cluster.log.length; offset++) {
          follower.replay(cluster.log[offset] as MetadataRecord, offset);
        }
        assert.equal(follower.offset, cluster.state.offset);
        assert.deepEqual(contentOf(follower), contentOf(cluster.state));
      }
    }),
    { numRuns: 100 },
  );
});

const partitionsOf = ({ state }: TestCluster) =>
  [...state.topics.values()].flatMap((topic) =>
    topic.partitions.map((partition) => ({ ...partition, key: `${topic.topicId}-${partition.partition}` })),
  );

test('[META-4] a partition is led by a live in-sync replica or by nobody, and its epochs never go back', () => {
  fc.assert(
    fc.property(history, (commands) => {
      const cluster = began();
      const before = new Map<string, { leader: number; leaderEpoch: number; partitionEpoch: number }>();
      for (const command of commands) {
        command(cluster);
        for (const { key, leader, leaderEpoch, partitionEpoch, inSyncReplicas } of partitionsOf(cluster)) {
          const broker = cluster.state.brokers.get(leader);
          assert.ok(leader === -1 || (inSyncReplicas.includes(leader) && broker?.isFenced === false));
          const last = before.get(key) ?? { leader, leaderEpoch, partitionEpoch };
          assert.ok(leaderEpoch >= last.leaderEpoch && partitionEpoch >= last.partitionEpoch);
          assert.ok(leader === last.leader || leaderEpoch > last.leaderEpoch, 'another leader is another epoch');
          before.set(key, { leader, leaderEpoch, partitionEpoch });
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('[META-50] in sync are replicas, live where there is a leader, and none only without one; eligible are others, while too few are', () => {
  fc.assert(
    fc.property(history, (commands) => {
      const cluster = began();
      for (const command of commands) {
        command(cluster);
        for (const partition of partitionsOf(cluster)) {
          const { leader, replicas, inSyncReplicas, eligibleLeaderReplicas, addingReplicas, removingReplicas } =
            partition;
          assert.equal(leader === -1, inSyncReplicas.length === 0);
          assert.ok(replicas.length > 0);
          for (const some of [inSyncReplicas, eligibleLeaderReplicas, addingReplicas, removingReplicas]) {
            assert.ok(some.every((id) => replicas.includes(id)));
            assert.equal(new Set(some).size, some.length);
          }
          assert.equal(new Set(replicas).size, replicas.length);
          assert.equal(partition.directories.length, replicas.length);
          assert.ok(!addingReplicas.some((id) => removingReplicas.includes(id)));
          assert.ok(!eligibleLeaderReplicas.some((id) => inSyncReplicas.includes(id)));
          if (leader !== -1) assert.deepEqual(partition.lastKnownElr, []);
          const isLive = (id: number) => cluster.state.brokers.get(id)?.isFenced === false;
          assert.ok(leader === -1 || inSyncReplicas.every(isLive));
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('[META-51] without unclean elections a leader was in sync, eligible or the last one known, or took over from one that a reassignment removed', () => {
  fc.assert(
    fc.property(cleanHistory, (commands) => {
      const cluster = began();
      const before = new Map<string, PartitionImage>();
      for (const command of commands) {
        command(cluster);
        for (const { key, ...partition } of partitionsOf(cluster)) {
          const last = before.get(key) ?? partition;
          const { leader, inSyncReplicas } = partition;
          const known = [...last.inSyncReplicas, ...last.eligibleLeaderReplicas, ...last.lastKnownElr];
          if (leader !== last.leader && leader !== -1) {
            assert.ok(known.includes(leader) || last.removingReplicas.includes(last.leader));
          }
          if (leader === -1) assert.ok(inSyncReplicas.every((id) => last.inSyncReplicas.includes(id)));
          before.set(key, partition);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('[META-5] following the deltas gives the topics, partitions and settings of the image', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 5 }), (commands, every) => {
      const cluster = began();
      const seen = new Map<string, Map<number, unknown>>();
      for (const [i, command] of commands.entries()) {
        command(cluster);
        if (i % every !== 0) continue;
        follow(seen, cluster.state);
      }
      follow(seen, cluster.state);
      const image = [...cluster.state.topicsById].map(
        ([id, topic]) => [id, new Map(topic.partitions.entries())] as const,
      );
      assert.deepEqual(seen, new Map(image));
    }),
    { numRuns: 100 },
  );
});
function follow(seen: Map<string, Map<number, unknown>>, state: MetadataState): void {
  const delta = state.takeDelta();
  for (const { topicId } of delta.deletedTopics) assert.ok(seen.delete(topicId), 'only known topics are deleted');
  for (const { topicId } of delta.createdTopics) {
    assert.ok(!seen.has(topicId), 'a topic is created once');
    seen.set(topicId, new Map());
  }
  for (const { topic, partition } of delta.changedPartitions)
    seen.get(topic.topicId)?.set(partition.partition, partition);
}

test('[META-6] the histories these rules are tried on do create, change, lose and delete things', () => {
  const kinds = new Map<string, number>();
  const count = (what: string) => kinds.set(what, (kinds.get(what) ?? 0) + 1);
  for (const commands of fc.sample(history, { numRuns: 200, seed: 7 })) {
    const cluster = began();
    for (const command of commands) command(cluster);
    for (const { kind, body } of cluster.log) {
      count(kind);
      if (kind !== 'partitionChange') continue;
      count(body.leader === -2 ? 'inSyncOnly' : body.leader === -1 ? 'leaderLost' : 'leaderElected');
      if (body.leader >= 0 && body.isr !== null) count('electedWithNewInSync');
      if (body.eligibleLeaderReplicas?.length) count('eligible');
      if (body.addingReplicas?.length || body.removingReplicas?.length) count('reassigned');
      if (body.addingReplicas?.length === 0 || body.removingReplicas?.length === 0) count('reassignmentEnded');
    }
  }
  const needed = ['topic', 'partition', 'removeTopic', 'partitionChange', 'config', 'producerIds', 'unregisterBroker'];
  needed.push('inSyncOnly', 'leaderLost', 'leaderElected', 'electedWithNewInSync');
  needed.push('eligible', 'reassigned');
  assert.ok((kinds.get('reassignmentEnded') ?? 0) > 10, `ended: ${kinds.get('reassignmentEnded')}`);
  for (const kind of needed) assert.ok((kinds.get(kind) ?? 0) > 60, `${kind}: ${kinds.get(kind)}`);
});
