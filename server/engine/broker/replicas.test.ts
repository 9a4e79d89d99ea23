import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../protocol/errors.ts';
import { record } from '../metadata/record.ts';
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../storage/log-config.ts';
import { LogFolder } from '../storage/log-folder.ts';
import { coordinatorStore } from './offsets-store.ts';
import { Replicas } from './replicas.ts';
import { LocalController } from './testing/local-controller.ts';
import { batchOf } from './testing/test-broker.ts';
import { TestWorld } from './testing/test-world.ts';

const CLUSTER_ID = 'BwcHBwAAAAAHBwcHBwcHBw';

function setUp(
  world = new TestWorld(),
  controller = new LocalController(world, CLUSTER_ID, {}),
  config: Partial<LogConfig> = {},
) {
  if (!controller.image.brokers.has(1)) controller.addBroker(1, 'here', 9092);
  const configOf = () => ({ ...DEFAULT_LOG_CONFIG, ...config });
  const folder = LogFolder.open(world, { folder: 'dir', nodeId: 1, clusterId: CLUSTER_ID, configOf });
  const replicas = new Replicas({
    world,
    nodeId: 1,
    folder,
    controller: () => controller,
    logConfigOf: configOf,
    lagMaxMs: () => 30_000,
    readsFromFollowers: () => false,
    throttledRate: () => Number.POSITIVE_INFINITY,
    throttledReplicas: () => '',
  });
  const heard: string[] = [];
  replicas.onLeadership((topic, partition, epoch) => void heard.push(`${topic}-${partition} ${epoch}`));
  replicas.follow();
  controller.onChange((delta) => replicas.apply(delta));
  const create = (name: string, numPartitions: number) => {
    const topics = [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }];
    controller.run('createTopics', { topics, timeoutMs: 0, validateOnly: false });
    const topic = controller.image.topics.get(name);
    assert.ok(topic);
    return topic.topicId;
  };
  const lead = (topicId: string, leader: number) =>
    controller.commit([record('partitionChange', { topicId, partitionId: 0, leader })]);
  return { world, controller, folder, replicas, heard, create, lead };
}

test('[BRK-11] leadership taken and given up is announced once, with its epoch', () => {
  const { controller, heard, create, lead } = setUp();
  const topicId = create('t', 2);
  assert.deepEqual(heard.splice(0), ['t-0 0', 't-1 0']);
  lead(topicId, 2);
  assert.deepEqual(heard.splice(0), ['t-0 -1']);
  lead(topicId, 2);
  assert.deepEqual(heard.splice(0), []);
  lead(topicId, 1);
  assert.deepEqual(heard.splice(0), ['t-0 3']);
  controller.commit([record('removeTopic', { topicId })]);
  assert.deepEqual(heard.splice(0), ['t-0 -1', 't-1 -1']);
});

test('[BRK-12] a topic replaced under its name within one batch of metadata is a new, empty one', () => {
  const { controller, replicas, create } = setUp();
  const topicId = create('t', 1);
  const before = replicas.leaderFor('t', 0, -1);
  assert.ok(typeof before === 'object');
  replicas.append(before, batchOf(['old']), 'client');
  const newId = 'CQkJCQkJCQkJCQkJCQkJCQ';
  controller.commit([
    record('removeTopic', { topicId }),
    record('topic', { name: 't', topicId: newId }),
    record('partition', { partitionId: 0, topicId: newId, replicas: [1], isr: [1], leader: 1 }),
  ]);
  const now = replicas.leaderFor('t', 0, -1);
  assert.ok(typeof now === 'object');
  assert.deepEqual([now.topicId, now.log.endOffset], [newId, 0]);
});

