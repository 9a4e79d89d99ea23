// The contract of the client, checked against a running cluster, ours or Apache Kafka; a second address is another cluster:
//   node --test server/client/client.integration.ts -- 127.0.0.1:9092 127.0.0.1:9192
// It makes topics and groups named clt-<time>-… and removes them. Not part of the unit tests: it needs a cluster.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Producer } from '@platformatic/kafka';
import {
  CREATE_TOPICS,
  DELETE_GROUPS,
  DELETE_TOPICS,
  DESCRIBE_CLIENT_QUOTAS,
  DESCRIBE_GROUPS,
  LIST_GROUPS,
  LIST_OFFSETS,
  METADATA,
} from './apis.ts';
import { createClient, type KafkaClient } from './client.ts';
import { isRetriableCode, kafkaError, kafkaErrorName, throwIfError } from './errors.ts';
import { batchesIn, recordsOf } from './records/batch.ts';
import { writeBatch } from './records/batch-writer.ts';
import { withoutAborted } from './records/committed.ts';
import { EARLIEST, LATEST } from './records/offsets.ts';
import { PRODUCE_RAW } from './records/produce-raw.ts';
import { addSilentBroker, bootstrapServer, openClient, otherServer, prefix, refusal } from './testing/clusters.ts';
import { BROKER_DEFAULT } from './topics.ts';

type MetadataVersion = (typeof METADATA)['versions'][number];

/** The same request under another version number, sent by another function. */
const as = (api: MetadataVersion, version: number, async: MetadataVersion['async']): MetadataVersion =>
  Object.assign(api.bind(null), { key: api.key, version, async });

const TIMEOUT_MS = 20_000;
const topic = `${prefix}-records`;
const SILENT = 4_711;
const client = createClient({ bootstrapServers: [bootstrapServer], clientId: prefix, log: () => undefined });

const make = (on: KafkaClient, name: string) =>
  on.createTopic({ name, partitions: 2, replicationFactor: BROKER_DEFAULT, configs: {} });

async function removeAll(from: KafkaClient, beginning = prefix): Promise<void> {
  await from.metadata.refresh();
  const names = [...from.metadata.topics.keys()].filter((name) => name.startsWith(beginning));
  if (names.length === 0) return;
  await from.askController(
    DELETE_TOPICS,
    names.map((name) => ({ name, topicId: null })),
    TIMEOUT_MS,
  );
}

/** All of one partition from an offset on, up to the last stable offset when only committed records are wanted. */
async function valuesFrom(from: KafkaClient, partition: number, offset: number, isCommittedOnly: boolean) {
  const leader = await from.leader({ topic, partition, what: 'Reading failed' });
  const answer = await from.fetch(leader.id, 'data', {
    topic,
    wants: [{ partition, offset, maxBytes: 1_048_576 }],
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: 1_048_576,
    isCommittedOnly,
  });
  const [fetched] = answer.partitions;
  assert.ok(fetched !== undefined && fetched.errorCode === 0, `fetched ${fetched?.errorCode}`);
  const batches = [...batchesIn(fetched.bytes)];
  const seen = isCommittedOnly ? [...withoutAborted(batches, fetched.aborted)] : batches;
  return {
    values: seen.flatMap((batch) => recordsOf(batch)).map(({ value }) => value?.toString() ?? null),
    next: batches.at(-1)?.nextOffset ?? offset,
  };
}

before(() => make(client, topic));
after(async () => {
  await removeAll(client);
  await client.close();
});

test('[CLT-1] metadata is read when it is older than asked, overlapping readings share one request, a topic that was made is known', async () => {
  await client.metadata.refresh();
  const first = client.metadata.sampledAtMs;
  await client.metadata.fresh(60_000);
  assert.equal(client.metadata.sampledAtMs, first);
  const one = client.metadata.refresh();
  assert.equal(client.metadata.refresh(), one);
  await one;
  assert.ok(client.metadata.brokers.size > 0 && client.metadata.clusterId !== null);
  const other = openClient();
  await other.metadata.fresh(60_000);
  const name = `${prefix}-made`;
  await make(client, name);
  assert.equal(client.metadata.topics.get(name)?.partitions.length, 2);
  assert.equal((await other.metadata.topic(name)).name, name, 'another client asks once more before it says no');
  const none = await refusal(client.metadata.topic(`${prefix}-none`));
  assert.deepEqual([none.kind, none.code, none.isRetriable], ['UNKNOWN_TOPIC_OR_PARTITION', 3, true]);
});

