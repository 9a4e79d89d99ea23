import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { metadata } from '../../../protocol/schema/03-metadata.ts';
import { createTopics } from '../../../protocol/schema/19-create-topics.ts';
import { describeCluster } from '../../../protocol/schema/60-describe-cluster.ts';
import { describeTopicPartitions } from '../../../protocol/schema/75-describe-topic-partitions.ts';
import { record } from '../../metadata/record.ts';
import { batchOf, TestBroker } from '../testing/test-broker.ts';

const NOT_ASKED = -2147483648;
let broker: TestBroker;
let topicId: string;
before(async () => {
  broker = await TestBroker.start();
  topicId = await broker.createTopic('known', 2);
});
after(() => broker.stop());

test('[MET-1] every version from 0 to 13 shows the brokers and a topic asked by name', async () => {
  for (let version = 0; version <= 13; version++) {
    const answer = await broker.ask(metadata, { topics: [{ name: 'known' }] }, version);
    assert.deepEqual(
      answer.brokers.map((one) => [one.nodeId, one.host, one.port]),
      [[1, 'here', 9092]],
    );
    const topic = answer.topics[0];
    assert.deepEqual([topic?.errorCode, topic?.name, topic?.partitions.length], [0, 'known', 2]);
    assert.deepEqual(topic?.partitions[1]?.replicaNodes, [1]);
    if (version >= 1) assert.equal(answer.controllerId, 1);
    if (version >= 2) assert.equal(answer.clusterId, broker.controller.image.clusterId);
    if (version >= 10) assert.equal(topic?.topicId, topicId);
    assert.equal(answer.errorCode, ErrorCode.NONE);
  }
});

test('[MET-2] all topics: null, in version 0 the empty list; an empty list is none from version 1 on', async () => {
  const count = async (topics: null | [], version: number) =>
    (await broker.ask(metadata, { topics }, version)).topics.length;
  const all = broker.controller.image.topics.size;
  assert.equal(await count([], 0), all);
  assert.equal(await count([], 1), 0);
  assert.equal(await count(null, 1), all);
  assert.equal(await count(null, 13), all);
});

test('[MET-3] a topic asked for first is created and answered ready, when client and broker allow it', async () => {
  const ask = async (name: string, allowAutoTopicCreation: boolean) => {
    const answer = await broker.ask(metadata, { topics: [{ name }], allowAutoTopicCreation }, 9);
    return [answer.topics[0]?.errorCode, answer.topics[0]?.partitions[0]?.leaderId];
  };
  assert.deepEqual(await ask('fresh', false), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, undefined]);
  assert.deepEqual(await ask('fresh', true), [ErrorCode.NONE, 1]);
  for (let version = 0; version < 4; version++) {
    const answer = await broker.ask(metadata, { topics: [{ name: `from-${version}` }] }, version);
    assert.equal(answer.topics[0]?.errorCode, ErrorCode.NONE, 'versions before 4 cannot say no');
  }
  assert.equal((await broker.produce('fresh', batchOf(['x']))).errorCode, ErrorCode.NONE);

  const strict = await TestBroker.start({ settings: { 'auto.create.topics.enable': 'false' } });
  const answer = await strict.ask(metadata, { topics: [{ name: 'fresh' }] }, 9);
  assert.equal(answer.topics[0]?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  await strict.stop();
});

test('[MET-4] names that no topic may have are refused and never created', async () => {
  const names = ['a b', '.', '..', 'x'.repeat(250), '', 'ä'];
  const before = broker.controller.image.topics.size;
  const answer = await broker.ask(metadata, { topics: names.map((name) => ({ name })) }, 9);
  assert.ok(answer.topics.every((topic) => topic.errorCode === ErrorCode.INVALID_TOPIC_EXCEPTION));
  assert.equal(answer.topics.length, names.length);
  assert.equal(broker.controller.image.topics.size, before);
  const longest = await broker.ask(metadata, { topics: [{ name: `A_-.9${'x'.repeat(244)}` }] }, 9);
  assert.equal(longest.topics[0]?.errorCode, ErrorCode.NONE);
});

test('[MET-9] of the cluster’s own topics only those of the coordinators come on demand, with their own settings', async () => {
  const topics = [{ name: '__consumer_offsets' }, { name: '__transaction_state' }, { name: '__share_group_state' }];
  const answer = await broker.ask(metadata, { topics }, 9);
  const shown = answer.topics.map((topic) => [topic.errorCode, topic.partitions.length, topic.isInternal]);
  assert.deepEqual(shown, [
    [ErrorCode.NONE, 50, true],
    [ErrorCode.NONE, 2, true],
    [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 0, true],
  ]);
  assert.equal(broker.controller.image.configs('topic', '__consumer_offsets').get('cleanup.policy'), 'compact');
  assert.equal(broker.controller.image.configs('topic', '__transaction_state').get('min.insync.replicas'), '1');
});

