import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AssertionError } from '../../kernel/assert.ts';
import type { Api } from '../../protocol/codec.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import type { Fields, Input } from '../../protocol/grammar.ts';
import { Reader } from '../../protocol/reader.ts';
import { produce } from '../../protocol/schema/00-produce.ts';
import { metadata } from '../../protocol/schema/03-metadata.ts';
import { heartbeat } from '../../protocol/schema/12-heartbeat.ts';
import { apiVersions } from '../../protocol/schema/18-api-versions.ts';
import { parseVersions } from '../../protocol/versions.ts';
import { connect } from './connection.ts';
import { type ConnectionLimits, DEFAULT_CONNECTION_LIMITS, overridesFrom } from './connection-count.ts';
import { beginRequest, finishFrame, readResponseHeader } from './framing/header.ts';
import type { ClientConnection } from './handler.ts';
import { CLOSE_CONNECTION, NO_RESPONSE, ON_SENT, serve } from './handler.ts';
import type { ListenerLimits } from './listener.ts';
import { startListener } from './listener.ts';
import { RawClient, type RpcWorld, rpcWorld, settle } from './testing.ts';

function request<Q extends Fields>(api: Api<Q>, version: number, correlationId: number, input: Input<Q>): Buffer {
  const writer = beginRequest(api as unknown as Api, version, correlationId, 'tester');
  api.request.write(writer, version, input);
  return Buffer.concat(finishFrame(writer));
}
const beat = (correlationId: number, groupId = 'g') =>
  request(heartbeat as unknown as Api, 4, correlationId, { groupId, generationId: 1, memberId: 'm' } as never);
const correlationIds = (client: RawClient) => client.frames().map((frame) => frame.readInt32BE(0));

/** Heartbeats of group "later" park until released; "bug" throws; "reject" rejects; "close" and "none" use the symbols. */
async function start(limits: Partial<ListenerLimits> = {}, connectionLimits?: () => ConnectionLimits) {
  const world = rpcWorld();
  const parked: Array<() => void> = [];
  const served: string[] = [];
  const connections: ClientConnection[] = [];
  const onHeartbeat = serve(heartbeat, ({ groupId }, context) => {
    served.push(groupId);
    connections.push(context.connection);
    if (groupId === 'later') {
      return new Promise((resolve) => {
        parked.push(() => resolve({ errorCode: 0 }));
      });
    }
    if (groupId === 'belief') throw new AssertionError('planted belief');
    if (groupId === 'bug') throw new TypeError('planted');
    if (groupId === 'reject') return Promise.reject(new TypeError('planted later'));
    if (groupId === 'close') return CLOSE_CONNECTION;
    if (groupId === 'none') return NO_RESPONSE;
    if (groupId === 'told') return { errorCode: 0, [ON_SENT]: () => void served.push('sent') };
    return { errorCode: 0 };
  });
  const big = Buffer.alloc(300_000, 1);
  const onProduce = serve(
    produce,
    ({ topicData }) => ({
      responses: topicData.map(({ name }) => ({
        name,
        partitionResponses: [{ index: 0, errorMessage: big.toString('latin1', 0, 30_000) }],
      })),
    }),
    parseVersions('3-12'),
  );
  const listener = await startListener(world, {
    address: { host: '127.0.0.1', port: 0 },
    handlers: [onHeartbeat, onProduce],
    limits,
    ...(connectionLimits && { connectionLimits }),
    brokerLabel: 'broker 1',
  });
  const client = () => RawClient.connect(world, listener.address.port);
  return { world, listener, client, parked, served, connections };
}

async function answersStill(world: RpcWorld, client: RawClient): Promise<void> {
  const before = client.frames().length;
  client.send(beat(4242));
  await settle(world);
  assert.equal(client.frames().length, before + 1);
  assert.equal(client.frames().at(-1)?.readInt32BE(0), 4242);
}

test('[RPC-24] a handler is told once that its answer has left, not before it was written', async () => {
  const { world, client, served } = await start();
  const one = await client();
  one.send(beat(1, 'told'), beat(2, 'other'), beat(3, 'told'));
  await settle(world);
  assert.deepEqual(correlationIds(one), [1, 2, 3]);
  assert.deepEqual(served, ['told', 'other', 'told', 'sent', 'sent']);
});

test('[RPC-6] pipelined requests are answered in order, and one that waits holds back the next ones', async () => {
  const { world, client, parked, served } = await start();
  const one = await client();
  one.send(beat(1), beat(2, 'later'), beat(3), beat(4, 'none'), beat(5));
  await settle(world);
  assert.deepEqual(correlationIds(one), [1]);
  assert.deepEqual(served, ['g', 'later'], 'nothing behind the waiting request was looked at');
  parked[0]?.();
  await settle(world);
  assert.deepEqual(correlationIds(one), [1, 2, 3, 5]);
});

