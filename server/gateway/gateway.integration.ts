// Checks a whole gateway against a running cluster, ours or Apache Kafka:
//   node --test server/gateway/gateway.integration.ts -- 127.0.0.1:9092
// It makes topics and groups named gwt-<time>-… and removes them. Not part of the unit tests: it needs a cluster.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Consumer, Producer } from '@platformatic/kafka';
import type { BrowseCursor, BrowseParams } from '../live/contract.ts';
import type { ClusterGateway } from './gateway.ts';
import {
  bootstrapServer,
  browse as browseAt,
  closeGateway,
  ignore,
  openGateway,
  prefix,
  refusal,
  until,
  utf8,
} from './testing/integration.ts';

const topic = `${prefix}-orders`;
let gateway: ClusterGateway;

before(async () => {
  gateway = await openGateway('it');
  await gateway.call('topic.create', { name: topic, partitions: 3, replicationFactor: 1, configs: {} });
});

after(() => closeGateway(gateway));

const browse = (params: Partial<BrowseParams>) => browseAt(gateway, { topic, ...params });

test('[GTW-20] records produced by key are found by paging either way, each once', async () => {
  const { produced, first } = await gateway.call('record.produce', {
    topic,
    partition: null,
    key: utf8('key-{{n}}'),
    value: utf8('{"n":{{n}}}'),
    headers: [{ key: 'source', value: 'test' }],
    count: 1_000,
  });
  assert.equal(produced, 1_000);
  const record = await gateway.call('record.get', { topic, ...first });
  assert.equal(record.value.text, '{"n":1}');
  for (const direction of ['forward', 'backward'] as const) {
    const seen = new Set<string>();
    let cursor: BrowseCursor | null = null;
    let pages = 0;
    do {
      const start = { from: direction === 'forward' ? 'oldest' : 'newest' } as const;
      const page: Awaited<ReturnType<typeof browse>> = await browse({ start, cursor, limit: 70 });
      for (const { partition, offset } of page.records) {
        assert.ok(!seen.has(`${partition}:${offset}`), 'a record came twice');
        seen.add(`${partition}:${offset}`);
      }
      cursor = (direction === 'forward' ? page.done?.next : page.done?.previous) ?? null;
      pages += 1;
    } while (cursor !== null && pages < 50);
    assert.equal(seen.size, 1_000);
  }
});

test('[GTW-20] the filter comes before the limit', async () => {
  const page = await browse({ contains: '"n":999', limit: 5 });
  assert.equal(page.records.length, 1);
  assert.equal(page.done?.reason, 'reached the start');
});

test('[GTW-12] records of every compression of another client are read', async () => {
  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const name = `${prefix}-${compression}`;
    await gateway.call('topic.create', { name, partitions: 1, replicationFactor: 1, configs: {} });
    const producer = new Producer({ clientId: prefix, bootstrapBrokers: [bootstrapServer], compression });
    const messages = Array.from({ length: 500 }, (_, index) => ({
      topic: name,
      partition: 0,
      value: Buffer.from(`line ${index}`),
    }));
    await producer.send({ messages });
    await producer.close();
    const page = await browse({ topic: name, start: { from: 'oldest' }, limit: 500 });
    assert.deepEqual(
      page.records.map(({ value }) => value.text),
      messages.map(({ value }) => value.toString()),
    );
  }
});

test('[GTW-21] tombstones, base64 and null keys arrive as they were written', async () => {
  const args = { topic, partition: 0, headers: [], count: 1 };
  const tombstone = await gateway.call('record.produce', { ...args, key: utf8('gone'), value: null });
  const binary = await gateway.call('record.produce', {
    ...args,
    key: null,
    value: { encoding: 'base64', data: '/wD+' },
  });
  assert.equal((await gateway.call('record.get', { topic, ...tombstone.first })).value.sizeBytes, -1);
  const record = await gateway.call('record.get', { topic, ...binary.first });
  assert.deepEqual([record.key.sizeBytes, record.value.text, record.value.base64], [-1, null, '/wD+']);
});

test('[GTW-40] a payload beyond 1 MB comes cut, and whole when it is asked for; records that did not fit into one answer count once', async () => {
  const name = `${prefix}-long`;
  const configs = { 'max.message.bytes': '4000000' };
  await gateway.call('topic.create', { name, partitions: 1, replicationFactor: 1, configs });
  const producer = new Producer({ clientId: prefix, bootstrapBrokers: [bootstrapServer] });
  const longs = [1, 2, 3].map((n) => Buffer.from(`{"id":9007199254740993123,"text":"${String(n).repeat(1_500_000)}"}`));
  for (const value of longs) await producer.send({ messages: [{ topic: name, partition: 0, value }] });
  await producer.close();
  const page = await browse({ topic: name, limit: 10 });
  assert.deepEqual([page.records.length, page.scannedRecords], [3, 3]);
  const place = { topic: name, partition: 0, offset: 1 };
  const cut = await gateway.call('record.get', place);
  assert.deepEqual([cut.value.isTruncated, cut.value.sizeBytes], [true, longs[1]?.length]);
  const whole = await gateway.call('record.get', { ...place, isWhole: true });
  assert.equal(whole.value.isTruncated, false);
  assert.ok(whole.value.text === String(longs[1]));
});

