// Checks a whole gateway against a running cluster, ours or Apache Kafka:
//   node --test server/gateway/gateway.integration.ts -- 127.0.0.1:9092
// It makes topics and groups named gwt-<time>-… and removes them. Not part of the unit tests: it needs a cluster.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Consumer, Producer } from '@platformatic/kafka';
import type { BrowseBatch, BrowseCursor, BrowseParams, ReassignView, RecordRow } from '../live/contract.ts';
import { createGateway } from './create.ts';
import type { ClusterGateway, GatewayError, Stream, Watch } from './gateway.ts';

const bootstrapServer = process.argv.slice(2).find((argument) => /:\d+$/.test(argument)) ?? '127.0.0.1:9092';
const prefix = `gwt-${Date.now()}`;
const topic = `${prefix}-orders`;
let gateway: ClusterGateway;

before(async () => {
  gateway = await createGateway({
    clusterId: 'it',
    name: 'integration',
    mode: 'external',
    bootstrapServers: [bootstrapServer],
    log: () => undefined,
  });
  await gateway.call('topic.create', { name: topic, partitions: 3, replicationFactor: 1, configs: {} });
});

after(async () => {
  const { topics, groups } = await gateway.call('search', { query: prefix });
  for (const name of topics) await gateway.call('topic.delete', { name });
  for (const groupId of groups) await gateway.call('group.delete', { groupId }).catch(() => undefined);
  await gateway.close();
});

function utf8(data: string) {
  return { encoding: 'utf8', data } as const;
}

/** Resolves with the first data that passes; the watch itself says when to look. */
function until<Data>(
  open: (onChange: () => void) => Watch<Data>,
  passes: (data: Data) => boolean,
  timeoutMs = 15_000,
): Promise<Data> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      watch.close();
      reject(new Error(`not seen in time; last: ${JSON.stringify(watch.read())?.slice(0, 600)}`));
    }, timeoutMs);
    const look = () => {
      const data = watch.read();
      if (data === null || !passes(data)) return;
      clearTimeout(timer);
      watch.close();
      resolve(data);
    };
    const watch = open(look);
  });
}

const ignore = () => undefined;

function browse(params: Partial<BrowseParams>): Promise<BrowseBatch & { records: readonly RecordRow[] }> {
  const full: BrowseParams = {
    topic,
    partitions: null,
    start: { from: 'newest' },
    contains: '',
    limit: 100,
    cursor: null,
    ...params,
  };
  return new Promise((resolve, reject) => {
    const records: RecordRow[] = [];
    const stream: Stream<BrowseBatch> = gateway.open(
      'browse',
      full,
      () => {
        const batch = stream.take();
        records.push(...(batch?.records ?? []));
        if (batch === null || batch.done === null) return;
        stream.close();
        resolve({ ...batch, records });
      },
      reject,
    );
  });
}

async function refusal(promise: Promise<unknown>): Promise<GatewayError> {
  try {
    await promise;
  } catch (error) {
    return error as GatewayError;
  }
  throw new Error('it was not refused');
}

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

const everyMove = { query: '', state: null, offset: 0, limit: 200 } as const;

function reassignment(of: ClusterGateway, passes: (view: ReassignView) => boolean): Promise<ReassignView> {
  return until((look) => of.watch('reassign', everyMove, look, ignore), passes, 40_000);
}

/** A topic of one partition and one replica with this much in it, and a broker that does not hold it; null: only one broker. */
async function topicToMove(name: string, megabytes: number): Promise<{ from: number; to: number } | null> {
  const { rows } = await until(
    (look) => gateway.watch('brokers', {}, look, ignore),
    ({ rows: brokers }) => brokers.length > 0,
  );
  await gateway.call('topic.create', { name, partitions: 1, replicationFactor: 1, configs: {} });
  const value = utf8('x'.repeat(10_000));
  await gateway.call('record.produce', {
    topic: name,
    partition: 0,
    key: null,
    value,
    headers: [],
    count: megabytes * 100,
  });
  const view = await until(
    (look) => gateway.watch('topic', { name }, look, ignore),
    ({ partitions }) => partitions[0]?.leader != null,
  );
  const from = view.partitions[0]?.leader ?? -1;
  const to = rows.find(({ id, isUp }) => isUp && id !== from)?.id;
  return to === undefined ? null : { from, to };
}

async function throttledRates(brokerId: number): Promise<number> {
  const configs = await gateway.call('broker.configs', { brokerId });
  return configs.filter(({ name, source }) => /throttled.rate/.test(name) && source === 'DYNAMIC_BROKER').length;
}

const canReassign = () => gateway.summary().capabilities.apis[45] !== undefined;

