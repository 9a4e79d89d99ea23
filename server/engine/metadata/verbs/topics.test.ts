import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { ZERO_UUID } from '../../../protocol/grammar.ts';
import { TestCluster, topicRequest } from '../testing/cluster.ts';

const codesOf = (reply: { readonly topics?: readonly { errorCode?: number }[] }) =>
  reply.topics?.map(({ errorCode }) => errorCode);

test('[META-10] partitions go round robin over live brokers, and leaders stay even over many topics', () => {
  const cluster = new TestCluster().start(1, 2, 3);
  cluster.create({ name: 'six', numPartitions: 6 });
  assert.deepEqual(cluster.leaders('six').toSorted(), [1, 1, 2, 2, 3, 3]);
  for (let i = 0; i < 9; i++) cluster.create({ name: `single-${i}`, numPartitions: 1 });
  const counts = new Map<number, number>();
  for (const topic of cluster.state.topics.values()) {
    for (const { leader } of topic.partitions) counts.set(leader, (counts.get(leader) ?? 0) + 1);
  }
  assert.deepEqual([...counts.values()], [5, 5, 5]);
});

test('[META-11] a fenced or stopping broker gets no partitions; without any broker creation is refused', () => {
  const cluster = new TestCluster().start(1, 2);
  cluster.beat(2, { wantFence: true });
  cluster.create({ name: 'a', numPartitions: 4 });
  assert.deepEqual(cluster.leaders('a'), [1, 1, 1, 1]);
  cluster.beat(1, { wantShutDown: true });
  assert.deepEqual(codesOf(cluster.create({ name: 'b' })), [ErrorCode.INVALID_REPLICATION_FACTOR]);
});

test('[META-12] one bad topic does not fail the others, and each error has a sentence', () => {
  const cluster = new TestCluster().start(1);
  cluster.create({ name: 'there' }, { name: 'x.y' });
  const reply = cluster.create(
    { name: 'good' },
    { name: 'there' },
    { name: 'x_y' },
    { name: 'bad name' },
    { name: 'n'.repeat(250) },
    { name: '..' },
    { name: '__cluster_metadata' },
    { name: 'zero', numPartitions: 0 },
    { name: 'rf0', replicationFactor: 0 },
    { name: 'rf3', replicationFactor: 3 },
    { name: 'unknown-setting', configs: [{ name: 'nope', value: '1' }] },
    { name: 'bad-setting', configs: [{ name: 'segment.bytes', value: '1000' }] },
    { name: 'null-setting', configs: [{ name: 'retention.ms', value: null }] },
    { name: 'twice' },
    { name: 'twice' },
  );
  assert.deepEqual(
    reply.topics?.map(({ name, errorCode }) => [name?.slice(0, 20), errorCode]),
    [
      ['good', ErrorCode.NONE],
      ['there', ErrorCode.TOPIC_ALREADY_EXISTS],
      ['x_y', ErrorCode.INVALID_TOPIC_EXCEPTION],
      ['bad name', ErrorCode.INVALID_TOPIC_EXCEPTION],
      ['nnnnnnnnnnnnnnnnnnnn', ErrorCode.INVALID_TOPIC_EXCEPTION],
      ['..', ErrorCode.INVALID_TOPIC_EXCEPTION],
      ['__cluster_metadata', ErrorCode.INVALID_REQUEST],
      ['zero', ErrorCode.INVALID_PARTITIONS],
      ['rf0', ErrorCode.INVALID_REPLICATION_FACTOR],
      ['rf3', ErrorCode.INVALID_REPLICATION_FACTOR],
      ['unknown-setting', ErrorCode.INVALID_CONFIG],
      ['bad-setting', ErrorCode.INVALID_CONFIG],
      ['null-setting', ErrorCode.INVALID_CONFIG],
      ['twice', ErrorCode.INVALID_REQUEST],
    ],
  );
  assert.ok(reply.topics?.every(({ errorCode, errorMessage }) => errorCode === 0 || (errorMessage ?? '').length > 10));
  assert.match(reply.topics?.find(({ name }) => name === 'rf3')?.errorMessage ?? '', /one replica per partition/);
  assert.deepEqual([...cluster.state.topics.keys()], ['there', 'x.y', 'good']);
});