test('[CLT-2] any broker, the controller, a leader, a coordinator and one broker are each asked where they are', async () => {
  const quotas = await client.askAny(DESCRIBE_CLIENT_QUOTAS, [], false);
  assert.equal(quotas.errorCode, 0);
  const made = await client.askController(CREATE_TOPICS, [], TIMEOUT_MS, true);
  assert.deepEqual(made.topics, []);
  const partitions = [{ partitionIndex: 1, currentLeaderEpoch: -1, timestamp: LATEST }];
  const asked = { topic, partition: 1, lane: 'data', what: 'Asking the leader failed' } as const;
  const ends = await client.askLeader(asked, LIST_OFFSETS, -1, 0, [{ name: topic, partitions }]);
  assert.equal(ends.topics[0]?.partitions[0]?.errorCode, 0, 'only the leader answers it');
  const groupId = `${prefix}-nobody`;
  const coordinator = await client.coordinator('group', groupId);
  assert.ok(client.metadata.brokers.has(coordinator.brokerId));
  // The first group of a cluster makes it a coordinator, which takes a moment to be ready.
  for (const untilMs = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const described = await client.connections.request(coordinator, 'admin', DESCRIBE_GROUPS, [groupId], false);
    const code = described.groups[0]?.errorCode ?? -1;
    if (!isRetriableCode(code)) break;
    assert.ok(Date.now() < untilMs, kafkaErrorName(code));
  }
  const producers = await client.coordinator('transaction', `${prefix}-transactional`);
  assert.ok(client.metadata.brokers.has(producers.brokerId));
  const groups = await client.askBroker(coordinator.brokerId, 'control', LIST_GROUPS, [], []);
  assert.equal(groups.errorCode, 0);
  assert.equal((await refusal(client.leader({ topic, partition: 9, what: 'x' }))).kind, 'UNKNOWN_TOPIC_OR_PARTITION');
  assert.throws(() => client.broker(SILENT), { kind: 'BROKER_NOT_AVAILABLE', isRetriable: true });
});

test('[CLT-3] of all brokers one is silent: the others answer, it is a problem with its id, and the next time it is not waited for', async (t) => {
  const own = openClient();
  await own.metadata.refresh();
  const up = [...own.metadata.brokers.keys()];
  await addSilentBroker(t, own, SILENT);
  const ask = async () => {
    const answered: number[] = [];
    const startedMs = performance.now();
    const problems = await own.gate().askAll(own.metadata.brokers.keys(), 'the groups', async (id) => {
      await own.askBroker(id, 'control', LIST_GROUPS, [], []);
      answered.push(id);
    });
    return { answered: answered.sort((a, b) => a - b), problems, tookMs: performance.now() - startedMs };
  };
  const first = await ask();
  assert.deepEqual(first.answered, up);
  assert.deepEqual(
    first.problems.map(({ brokerId }) => brokerId),
    [SILENT],
  );
  assert.ok(own.suspects.has(SILENT));
  const second = await ask();
  assert.deepEqual(second.answered, up);
  assert.ok(second.tookMs < first.tookMs / 2, `${second.tookMs} ms after ${first.tookMs} ms`);
  // A question that any broker answers goes past it.
  own.metadata.brokers = new Map([...own.metadata.brokers].reverse());
  assert.equal((await own.askAny(LIST_GROUPS, [], [])).errorCode, 0);
});

test('[CLT-4] each request goes in the newest version that both sides speak; one that is not served is refused by name', async () => {
  const endpoint = client.metadata.anyBroker();
  const apis = await client.connections.apis(endpoint);
  const range = apis.get(METADATA.key);
  assert.ok(range !== undefined && range.max >= 10);
  const newest = METADATA.versions[0]?.version ?? 0;
  const sent: number[] = [];
  const noting: typeof METADATA = {
    ...METADATA,
    versions: METADATA.versions.map((api) => {
      const async: typeof api.async = (...args) => {
        sent.push(api.version);
        return api.async(...args);
      };
      return as(api, api.version, async);
    }),
  };
  await client.connections.request(endpoint, 'control', noting, [], false, false);
  assert.deepEqual(sent, [Math.min(newest, range.max)]);
  const future: typeof METADATA = {
    ...METADATA,
    versions: METADATA.versions.map((api) => as(api, 999, api.async)).slice(0, 1),
  };
  const refused = await refusal(client.connections.request(endpoint, 'control', future, [], false, false));
  assert.deepEqual([refused.kind, refused.code, refused.isRetriable], ['UNSUPPORTED_VERSION', 35, false]);
  assert.match(refused.message, /Metadata is needed in version 999, and it serves versions \d+ to \d+/);
  assert.equal((await client.askAny(LIST_GROUPS, [], [])).errorCode, 0, 'the connection goes on');
});

