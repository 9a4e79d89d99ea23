import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ClusterError } from '../gateway/gateway.ts';
import { BEAT_INTERVAL_MS, type FrameItem } from './contract.ts';
import { FakeClock, FakeGateway } from './fake-gateway.ts';
import { closeCodes, Session, sessionLimits } from './session.ts';

interface Sent {
  readonly type: string;
  readonly id?: number;
  readonly seq?: number;
  readonly items?: FrameItem[];
  readonly ok?: unknown;
  readonly error?: { name: string; message: string; code: number; retriable: boolean };
  readonly clusters?: unknown[];
}

function setUp() {
  const gateway = new FakeGateway();
  const clock = new FakeClock();
  const sent: Sent[] = [];
  const bugs: string[] = [];
  const socket = {
    bufferedBytes: 0,
    ended: null as { code: number; reason: string } | null,
    pings: 0,
    send: (text: string) => void sent.push(JSON.parse(text)),
    ping: () => void socket.pings++,
    close: (code: number, reason: string) => {
      socket.ended = { code, reason };
    },
    terminate: () => {
      socket.ended = { code: 1006, reason: '' };
    },
  };
  const session = new Session({
    socket,
    gateways: new Map([['local', gateway]]),
    serverVersion: '1.2.3',
    clock,
    onBug: (line) => bugs.push(line),
  });
  return {
    gateway,
    clock,
    session,
    socket,
    bugs,
    /** Messages since the last look. */
    look: (type?: string) => {
      clock.settle();
      return sent.splice(0).filter((each) => !type || each.type === type);
    },
    say: (message: unknown) => session.receive(JSON.stringify(message)),
    subscribe: (id: number, channel: string, params: unknown = {}) =>
      session.receive(JSON.stringify({ type: 'subscribe', id, cluster: 'local', channel, params })),
    call: (id: number, name: string, args: unknown) =>
      session.receive(JSON.stringify({ type: 'call', id, cluster: 'local', name, args })),
  };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));
const filler = Array(50).fill(0);

test('[LIVE-4] a socket is greeted with contract version, server version and clusters', () => {
  const [hello] = setUp().look();
  assert.equal(hello?.type, 'hello');
  assert.equal(hello?.clusters?.length, 1);
});

test('[LIVE-5] a subscription gets a snapshot, then patches whose versions join up', () => {
  const { gateway, look, subscribe, say } = setUp();
  gateway.publish('brokers', { n: 1, filler });
  subscribe(7, 'brokers');
  const frame = look('frame')[0];
  assert.deepEqual(frame?.items, [{ kind: 'snapshot', id: 7, version: 1, data: { n: 1, filler } }]);
  say({ type: 'ack', seq: frame?.seq });
  gateway.publish('brokers', { n: 2, filler });
  const next = look('frame')[0];
  assert.deepEqual(next?.items, [{ kind: 'patch', id: 7, from: 1, to: 2, ops: [{ path: ['n'], value: 2 }] }]);
});

test('[LIVE-6] while a frame is unacknowledged changes merge into one, and nothing else is sent', () => {
  const { gateway, look, subscribe, say } = setUp();
  gateway.publish('brokers', { n: 1, m: 0, filler });
  subscribe(1, 'brokers');
  const first = look('frame')[0];
  for (let n = 2; n <= 50; n++) gateway.publish('brokers', { n, m: n % 7, filler });
  assert.deepEqual(look(), []);
  say({ type: 'ack', seq: first?.seq });
  const frames = look('frame');
  assert.equal(frames.length, 1);
  assert.deepEqual(frames[0]?.items, [
    {
      kind: 'patch',
      id: 1,
      from: 1,
      to: 2,
      ops: [
        { path: ['n'], value: 50 },
        { path: ['m'], value: 1 },
      ],
    },
  ]);
});

test('[LIVE-7] changes that cancel out, or come after unsubscribing, send nothing', () => {
  const { gateway, look, subscribe, say } = setUp();
  gateway.publish('brokers', { n: 1, filler });
  subscribe(1, 'brokers');
  say({ type: 'ack', seq: look('frame')[0]?.seq });
  gateway.publish('brokers', { n: 1, filler });
  assert.deepEqual(look(), []);
  say({ type: 'unsubscribe', id: 1 });
  assert.equal(gateway.views.size, 0);
  gateway.publish('brokers', { n: 9, filler });
  assert.deepEqual(look(), []);
});