test('[GTW-35] a record or topic that is not there yet may come, one that was deleted will not, and the answer says which', async () => {
  const name = `${prefix}-later`;
  const get = (offset: number) => gateway.call('record.get', { topic: name, partition: 0, offset });
  const saysOf = async (offset: number) => {
    const { kind, isRetriable, message } = await refusal(get(offset));
    return [kind, isRetriable, /is not written yet: the partition ends at \d+/.test(message)];
  };
  assert.deepEqual(await saysOf(0), ['UNKNOWN_TOPIC_OR_PARTITION', true, false]);
  await gateway.call('topic.create', { name, partitions: 1, replicationFactor: 1, configs: {} });
  assert.deepEqual(await saysOf(0), ['RECORD_NOT_FOUND', true, true]);
  const args = { topic: name, partition: 0, key: null, headers: [] };
  await gateway.call('record.produce', { ...args, value: utf8('{{n}}'), count: 3 });
  assert.equal((await get(0)).value.text, '1');
  assert.deepEqual(await saysOf(3), ['RECORD_NOT_FOUND', true, true]);
  assert.deepEqual(await saysOf(9), ['RECORD_NOT_FOUND', true, true]);
  await gateway.call('topic.deleteRecords', { name, before: [{ partition: 0, offset: 2 }] });
  assert.deepEqual(await saysOf(1), ['OFFSET_OUT_OF_RANGE', false, false]);
});

test('[GTW-22] a live tail shows what is produced after it began', async () => {
  let seen = 0;
  let matched = 0;
  let isReady = false;
  await new Promise<void>((resolve, reject) => {
    const stream = gateway.open(
      'tail',
      { topic, partitions: null, contains: 'tailed' },
      () => {
        const batch = stream.take();
        seen += batch?.records.length ?? 0;
        matched = batch?.matched ?? matched;
        if (!isReady) {
          isReady = true;
          const args = { topic, partition: null, key: null, headers: [] };
          gateway
            .call('record.produce', { ...args, value: utf8('other'), count: 50 })
            .then(() => gateway.call('record.produce', { ...args, value: utf8('tailed {{n}}'), count: 60 }))
            .catch(reject);
        }
        if (matched < 60) return;
        stream.close();
        resolve();
      },
      reject,
    );
  });
  assert.deepEqual([seen, matched], [60, 60]);
});

test('[GTW-23] test traffic makes lag rise; the active group refuses a reset, the stopped one takes it', async () => {
  const groupId = `${prefix}-readers`;
  const producer = await gateway.call('traffic.startProducer', {
    topic,
    recordsPerSecond: 2_000,
    recordBytes: 120,
    keys: 50,
    acks: -1,
    durationSeconds: 60,
  });
  await gateway.call('traffic.startConsumer', {
    topic,
    groupId,
    members: 2,
    recordsPerSecond: 500,
    durationSeconds: 60,
  });
  const lagging = await until(
    (look) => gateway.watch('group', { groupId }, look, ignore),
    ({ group }) => (group.totalLag ?? 0) > 3_000 && group.members === 2,
  );
  assert.ok(lagging.partitions.every(({ lag }) => lag === null || lag >= 0));
  const listed = await until(
    (look) => gateway.watch('topic', { name: topic }, look, ignore),
    (view) => (view.topic.inRecordsPerSecond ?? 0) > 1_000 && (view.groups?.length ?? 0) > 0,
  );
  assert.equal(listed.groups?.[0]?.groupId, groupId);
  const offsets = [0, 1, 2].map((partition) => ({ topic, partition, offset: 1 }));
  const refused = await refusal(gateway.call('group.resetOffsets', { groupId, offsets }));
  assert.equal(refused.kind, 'NON_EMPTY_GROUP');
  assert.match(refused.message, /2 active members/);
  const preview = await gateway.call('group.previewReset', {
    groupId,
    topic,
    partitions: null,
    strategy: { to: 'earliest' },
  });
  assert.equal(preview.isAllowed, false);
  assert.ok((await gateway.call('traffic.stop', { id: producer.id })).stopped === 1);
  assert.ok((await gateway.call('traffic.stop', { id: 'all' })).stopped >= 1);
  await until(
    (look) => gateway.watch('group', { groupId }, look, ignore),
    ({ group }) => group.state === 'Empty',
  );
  assert.deepEqual(await gateway.call('group.resetOffsets', { groupId, offsets }), { changed: 3 });
  await until(
    (look) => gateway.watch('group', { groupId }, look, ignore),
    ({ partitions }) => partitions.every(({ committedOffset }) => committedOffset === 1),
  );
  assert.deepEqual(await gateway.call('group.deleteOffsets', { groupId, topic }), { partitions: 3 });
});

