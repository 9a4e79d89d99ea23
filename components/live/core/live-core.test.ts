// Proves the live core against a fake socket and a virtual clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BEAT_INTERVAL_MS, CONTRACT_VERSION, type FrameItem } from '../../../server/live/contract.ts';
import { CALL_TIMEOUT_MS, LiveCore, stableKey } from './live-core.ts';
import type { LiveError } from './live-error.ts';
import type { SocketLike } from './live-socket.ts';

type Sent = { type: string; id: number; seq: number; channel: string; name: string };

class FakeSocket implements SocketLike {
  readonly sent: Sent[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Sent);
  }
  close(): void {
    this.isClosed = true;
  }
  receive(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  hello(): void {
    this.receive({ type: 'hello', contractVersion: CONTRACT_VERSION, serverVersion: '0', clusters: [] });
  }
  frame(seq: number, items: FrameItem[]): void {
    this.receive({ type: 'frame', seq, atMs: 0, items });
  }
  of(type: string): Sent[] {
    return this.sent.filter((message) => message.type === type);
  }
  last(type: string): Sent {
    const message = this.of(type).at(-1);
    assert.ok(message, `nothing of type ${type} was sent`);
    return message;
  }
}

class VirtualClock {
  nowMs = 0;
  #timers: { atMs: number; work: () => void; isCancelled: boolean }[] = [];
  after(delayMs: number, work: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, work, isCancelled: false };
    this.#timers.push(timer);
    return () => {
      timer.isCancelled = true;
    };
  }
  advance(byMs: number): void {
    const endMs = this.nowMs + byMs;
    for (;;) {
      const due = this.#timers
        .filter((timer) => !timer.isCancelled && timer.atMs <= endMs)
        .sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.splice(this.#timers.indexOf(due), 1);
      this.nowMs = due.atMs;
      due.work();
    }
    this.nowMs = endMs;
  }
}

function start() {
  const clock = new VirtualClock();
  const sockets: FakeSocket[] = [];
  const core = new LiveCore({
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    nowMs: () => clock.nowMs,
    after: (delayMs, work) => clock.after(delayMs, work),
    random: () => 1,
    lingerMs: 300,
  });
  core.start();
  const socket = (): FakeSocket => {
    const newest = sockets.at(-1);
    assert.ok(newest);
    return newest;
  };
  return { clock, core, sockets, socket };
}

function recorder() {
  const values: unknown[] = [];
  const errors: LiveError[] = [];
  return {
    values,
    errors,
    onValue: (data: unknown) => values.push(data),
    onError: (error: LiveError) => errors.push(error),
  };
}

test('[WEB-2] equal subscriptions share one on the wire, whatever the order of their keys', () => {
  const { core, socket, clock } = start();
  socket().hello();
  const stopOne = core.subscribe('c', 'topics', { a: 1, b: 2 }, recorder());
  const stopTwo = core.subscribe('c', 'topics', { b: 2, a: 1 }, recorder());
  assert.equal(socket().of('subscribe').length, 1);
  stopOne();
  clock.advance(1_000);
  assert.equal(socket().of('unsubscribe').length, 0);
  stopTwo();
  clock.advance(299);
  assert.equal(socket().of('unsubscribe').length, 0);
  clock.advance(1);
  assert.equal(socket().of('unsubscribe').length, 1);
  assert.equal(stableKey({ b: [1, { d: 1, c: 2 }], a: 1 }), stableKey({ a: 1, b: [1, { c: 2, d: 1 }] }));
});

test('[WEB-2] a late listener gets the newest value at once', () => {
  const { core, socket } = start();
  socket().hello();
  core.subscribe('c', 'brokers', {}, recorder());
  socket().frame(1, [{ kind: 'snapshot', id: socket().last('subscribe').id, version: 1, data: { n: 1 } }]);
  const late = recorder();
  core.subscribe('c', 'brokers', {}, late);
  assert.deepEqual(late.values, [{ n: 1 }]);
});

test('[WEB-3] snapshot then patch; a frame is acknowledged after its items were applied', () => {
  const { core, socket } = start();
  socket().hello();
  const seenAtValue: number[] = [];
  const values: unknown[] = [];
  core.subscribe(
    'c',
    'overview',
    {},
    {
      onValue: (data) => {
        values.push(data);
        seenAtValue.push(socket().of('ack').length);
      },
      onError: assert.fail,
    },
  );
  const { id } = socket().last('subscribe');
  socket().frame(7, [{ kind: 'snapshot', id, version: 1, data: { n: 1, keep: {} } }]);
  assert.equal(socket().last('ack').seq, 7);
  socket().frame(8, [{ kind: 'patch', id, from: 1, to: 2, ops: [{ path: ['n'], value: 2 }] }]);
  assert.equal(socket().last('ack').seq, 8);
  assert.deepEqual(values, [
    { n: 1, keep: {} },
    { n: 2, keep: {} },
  ]);
  assert.deepEqual(seenAtValue, [0, 1]);
});

