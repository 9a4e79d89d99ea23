import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Socket } from '../../kernel/world.ts';
import { heartbeat } from '../../protocol/schema/12-heartbeat.ts';
import { ConnectionError, connect } from './connection.ts';
import { rpcWorld, settle } from './testing.ts';

const reason = (expected: ConnectionError['reason']) => (error: unknown) =>
  error instanceof ConnectionError && error.reason === expected;
const beat = { groupId: 'g', generationId: 1, memberId: 'm' };
/** Answers to version 3: size, correlation id, throttle time, error code. */
const answer = (correlationId: number) => {
  const bytes = Buffer.alloc(14);
  bytes.writeInt32BE(10, 0);
  bytes.writeInt32BE(correlationId, 4);
  return bytes;
};

/** A server that does only what a test makes it do. */
async function start() {
  const world = rpcWorld();
  const sockets: Socket[] = [];
  const listener = await world.net.listen({ host: '127.0.0.1', port: 0 }, (socket) => {
    socket.onData(() => {});
    socket.onClose(() => {});
    sockets.push(socket);
  });
  const connection = await connect(world, listener, { clientId: 'c', timeoutMs: 100 });
  return { world, connection, server: sockets[0] as Socket };
}

test('[RPC-18] connecting to nobody rejects with "refused"', async () => {
  await assert.rejects(
    connect(rpcWorld(), { host: '127.0.0.1', port: 1 }, { clientId: '', timeoutMs: 10 }),
    reason('refused'),
  );
});

test('[RPC-18] a late answer rejects with "timeout" and closes the connection; the others reject with "closed"', async () => {
  const { world, connection } = await start();
  const late = assert.rejects(connection.send(heartbeat, 3, beat, 100), reason('timeout'));
  const other = assert.rejects(connection.send(heartbeat, 3, beat, 900), reason('closed'));
  const closings: string[] = [];
  connection.onClose((why) => closings.push(why));
  world.time.advance(101);
  await Promise.all([late, other]);
  assert.equal(connection.isOpen, false);
  assert.deepEqual(closings, ['Heartbeat timed out']);
  await assert.rejects(connection.send(heartbeat, 3, beat, 100), reason('closed'));
});

test('[RPC-19] answers out of order, to no request, or broken close the connection', async () => {
  const broken = [
    answer(2),
    Buffer.from('0000000400000001', 'hex'),
    Buffer.from('ffffffff', 'hex'),
    Buffer.concat([answer(1), answer(1)]),
  ];
  for (const bytes of broken) {
    const { world, connection, server } = await start();
    const sent = connection.send(heartbeat, 3, beat, 100).catch((error: unknown) => error);
    server.write([bytes]);
    await settle(world);
    const result = await sent;
    assert.ok(result instanceof ConnectionError ? result.reason === 'closed' : bytes.length === 28);
    assert.equal(connection.isOpen, false, bytes.toString('hex'));
  }
});

test('[RPC-20] the other side closing rejects everything that waits', async () => {
  const { world, connection, server } = await start();
  const sent = assert.rejects(connection.send(heartbeat, 3, beat, 100), reason('closed'));
  server.destroy();
  await settle(world);
  await sent;
  const late: string[] = [];
  connection.onClose((why) => late.push(why));
  assert.equal(late.length, 1, 'told at once');
});

test('[RPC-21] more requests than the bound are refused with "full"', async () => {
  const { world, connection } = await start();
  const waiting = Array.from({ length: 256 }, () =>
    assert.rejects(connection.send(heartbeat, 3, beat, 100), reason('closed')),
  );
  await assert.rejects(connection.send(heartbeat, 3, beat, 100), reason('full'));
  connection.close();
  await settle(world);
  await Promise.all(waiting);
});