test('[RPC-6] requests that arrive byte by byte are answered like any other', async () => {
  const { world, client } = await start();
  const one = await client();
  for (const byte of Buffer.concat([beat(1), beat(2)])) {
    one.send(Buffer.from([byte]));
    await settle(world);
  }
  assert.deepEqual(correlationIds(one), [1, 2]);
});

test('[RPC-7] while a request waits, at most 1 MiB more is read', async () => {
  const { world, client, parked } = await start();
  const one = await client();
  one.send(beat(1, 'later'));
  await settle(world);
  const piece = Buffer.concat(Array.from({ length: 2_000 }, () => beat(2)));
  let isFull = false;
  for (let i = 0; i < 200 && !isFull; i++) {
    isFull = !one.socket.write([piece]);
    await settle(world);
  }
  assert.ok(isFull, 'the socket stopped taking bytes');
  parked[0]?.();
  for (let i = 0; i < 50; i++) await settle(world);
  assert.ok(one.frames().length > 2_000, 'everything that was sent is answered afterwards');
  assert.equal(one.isClosed, false);
});

test('[RPC-7] a client that does not read its answers is not served further', async () => {
  const { world, client, served } = await start();
  const one = await client();
  one.socket.pause();
  const ask = request(produce as unknown as Api, 9, 1, {
    acks: 1,
    topicData: [{ name: 't', partitionData: [{ index: 0, records: Buffer.alloc(10) }] }],
  } as never);
  one.send(Buffer.concat([...Array.from({ length: 400 }, () => ask), beat(9)]));
  for (let i = 0; i < 20; i++) await settle(world);
  assert.deepEqual(served, []);
  one.socket.resume();
  for (let i = 0; i < 50; i++) await settle(world);
  assert.equal(one.frames().length, 401);
  assert.deepEqual(served, ['g']);
});

test('[RPC-8] broken bytes close only the connection they came on, with a debug line that names API and client', async () => {
  const { world, client } = await start();
  const good = await client();
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [Buffer.from('ffffffff', 'hex'), /a frame of -1 bytes/],
    [Buffer.from('7fffffff', 'hex'), /a frame of 2147483647 bytes/],
    [Buffer.from('00000000', 'hex'), /bytes wanted/],
    [Buffer.from('0000000803e7000000000001', 'hex'), /API key 999 version 0.*no such API/],
    [request(metadata as unknown as Api, 9, 1, {}), /no such API/],
    [Buffer.from('00000008000c006300000001', 'hex'), /Heartbeat \(12\) version 99.*not supported/],
    [Buffer.from('0000000a000c0003000000010000', 'hex'), /Heartbeat \(12\) version 3 from client ""/],
  ];
  for (const [bytes, line] of cases) {
    const bad = await client();
    bad.send(bytes);
    await settle(world);
    assert.equal(bad.isClosed, true, bytes.toString('hex'));
    assert.match(world.lines.at(-1) ?? '', line);
    assert.match(world.lines.at(-1) ?? '', /^debug broker 1: connection from 127/);
  }
  await answersStill(world, good);
});

test('[RPC-26] bytes left behind the body of a request are not looked at', async () => {
  const { world, client, served } = await start();
  const one = await client();
  for (const whole of [request(apiVersions as unknown as Api, 4, 1, {}), beat(2)]) {
    const longer = Buffer.concat([whole, Buffer.alloc(3)]);
    longer.writeInt32BE(longer.length - 4, 0);
    one.send(longer);
  }
  await settle(world);
  assert.deepEqual(correlationIds(one), [1, 2]);
  assert.deepEqual(served, ['g']);
});

test('[RPC-8] random and mutated bytes never harm another connection', async () => {
  const { world, client, listener } = await start();
  const good = await client();
  const valid = [beat(1), beat(2, 'none'), request(apiVersions as unknown as Api, 4, 3, {})];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...valid),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      fc.uint8Array({ maxLength: 200 }),
      async (base, mutations, tail) => {
        const bytes = Buffer.concat([base, tail]);
        for (const [at, value] of mutations) bytes[at % bytes.length] = value;
        const bad = await client();
        bad.send(bytes);
        await settle(world);
        bad.socket.destroy();
        await settle(world);
      },
    ),
    { numRuns: 400 },
  );
  assert.deepEqual(
    world.lines.filter((line) => !line.startsWith('debug')),
    [],
  );
  assert.equal(listener.connectionCount, 1);
  await answersStill(world, good);
});

