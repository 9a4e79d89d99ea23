import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Api } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { defaults } from '../../../protocol/grammar.ts';
import { Reader } from '../../../protocol/reader.ts';
import { produce } from '../../../protocol/schema/00-produce.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import { metadata } from '../../../protocol/schema/03-metadata.ts';
import { heartbeat } from '../../../protocol/schema/12-heartbeat.ts';
import { Writer } from '../../../protocol/writer.ts';
import type { FaultOrder, FaultRule } from '../../lab.ts';
import { CLOSE_CONNECTION, type ClientConnection, type Handler, type RequestContext } from '../handler.ts';
import { rpcWorld } from '../testing.ts';
import { faultyApis, matches, problemWithFault } from './fault-carriers.ts';
import { RequestFaults, type Served } from './request-faults.ts';

const NOT_LEADER = ErrorCode.NOT_LEADER_OR_FOLLOWER;
const TOPIC_ID = 'BwcHBwAAAAAHBwcHBwcHBw';

function open() {
  const world = rpcWorld();
  const faults = new RequestFaults(world, (text) => (text === TOPIC_ID ? 'orders-eu' : null));
  let lastId = 0;
  const set = (...orders: readonly Partial<FaultOrder>[]): readonly FaultRule[] => {
    const rules = orders.map((order): FaultRule => {
      const whole = { clientId: '*', api: null, topic: null, action: { kind: 'drop' }, times: null, ...order } as const;
      const left = new Int32Array(new SharedArrayBuffer(4)).fill(whole.times ?? -1);
      const hits = new Int32Array(new SharedArrayBuffer(4));
      lastId += 1;
      return { ...whole, id: lastId, expiresAtMs: world.clock.nowMs() + 60_000, left, hits };
    });
    faults.set(rules);
    return rules;
  };
  const asked: unknown[] = [];
  const closers: (() => void)[] = [];
  const serve = (
    api: unknown,
    request: object,
    more: { clientId?: string; answer?: unknown; fetched?: string[] } = {},
  ) => {
    const handler: Handler = {
      api: api as Api,
      versions: (api as Api).versions,
      handle(given) {
        asked.push(given);
        return more.answer ?? 'handled';
      },
    };
    const connection = {
      onClose: (run: () => void) => {
        closers.push(run);
        return () => {};
      },
    } as unknown as ClientConnection;
    const context: RequestContext = { connection, apiVersion: 0, correlationId: 0, clientId: more.clientId ?? 'app-1' };
    const whole = { ...defaults((api as Api).request.fields), ...request };
    return faults.serve({ handler, request: whole, context, fetched: more.fetched ?? [] } satisfies Served);
  };
  return { world, set, serve, asked, closers };
}
const write = (...topics: string[]) => ({
  acks: -1,
  topicData: topics.map((name) => ({ name, topicId: '', partitionData: [{ index: 0, records: null }] })),
});
const hitsOf = (rule: FaultRule | undefined) => rule?.hits[0];

test('[FLT-1] patterns match whole texts, with * for any text', () => {
  const yes = [
    ['*', ''],
    ['*', 'x'],
    ['orders-*', 'orders-'],
    ['*-eu', 'orders-eu'],
    ['a*b*c', 'a1b2c'],
    ['**', 'x'],
    ['a', 'a'],
  ] as const;
  const no = [
    ['a', 'ab'],
    ['orders-*', 'order'],
    ['a*a', 'a'],
    ['a*b*c', 'acb'],
    ['.*', 'x'],
    ['', 'x'],
  ] as const;
  for (const [pattern, text] of yes) assert.equal(matches(pattern, text), true, `${pattern} ${text}`);
  for (const [pattern, text] of no) assert.equal(matches(pattern, text), false, `${pattern} ${text}`);
});

test('[FLT-2] a rule hits by client, API and topic, by name and by id, and nothing else', () => {
  const { set, serve } = open();
  const [rule] = set({ clientId: 'app-*', api: 'Produce', topic: 'orders-*' });
  assert.equal(serve(produce, write('orders-eu')), CLOSE_CONNECTION);
  assert.equal(serve(produce, write('other', 'orders-eu')), CLOSE_CONNECTION);
  const byId = { topicData: [{ name: '', topicId: TOPIC_ID, partitionData: [] }] };
  assert.equal(serve(produce, byId), CLOSE_CONNECTION);
  for (const miss of [
    () => serve(produce, write('payments')),
    () => serve(produce, write('orders-eu'), { clientId: 'tool' }),
    () => serve(fetch, { topics: [{ topic: 'orders-eu', topicId: '', partitions: [] }] }),
    () => serve(heartbeat, { groupId: 'g' }),
  ]) {
    assert.equal(miss(), 'handled');
  }
  assert.equal(hitsOf(rule), 3);
});