test('[MET-5] by topic id from version 12; versions 10 and 11 refuse it', async () => {
  const ask = async (id: string, version: number) =>
    (await broker.ask(metadata, { topics: [{ topicId: id, name: null }] }, version)).topics[0];
  const found = await ask(topicId, 12);
  assert.deepEqual([found?.errorCode, found?.name], [ErrorCode.NONE, 'known']);
  const unknown = await ask('BwcHBwcHBwcHBwcHBwcHBw', 12);
  assert.deepEqual([unknown?.errorCode, unknown?.name], [ErrorCode.UNKNOWN_TOPIC_ID, null]);
  assert.equal((await ask(topicId, 10))?.errorCode, ErrorCode.INVALID_REQUEST);
  const whole = await broker.ask(metadata, { topics: [{ topicId, name: null }] }, 11);
  assert.deepEqual([whole.brokers, whole.clusterId, whole.controllerId], [[], null, -1]);
});

test('[MET-6] authorized operations come only when asked for', async () => {
  const ask = (includes: boolean) =>
    broker.ask(
      metadata,
      {
        topics: [{ name: 'known' }],
        includeTopicAuthorizedOperations: includes,
        includeClusterAuthorizedOperations: includes,
      },
      8,
    );
  const silent = await ask(false);
  assert.deepEqual(
    [silent.clusterAuthorizedOperations, silent.topics[0]?.topicAuthorizedOperations],
    [NOT_ASKED, NOT_ASKED],
  );
  const told = await ask(true);
  assert.ok(told.clusterAuthorizedOperations > 0 && (told.topics[0]?.topicAuthorizedOperations ?? 0) > 0);
});

test('[MET-7] a silent controller leaves a topic to be asked for again', async () => {
  broker.controller.isSilent = true;
  const answer = await broker.ask(metadata, { topics: [{ name: 'later' }] }, 9);
  broker.controller.isSilent = false;
  assert.equal(answer.topics[0]?.errorCode, ErrorCode.LEADER_NOT_AVAILABLE);
});

test('[MET-8] a broker that listens everywhere is shown at the address the client dialled', async () => {
  broker.controller.addBroker(4, '0.0.0.0', 9095);
  const answer = await broker.ask(metadata, { topics: [] }, 9);
  assert.equal(answer.brokers.find((one) => one.nodeId === 4)?.host, broker.node.address.host);
});

test('[MET-10] leaders and their epochs, replicas in order of preference, in-sync and offline ones and live brokers are shown as they change', async () => {
  const three = await TestBroker.start();
  for (const id of [2, 3]) three.controller.addBroker(id, `host-${id}`, 9092 + id, 'rack-2');
  const assignments = [{ partitionIndex: 0, brokerIds: [2, 1, 3] }];
  const topics = [{ name: 'moves', numPartitions: -1, replicationFactor: -1, assignments }];
  assert.equal((await three.ask(createTopics, { topics })).topics[0]?.errorCode, ErrorCode.NONE);
  const shown = async () => {
    const answer = await three.ask(metadata, { topics: [{ name: 'moves' }] }, 12);
    const { leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas, errorCode } =
      answer.topics[0]?.partitions[0] ?? assert.fail('a partition');
    const brokers = answer.brokers.map(({ nodeId, host, port, rack }) => `${nodeId} ${host}:${port} ${rack}`);
    return {
      leaderId,
      leaderEpoch,
      replicaNodes,
      isrNodes,
      offlineReplicas,
      errorCode,
      brokers,
      by: answer.controllerId,
    };
  };
  const all = ['1 here:9092 rack-1', '2 host-2:9094 rack-2', '3 host-3:9095 rack-2'];
  const replicaNodes = [2, 1, 3];
  const before = await shown();
  assert.deepEqual(before, {
    leaderId: 2,
    leaderEpoch: 0,
    replicaNodes,
    isrNodes: replicaNodes,
    offlineReplicas: [],
    errorCode: ErrorCode.NONE,
    brokers: all,
    by: 1,
  });
  const { topicId } = three.controller.image.topics.get('moves') ?? assert.fail('the topic');
  const fence = (brokerId: number, isFenced: boolean) =>
    three.controller.commit([
      record('brokerRegistrationChange', { brokerId, brokerEpoch: brokerId, fenced: isFenced ? 1 : -1 }),
    ]);
  fence(2, true);
  three.controller.commit([record('partitionChange', { topicId, partitionId: 0, leader: 1, isr: [1, 3] })]);
  const after = await shown();
  assert.deepEqual([after.leaderId, after.isrNodes, after.offlineReplicas], [1, [1, 3], [2]]);
  assert.deepEqual([after.replicaNodes, after.brokers], [replicaNodes, [all[0], all[2]]]);
  assert.equal(after.leaderEpoch, before.leaderEpoch + 1);
  three.controller.commit([record('partitionChange', { topicId, partitionId: 0, leader: -1 })]);
  const none = await shown();
  assert.deepEqual([none.leaderId, none.errorCode], [-1, ErrorCode.LEADER_NOT_AVAILABLE]);
  assert.ok(none.leaderEpoch > after.leaderEpoch);
  await three.stop();
});