test('[RPC-9] a handler that throws or rejects closes its connection and is logged as a bug', async () => {
  const { world, client } = await start();
  const good = await client();
  for (const groupId of ['bug', 'reject']) {
    const bad = await client();
    bad.send(beat(1), beat(2, groupId), beat(3));
    await settle(world);
    assert.deepEqual(correlationIds(bad), [1], 'the answer before it still leaves');
    assert.equal(bad.isClosed, true);
    assert.match(
      world.lines.at(-1) ?? '',
      /^error .*a bug: Heartbeat \(12\) version 4 from client "tester": .*planted/,
    );
  }
  const closed = await client();
  closed.send(beat(1, 'close'));
  await settle(world);
  assert.equal(closed.isClosed, true);
  assert.match(world.lines.at(-1) ?? '', /^debug /);
  await answersStill(world, good);
});

test('[RPC-10] ApiVersions is derived from the handlers; Produce is advertised from 0 but 0-2 are refused (KAFKA-18659)', async () => {
  const { world, client } = await start();
  const one = await client();
  for (let version = 0; version <= 5; version++) {
    const input = { clientSoftwareName: 'soft-ware.1', clientSoftwareVersion: '1.0' };
    one.send(request(apiVersions, version, version, input));
    await settle(world);
    const reader = new Reader(one.frames().at(-1) as Buffer);
    assert.equal(readResponseHeader(reader, apiVersions as unknown as Api, version), version);
    assert.deepEqual(apiVersions.response.read(reader, version).apiKeys, [
      { apiKey: 0, minVersion: 0, maxVersion: 12 },
      { apiKey: 12, minVersion: 0, maxVersion: 4 },
      { apiKey: 18, minVersion: 0, maxVersion: 5 },
    ]);
    assert.equal(reader.remaining(), 0);
  }
  one.send(Buffer.from('0000000a000000020000000100000000', 'hex'));
  await settle(world);
  assert.equal(one.isClosed, true);
});

test('[RPC-11] an unknown version of ApiVersions is answered in version 0 with error 35 and its range', async () => {
  const { world, client } = await start();
  const one = await client();
  one.send(Buffer.from('0000000c00120063000000070000beef', 'hex'));
  await settle(world);
  assert.equal(one.frames()[0]?.toString('hex'), '00000007' + '0023' + '00000001' + '001200000005');
  await answersStill(world, one);
});

test('[RPC-12] ApiVersions checks the client software text and keeps it on the connection', async () => {
  const { world, client, connections } = await start();
  const one = await client();
  one.send(request(apiVersions, 3, 1, { clientSoftwareName: 'bad name!', clientSoftwareVersion: '1' }));
  await settle(world);
  assert.equal(apiVersions.response.decode((one.frames()[0] as Buffer).subarray(4), 3).errorCode, 42);
  one.send(request(apiVersions, 3, 2, { clientSoftwareName: 'librdkafka', clientSoftwareVersion: '2.11.0' }), beat(3));
  await settle(world);
  assert.equal(connections[0]?.softwareName, 'librdkafka');
  assert.equal(connections[0]?.softwareVersion, '2.11.0');
});

test('[RPC-27] a client that says which node of which cluster it means is sent to bootstrap anew when that is another one; half of it is INVALID_REQUEST', async () => {
  const world = rpcWorld();
  const address = { host: '127.0.0.1', port: 0 };
  const identity = { clusterId: 'BwcHBwAAAAAHBwcHBwcHBw', nodeId: 1 };
  const listener = await startListener(world, { address, handlers: [], brokerLabel: 'broker 1', identity });
  const one = await RawClient.connect(world, listener.address.port);
  const { NONE, INVALID_REQUEST, REBOOTSTRAP_REQUIRED } = ErrorCode;
  const other = 'AAAAAAAAAAAAAAAAAAAAAA';
  for (const [clusterId, nodeId, errorCode] of [
    [null, -1, NONE],
    [identity.clusterId, 1, NONE],
    [null, 1, INVALID_REQUEST],
    [identity.clusterId, -1, INVALID_REQUEST],
    [other, -1, INVALID_REQUEST],
    [other, 1, REBOOTSTRAP_REQUIRED],
    [identity.clusterId, 2, REBOOTSTRAP_REQUIRED],
    ['', 1, REBOOTSTRAP_REQUIRED],
  ] as const) {
    const input = { clientSoftwareName: 'x', clientSoftwareVersion: '1', clusterId, nodeId };
    one.send(request(apiVersions, 5, 1, input));
    await settle(world);
    const answer = apiVersions.response.decode((one.frames().at(-1) as Buffer).subarray(4), 5);
    assert.deepEqual([answer.errorCode, answer.apiKeys.length], [errorCode, errorCode === NONE ? 1 : 0]);
  }
  await listener.close();
});