test('[CLT-5] what a cluster refuses is a ClusterError with Kafka’s name and code, and says whether trying again may help', async () => {
  const twice = await refusal(make(client, topic));
  assert.deepEqual([twice.kind, twice.code, twice.isRetriable], ['TOPIC_ALREADY_EXISTS', 36, false]);
  const many = { name: `${prefix}-x`, partitions: 1, replicationFactor: 99, configs: {} };
  assert.equal((await refusal(client.createTopic(many))).kind, 'INVALID_REPLICATION_FACTOR');
  const named = { ...many, replicationFactor: 1, name: 'a b' };
  assert.equal((await refusal(client.createTopic(named))).kind, 'INVALID_ARGUMENT');
  const wrong = { ...many, replicationFactor: 1, configs: { 'retention.ms': 'soon' } };
  assert.equal((await refusal(client.createTopic(wrong))).kind, 'INVALID_CONFIG');
  const coordinator = await client.coordinator('group', `${prefix}-none`);
  const gone = await client.connections.request(coordinator, 'admin', DELETE_GROUPS, [`${prefix}-none`]);
  const code = gone.results[0]?.errorCode ?? 0;
  assert.equal(kafkaErrorName(code), 'GROUP_ID_NOT_FOUND');
  assert.throws(() => throwIfError(code, 'Deleting it failed'), { kind: 'GROUP_ID_NOT_FOUND', name: 'ClusterError' });
  assert.ok(isRetriableCode(6) && kafkaError(6, 'x').kind === 'NOT_LEADER_OR_FOLLOWER');
  const down = createClient({ bootstrapServers: ['127.0.0.1:1'], log: () => undefined });
  const refused = await refusal(down.metadata.refresh());
  assert.deepEqual([refused.kind, refused.isRetriable], ['DISCONNECTED', true]);
  assert.match(refused.message, /connection refused/);
  await down.close();
  assert.throws(() => createClient({ bootstrapServers: ['a:b'], log: () => undefined }), { kind: 'INVALID_ARGUMENT' });
});

test('[CLT-6] records and raw batches are written to the leader and come back byte for byte, with their offsets and times', async () => {
  const headers = new Map([[Buffer.from('h'), Buffer.from('v')]]);
  const records = [
    { key: Buffer.from('k'), value: Buffer.from([0xff, 0x00, 0xfe]), headers },
    { key: null, value: null, headers: new Map() },
  ];
  assert.equal(await client.produce({ topic, partition: 0, records, what: 'Writing failed' }), 0);
  const nowMs = Date.now();
  const rows = ['one', 'two', 'six'].map((word) => ({ key: Buffer.from(word), word }));
  const bytes = writeBatch(rows, nowMs, { bytes: 3, write: (into, at, { word }) => into.write(word, at, 'latin1') });
  const request = { topic, acks: -1, timeoutMs: TIMEOUT_MS, batches: [{ partition: 0, bytes }] } as const;
  const asked = { topic, partition: 0, lane: 'data', what: 'Writing failed' } as const;
  assert.deepEqual(await client.askLeader(asked, PRODUCE_RAW, request), [{ partition: 0, errorCode: 0 }]);
  const leader = await client.leader(asked);
  const answer = await client.fetch(leader.id, 'data', {
    topic,
    wants: [{ partition: 0, offset: 0, maxBytes: 1_048_576 }],
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: 1_048_576,
  });
  const fetched = [...batchesIn(answer.partitions[0]?.bytes ?? Buffer.alloc(0))].flatMap((batch) => recordsOf(batch));
  assert.deepEqual(
    fetched.map(({ offset, key, value }) => [offset, key?.toString() ?? null, value?.toString('latin1') ?? null]),
    [
      [0, 'k', '\u00ff\u0000\u00fe'],
      [1, null, null],
      [2, 'one', 'one'],
      [3, 'two', 'two'],
      [4, 'six', 'six'],
    ],
  );
  assert.deepEqual(fetched[0]?.headers, [{ key: 'h', value: Buffer.from('v') }]);
  assert.equal(fetched[2]?.timestampMs, nowMs);
  const offsetAt = async (at: bigint) => {
    const [found] = await client.offsets({ of: [{ topic, partitions: [0] }], at, lane: 'data' });
    return [found?.errorCode, found?.offset];
  };
  assert.deepEqual(await offsetAt(EARLIEST), [0, 0]);
  assert.deepEqual(await offsetAt(LATEST), [0, 5]);
  assert.deepEqual(await offsetAt(BigInt(nowMs)), [0, 2]);
  assert.deepEqual(await offsetAt(BigInt(nowMs + 3_600_000)), [0, -1]);
});