test('[META-13] names that differ only in "." and "_" collide within one request too', () => {
  const reply = new TestCluster().start(1).create({ name: 'p.q' }, { name: 'p_q' });
  assert.deepEqual(codesOf(reply), [ErrorCode.NONE, ErrorCode.INVALID_TOPIC_EXCEPTION]);
});

test('[META-14] validateOnly answers as if and changes nothing', () => {
  const cluster = new TestCluster({ 'num.partitions': '7' }).start(1);
  const before = cluster.log.length;
  const reply = cluster.run('createTopics', {
    topics: [topicRequest({ name: 'dry' })],
    timeoutMs: 0,
    validateOnly: true,
  });
  assert.deepEqual(reply.topics?.[0]?.errorCode, ErrorCode.NONE);
  assert.equal(reply.topics?.[0]?.numPartitions, 7);
  assert.equal(cluster.log.length, before);
});

test('[META-15] creation answers with the topic’s id and every setting in force', () => {
  const cluster = new TestCluster({ 'log.retention.hours': '2' }).start(1);
  const reply = cluster.create({ name: 'a', configs: [{ name: 'cleanup.policy', value: 'compact,delete' }] });
  const topic = reply.topics?.[0];
  assert.equal(topic?.topicId, cluster.state.topics.get('a')?.topicId);
  const settings = new Map(topic?.configs?.map((one) => [one.name, one]));
  assert.equal(settings.get('cleanup.policy')?.value, 'compact,delete');
  assert.equal(settings.get('cleanup.policy')?.configSource, 1);
  assert.equal(settings.get('retention.ms')?.value, '7200000');
  assert.equal(settings.get('retention.ms')?.configSource, 4);
  assert.equal(settings.get('segment.bytes')?.configSource, 5);
});

test('[META-16] chosen replicas: consecutive partitions, known live brokers, one each, and no counts beside them', () => {
  const cluster = new TestCluster().start(1, 2);
  cluster.register(3);
  const assign = (name: string, ...lists: number[][]) => ({
    name,
    assignments: lists.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
  });
  const gap = { name: 'gap', assignments: [{ partitionIndex: 1, brokerIds: [1] }] };
  const reply = cluster.create(
    assign('ok', [2], [1], [2]),
    assign('unknown', [9]),
    assign('fenced', [3]),
    assign('none', []),
    assign('two', [1, 2]),
    assign('same', [1, 1]),
    gap,
    { ...assign('both', [1]), numPartitions: 1 },
  );
  const { INVALID_REPLICA_ASSIGNMENT: wrong, INVALID_REPLICATION_FACTOR, INVALID_REQUEST } = ErrorCode;
  assert.deepEqual(codesOf(reply), [0, wrong, wrong, wrong, INVALID_REPLICATION_FACTOR, wrong, wrong, INVALID_REQUEST]);
  assert.deepEqual(cluster.leaders('ok'), [2, 1, 2]);
});

test('[META-17] __consumer_offsets gets 50 compacted partitions with small segments unless told otherwise', () => {
  const cluster = new TestCluster().start(1, 2, 3);
  cluster.create({ name: '__consumer_offsets' });
  assert.equal(cluster.leaders('__consumer_offsets').length, 50);
  assert.equal(cluster.state.configs('topic', '__consumer_offsets').get('cleanup.policy'), 'compact');
  assert.equal(cluster.state.configs('topic', '__consumer_offsets').get('segment.bytes'), '104857600');
});