test('[CGP-50] a group of the consumer protocol is shown with its type, its assignor and its members’ epochs', async () => {
  const groupId = `${prefix}-consumers`;
  const consumer = new Consumer({
    clientId: 'gwt-consumer',
    groupId,
    bootstrapBrokers: [bootstrapServer],
    groupProtocol: 'consumer',
  });
  try {
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });
    const view = await until(
      (look) => gateway.watch('group', { groupId }, look, ignore),
      ({ group, members }) => group.state === 'Stable' && members.length === 1,
    );
    assert.equal(view.group.type, 'consumer');
    assert.equal(view.protocol, 'uniform');
    assert.ok((view.members[0]?.epoch ?? 0) > 0);
    assert.equal(view.members[0]?.assignments[0]?.partitions.length, 3);
    await stream.close();
  } finally {
    await consumer.close(true);
  }
  await until(
    (look) => gateway.watch('group', { groupId }, look, ignore),
    ({ group }) => group.state === 'Empty',
  );
});

test('[GTW-24] topic settings carry their documentation and what applies without them', async () => {
  await gateway.call('topic.alterConfigs', { name: topic, changes: { 'retention.ms': '123456' } });
  const changed = (await gateway.call('topic.configs', { name: topic })).find(({ name }) => name === 'retention.ms');
  assert.deepEqual([changed?.value, changed?.source, changed?.defaultValue], ['123456', 'TOPIC', '604800000']);
  assert.ok((changed?.documentation ?? '').length > 20);
  await gateway.call('topic.alterConfigs', { name: topic, changes: { 'retention.ms': null } });
  const removed = (await gateway.call('topic.configs', { name: topic })).find(({ name }) => name === 'retention.ms');
  assert.notEqual(removed?.source, 'TOPIC');
  assert.equal(
    (await refusal(gateway.call('topic.alterConfigs', { name: topic, changes: { nonsense: '1' } }))).kind,
    'INVALID_CONFIG',
  );
});

test('[GTW-25] refusals name the cause and how to mend it', async () => {
  const create = { name: topic, partitions: 1, replicationFactor: 1, configs: {} };
  assert.equal((await refusal(gateway.call('topic.create', create))).kind, 'TOPIC_ALREADY_EXISTS');
  assert.equal((await refusal(gateway.call('topic.create', { ...create, name: 'a b' }))).kind, 'INVALID_ARGUMENT');
  assert.equal(
    (await refusal(gateway.call('topic.create', { ...create, name: `${prefix}-x`, replicationFactor: 99 }))).kind,
    'INVALID_REPLICATION_FACTOR',
  );
  assert.equal(
    (await refusal(gateway.call('topic.addPartitions', { name: topic, totalCount: 2 }))).kind,
    'INVALID_ARGUMENT',
  );
  assert.equal(
    (await refusal(gateway.call('topic.impact', { name: `${prefix}-none` }))).kind,
    'UNKNOWN_TOPIC_OR_PARTITION',
  );
  assert.equal((await refusal(gateway.call('group.delete', { groupId: `${prefix}-none` }))).kind, 'GROUP_ID_NOT_FOUND');
});

test('[GTW-26] deleting records, adding partitions and deleting the topic show up in the views', async () => {
  const outcome = await gateway.call('topic.deleteRecords', { name: topic, before: [{ partition: 0, offset: 5 }] });
  assert.deepEqual(outcome.partitions, [{ partition: 0, startOffset: 5, error: null }]);
  await gateway.call('topic.addPartitions', { name: topic, totalCount: 4 });
  const view = await until(
    (look) => gateway.watch('topic', { name: topic }, look, ignore),
    ({ partitions }) => partitions.length === 4 && partitions[0]?.startOffset === 5 && partitions[3]?.endOffset === 0,
  );
  assert.ok((view.topic.sizeBytes ?? 0) > 0);
  const impact = await gateway.call('topic.impact', { name: topic });
  assert.ok((impact.records ?? 0) > 0);
  await gateway.call('topic.delete', { name: topic });
  const params = {
    query: prefix,
    sort: 'name',
    descending: false,
    includeInternal: false,
    offset: 0,
    limit: 50,
  } as const;
  await until(
    (look) => gateway.watch('topics', params, look, ignore),
    ({ rows }) => rows.every(({ name }) => name !== topic),
  );
});

test('[GTW-27] the overview has its health, its history and every broker', async () => {
  const view = await until(
    (look) => gateway.watch('overview', {}, look, ignore),
    ({ series }) => series.timesMs.length >= 3,
  );
  assert.equal(view.health.level, 'ok');
  assert.ok(view.brokers.length > 0 && view.brokers.every(({ isUp }) => isUp));
  assert.deepEqual(Object.keys(view.series.columns), ['inRecords', 'inBytes', 'outRecords', 'outBytes']);
});

test('[GTW-28] a cluster that is down resolves at once and says what is wrong', async () => {
  const startedAtMs = Date.now();
  const down = await openGateway('d', '127.0.0.1:1');
  assert.ok(Date.now() - startedAtMs < 3_000);
  const view = await until(
    (look) => down.watch('overview', {}, look, ignore),
    ({ health }) => health.level === 'critical',
  );
  assert.match(view.health.sentence, /127\.0\.0\.1:1 does not answer: connection refused/);
  assert.equal((await refusal(down.call('topic.delete', { name: 'x' }))).isRetriable, true);
  await down.close();
});