test('[BRK-26] a partition that the disk did not take is tried again with each tick, while it is to be held here', () => {
  const { world, controller, replicas, heard, create } = setUp();
  world.disk.refuse = () => 'EIO';
  const goneId = create('gone', 1);
  create('t', 1);
  replicas.tick();
  controller.commit([record('removeTopic', { topicId: goneId })]);
  assert.equal(replicas.leaderFor('t', 0, -1), ErrorCode.NOT_LEADER_OR_FOLLOWER);
  world.disk.refuse = null;
  replicas.tick();
  assert.ok(typeof replicas.leaderFor('t', 0, -1) === 'object');
  assert.equal(replicas.get('gone', 0), undefined);
  replicas.tick();
  assert.deepEqual(heard, ['t-0 0']);
});

test('[BRK-13] why a partition is not led here: unknown, led elsewhere, older or newer epoch', () => {
  const { replicas, create, lead } = setUp();
  const topicId = create('t', 1);
  lead(topicId, 1);
  assert.equal(typeof replicas.leaderFor('t', 0, 1), 'object');
  assert.equal(replicas.leaderFor('t', 0, 0), ErrorCode.FENCED_LEADER_EPOCH);
  assert.equal(replicas.leaderFor('t', 0, 2), ErrorCode.UNKNOWN_LEADER_EPOCH);
  assert.equal(replicas.leaderFor('t', 1, -1), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  lead(topicId, 2);
  assert.equal(replicas.leaderFor('t', 0, -1), ErrorCode.NOT_LEADER_OR_FOLLOWER);
});

test('[BRK-14] a coordinator reads back what it appended, in order, also after a restart', async () => {
  const first = setUp();
  first.create('own', 1);
  const store = coordinatorStore(first.world, first.replicas, 'own');
  const newRecord = (text: string) => ({ timestampMs: 5, key: Buffer.from(text), value: null });
  assert.deepEqual(store.append(0, [newRecord('a'), newRecord('b')]), { lastOffset: 1 });
  assert.deepEqual(store.append(0, [newRecord('c')]), { lastOffset: 2 });
  const codes: number[] = [];
  store.whenCommitted(0, 2, (code) => void codes.push(code));
  store.whenCommitted(9, 0, (code) => void codes.push(code));
  assert.deepEqual(codes, [ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]);
  assert.deepEqual(store.append(9, [newRecord('x')]), { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION });
  first.folder.close(true);

  const second = setUp(first.world, first.controller);
  const read: string[] = [];
  await coordinatorStore(second.world, second.replicas, 'own').replay(0, ({ offset, key, value }) => {
    read.push(`${offset} ${key?.toString()} ${value}`);
  });
  assert.deepEqual(read, ['0 a null', '1 b null', '2 c null']);
  second.folder.close(true);
});

test('[BRK-25] a coordinator knows what is in its log, though it could not be flushed; what is not there was refused', () => {
  const { world, replicas, create } = setUp(undefined, undefined, { flushMessages: 1 });
  create('own', 1);
  const store = coordinatorStore(world, replicas, 'own');
  const records = [{ timestampMs: 5, key: Buffer.from('a'), value: null }];
  world.disk.refuse = (operation) => (operation === 'flush' ? 'EIO' : null);
  assert.deepEqual(store.append(0, records), { lastOffset: 0 });
  world.disk.refuse = () => 'EIO';
  assert.deepEqual(store.append(0, records), { errorCode: ErrorCode.KAFKA_STORAGE_ERROR });
  world.disk.refuse = null;
  assert.deepEqual(store.append(0, records), { lastOffset: 1 });
});

test('[REP-82] nothing is appended while a fetch is read: who is read would sleep through it', () => {
  const { replicas, create } = setUp();
  create('t', 1);
  const replica = replicas.get('t', 0);
  assert.ok(replica);
  assert.equal(replicas.append(replica, batchOf(['a']), 'client').kind, 'appended');
  assert.throws(
    () => replicas.whileReading(() => replicas.append(replica, batchOf(['b']), 'client')),
    /while a fetch is read/,
  );
  assert.equal(replicas.append(replica, batchOf(['b']), 'client').kind, 'appended', 'and afterwards it is');
});
