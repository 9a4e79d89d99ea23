import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { ListenError, listen } from './http.ts';
import { addressOf, refusalOf } from './http-guard.ts';
import { FakeGateway } from './live/fake-gateway.ts';
import { createHub } from './live/hub.ts';

async function setUp(t: TestContext, isServing = true) {
  const errors: string[] = [];
  const hub = createHub({
    gateways: new Map([['local', new FakeGateway()]]),
    serverVersion: '1',
    onBug: () => undefined,
  });
  const server = await listen({ host: '127.0.0.1', port: 0, isDev: false, onError: (line) => errors.push(line) });
  if (isServing) {
    server.serve({
      page: async (incoming, response) => {
        if (incoming.url === '/broken') throw new Error('page bug');
        response.end(`page ${incoming.url}`);
      },
      live: hub.upgrade,
      hotReload: null,
      health: () => ({ status: 'ready' }),
    });
  }
  t.after(async () => {
    await hub.close();
    await server.close();
  });
  return { server, errors };
}

async function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const outgoing = request({ host: '127.0.0.1', port, path, method, headers }).end();
  const [response] = await once(outgoing, 'response');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode as number, headers: response.headers as Record<string, string>, body };
}

test('[HTTP-1] health answers 200 with JSON, GET and HEAD only', async (t) => {
  const { server } = await setUp(t);
  const health = await ask(server.port, '/api/health?x=1');
  assert.deepEqual([health.status, JSON.parse(health.body)], [200, { status: 'ready' }]);
  assert.equal((await ask(server.port, '/api/health', {}, 'HEAD')).body, '');
  assert.equal((await ask(server.port, '/api/health', {}, 'POST')).status, 405);
});

test('[HTTP-11] an address with a broken escape is a page that is not there, never a fault of the server', async (t) => {
  const { server, errors } = await setUp(t);
  for (const path of ['/c/local/topics/%E0%A4%A', '/%', '/c/%zz?x=%'])
    assert.equal((await ask(server.port, path)).body, 'page /_no-such-address', path);
  for (const path of ['/c/local/topics/%E6%9D%B1?q=%', '/c/local/topics/a%2Fb'])
    assert.equal((await ask(server.port, path)).body, `page ${path}`, path);
  assert.deepEqual(errors, []);
});

test('[HTTP-2] until the server is ready every request gets 503', async (t) => {
  const { server } = await setUp(t, false);
  assert.equal((await ask(server.port, '/')).status, 503);
  assert.equal((await ask(server.port, '/api/health')).status, 503);
});

test('[HTTP-3] a host that is not this server is refused with a sentence (DNS rebinding)', async (t) => {
  const { server } = await setUp(t);
  for (const host of [
    'evil.example',
    `evil.example:${server.port}`,
    'localhost',
    '127.0.0.1:1',
    'a b',
    '127.0.0.1.evil:80',
  ]) {
    const { status, body } = await ask(server.port, '/', { host });
    assert.equal(status, 403, host);
    assert.match(body, /does not answer for the host/);
  }
  for (const host of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST']) {
    assert.equal((await ask(server.port, '/', { host: `${host}:${server.port}` })).status, 200, host);
  }
});

test('[HTTP-4] what changes things must come from our own pages', async (t) => {
  const { server } = await setUp(t);
  const post = (headers: Record<string, string>) => ask(server.port, '/', headers, 'POST');
  assert.equal((await post({ origin: 'http://evil.example' })).status, 403);
  assert.equal((await post({ origin: 'null' })).status, 403);
  assert.equal((await post({ origin: `https://127.0.0.1:${server.port}` })).status, 403);
  assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await post({ origin: server.address })).status, 200);
  assert.equal((await post({})).status, 200, 'a command-line client sends neither');
});

test('[HTTP-5] /live takes our own pages and clients without an origin, and refuses other origins and hosts', async (t) => {
  const { server } = await setUp(t);
  const live = (options: object) => new WebSocket(`ws://127.0.0.1:${server.port}/live`, options);
  for (const options of [
    { origin: 'http://evil.example' },
    { origin: 'http://localhost:1' },
    { headers: { host: 'evil.example' } },
  ]) {
    const [error] = await once(live(options), 'error');
    assert.match(String(error), /403/);
  }
  for (const options of [{ origin: server.address }, {}]) {
    const [message] = await once(live(options), 'message');
    assert.equal(JSON.parse(String(message)).type, 'hello');
  }
  const [error] = await once(new WebSocket(`ws://127.0.0.1:${server.port}/other`), 'error');
  assert.match(String(error), /404/);
});

test('[HTTP-6] every answer carries the security headers', async (t) => {
  const { server } = await setUp(t);
  for (const [path, host] of [
    ['/', server.address.slice(7)],
    ['/api/health', server.address.slice(7)],
    ['/', 'evil'],
  ] as const) {
    const { headers } = await ask(server.port, path, { host });
    assert.match(headers['content-security-policy'] ?? '', /default-src 'self'.*frame-ancestors 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'same-origin');
  }
});

test('[HTTP-7] a page that fails answers 500 without detail and is logged', async (t) => {
  const { server, errors } = await setUp(t);
  const { status, body } = await ask(server.port, '/broken');
  assert.equal(status, 500);
  assert.doesNotMatch(body, /page bug/);
  assert.match(errors[0] ?? '', /page bug/);
});

test('[HTTP-8] a taken port and a foreign address are refused with one line that says how to mend it', async (t) => {
  const { server } = await setUp(t);
  const again = listen({ host: '127.0.0.1', port: server.port, isDev: false, onError: () => undefined });
  await assert.rejects(again, (error) => error instanceof ListenError && /is taken.*--http-port/.test(error.message));
  const foreign = listen({ host: '192.0.2.1', port: 0, isDev: false, onError: () => undefined });
  await assert.rejects(
    foreign,
    (error) => error instanceof ListenError && /not an address of this machine/.test(error.message),
  );
});

test('[HTTP-9] bytes that are not HTTP harm only their own connection', async (t) => {
  const { server } = await setUp(t);
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write(Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7919) % 256)));
  await once(socket, 'close');
  assert.equal((await ask(server.port, '/')).status, 200);
});

test('[HTTP-10] listening on every address answers for addresses and the machine’s name, never for other names', () => {
  const options = { host: '0.0.0.0', port: 3000, machineName: 'Box' };
  const of = (host: string) =>
    refusalOf({ method: 'GET', isUpgrade: false, host, origin: undefined, fetchSite: undefined }, options);
  for (const host of ['192.168.1.5:3000', 'box:3000', 'localhost:3000', '[fe80::1]:3000'])
    assert.equal(of(host), null, host);
  for (const host of ['evil.example:3000', '192.168.1.5:80']) assert.notEqual(of(host), null, host);
  assert.equal(addressOf(options), 'http://localhost:3000');
  assert.equal(addressOf({ host: '::1', port: 1 }), 'http://[::1]:1');
});
