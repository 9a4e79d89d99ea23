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
  assert.match(
    reply.topics?.find(({ name }) => name === 'rf3')?.errorMessage ?? '',
    /factor of 3 cannot be reached because only 1 broker/,
  );
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

test('[META-16] chosen replicas: consecutive partitions, known brokers, one of them live, equally many, and no counts beside them', () => {
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
    assign('two', [1, 2], [2, 1]),
    assign('half', [3, 1]),
    assign('uneven', [1, 2], [1]),
    assign('same', [1, 1]),
    gap,
    { ...assign('both', [1]), numPartitions: 1 },
  );
  const { INVALID_REPLICA_ASSIGNMENT: wrong, INVALID_REQUEST } = ErrorCode;
  assert.deepEqual(codesOf(reply), [0, wrong, wrong, wrong, 0, 0, wrong, wrong, wrong, INVALID_REQUEST]);
  assert.deepEqual(cluster.leaders('ok'), [2, 1, 2]);
  assert.deepEqual(cluster.partition('two', 1).inSyncReplicas, [2, 1]);
  const half = cluster.partition('half');
  assert.deepEqual([half.replicas, half.inSyncReplicas, half.leader], [[3, 1], [1], 1]);
  assert.equal(reply.topics?.find(({ name }) => name === 'two')?.replicationFactor, 2);
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
  const both = { name: null, topicId: id('c') };
  const named = { name: 'c', topicId: ZERO_UUID };
  const again = cluster.run('deleteTopics', { topics: [named, both], topicNames: [], timeoutMs: 0 });
  assert.deepEqual(
    again.responses?.map(({ name, topicId, errorCode }) => [name, topicId, errorCode]),
    [['c', id('c'), ErrorCode.INVALID_REQUEST]],
  );
});

test('[META-19] delete.topic.enable=false keeps every topic', () => {
  const cluster = new TestCluster({ 'delete.topic.enable': 'false' }).start(1);
  cluster.create({ name: 'a' });
  const reply = cluster.run('deleteTopics', { topics: [], topicNames: ['a'], timeoutMs: 0 });
  assert.equal(reply.responses?.[0]?.errorCode, ErrorCode.TOPIC_DELETION_DISABLED);
  assert.ok(cluster.state.topics.has('a'));
});

test('[META-20] partitions only grow, by as many replicas as the topic has; every topic of the request is answered', () => {
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
  cluster.create({ name: 'r', replicationFactor: 2 });
  cluster.run('createPartitions', { topics: [grow('r', 4)], timeoutMs: 0, validateOnly: false });
  assert.deepEqual(
    cluster.state.topics.get('r')?.partitions.map(({ replicas }) => replicas.length),
    [2, 2, 2, 2],
  );
  const one = cluster.run('createPartitions', { topics: [grow('r', 5, [[1]])], timeoutMs: 0, validateOnly: false });
  assert.match(one.results?.[0]?.errorMessage ?? '', /1 replica\(s\), but this is not consistent/);
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

test('[META-22] any replication factor up to the number of brokers: distinct replicas, leaders, followers and stand-ins even', () => {
  const cluster = new TestCluster().start(1, 2, 3, 4);
  for (const replicationFactor of [1, 2, 3, 4]) {
    cluster.create({ name: `rf${replicationFactor}`, numPartitions: 12, replicationFactor });
    const partitions = cluster.state.topics.get(`rf${replicationFactor}`)?.partitions ?? [];
    for (const { replicas, inSyncReplicas } of partitions) {
      assert.equal(new Set(replicas).size, replicationFactor);
      assert.deepEqual(inSyncReplicas, replicas);
    }
    const counts = (at: number) =>
      [1, 2, 3, 4].map((id) => partitions.filter(({ replicas }) => replicas[at] === id).length);
    assert.deepEqual(counts(0), [3, 3, 3, 3]);
    const held = [1, 2, 3, 4].map((id) => partitions.filter(({ replicas }) => replicas.includes(id)).length);
    assert.deepEqual(held, Array(4).fill(3 * replicationFactor));
    const pairs = partitions.filter(({ replicas }) => replicas[0] === 1).map(({ replicas }) => replicas[1]);
    if (replicationFactor > 1) assert.ok(new Set(pairs).size > 1, 'not one broker alone takes over what another led');
  }
  const refused = cluster.create({ name: 'rf5', replicationFactor: 5 }).topics?.[0];
  assert.equal(refused?.errorCode, ErrorCode.INVALID_REPLICATION_FACTOR);
  assert.match(refused?.errorMessage ?? '', /only 4 broker/);
});

test('[META-23] replicas go to different racks as far as there are racks', () => {
  const cluster = new TestCluster();
  const racks = ['x', 'x', 'y', 'y', 'z', 'z'];
  for (const [i, rack] of racks.entries()) {
    cluster.register(i + 1, i + 1, { rack });
    cluster.beat(i + 1);
  }
  cluster.create({ name: 'a', numPartitions: 12, replicationFactor: 3 }, { name: 'b', replicationFactor: 4 });
  for (const { replicas } of cluster.state.topics.get('a')?.partitions ?? []) {
    assert.equal(new Set(replicas.map((id) => racks[id - 1])).size, 3);
  }
  assert.equal(new Set(cluster.partition('b').replicas.map((id) => racks[id - 1])).size, 3);
  const held = racks.map((_, i) =>
    (cluster.state.topics.get('a')?.partitions ?? []).filter(({ replicas }) => replicas.includes(i + 1)),
  );
  for (const partitions of held) assert.equal(partitions.length, 6);
});

test('[META-24] a broker that is away gets replicas only where the factor needs it, never leads and is not in sync', () => {
  const cluster = new TestCluster().start(1, 2, 3);
  cluster.beat(1, { wantFence: true });
  cluster.create({ name: 'two', numPartitions: 3, replicationFactor: 2 });
  cluster.create({ name: 'three', numPartitions: 3, replicationFactor: 3 });
  for (const { replicas } of cluster.state.topics.get('two')?.partitions ?? []) assert.ok(!replicas.includes(1));
  for (const { replicas, inSyncReplicas, leader } of cluster.state.topics.get('three')?.partitions ?? []) {
    assert.deepEqual(replicas.toSorted(), [1, 2, 3]);
    assert.deepEqual(inSyncReplicas.toSorted(), [2, 3]);
    assert.notEqual(leader, 1);
  }
});

test('[META-25] default.replication.factor is for topics that do not say; __consumer_offsets takes what brokers there are', () => {
  const settings = { 'default.replication.factor': '2', 'offsets.topic.replication.factor': '3' };
  const cluster = new TestCluster(settings).start(1);
  assert.equal(cluster.create({ name: 'a' }).topics?.[0]?.errorCode, ErrorCode.INVALID_REPLICATION_FACTOR);
  cluster.start(2);
  assert.equal(cluster.create({ name: 'a' }).topics?.[0]?.replicationFactor, 2);
  const offsets = cluster.create({ name: '__consumer_offsets', numPartitions: 2, replicationFactor: 3 });
  assert.equal(offsets.topics?.[0]?.replicationFactor, 2);
});