test('[LIVE-8] a view that breaks is told as an error; the next good reading comes as a snapshot', () => {
  const { gateway, look, subscribe, say } = setUp();
  gateway.publish('topic:a', { n: 1 });
  subscribe(1, 'topic', { name: 'a' });
  say({ type: 'ack', seq: look('frame')[0]?.seq });
  gateway.breakView('topic:a', new ClusterError('UNKNOWN_TOPIC_OR_PARTITION', 'Topic "a" is gone.', { code: 3 }));
  const broken = look('frame')[0];
  assert.deepEqual(broken?.items, [
    {
      kind: 'error',
      id: 1,
      error: { code: 3, name: 'UNKNOWN_TOPIC_OR_PARTITION', message: 'Topic "a" is gone.', retriable: false },
    },
  ]);
  say({ type: 'ack', seq: broken?.seq });
  assert.deepEqual(look(), [], 'the stale reading is not sent as news');
  gateway.publish('topic:a', { n: 2 });
  assert.deepEqual(look('frame')[0]?.items, [{ kind: 'snapshot', id: 1, version: 2, data: { n: 2 } }]);
});

test('[LIVE-9] a stream sends its batches in order, one frame at a time, and stops when unsubscribed', () => {
  const { gateway, look, subscribe, say } = setUp();
  subscribe(1, 'tail', { topic: 'a', partitions: null, contains: '' });
  for (const n of [1, 2, 3]) gateway.emit('tail:a', { n });
  const seen: unknown[] = [];
  for (let frame = look('frame')[0]; frame; frame = look('frame')[0]) {
    seen.push(...(frame.items ?? []));
    say({ type: 'ack', seq: frame.seq });
  }
  assert.deepEqual(
    seen,
    [1, 2, 3].map((n) => ({ kind: 'batch', id: 1, data: { n } })),
  );
  say({ type: 'unsubscribe', id: 1 });
  assert.equal(gateway.streams.size, 0);
});

test('[LIVE-10] unknown clusters, channels, calls and bad parameters each get a coded error and leave the socket open', async () => {
  const { gateway, look, subscribe, say, call, socket } = setUp();
  look();
  say({ type: 'subscribe', id: 1, cluster: 'nowhere', channel: 'brokers', params: {} });
  subscribe(2, 'nonsense');
  subscribe(3, 'topics', {
    query: '',
    sort: 'name',
    descending: false,
    includeInternal: false,
    offset: 0,
    limit: 10_000,
  });
  subscribe(4, 'constructor');
  call(5, '__proto__', {});
  call(6, 'topic.delete', { name: 'x'.repeat(300) });
  say({ type: 'call', id: 7, cluster: 'nowhere', name: 'search', args: {} });
  await tick();
  const messages = look();
  const items = messages.flatMap((message) => message.items ?? []);
  const names = items.map((item) => (item.kind === 'error' ? [item.id, item.error.name] : []));
  assert.deepEqual(names, [
    [1, 'UNKNOWN_CLUSTER'],
    [2, 'UNKNOWN_CHANNEL'],
    [3, 'INVALID_ARGUMENT'],
    [4, 'UNKNOWN_CHANNEL'],
  ]);
  const results = messages.filter(({ type }) => type === 'result').map(({ id, error }) => [id, error?.name]);
  assert.deepEqual(results.sort(), [
    [5, 'UNKNOWN_CALL'],
    [6, 'INVALID_ARGUMENT'],
    [7, 'UNKNOWN_CLUSTER'],
  ]);
  assert.equal(gateway.calls.length, 0);
  assert.equal(socket.ended, null);
});

