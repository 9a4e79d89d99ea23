import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { WebSocket } from 'ws';
import { applyOps } from './diff.ts';
import { FakeGateway } from './fake-gateway.ts';
import { createHub, hubLimits } from './hub.ts';

async function setUp() {
  const gateway = new FakeGateway();
  const bugs: string[] = [];
  const hub = createHub({
    gateways: new Map([['local', gateway]]),
    serverVersion: '1',
    onBug: (line) => bugs.push(line),
  });
  const server = createServer().on('upgrade', (request, socket, head) => hub.upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
  return {
    gateway,
    hub,
    url,
    bugs,
    async stop() {
      await hub.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A socket whose messages can be awaited one by one. */
async function connect(url: string) {
  const socket = new WebSocket(url);
  const messages: Record<string, unknown>[] = [];
  let wake: () => void = () => undefined;
  socket.on('message', (message) => {
    messages.push(JSON.parse(String(message)));
    wake();
  });
  await once(socket, 'open');
  const next = async (): Promise<Record<string, unknown>> => {
    for (;;) {
      const message = messages.shift();
      if (message) return message;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { socket, next, say: (message: unknown) => socket.send(JSON.stringify(message)) };
}

test('[LIVE-21] over a real socket a browser rebuilds every reading from snapshot and patches', async (t) => {
  const { gateway, url, stop } = await setUp();
  t.after(stop);
  const { next, say } = await connect(url);
  assert.equal((await next()).type, 'hello');
  gateway.publish('topic:a', { rows: [{ n: 0 }], filler: Array(50).fill(1) });
  say({ type: 'subscribe', id: 1, cluster: 'local', channel: 'topic', params: { name: 'a' } });
  let data: unknown = null;
  for (let n = 1; n <= 20; n++) {
    const frame = (await next()) as { seq: number; items: { kind: string; data?: unknown; ops?: [] }[] };
    for (const item of frame.items) data = item.kind === 'snapshot' ? item.data : applyOps(data, item.ops ?? []);
    const reading = {
      rows: Array.from({ length: n % 5 }, (_, index) => ({ n: 100 * n + index })),
      filler: Array(50).fill(1),
    };
    gateway.publish('topic:a', reading);
    say({ type: 'ack', seq: frame.seq });
    if (n === 20) {
      const last = (await next()) as { items: { kind: string; data?: unknown; ops?: [] }[] };
      for (const item of last.items) data = item.kind === 'snapshot' ? item.data : applyOps(data, item.ops ?? []);
      assert.deepEqual(data, reading);
    }
  }
});

test('[LIVE-22] too long a message closes its socket with 1009, and others go on', async (t) => {
  const { url, stop, hub } = await setUp();
  t.after(stop);
  const good = await connect(url);
  await good.next();
  const bad = await connect(url);
  bad.socket.on('error', () => undefined);
  const closed = once(bad.socket, 'close');
  bad.socket.send('x'.repeat(hubLimits.messageBytes + 1));
  assert.equal((await closed)[0], 1009);
  good.say({ type: 'call', id: 1, cluster: 'local', name: 'search', args: { query: 'a' } });
  assert.deepEqual(await good.next(), { type: 'result', id: 1, ok: { query: 'a' } });
  assert.equal(hub.sessionCount, 1);
});

test('[LIVE-23] past its sessions the hub answers 503, and a closed session makes room', async (t) => {
  const { url, stop, hub } = await setUp();
  t.after(stop);
  const sockets = await Promise.all(Array.from({ length: hubLimits.sessions }, () => connect(url)));
  assert.equal(hub.sessionCount, hubLimits.sessions);
  const extra = new WebSocket(url);
  const [error] = await once(extra, 'error');
  assert.match(String(error), /503/);
  const first = sockets[0];
  assert.ok(first);
  const closed = once(first.socket, 'close');
  first.socket.close();
  await closed;
  await (await connect(url)).next();
});

test('[LIVE-24] closing the hub closes every socket with 1001 and lets go of every watch', async (t) => {
  const { gateway, url, stop } = await setUp();
  t.after(stop);
  gateway.publish('brokers', {});
  const { socket, next, say } = await connect(url);
  await next();
  say({ type: 'subscribe', id: 1, cluster: 'local', channel: 'brokers', params: {} });
  await next();
  assert.equal(gateway.views.size, 1);
  const closed = once(socket, 'close');
  await stop();
  assert.equal((await closed)[0], 1001);
  assert.equal(gateway.views.size, 0);
});