test('[FLT-3] nodes of the cluster and the dashboard are hit only by a pattern that begins as their ids do', () => {
  const { set, serve } = open();
  const ids = ['broker-2-fetcher', 'barnabas-dashboard', 'broker-2-forward'];
  for (const pattern of ['*', '*er*', 'b*']) {
    set({ clientId: pattern });
    for (const clientId of ids) assert.equal(serve(heartbeat, {}, { clientId }), 'handled', `${pattern} ${clientId}`);
  }
  set({ clientId: 'broker-*' });
  assert.equal(serve(heartbeat, {}, { clientId: 'broker-2-fetcher' }), CLOSE_CONNECTION);
  set({ clientId: 'barnabas-dashboard' });
  assert.equal(serve(heartbeat, {}, { clientId: 'barnabas-dashboard' }), CLOSE_CONNECTION);
  set({ clientId: 'b*' });
  assert.equal(serve(heartbeat, {}, { clientId: 'broker-app' }), CLOSE_CONNECTION, 'a client that is no node');
});

test('[FLT-4] a delay comes before the request is carried out, and a connection that is gone by then asks for nothing', async () => {
  const { world, set, serve, asked, closers } = open();
  set({ action: { kind: 'delay', delayMs: 300 } });
  const answer = serve(heartbeat, { groupId: 'g' });
  assert.ok(answer instanceof Promise);
  world.time.advance(299);
  assert.equal(asked.length, 0);
  world.time.advance(1);
  assert.equal(await answer, 'handled');
  serve(heartbeat, { groupId: 'g' });
  for (const close of closers) close();
  world.time.advance(1_000);
  assert.equal(asked.length, 1);
});

test('[FLT-5] a rule ends with its number of requests and with its time, by the clock of the node', () => {
  const { world, set, serve } = open();
  const [rule] = set({ times: 2 });
  assert.deepEqual(
    [1, 2, 3].map(() => serve(heartbeat, {})),
    [CLOSE_CONNECTION, CLOSE_CONNECTION, 'handled'],
  );
  assert.equal(hitsOf(rule), 2);
  set({ times: null });
  world.time.advance(59_999);
  assert.equal(serve(heartbeat, {}), CLOSE_CONNECTION);
  world.time.advance(1);
  assert.equal(serve(heartbeat, {}), 'handled');
});

test('[FLT-6] of a write to several topics those that fit are refused and never written, the others are written', () => {
  const { set, serve, asked } = open();
  set({ api: 'Produce', topic: 'orders-*', action: { kind: 'error', errorCode: NOT_LEADER } });
  const answer = { responses: [{ name: 'b', partitionResponses: [] }], throttleTimeMs: 0 };
  const given = serve(produce, write('orders-eu', 'b'), { answer }) as typeof answer;
  assert.deepEqual(
    (asked[0] as ReturnType<typeof write>).topicData.map(({ name }) => name),
    ['b'],
  );
  assert.deepEqual(
    given.responses.map(({ name }) => name),
    ['b', 'orders-eu'],
  );
  serve(produce, write('orders-eu'));
  assert.equal(asked.length, 1, 'nothing left to write');
  const unanswered = { ...write('orders-eu'), acks: 0 };
  assert.equal(serve(produce, unanswered), CLOSE_CONNECTION, 'acks=0 has no answer to carry an error');
});