test('[RSG-16] a partition moves with all its records under a throttle that is gone afterwards', async (t) => {
  const name = `${prefix}-moved`;
  const place = canReassign() ? await topicToMove(name, 1) : null;
  if (place === null) return t.skip('the cluster cannot move replicas, or has one broker');
  const request = { kind: 'byHand', topic: name, partition: 0, replicas: [place.to] } as const;
  const plan = await gateway.call('reassign.plan', { request });
  assert.equal(plan.partitions, 1);
  assert.ok(plan.bytesToMove >= 1_000_000, `${plan.bytesToMove} bytes`);
  await gateway.call('reassign.start', { planId: plan.planId, throttleBytesPerSecond: 50_000_000 });
  const refused = await refusal(gateway.call('reassign.start', { planId: plan.planId, throttleBytesPerSecond: null }));
  assert.ok(['PLAN_UNKNOWN', 'REASSIGNMENT_UNDER_WAY'].includes(refused.kind), refused.kind);
  const { run, rows } = await reassignment(gateway, (view) => view.run?.endedAtMs != null);
  assert.deepEqual([run?.state, run?.counts.done, run?.warnings.length], ['done', 1, 0]);
  assert.equal(rows[0]?.copiedBytes, rows[0]?.bytes);
  const moved = await until(
    (look) => gateway.watch('topic', { name }, look, ignore),
    ({ partitions }) => partitions[0]?.leader === place.to,
  );
  assert.deepEqual(moved.partitions[0]?.replicas, [place.to]);
  assert.equal((await browse({ topic: name, start: { from: 'oldest' }, limit: 100 })).records.length, 100);
  assert.deepEqual([await throttledRates(place.from), await throttledRates(place.to)], [0, 0]);
  assert.deepEqual(await gateway.call('reassign.putAway', {}), { wasThere: true });
});

test('[RSG-17] a dashboard that starts anew finds what is under way, can cancel it, and offers to remove the throttle left behind', async (t) => {
  const name = `${prefix}-found`;
  const place = canReassign() ? await topicToMove(name, 6) : null;
  if (place === null) return t.skip('the cluster cannot move replicas, or has one broker');
  const begin = await createGateway({
    clusterId: 'b',
    name: 'b',
    mode: 'external',
    bootstrapServers: [bootstrapServer],
    log: ignore,
  });
  const request = { kind: 'byHand', topic: name, partition: 0, replicas: [place.to] } as const;
  const { planId } = await begin.call('reassign.plan', { request });
  await begin.call('reassign.start', { planId, throttleBytesPerSecond: 20_000 });
  await reassignment(begin, ({ run }) => (run?.counts.moving ?? 0) === 1);
  await begin.close();

  const found = await reassignment(gateway, ({ run }) => run?.throttleBytesPerSecond === 20_000);
  assert.deepEqual([found.run?.request, found.run?.state, found.rows[0]?.topic], [null, 'running', name]);
  assert.deepEqual([found.rows[0]?.from, found.rows[0]?.to], [[place.from], [place.to]]);
  assert.deepEqual(await gateway.call('reassign.cancel', {}), { cancelled: 1 });
  const left = await reassignment(
    gateway,
    ({ run, leftThrottles }) => run?.endedAtMs != null && leftThrottles !== null,
  );
  assert.equal(left.run?.state, 'cancelled');
  assert.ok(left.leftThrottles?.brokers.some(({ bytesPerSecond }) => bytesPerSecond === 20_000));
  const removed = await gateway.call('reassign.removeThrottles', {});
  assert.ok(removed.brokers >= 2 && removed.topics >= 1, JSON.stringify(removed));
  await reassignment(gateway, ({ leftThrottles }) => leftThrottles === null);
  const after = await until(
    (look) => gateway.watch('topic', { name }, look, ignore),
    ({ partitions }) => partitions[0]?.replicas.length === 1,
  );
  assert.deepEqual(after.partitions[0]?.replicas, [place.from]);
  await gateway.call('reassign.putAway', {});
});

test('[RSG-18] a plan is refused when its partitions have moved or gone since', async (t) => {
  const name = `${prefix}-outdated`;
  const place = canReassign() ? await topicToMove(name, 1) : null;
  if (place === null) return t.skip('the cluster cannot move replicas, or has one broker');
  const request = { kind: 'byHand', topic: name, partition: 0, replicas: [place.to] } as const;
  const { planId } = await gateway.call('reassign.plan', { request });
  await gateway.call('topic.delete', { name });
  const outdated = await refusal(gateway.call('reassign.start', { planId, throttleBytesPerSecond: null }));
  assert.equal(outdated.kind, 'PLAN_OUTDATED');
  assert.match(outdated.message, /partition 0 of .*-outdated has moved or gone/);
  assert.equal((await refusal(gateway.call('reassign.plan', { request }))).kind, 'PLAN_REFUSED');
  assert.equal((await refusal(gateway.call('reassign.cancel', {}))).kind, 'NO_REASSIGNMENT');
});

test('[GTW-28] a cluster that is down resolves at once and says what is wrong', async () => {
  const startedAtMs = Date.now();
  const down = await createGateway({
    clusterId: 'd',
    name: 'd',
    mode: 'external',
    bootstrapServers: ['127.0.0.1:1'],
    log: ignore,
  });
  assert.ok(Date.now() - startedAtMs < 3_000);
  const view = await until(
    (look) => down.watch('overview', {}, look, ignore),
    ({ health }) => health.level === 'critical',
  );
  assert.match(view.health.sentence, /127\.0\.0\.1:1 does not answer: connection refused/);
  assert.equal((await refusal(down.call('topic.delete', { name: 'x' }))).isRetriable, true);
  await down.close();
});