test('[RPC-13] idle connections are closed after the idle time, waiting ones are not', async () => {
  const { world, client, listener } = await start({ idleMs: 8_000 });
  const idle = await client();
  const half = await client();
  const waiting = await client();
  half.send(beat(1).subarray(0, 9));
  waiting.send(beat(1, 'later'));
  await settle(world);
  world.time.advance(6_000);
  await answersStill(world, idle);
  world.time.advance(4_000);
  await settle(world);
  assert.deepEqual([idle.isClosed, half.isClosed, waiting.isClosed], [false, true, false]);
  world.time.advance(20_000);
  await settle(world);
  assert.deepEqual([idle.isClosed, half.isClosed, waiting.isClosed], [true, true, false]);
  assert.equal(listener.connectionCount, 1);
});

test('[RPC-14] connections past the bound are refused at once, and room is used again', async () => {
  const { world, client, listener } = await start({}, () => ({ ...DEFAULT_CONNECTION_LIMITS, most: 3 }));
  const clients = [await client(), await client(), await client()];
  const tooMany = [await client(), await client()];
  await settle(world);
  assert.deepEqual(
    tooMany.map((one) => one.isClosed),
    [true, true],
  );
  assert.equal(world.lines.filter((line) => line.startsWith('warn')).length, 1, 'said once');
  clients[0]?.socket.destroy();
  await settle(world);
  await answersStill(world, await client());
  assert.equal(listener.connectionCount, 3);
});

test('[RPC-25] connections of one address past its bound are refused at once, others are not; the bound may change', async () => {
  let mostPerAddress = 2;
  let overrides = overridesFrom('');
  const { world, client, listener } = await start({}, () => ({ most: 100, mostPerAddress, overrides }));
  const isTaken = async () => {
    const one = await client();
    await settle(world);
    return !one.isClosed;
  };
  const first = await client();
  assert.deepEqual([await isTaken(), await isTaken()], [true, false]);
  assert.match(
    world.lines.at(-1) ?? '',
    /^warn broker 1: 2 connections from 127\.0\.0\.1 are open; new ones are refused$/,
  );
  mostPerAddress = 3;
  assert.deepEqual([await isTaken(), await isTaken()], [true, false], 'the bound of now');
  first.socket.destroy();
  await settle(world);
  assert.deepEqual([await isTaken(), await isTaken()], [true, false], 'room is used again');
  overrides = overridesFrom(' 127.0.0.1:4 , ::1:1');
  assert.deepEqual([await isTaken(), await isTaken()], [true, false], 'its own bound');
  overrides = overridesFrom('10.0.0.1:9');
  assert.equal(await isTaken(), false, 'the bound of another address is not its own');
  assert.equal(listener.connectionCount, 4);
});

test('[RPC-15] onClose runs once when the client goes, at once when it is gone, never when taken back', async () => {
  const { world, client, connections } = await start();
  const one = await client();
  one.send(beat(1));
  await settle(world);
  const calls: string[] = [];
  connections[0]?.onClose(() => calls.push('kept'));
  const takeBack = connections[0]?.onClose(() => calls.push('taken back'));
  takeBack?.();
  one.socket.destroy();
  await settle(world);
  connections[0]?.onClose(() => calls.push('late'));
  assert.deepEqual(calls, ['kept', 'late']);
});

test('[RPC-16] close lets a request in progress finish, then ends everything', async () => {
  const { world, client, listener, parked } = await start({ closeGraceMs: 1_000 });
  const idle = await client();
  const finishing = await client();
  const stuck = await client();
  finishing.send(beat(1, 'later'), beat(2));
  stuck.send(beat(3, 'later'));
  await settle(world);
  let isClosed = false;
  void listener.close().then(() => {
    isClosed = true;
  });
  parked[0]?.();
  await settle(world);
  assert.deepEqual(correlationIds(finishing), [1], 'the next one is not begun');
  assert.deepEqual([idle.isClosed, finishing.isClosed, stuck.isClosed, isClosed], [true, true, false, false]);
  world.time.advance(1_000);
  await settle(world);
  assert.deepEqual([stuck.isClosed, isClosed], [true, true]);
  await assert.rejects(client());
});

test('[RPC-17] our own client and listener understand each other; many requests are pipelined in order', async () => {
  const { world, listener } = await start();
  const connection = await connect(world, listener.address, { clientId: 'node 2', timeoutMs: 1_000 });
  const answers = Array.from({ length: 50 }, (_, i) =>
    connection.send(heartbeat, i % 5, { groupId: 'g', generationId: i, memberId: 'm' }, 1_000),
  );
  await settle(world);
  for (const answer of await Promise.all(answers)) assert.equal(answer.errorCode, 0);
  connection.close();
});

test('[RPC-23] a broken belief in a handler is logged, closes the connection and then ends the node', async () => {
  const { world, client } = await start();
  const one = await client();
  one.send(beat(1, 'belief'));
  assert.throws(() => world.time.runSoon(), new AssertionError('planted belief'));
  assert.match(world.lines.at(-1) ?? '', /^error .*a bug: Heartbeat .*planted belief/);
});