test('[FLT-7] an error of Fetch and Metadata replaces what the answer says of the topics that fit, and only then counts', async () => {
  const { set, serve } = open();
  const [rule] = set({ api: 'Fetch', topic: 'orders-*', times: 1, action: { kind: 'error', errorCode: NOT_LEADER } });
  const empty = { responses: [], sessionId: 7 };
  assert.equal(serve(fetch, {}, { answer: empty, fetched: [TOPIC_ID] }), empty);
  assert.equal(hitsOf(rule), 0);
  const partitions = [{ partitionIndex: 3, errorCode: 0, records: Buffer.from('x') }];
  const full = {
    responses: [
      { topicId: TOPIC_ID, partitions },
      { topicId: 'other', partitions },
    ],
    sessionId: 7,
  };
  const given = (await serve(fetch, {}, { answer: Promise.resolve(full), fetched: [TOPIC_ID] })) as typeof full;
  assert.deepEqual(
    given.responses.map(({ partitions: [only] }) => [only?.partitionIndex, only?.errorCode, only?.records.length]),
    [
      [3, NOT_LEADER, 0],
      [3, 0, 1],
    ],
  );
  assert.equal(given.sessionId, 7);
  assert.equal(hitsOf(rule), 1);
  set({ api: 'Metadata', topic: 'orders-*', action: { kind: 'error', errorCode: 5 } });
  const topics = [
    { errorCode: 0, name: 'orders-eu', partitions: [{}] },
    { errorCode: 0, name: 'b', partitions: [{}] },
  ];
  const told = serve(metadata, { topics: null }, { answer: { topics } }) as { topics: typeof topics };
  assert.deepEqual(
    told.topics.map(({ errorCode, partitions: list }) => [errorCode, list.length]),
    [
      [5, 0],
      [0, 1],
    ],
  );
});

test('[FLT-8] what cannot be carried out is refused with the reason, and what can is not', () => {
  const order: FaultOrder = { clientId: '*', api: null, topic: null, action: { kind: 'drop' }, times: null };
  const error = (errorCode: number) => ({ kind: 'error', errorCode }) as const;
  const cases: readonly (readonly [Partial<FaultOrder>, RegExp | null])[] = [
    [{}, null],
    [{ api: 'Produce', topic: 'orders-*', action: { kind: 'delay', delayMs: 300 } }, null],
    [{ api: 'Produce', action: error(NOT_LEADER), times: 1 }, null],
    [{ api: 'ApiVersions' }, /No rule can be made for "ApiVersions": choose one of Produce, /],
    [{ api: 'BrokerHeartbeat' }, /No rule can be made/],
    [{ api: 'Heartbeat', topic: 'a' }, /Heartbeat names no topic/],
    [{ action: error(NOT_LEADER) }, /name the one that is to answer NOT_LEADER_OR_FOLLOWER/],
    [{ api: 'DescribeConfigs', action: error(41) }, /has no single place for an error/],
    [{ api: 'Produce', action: error(9_999) }, /9999 is no error code/],
    [{ api: 'Produce', action: error(0) }, /0 is no error code/],
    [{ action: { kind: 'delay', delayMs: 60_001 } }, /1 to 60000 ms/],
    [{ times: 0 }, /1 to 1000000 requests/],
    [{ clientId: '' }, /client pattern has 0 characters/],
    [{ api: 'Fetch', topic: 'x'.repeat(250) }, /topic pattern has 250 characters/],
  ];
  for (const [more, text] of cases) {
    const problem = problemWithFault({ ...order, ...more });
    if (text === null) assert.equal(problem, null);
    else assert.match(problem ?? '', text);
  }
});

async function schemaOf(key: number, name: string): Promise<Api> {
  const file = `${String(key).padStart(2, '0')}-${name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.ts`;
  const module: Record<string, unknown> = await import(`../../../protocol/schema/${file}`);
  return Object.values(module).find((each) => (each as Api).key === key) as Api;
}

for (const { key, name, carrier } of faultyApis) {
  const api = await schemaOf(key, name);
  if (carrier === null) continue;
  test(`[FLT-9] an error answer can be written in every version and carries the error: ${name}`, () => {
    const { set, serve } = open();
    set({ api: name, action: { kind: 'error', errorCode: NOT_LEADER } });
    for (let version = api.versions.min; version <= api.versions.max; version++) {
      const topic = { name: 'a', topic: 'a', topicId: TOPIC_ID };
      const parts = [{ index: 1, partitionIndex: 1, partition: 1 }];
      const request = {
        acks: -1,
        topicData: [{ ...topic, partitionData: parts }],
        topics: [{ ...topic, partitions: parts, partitionIndexes: [1] }],
        groups: [{ groupId: 'g', topics: [] }],
        coordinatorKeys: ['g'],
      };
      const answered = [{ ...topic, partitions: [{ partitionIndex: 1 }] }];
      const answer = serve(api, request, { answer: { responses: answered, topics: answered } });
      const writer = new Writer();
      api.response.write(writer, version, answer as never);
      const reader = new Reader(writer.toBuffer());
      const read = api.response.read(reader, version);
      assert.equal(reader.remaining(), 0);
      assert.match(JSON.stringify(read), /"errorCode":6/, `version ${version}`);
    }
  });
}