test('[WEB-4] a version gap or an impossible patch makes the client subscribe again under a new id', () => {
  const { core, socket } = start();
  socket().hello();
  const seen = recorder();
  core.subscribe('c', 'overview', {}, seen);
  const first = socket().last('subscribe').id;
  socket().frame(1, [{ kind: 'snapshot', id: first, version: 1, data: { n: 1 } }]);
  socket().frame(2, [{ kind: 'patch', id: first, from: 2, to: 3, ops: [{ path: ['n'], value: 9 }] }]);
  const second = socket().last('subscribe').id;
  assert.notEqual(second, first);
  assert.equal(socket().last('unsubscribe').id, first);
  assert.equal(socket().last('ack').seq, 2);
  socket().frame(3, [{ kind: 'patch', id: first, from: 1, to: 2, ops: [{ path: ['n'], value: 8 }] }]);
  assert.deepEqual(seen.values, [{ n: 1 }]);
  socket().frame(4, [{ kind: 'snapshot', id: second, version: 5, data: { n: 5 } }]);
  socket().frame(5, [{ kind: 'patch', id: second, from: 5, to: 6, ops: [{ path: ['x', 'y'], value: 1 }] }]);
  assert.equal(socket().of('subscribe').length, 3);
  assert.deepEqual(seen.values, [{ n: 1 }, { n: 5 }]);
});

test('[WEB-5] a dropped socket reconnects with growing delays up to 5 s and subscribes to everything again', () => {
  const { core, socket, sockets, clock } = start();
  socket().hello();
  const seen = recorder();
  core.subscribe('c', 'overview', {}, seen);
  core.subscribe('c', 'brokers', {}, recorder());
  socket().frame(1, [{ kind: 'snapshot', id: socket().of('subscribe')[0]?.id ?? 0, version: 1, data: 'old' }]);
  socket().onclose?.();
  assert.equal(core.connection.phase, 'lost');
  const delays = [250, 500, 1000, 2000, 4000, 5000, 5000];
  for (const delayMs of delays) {
    const count = sockets.length;
    clock.advance(delayMs - 1);
    assert.equal(sockets.length, count);
    clock.advance(1);
    assert.equal(sockets.length, count + 1);
    socket().onclose?.();
  }
  clock.advance(5_000);
  socket().hello();
  assert.equal(core.connection.phase, 'live');
  assert.deepEqual(
    socket()
      .of('subscribe')
      .map((message) => message.channel),
    ['overview', 'brokers'],
  );
  socket().frame(1, [{ kind: 'snapshot', id: socket().of('subscribe')[0]?.id ?? 0, version: 1, data: 'new' }]);
  assert.deepEqual(seen.values, ['old', 'new']);
  socket().onclose?.();
  const count = sockets.length;
  clock.advance(250);
  assert.equal(sockets.length, count + 1, 'a hello resets the delay');
});

test('[WEB-5] three silent beats count as a lost socket; any message keeps it', () => {
  const { core, socket, sockets, clock } = start();
  socket().hello();
  clock.advance(2 * BEAT_INTERVAL_MS);
  socket().receive({ type: 'beat', atMs: 1 });
  clock.advance(2 * BEAT_INTERVAL_MS);
  assert.equal(core.connection.phase, 'live');
  const silent = socket();
  clock.advance(BEAT_INTERVAL_MS);
  assert.equal(core.connection.phase, 'lost');
  assert.equal(silent.isClosed, true);
  clock.advance(250);
  assert.equal(sockets.length, 2);
});

test('[WEB-6] a call answers with its result or its error', async () => {
  const { core, socket } = start();
  socket().hello();
  const good = core.call('c', 'topic.create', {});
  socket().receive({ type: 'result', id: socket().last('call').id, ok: { name: 't' } });
  assert.deepEqual(await good, { name: 't' });
  const bad = core.call('c', 'topic.create', {});
  socket().receive({
    type: 'result',
    id: socket().last('call').id,
    error: { code: 36, name: 'TOPIC_ALREADY_EXISTS', message: 'm', retriable: false },
  });
  await assert.rejects(bad, { name: 'TOPIC_ALREADY_EXISTS', code: 36, message: 'm' });
});

test('[WEB-6] a call is rejected with DISCONNECTED when the socket drops, at once while it is lost, and after 30 s of silence', async () => {
  const { core, socket, clock } = start();
  const early = core.call('c', 'search', {});
  assert.equal(socket().of('call').length, 0);
  socket().hello();
  assert.equal(socket().of('call').length, 1, 'a call made before the first hello waits for it');
  socket().onclose?.();
  await assert.rejects(early, { name: 'DISCONNECTED' });
  await assert.rejects(core.call('c', 'search', {}), { name: 'DISCONNECTED' });
  clock.advance(250);
  socket().hello();
  assert.equal(socket().of('call').length, 0, 'a call is never sent twice');
  const slow = core.call('c', 'search', {});
  for (let elapsedMs = 0; elapsedMs < CALL_TIMEOUT_MS; elapsedMs += BEAT_INTERVAL_MS) {
    socket().receive({ type: 'beat', atMs: 0 });
    clock.advance(BEAT_INTERVAL_MS);
  }
  await assert.rejects(slow, { name: 'TIMED_OUT' });
});

