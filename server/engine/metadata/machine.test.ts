import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
        void cluster.run('unregisterBroker', id),
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
];
const history = fc.array(fc.oneof(...steps), { minLength: 10, maxLength: 80, size: 'max' });

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
      const cluster = new TestCluster().start(1, 2);
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
      const cluster = new TestCluster().start(1, 2);
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
      const cluster = new TestCluster().start(1, 2);
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

test('[META-4] a partition is led by a live in-sync replica or by nobody, and its epochs never go back', () => {
  fc.assert(
    fc.property(history, (commands) => {
      const cluster = new TestCluster().start(1, 2);
      const epochs = new Map<string, number>();
      for (const command of commands) {
        command(cluster);
        for (const topic of cluster.state.topics.values()) {
          for (const { partition, leader, leaderEpoch, inSyncReplicas } of topic.partitions) {
            const broker = cluster.state.brokers.get(leader);
            assert.ok(leader === -1 || (inSyncReplicas.includes(leader) && broker?.isFenced === false));
            const key = `${topic.topicId}-${partition}`;
            assert.ok(leaderEpoch >= (epochs.get(key) ?? 0));
            epochs.set(key, leaderEpoch);
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('[META-5] following the deltas gives the topics, partitions and settings of the image', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 5 }), (commands, every) => {
      const cluster = new TestCluster().start(1, 2);
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
  for (const commands of fc.sample(history, { numRuns: 200, seed: 7 })) {
    const cluster = new TestCluster().start(1, 2);
    for (const command of commands) command(cluster);
    for (const { kind } of cluster.log) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const needed = ['topic', 'partition', 'removeTopic', 'partitionChange', 'config', 'producerIds', 'unregisterBroker'];
  for (const kind of needed) assert.ok((kinds.get(kind) ?? 0) > 60, `${kind}: ${kinds.get(kind)}`);
});
