import assert from 'node:assert/strict';
import { connect as rawConnect } from 'node:net';
import { test } from 'node:test';
import { MemoryNet } from '../../kernel/memory-net.ts';
import type { Net, Socket } from '../../kernel/world.ts';
import { NetError } from '../../kernel/world.ts';
import { heartbeat } from '../../protocol/schema/12-heartbeat.ts';
import { connect } from '../rpc/connection.ts';
import { serve } from '../rpc/handler.ts';
import { startListener } from '../rpc/listener.ts';
import { hostNet } from './net.ts';
import { createHostWorld } from './world.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const nets: readonly (readonly [string, Net])[] = [
  ['node:net', hostNet],
  ['in memory', new MemoryNet((run) => setImmediate(run))],
];

async function pair(net: Net) {
  const accepted = Promise.withResolvers<Socket>();
  const listener = await net.listen(LOOPBACK, accepted.resolve);
  const near = await net.connect({ host: LOOPBACK.host, port: listener.port, timeoutMs: 2_000 });
  return { near, far: await accepted.promise, listener };
}
/** Lets what is due happen. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}
const closing = (socket: Socket) => new Promise<string | null>((resolve) => socket.onClose(resolve));
function collect(socket: Socket, bytes: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let total = 0;
    socket.onData((chunk) => {
      chunks.push(Buffer.from(chunk));
      total += chunk.length;
      if (total >= bytes) resolve(Buffer.concat(chunks));
    });
  });
}

for (const [name, net] of nets) {
  test(`[NET-1] bytes arrive whole and in order, many buffers or one (${name})`, async () => {
    const { near, far, listener } = await pair(net);
    const sent = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * 7) & 255));
    const received = collect(far, sent.length);
    const ended = closing(far);
    near.write([sent.subarray(0, 1), sent.subarray(1, 10)]);
    near.write([sent.subarray(10, 200_000), sent.subarray(200_000, 200_001), sent.subarray(200_001)]);
    assert.ok((await received).equals(sent));
    near.onData(() => {});
    near.end();
    assert.equal(await ended, null);
    await listener.close();
  });

  test(`[NET-6] what was written arrives as it was, though its buffers are used again once they were taken (${name})`, async () => {
    const { near, far, listener } = await pair(net);
    far.pause();
    const pieces = Array.from({ length: 40 }, (_, i) => Buffer.alloc(262_144, i + 1));
    const received = collect(far, pieces.length * 262_144);
    let taken = 0;
    for (const piece of pieces) {
      near.write([Buffer.from('.'), piece.subarray(1)], () => {
        taken++;
        piece.fill(0);
      });
    }
    await turns();
    if (net === hostNet) assert.ok(taken < pieces.length, 'the other side took nothing: most of it still waits here');
    far.resume();
    const bytes = await received;
    pieces.forEach((_, i) => {
      const at = i * 262_144;
      assert.equal(bytes[at], 46);
      assert.ok(
        bytes.subarray(at + 1, at + 262_144).every((byte) => byte === i + 1),
        `piece ${i}`,
      );
    });
    near.onData(() => {});
    const gone = closing(near);
    far.destroy();
    await gone;
    let isTold = false;
    near.write([Buffer.from('x')], () => {
      isTold = true;
    });
    await turns();
    assert.equal(isTold, net !== hostNet, 'a closed socket reads nothing');
    await listener.close();
  });

  test(`[NET-2] both sides know whom they talk to (${name})`, async () => {
    const { near, far, listener } = await pair(net);
    assert.deepEqual([near.remotePort, far.localPort], [listener.port, listener.port]);
    assert.deepEqual([near.localPort, near.remoteHost, far.localHost], [far.remotePort, '127.0.0.1', '127.0.0.1']);
    const gone = closing(far);
    far.onData(() => {});
    near.destroy();
    await gone;
    await listener.close();
  });

  test(`[NET-3] write says when too much waits, and drain follows once it was taken (${name})`, async () => {
    const { near, far, listener } = await pair(net);
    far.pause();
    far.onData(() => {});
    const drained = new Promise<void>((resolve) => near.onDrain(resolve));
    const piece = Buffer.alloc(262_144);
    let isFull = false;
    for (let i = 0; i < 400 && !isFull; i++) isFull = !near.write([piece]);
    assert.equal(isFull, true);
    far.resume();
    await drained;
    assert.equal(near.write([Buffer.from('x')]), true);
    const gone = closing(far);
    near.destroy();
    await gone;
    await listener.close();
  });

  test(`[NET-4] a taken port and a port nobody listens on are NetErrors (${name})`, async () => {
    const { near, listener } = await pair(net);
    near.destroy();
    const errno = (expected: string) => (error: unknown) => error instanceof NetError && error.errno === expected;
    await assert.rejects(
      net.listen({ host: '127.0.0.1', port: listener.port }, () => {}),
      errno('EADDRINUSE'),
    );
    await listener.close();
    await assert.rejects(
      net.connect({ host: '127.0.0.1', port: listener.port, timeoutMs: 500 }),
      errno('ECONNREFUSED'),
    );
  });
}

test('[NET-5] a thousand idle and half-open connections disturb nobody', async () => {
  const world = createHostWorld({ label: 'test', onLog: () => {} });
  const listener = await startListener(world, {
    address: LOOPBACK,
    handlers: [serve(heartbeat, () => ({ errorCode: 0 }))],
    brokerLabel: 'broker 1',
  });
  const before = process.memoryUsage();
  const idle = await Promise.all(
    Array.from({ length: 1_000 }, async (_, i) => {
      const socket = rawConnect(listener.address.port, '127.0.0.1');
      await new Promise((resolve) => socket.once('connect', resolve));
      // A third promise 100 MiB and send nothing more.
      if (i % 3 === 0) socket.write(Buffer.from('06400000', 'hex'));
      return socket;
    }),
  );
  const connection = await connect(world, listener.address, { clientId: 'c', timeoutMs: 2_000 });
  for (let i = 0; i < 100; i++) {
    await connection.send(heartbeat, 4, { groupId: 'g', generationId: 1, memberId: 'm' }, 2_000);
  }
  assert.equal(listener.connectionCount, 1_001);
  assert.ok(process.memoryUsage().rss - before.rss < 100_000_000);
  connection.close();
  for (const socket of idle) socket.destroy();
  await listener.close();
  assert.equal(listener.connectionCount, 0);
});