test('[LIVE-11] calls answer with the result, Kafka’s error, or INTERNAL without detail', async () => {
  const { gateway, look, call, bugs } = setUp();
  look();
  call(1, 'topic.delete', { name: 'a' });
  gateway.answer = async () => {
    throw new ClusterError('TOPIC_ALREADY_EXISTS', 'There is one.', { code: 36, isRetriable: true });
  };
  await tick();
  call(2, 'topic.delete', { name: 'a' });
  await tick();
  gateway.answer = async () => {
    throw new Error('secret detail');
  };
  call(3, 'topic.delete', { name: 'a' });
  await tick();
  gateway.answer = async () => ({ count: 10n });
  call(4, 'topic.delete', { name: 'a' });
  await tick();
  const results = look('result');
  assert.deepEqual(results[0], { type: 'result', id: 1, ok: { name: 'a' } });
  assert.deepEqual(results[1]?.error, {
    code: 36,
    name: 'TOPIC_ALREADY_EXISTS',
    message: 'There is one.',
    retriable: true,
  });
  assert.equal(results[2]?.error?.name, 'INTERNAL');
  assert.doesNotMatch(JSON.stringify(results[2]), /secret/);
  assert.match(bugs[0] ?? '', /^call topic\.delete: Error: secret detail/);
  assert.equal(results[3]?.error?.name, 'INTERNAL');
});

test('[LIVE-12] messages that do not fit are refused and leave the socket open; text that is no JSON, and binary, close it', () => {
  for (const message of [
    1,
    null,
    [],
    {},
    { type: 'nope' },
    { type: 'ack' },
    { type: 'ack', seq: 'x' },
    { type: 'ack', seq: 5 },
  ]) {
    const { look, say, socket } = setUp();
    look();
    say(message);
    assert.equal(look()[0]?.error?.name, 'INVALID_MESSAGE', JSON.stringify(message));
    assert.equal(socket.ended, null);
  }
  const text = setUp();
  text.session.receive('{nope');
  assert.equal(text.socket.ended?.code, closeCodes.notJson);
  const binary = setUp();
  binary.session.receive(null);
  assert.equal(binary.socket.ended?.code, closeCodes.notText);
});

test('[LIVE-13] a session holds at most its subscriptions and calls, and an id only once', async () => {
  const { gateway, look, subscribe, call } = setUp();
  look();
  for (let id = 0; id <= sessionLimits.subscriptions; id++) subscribe(id, 'brokers');
  assert.equal(gateway.views.size, sessionLimits.subscriptions);
  const item = look('frame')[0]?.items?.[0];
  assert.equal(item?.kind === 'error' && item.error.name, 'TOO_MANY_SUBSCRIPTIONS');
  gateway.answer = () => new Promise(() => undefined);
  for (let id = 100; id <= 100 + sessionLimits.callsInFlight; id++) call(id, 'search', { query: '' });
  await tick();
  assert.equal(gateway.calls.length, sessionLimits.callsInFlight);
  assert.equal(look('result')[0]?.error?.name, 'TOO_MANY_CALLS');
  subscribe(100, 'brokers');
  call(1, 'search', { query: '' });
  assert.deepEqual(
    look('refused').map(({ error }) => error?.name),
    ['DUPLICATE_ID', 'DUPLICATE_ID'],
  );
});

test('[LIVE-14] refused subscriptions are bounded while a frame is unacknowledged', () => {
  const { gateway, look, subscribe } = setUp();
  gateway.publish('brokers', {});
  subscribe(0, 'brokers');
  look();
  for (let id = 1; id <= 1_000; id++) subscribe(id, 'nonsense');
  assert.equal(look('refused').length, 1_000 - sessionLimits.failures);
});

test('[LIVE-15] beats come every interval outside the acknowledgement, until the session ends', () => {
  const { gateway, clock, look, subscribe, session } = setUp();
  gateway.publish('brokers', {});
  subscribe(0, 'brokers');
  look();
  clock.advance(2 * BEAT_INTERVAL_MS);
  assert.equal(look('beat').length, 2);
  session.dispose();
  clock.advance(10 * BEAT_INTERVAL_MS);
  assert.deepEqual(look(), []);
  assert.equal(gateway.views.size, 0);
});