test('[META-18] deletion by name and by id; unknown, doubled and contradictory ones are answered one by one', () => {
  const cluster = new TestCluster().start(1);
  cluster.create({ name: 'a', configs: [{ name: 'retention.ms', value: '5' }] }, { name: 'b' }, { name: 'c' });
  const id = (name: string) => cluster.state.topics.get(name)?.topicId ?? ZERO_UUID;
  const bId = id('b');
  const reply = cluster.run('deleteTopics', {
    topics: [
      { name: 'a', topicId: ZERO_UUID },
      { name: null, topicId: bId },
      { name: 'nope', topicId: ZERO_UUID },
      { name: null, topicId: 'BBBBBBBBBBBBBBBBBBBBBA' },
      { name: 'c', topicId: id('c') },
      { name: null, topicId: ZERO_UUID },
    ],
    topicNames: [],
    timeoutMs: 0,
  });
  assert.deepEqual(
    reply.responses?.map(({ errorCode }) => errorCode),
    [
      ErrorCode.NONE,
      ErrorCode.NONE,
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
      ErrorCode.UNKNOWN_TOPIC_ID,
      ErrorCode.INVALID_REQUEST,
      ErrorCode.INVALID_REQUEST,
    ],
  );
  assert.equal(reply.responses?.[1]?.name, 'b');
  assert.deepEqual([...cluster.state.topics.keys()], ['c']);
  cluster.create({ name: 'a' }, { name: 'b' });
  assert.equal(cluster.state.configs('topic', 'a').size, 0, 'a new topic has nothing of its namesake');
  assert.notEqual(id('b'), bId);
  const twice = cluster.run('deleteTopics', { topics: [], topicNames: ['c', 'c'], timeoutMs: 0 });
  assert.deepEqual(
    twice.responses?.map(({ errorCode }) => errorCode),
    [ErrorCode.INVALID_REQUEST],
  );
});

test('[META-19] delete.topic.enable=false keeps every topic', () => {
  const cluster = new TestCluster({ 'delete.topic.enable': 'false' }).start(1);
  cluster.create({ name: 'a' });
  const reply = cluster.run('deleteTopics', { topics: [], topicNames: ['a'], timeoutMs: 0 });
  assert.equal(reply.responses?.[0]?.errorCode, ErrorCode.TOPIC_DELETION_DISABLED);
  assert.ok(cluster.state.topics.has('a'));
});

test('[META-20] partitions only grow; every topic of the request is answered', () => {
  const cluster = new TestCluster().start(1, 2, 3);
  cluster.create({ name: 'a', numPartitions: 2 }, { name: 'b', numPartitions: 2 });
  const grow = (name: string, count: number, brokers: number[][] | null = null) => ({
    name,
    count,
    assignments: brokers?.map((brokerIds) => ({ brokerIds })) ?? null,
  });
  const reply = cluster.run('createPartitions', {
    topics: [grow('a', 5), grow('b', 2), grow('nope', 3), grow('twice', 3), grow('twice', 4)],
    timeoutMs: 0,
    validateOnly: false,
  });
  const codes = new Map(reply.results?.map(({ name, errorCode }) => [name, errorCode]));
  assert.deepEqual(Object.fromEntries(codes), {
    a: ErrorCode.NONE,
    b: ErrorCode.INVALID_PARTITIONS,
    nope: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    twice: ErrorCode.INVALID_REQUEST,
  });
  assert.equal(cluster.leaders('a').length, 5);
  const shrink = cluster.run('createPartitions', { topics: [grow('a', 1)], timeoutMs: 0, validateOnly: false });
  assert.match(shrink.results?.[0]?.errorMessage ?? '', /would not be an increase/);
  const short = cluster.run('createPartitions', { topics: [grow('a', 7, [[1]])], timeoutMs: 0, validateOnly: false });
  assert.equal(short.results?.[0]?.errorCode, ErrorCode.INVALID_REPLICA_ASSIGNMENT);
});

test('[META-21] a request past 10,000 partitions is refused whole topics at a time', () => {
  const cluster = new TestCluster().start(1);
  const reply = cluster.create({ name: 'a', numPartitions: 2_000_000_000 }, { name: 'b', numPartitions: 3 });
  assert.deepEqual(codesOf(reply), [ErrorCode.POLICY_VIOLATION, ErrorCode.NONE]);
});