test('[CLT-7] a reader of committed records gets those of committed transactions and none of an aborted one', async () => {
  const producer = new Producer({
    clientId: prefix,
    bootstrapBrokers: [bootstrapServer],
    transactionalId: `${prefix}-transactional`,
    idempotent: true,
  });
  try {
    for (const [word, ends] of [
      ['kept', 'commit'],
      ['dropped', 'abort'],
      ['kept too', 'commit'],
    ] as const) {
      const transaction = await producer.beginTransaction();
      await transaction.send({ messages: [{ topic, partition: 1, value: Buffer.from(word) }] });
      await transaction[ends]();
    }
  } finally {
    await producer.close();
  }
  const all = await valuesFrom(client, 1, 0, false);
  assert.deepEqual(all.values, ['kept', 'dropped', 'kept too']);
  const committed = await valuesFrom(client, 1, 0, true);
  assert.deepEqual(committed.values, ['kept', 'kept too']);
  const of = [{ topic, partitions: [1] }];
  const [stable] = await client.offsets({ of, at: LATEST, lane: 'data', isStable: true });
  assert.equal(stable?.offset, committed.next, 'nothing is open, so all is stable');
});

test('[CLT-8] a consumer of the client reads in a group and commits', async () => {
  const groupId = `${prefix}-group`;
  await client.produce({
    topic,
    partition: 0,
    records: [{ key: null, value: Buffer.from('last'), headers: new Map() }],
    what: 'Writing failed',
  });
  const consumer = client.consumer({ clientId: prefix, groupId, autocommit: false });
  try {
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false });
    for await (const { partition, offset, value } of stream) {
      if (value?.toString() !== 'last') continue;
      await consumer.commit({ offsets: [{ topic, partition, offset: offset + 1n, leaderEpoch: -1 }] });
      break;
    }
  } finally {
    await consumer.close(true);
  }
  const coordinator = await client.coordinator('group', groupId);
  const deleted = await client.connections.request(coordinator, 'admin', DELETE_GROUPS, [groupId]);
  assert.equal(deleted.results[0]?.errorCode, 0, 'it was there, and it is empty');
});

test('[CLT-9] clients of two clusters live side by side: each knows its own, and closing one leaves the other be', async () => {
  const here = openClient();
  const there = openClient(otherServer);
  await Promise.all([here.metadata.refresh(), there.metadata.refresh()]);
  const isTwo = here.metadata.clusterId !== there.metadata.clusterId;
  assert.equal(isTwo, otherServer !== bootstrapServer);
  const name = `${prefix}-there`;
  await make(there, name);
  await here.metadata.refresh();
  assert.equal(here.metadata.topics.has(name), !isTwo);
  await here.close();
  assert.equal((await refusal(here.metadata.refresh())).kind, 'DISCONNECTED');
  await there.metadata.refresh();
  assert.equal(await there.produce({ topic: name, partition: 0, what: 'x', records: [newRecord('x')] }), 0);
  await removeAll(there, name);
});

const newRecord = (value: string) => ({ key: null, value: Buffer.from(value), headers: new Map<Buffer, Buffer>() });
const openSockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

test('[CLT-10] closing leaves no socket, whatever was under way, and what is asked afterwards is refused', async () => {
  await client.metadata.refresh();
  const before = openSockets();
  const own = createClient({ bootstrapServers: [bootstrapServer], log: () => undefined });
  await own.metadata.refresh();
  const brokers = [...own.metadata.brokers.values()];
  for (const lane of ['control', 'admin', 'data', 'tail-1'] as const) {
    await Promise.all(brokers.map((broker) => own.connections.request(broker, lane, LIST_GROUPS, [], [])));
  }
  assert.ok(openSockets() >= before + 4 * brokers.length, `${openSockets()} sockets, ${before} before`);
  const leader = await own.leader({ topic, partition: 0, what: 'x' });
  const [end] = await own.offsets({ of: [{ topic, partitions: [0] }], at: LATEST, lane: 'data' });
  const wants = [{ partition: 0, offset: end?.offset ?? 0, maxBytes: 1 }];
  const poll = { topic, wants, maxWaitMs: 30_000, minBytes: 1, maxBytes: 1 };
  const waiting = own.fetch(leader.id, 'tail-1', poll).then(
    () => 'answered',
    () => 'refused',
  );
  const closing = performance.now();
  await own.close();
  assert.ok(performance.now() - closing < 5_000, 'a long poll does not hold it up');
  assert.match(await waiting, /answered|refused/);
  const untilMs = performance.now() + 5_000;
  while (openSockets() > before && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(openSockets(), before);
  const late = await refusal(own.connections.request(leader, 'control', LIST_GROUPS, [], []));
  assert.equal(late.kind, 'CLOSED');
});
