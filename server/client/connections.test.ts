import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Connections, type Endpoint } from './connections.ts';

/** ApiVersions v3: no error, one API (Metadata 0–12). */
const apiVersionsAnswer = (correlationId: Buffer) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 19]),
    correlationId,
    Buffer.from([0, 0, 2, 0, 3, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0]),
  ]);

/** A broker that answers ApiVersions, and the connections that it took. */
async function listen(t: TestContext): Promise<{ readonly endpoint: Endpoint; readonly sockets: readonly Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (frame) => socket.write(apiVersionsAnswer(frame.subarray(8, 12))));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { endpoint: { host: '127.0.0.1', port: (server.address() as { port: number }).port }, sockets };
}

const closing = (socket: Socket | undefined) => new Promise((resolve) => socket?.once('close', resolve));

test('[GTW-31] a connection that the broker ends is told at once, one that the dashboard ends is not', async (t) => {
  const { endpoint, sockets } = await listen(t);
  const connections = new Connections();
  t.after(() => connections.close());
  const lost: string[] = [];
  connections.onLost = () => lost.push('unasked');

  assert.deepEqual((await connections.apis(endpoint)).get(3), { min: 0, max: 12 });
  const closed = closing(sockets[0]);
  connections.drop(endpoint, 'control');
  await closed;
  await connections.apis(endpoint);
  assert.deepEqual(lost, []);

  const told = new Promise<void>((resolve) => {
    connections.onLost = resolve;
  });
  sockets[1]?.destroy();
  await told;
});

test('[GTW-32] a connection that ends late is not mistaken for the one that took its place', async (t) => {
  const { endpoint, sockets } = await listen(t);
  const connections = new Connections();
  await connections.apis(endpoint);
  const first = closing(sockets[0]);
  connections.drop(endpoint, 'control');
  await connections.apis(endpoint);
  await first;
  // A round trip later the end of the first has reached this side too.
  await connections.unsentBytes(endpoint, 'data');
  await connections.apis(endpoint);
  assert.equal(sockets.length, 3, 'the second is still in use');
  const others = sockets.slice(1).map(closing);
  await connections.close();
  await Promise.all(others);
});