test('[MET-11] a leader that is not on the client’s listener is LISTENER_NOT_FOUND, LEADER_NOT_AVAILABLE before version 6, and offline', async () => {
  const mixed = await TestBroker.start();
  const endPoints = [{ name: 'SASL_PLAINTEXT', host: 'there', port: 9093, securityProtocol: 2 }];
  mixed.controller.commit([
    record('registerBroker', { brokerId: 2, brokerEpoch: 2, endPoints, rack: null, fenced: false }),
  ]);
  const assignments = [
    { partitionIndex: 0, brokerIds: [2, 1] },
    { partitionIndex: 1, brokerIds: [1, 2] },
  ];
  const topics = [{ name: 'mixed', numPartitions: -1, replicationFactor: -1, assignments }];
  assert.equal((await mixed.ask(createTopics, { topics })).topics[0]?.errorCode, ErrorCode.NONE);
  const asked = { topics: [{ name: 'mixed' }] };
  for (const version of [4, 5, 6, 13]) {
    const answer = await mixed.ask(metadata, asked, version);
    assert.deepEqual([answer.brokers.map(({ nodeId }) => nodeId), answer.controllerId], [[1], 1]);
    const error = version < 6 ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.LISTENER_NOT_FOUND;
    const shown = answer.topics[0]?.partitions.map((one) => [one.errorCode, one.leaderId, one.offlineReplicas]);
    const offline = version < 5 ? [] : [2];
    assert.deepEqual(shown, [
      [error, -1, offline],
      [ErrorCode.NONE, 1, offline],
    ]);
  }
  const page = await mixed.ask(describeTopicPartitions, asked);
  assert.deepEqual(
    page.topics[0]?.partitions.map((one) => one.errorCode),
    [ErrorCode.LISTENER_NOT_FOUND, ErrorCode.NONE],
  );
  await mixed.stop();
});

test('[DCL-1] the cluster is described at every version; controllers are not answered for', async () => {
  for (let version = 0; version <= 2; version++) {
    const answer = await broker.ask(describeCluster, {}, version);
    assert.deepEqual([answer.errorCode, answer.clusterId], [0, broker.controller.image.clusterId]);
    assert.equal(answer.brokers[0]?.brokerId, 1);
  }
  const wrong = await broker.ask(describeCluster, { endpointType: 2 }, 1);
  assert.deepEqual([wrong.errorCode, wrong.clusterId], [ErrorCode.MISMATCHED_ENDPOINT_TYPE, '']);
});

test('[DTP-1] pages of partitions in order of names, joined by the cursor, show each partition once', async () => {
  const paged = await TestBroker.start();
  await paged.createTopic('b', 3);
  await paged.createTopic('a', 2);
  await paged.createTopic('c', 1);
  const seen: string[] = [];
  let cursor: { topicName: string; partitionIndex: number } | null = null;
  do {
    const answer: Awaited<ReturnType<typeof page>> = await page(paged, cursor);
    const count = answer.topics.reduce((sum, topic) => sum + topic.partitions.length, 0);
    assert.ok(count <= 2);
    for (const topic of answer.topics) for (const p of topic.partitions) seen.push(`${topic.name}${p.partitionIndex}`);
    cursor = answer.nextCursor;
  } while (cursor !== null);
  assert.deepEqual(seen, ['a0', 'a1', 'b0', 'b1', 'b2', 'c0']);
  const missing = await paged.ask(describeTopicPartitions, { topics: [{ name: 'none' }] });
  assert.equal(missing.topics[0]?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  await paged.stop();
});

test('[DTP-2] a page has no more partitions than max.request.partition.size.limit, and one at least', async () => {
  const paged = await TestBroker.start({ settings: { 'max.request.partition.size.limit': '3' } });
  await paged.createTopic('many', 5);
  const sizeOf = async (responsePartitionLimit: number) => {
    const answer = await paged.ask(describeTopicPartitions, { topics: [], responsePartitionLimit });
    return [answer.topics[0]?.partitions.length, answer.nextCursor?.partitionIndex];
  };
  assert.deepEqual(await sizeOf(2000), [3, 3]);
  assert.deepEqual(await sizeOf(2), [2, 2]);
  assert.deepEqual(await sizeOf(0), [1, 1]);
  await paged.stop();
});

test('[DTP-3] a cursor before the first partition is INVALID_REQUEST for every topic asked for', async () => {
  const topics = [{ name: 'known' }, { name: 'none' }];
  const cursor = { topicName: 'known', partitionIndex: -1 };
  const answer = await broker.ask(describeTopicPartitions, { topics, cursor });
  assert.deepEqual(
    answer.topics.map(({ name, errorCode, partitions }) => [name, errorCode, partitions.length]),
    [
      ['known', ErrorCode.INVALID_REQUEST, 0],
      ['none', ErrorCode.INVALID_REQUEST, 0],
    ],
  );
});

function page(paged: TestBroker, cursor: { topicName: string; partitionIndex: number } | null) {
  return paged.ask(describeTopicPartitions, { topics: [], responsePartitionLimit: 2, cursor });
}