test('[LIVE-16] a frame that is not acknowledged in time, and a socket that answers no ping, end the session', () => {
  const late = setUp();
  late.gateway.publish('brokers', {});
  late.subscribe(0, 'brokers');
  late.look();
  for (let beat = 0; beat < 5; beat++) {
    late.clock.advance(BEAT_INTERVAL_MS);
    late.session.pong();
  }
  assert.equal(late.gateway.views.size, 1);
  for (let beat = 0; beat < 2; beat++) {
    late.clock.advance(BEAT_INTERVAL_MS);
    late.session.pong();
  }
  assert.equal(late.socket.ended?.code, closeCodes.ackOverdue);
  assert.equal(late.gateway.views.size, 0);
  const dead = setUp();
  dead.clock.advance(4 * BEAT_INTERVAL_MS);
  assert.equal(dead.socket.ended?.code, 1006);
});

test('[LIVE-17] a full socket gets no frame until it drains, and is closed when its browser asks but does not read', () => {
  const { gateway, clock, look, subscribe, socket, say } = setUp();
  gateway.publish('brokers', { n: 1 });
  socket.bufferedBytes = sessionLimits.frameHoldBytes + 1;
  subscribe(0, 'brokers');
  assert.deepEqual(look('frame'), []);
  socket.bufferedBytes = 0;
  clock.advance(BEAT_INTERVAL_MS);
  assert.equal(look('frame').length, 1);
  socket.bufferedBytes = sessionLimits.bufferedBytes + 1;
  say({ type: 'unsubscribe', id: 9 });
  assert.equal(socket.ended?.code, closeCodes.tooSlow);
});

test('[LIVE-18] a gateway that throws while opening or reading harms that subscription only', () => {
  const { gateway, look, subscribe, say, bugs } = setUp();
  gateway.refusal = new Error('bug');
  subscribe(1, 'brokers');
  const frame = look('frame')[0];
  assert.equal(frame?.items?.[0]?.kind === 'error' && frame.items[0].error.name, 'INTERNAL');
  gateway.refusal = null;
  say({ type: 'ack', seq: frame?.seq });
  gateway.publish('brokers', { n: 1n });
  gateway.publish('traffic', { n: 1 });
  subscribe(2, 'brokers');
  subscribe(3, 'traffic');
  const items = look('frame')[0]?.items ?? [];
  assert.deepEqual(
    items.map(({ kind, id }) => [kind, id]),
    [
      ['error', 2],
      ['snapshot', 3],
    ],
  );
  assert.equal(gateway.views.size, 1);
  assert.equal(bugs.length, 2);
});

test('[LIVE-19] a long frame is cut after its bound and goes on in the next', () => {
  const { gateway, look, subscribe, say } = setUp();
  const big = 'x'.repeat(sessionLimits.frameBytes);
  gateway.publish('brokers', { big });
  for (const id of [1, 2, 3]) subscribe(id, 'brokers');
  const ids: number[] = [];
  for (let frame = look('frame')[0]; frame; frame = look('frame')[0]) {
    assert.equal(frame.items?.length, 1);
    ids.push(...(frame.items ?? []).map(({ id }) => id));
    say({ type: 'ack', seq: frame.seq });
  }
  assert.deepEqual(ids, [1, 2, 3]);
});

test('[LIVE-20] whatever JSON arrives, a session answers or ends, and never throws', async () => {
  const message = fc.record(
    {
      type: fc.constantFrom('subscribe', 'unsubscribe', 'call', 'ack', 'x'),
      id: fc.oneof(fc.nat(5), fc.jsonValue()),
      seq: fc.oneof(fc.nat(5), fc.jsonValue()),
      cluster: fc.oneof(fc.constant('local'), fc.jsonValue()),
      channel: fc.oneof(fc.constantFrom('topic', 'browse', 'brokers'), fc.jsonValue()),
      name: fc.oneof(fc.constantFrom('record.produce', 'topic.create'), fc.jsonValue()),
      params: fc.jsonValue(),
      args: fc.jsonValue(),
    },
    { requiredKeys: ['type'] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(message, fc.jsonValue()), { maxLength: 20 }), async (messages) => {
      const { session, say, clock, bugs } = setUp();
      for (const each of messages) say(each);
      await tick();
      clock.settle();
      session.dispose();
      assert.deepEqual(bugs, []);
    }),
  );
});