test('[WEB-7] a stream delivers batches, is cancelled by its owner, restarts after a lost socket unless it was done', () => {
  const { core, socket, clock } = start();
  socket().hello();
  const batches: unknown[] = [];
  let restarts = 0;
  const listener = {
    onBatch: (data: unknown) => batches.push(data),
    onError: assert.fail,
    onRestart: () => restarts++,
  };
  core.stream('c', 'browse', { topic: 'a' }, listener);
  const stopTail = core.stream('c', 'tail', { topic: 'a' }, listener);
  const [browse, tail] = socket().of('subscribe');
  assert.ok(browse && tail);
  socket().frame(1, [
    { kind: 'batch', id: browse.id, data: { done: { reason: 'end' } } },
    { kind: 'batch', id: tail.id, data: { records: [] } },
  ]);
  assert.equal(batches.length, 2);
  socket().onclose?.();
  clock.advance(250);
  socket().hello();
  assert.deepEqual(
    socket()
      .of('subscribe')
      .map((message) => message.channel),
    ['tail'],
  );
  assert.equal(restarts, 1);
  stopTail();
  assert.equal(socket().last('unsubscribe').id, socket().last('subscribe').id);
});

test('[WEB-8] a channel error is told; a retriable one is tried again after two seconds', () => {
  const { core, socket, clock } = start();
  socket().hello();
  const seen = recorder();
  core.subscribe('c', 'topic', { name: 'x' }, seen);
  socket().frame(1, [
    {
      kind: 'error',
      id: socket().last('subscribe').id,
      error: { code: 3, name: 'UNKNOWN_TOPIC_OR_PARTITION', message: 'm', retriable: true },
    },
  ]);
  assert.equal(seen.errors[0]?.code, 3);
  clock.advance(2_000);
  assert.equal(socket().of('subscribe').length, 2);
  socket().frame(2, [
    {
      kind: 'error',
      id: socket().last('subscribe').id,
      error: { code: 29, name: 'TOPIC_AUTHORIZATION_FAILED', message: 'm', retriable: false },
    },
  ]);
  clock.advance(4_000);
  assert.equal(socket().of('subscribe').length, 2);
});

test('[WEB-9] another contract version stops the page instead of showing wrong numbers', async () => {
  const { core, socket, sockets, clock } = start();
  const waiting = core.call('c', 'search', {});
  socket().receive({ type: 'hello', contractVersion: CONTRACT_VERSION + 1, serverVersion: '9', clusters: [] });
  assert.equal(core.connection.phase, 'outdated');
  await assert.rejects(waiting, { name: 'DISCONNECTED' });
  clock.advance(60_000);
  assert.equal(sockets.length, 1);
});

test('[WEB-10] a page is settled when each channel that is listened to, each search and each call has been answered', async () => {
  const { core, socket, clock } = start();
  const told: boolean[] = [];
  core.watch(() => told.push(core.isSettled));
  const stopGone = core.subscribe('c', 'lab', {}, recorder());
  core.subscribe('c', 'overview', {}, recorder());
  assert.equal(core.isSettled, false, 'not before the first hello');
  socket().hello();
  assert.equal(core.isSettled, false);
  const [, overview] = socket().of('subscribe');
  socket().frame(1, [{ kind: 'snapshot', id: overview?.id ?? 0, version: 1, data: {} }]);
  assert.equal(core.isSettled, false, 'one channel has not answered');
  stopGone();
  assert.equal(core.isSettled, true, 'nobody waits for a channel that nobody listens to');
  assert.equal(told.at(-1), true);
  core.subscribe('c', 'topic', { name: 'x' }, recorder());
  const error = { code: 3, name: 'UNKNOWN_TOPIC_OR_PARTITION', message: 'm', retriable: false };
  assert.equal(core.isSettled, false);
  socket().frame(2, [{ kind: 'error', id: socket().last('subscribe').id, error }]);
  assert.equal(core.isSettled, true, 'an error is an answer');

  const call = core.call('c', 'search', {});
  assert.equal(core.isSettled, false);
  socket().receive({ type: 'result', id: socket().last('call').id, ok: {} });
  await call;
  assert.equal(core.isSettled, true);

  const listener = { onBatch: () => undefined, onError: assert.fail, onRestart: () => undefined };
  core.stream('c', 'browse', { topic: 'a' }, listener);
  const { id } = socket().last('subscribe');
  socket().frame(3, [{ kind: 'batch', id, data: { done: null } }]);
  assert.equal(core.isSettled, false, 'the search goes on');
  socket().frame(4, [{ kind: 'batch', id, data: { done: { reason: 'end' } } }]);
  assert.equal(core.isSettled, true);
  core.stream('c', 'tail', { topic: 'a' }, listener);
  assert.equal(core.isSettled, false);
  socket().frame(5, [{ kind: 'batch', id: socket().last('subscribe').id, data: { records: [] } }]);
  assert.equal(core.isSettled, true, 'a tail that is heard has no more to come at once');
  socket().onclose?.();
  assert.equal(core.isSettled, false, 'a lost socket answers nothing');
  clock.advance(250);
  socket().hello();
  assert.equal(core.isSettled, false);
});
