import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Api } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { Fields, Input, Value } from '../../../protocol/grammar.ts';
import { Reader } from '../../../protocol/reader.ts';
import { heartbeat } from '../../../protocol/schema/12-heartbeat.ts';
import { saslHandshake } from '../../../protocol/schema/17-sasl-handshake.ts';
import { apiVersions } from '../../../protocol/schema/18-api-versions.ts';
import { saslAuthenticate } from '../../../protocol/schema/36-sasl-authenticate.ts';
import { hostHashing } from '../../host/hashing.ts';
import { beginRequest, finishFrame, readResponseHeader } from '../framing/header.ts';
import { serve } from '../handler.ts';
import { startListener } from '../listener.ts';
import { RawClient, type RpcWorld, rpcWorld, settle } from '../testing.ts';
import type { SaslRules } from './authenticator.ts';
import { failed, type ScramKeys } from './exchange.ts';
import { ScramExchange } from './scram.ts';
import { keysFor, ScramClient } from './testing.ts';

const { SASL_AUTHENTICATION_FAILED, UNSUPPORTED_SASL_MECHANISM, ILLEGAL_SASL_STATE } = ErrorCode;
const USERS = { alice: 'wonderland', bob: 'builder' } as const;
const MECHANISM = 'SCRAM-SHA-256';
const DELAY_MS = 100;
const SECRETS = /wonderland|builder|biws|n,,n=/;

const kept = new Map<string, ScramKeys>();
for (const [name, password] of Object.entries(USERS)) {
  kept.set(name, await keysFor(hostHashing, MECHANISM, { name, password }));
}

/** A listener with a second port; PLAIN takes whoever says the name and the word "yes". */
async function start(changed: Partial<SaslRules> = {}) {
  const world = rpcWorld();
  const users: string[] = [];
  let nonces = 0;
  const rules: SaslRules = {
    mechanisms: () => ['SCRAM-SHA-256', 'PLAIN'],
    begin: (mechanism) => {
      if (mechanism === 'PLAIN') return { step: (token) => plain(token) };
      const keysOf = (user: string) => kept.get(user) ?? null;
      const serverNonce = `server${nonces++}`;
      return new ScramExchange({ mechanism, hashing: hostHashing, keysOf, serverNonce, secret: Buffer.of(1) });
    },
    opened: Promise.resolve(),
    failureDelayMs: DELAY_MS,
    maxReauthMs: 0,
    maxTokenBytes: 4096,
    ...changed,
  };
  const listener = await startListener(world, {
    address: { host: '127.0.0.1', port: 0 },
    sasl: { address: { host: '127.0.0.1', port: 0 }, rules },
    handlers: [
      serve(heartbeat, (_, { connection }) => {
        users.push(`${connection.listener} ${connection.user}`);
        return { errorCode: ErrorCode.NONE };
      }),
      serve(saslHandshake, () => ({ errorCode: ILLEGAL_SASL_STATE, mechanisms: [] })),
      serve(saslAuthenticate, () => ({ errorCode: ILLEGAL_SASL_STATE, errorMessage: null })),
    ],
    brokerLabel: 'broker 1',
  });
  const port = listener.saslAddress?.port ?? 0;
  const connect = async () => new Talk(world, await RawClient.connect(world, port));
  return { world, listener, users, connect };
}
const plain = (token: Buffer) => {
  const [, user = '', word] = token.toString().split('\0');
  return word === 'yes' ? ({ kind: 'done', token: Buffer.alloc(0), user } as const) : failed('no');
};

class Talk {
  readonly raw: RawClient;
  readonly #world: RpcWorld;
  constructor(world: RpcWorld, raw: RawClient) {
    this.#world = world;
    this.raw = raw;
  }
  get isClosed(): boolean {
    return this.raw.isClosed;
  }
  async send<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    version: number,
    input: Input<Q>,
  ): Promise<Value<R> | null> {
    const writer = beginRequest(api as unknown as Api, version, 7, 'tester');
    api.request.write(writer, version, input);
    const frame = await this.bytes(Buffer.concat(finishFrame(writer)));
    if (frame === null) return null;
    const reader = new Reader(frame);
    readResponseHeader(reader, api as unknown as Api, version);
    return api.response.read(reader, version);
  }
  /** The frame that comes back, without its size; null for none yet. */
  async bytes(sent: Buffer): Promise<Buffer | null> {
    const before = this.raw.frames().length;
    this.raw.send(sent);
    await settle(this.#world);
    return this.raw.frames()[before] ?? null;
  }
  beat(): Promise<{ errorCode: number } | null> {
    return this.send(heartbeat, 4, { groupId: 'g', generationId: 1, memberId: 'm' });
  }
  shake(mechanism: string = MECHANISM, version = 1) {
    return this.send(saslHandshake, version, { mechanism });
  }
  token(authBytes: Buffer, version = 2) {
    return this.send(saslAuthenticate, version, { authBytes });
  }
  /** From the handshake on; the last answer. */
  async authenticate(name: string, password: string, version = 2) {
    assert.equal((await this.shake())?.errorCode, ErrorCode.NONE);
    const client = new ScramClient(hostHashing, MECHANISM, { name, password });
    const challenge = await this.token(client.first(), version);
    if (challenge === null || challenge.errorCode !== ErrorCode.NONE) return challenge;
    const last = await this.token(await client.final(challenge.authBytes), version);
    if (last?.errorCode === ErrorCode.NONE) assert.ok(client.isServer(last.authBytes));
    return last;
  }
}
const framed = (bytes: Buffer) => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length, 0);
  return Buffer.concat([size, bytes]);
};
async function later(world: RpcWorld, byMs: number): Promise<void> {
  world.time.advance(byMs);
  await settle(world);
}

test('[SASL-10] before authentication a connection may ask for versions and shake hands; any other request closes it', async () => {
  const { world, connect, users, listener } = await start();
  const good = await connect();
  assert.equal(
    (await good.send(apiVersions, 3, { clientSoftwareName: 'x', clientSoftwareVersion: '1' }))?.errorCode,
    0,
  );
  assert.equal((await good.authenticate('alice', USERS.alice))?.errorCode, 0);
  assert.equal((await good.beat())?.errorCode, 0);
  assert.deepEqual(users, ['SASL_PLAINTEXT alice']);
  const early = await connect();
  assert.equal(await early.beat(), null);
  assert.ok(early.isClosed);
  const tokenFirst = await connect();
  assert.equal(await tokenFirst.token(Buffer.from('\0a\0yes')), null);
  assert.ok(tokenFirst.isClosed);
  for (const inBetween of ['beat', 'shake'] as const) {
    const half = await connect();
    await half.shake();
    assert.equal(await half[inBetween](), null);
    assert.ok(half.isClosed);
  }
  const open = new Talk(world, await RawClient.connect(world, listener.address.port));
  assert.equal((await open.beat())?.errorCode, 0, 'the plain port asks nobody');
  assert.equal((await open.shake())?.errorCode, ILLEGAL_SASL_STATE);
  assert.deepEqual(users.slice(1), ['PLAINTEXT ANONYMOUS']);
  await listener.close();
});

test('[SASL-11] a mechanism that is not on is answered late with those that are, and the connection ends', async () => {
  const { world, connect } = await start();
  for (const mechanism of ['SCRAM-SHA-512', 'GSSAPI', '', 'scram-sha-256']) {
    const one = await connect();
    assert.equal(await one.shake(mechanism), null, 'not at once');
    assert.equal(one.isClosed, false);
    await later(world, DELAY_MS);
    const reader = new Reader(one.raw.frames()[0] ?? Buffer.alloc(0));
    readResponseHeader(reader, saslHandshake as unknown as Api, 1);
    const { errorCode, mechanisms } = saslHandshake.response.read(reader, 1);
    assert.equal(errorCode, UNSUPPORTED_SASL_MECHANISM);
    assert.deepEqual(mechanisms, ['SCRAM-SHA-256', 'PLAIN']);
    assert.ok(one.isClosed);
  }
});

test('[SASL-12] failed authentication is answered late, in the same words for a wrong password and an unknown user, and ends the connection', async () => {
  const { world, connect, users } = await start();
  const said = new Set<string | null>();
  for (const [name, password] of [
    ['alice', 'wrong'],
    ['nobody', 'wonderland'],
    ['alice', USERS.bob],
  ] as const) {
    const one = await connect();
    assert.equal(await one.authenticate(name, password), null, 'not at once');
    await later(world, DELAY_MS - 1);
    assert.equal(one.isClosed, false);
    await later(world, 1);
    const reader = new Reader(one.raw.frames().at(-1) ?? Buffer.alloc(0));
    readResponseHeader(reader, saslAuthenticate as unknown as Api, 2);
    const answer = saslAuthenticate.response.read(reader, 2);
    assert.equal(answer.errorCode, SASL_AUTHENTICATION_FAILED);
    assert.equal(answer.authBytes.length, 0);
    said.add(answer.errorMessage);
    assert.ok(one.isClosed);
  }
  assert.equal(said.size, 1);
  assert.deepEqual(users, []);
  assert.equal(world.lines.filter((line) => line.includes('authentication failed')).length, 3);
});

test('[SASL-13] after a handshake in version 0 tokens come and go without headers, and requests follow as ever', async () => {
  const { world, connect, users } = await start();
  const one = await connect();
  assert.equal((await one.shake(MECHANISM, 0))?.errorCode, 0);
  const client = new ScramClient(hostHashing, MECHANISM, { name: 'bob', password: USERS.bob });
  const challenge = await one.bytes(framed(client.first()));
  const last = await one.bytes(framed(await client.final(challenge ?? Buffer.alloc(0))));
  assert.ok(client.isServer(last ?? Buffer.alloc(0)));
  assert.equal((await one.beat())?.errorCode, 0);
  const empty = await connect();
  await empty.shake('PLAIN', 0);
  assert.equal((await empty.bytes(framed(Buffer.from('\0bob\0yes'))))?.length, 0, 'a token of no bytes is sent too');
  assert.equal((await empty.beat())?.errorCode, 0);
  assert.deepEqual(users, ['SASL_PLAINTEXT bob', 'SASL_PLAINTEXT bob']);
  const wrong = await connect();
  await wrong.shake('PLAIN', 0);
  assert.equal(await wrong.bytes(framed(Buffer.from('\0bob\0no'))), null);
  assert.equal(wrong.isClosed, false);
  await later(world, DELAY_MS);
  assert.ok(wrong.isClosed);
  assert.equal(wrong.raw.frames().length, 1, 'nothing but the handshake was answered');
});

test('[SASL-14] a session’s length is told from version 1 on; when it is over only authenticating again goes on', async () => {
  const { world, connect, users } = await start({ maxReauthMs: 60_000 });
  const [kept, lost, old] = [await connect(), await connect(), await connect()];
  assert.equal((await kept.authenticate('alice', USERS.alice))?.sessionLifetimeMs, 60_000);
  await lost.authenticate('bob', USERS.bob);
  assert.equal((await old.authenticate('bob', USERS.bob, 0))?.sessionLifetimeMs, 0, 'version 0 has no such field');
  await later(world, 59_999);
  for (const one of [kept, lost, old]) assert.equal((await one.beat())?.errorCode, 0);
  await later(world, 1);
  assert.equal((await kept.authenticate('alice', USERS.alice))?.sessionLifetimeMs, 60_000);
  assert.equal((await kept.beat())?.errorCode, 0);
  for (const one of [lost, old]) {
    assert.equal(await one.beat(), null);
    assert.ok(one.isClosed);
  }
  assert.equal(users.at(-1), 'SASL_PLAINTEXT alice');
  const { connect: without, world: calm } = await start();
  const endless = await without();
  assert.equal((await endless.authenticate('bob', USERS.bob))?.sessionLifetimeMs, 0);
  await later(calm, 500_000);
  assert.equal((await endless.beat())?.errorCode, 0);
});

test('[SASL-15] who authenticates again stays who it was, by the mechanism it was, and not within a second', async () => {
  const { world, connect, users } = await start();
  const same = await connect();
  await same.authenticate('alice', USERS.alice);
  assert.equal((await same.authenticate('alice', USERS.alice))?.errorCode, 0);
  assert.equal((await same.shake())?.errorCode, ILLEGAL_SASL_STATE, 'too soon');
  assert.equal((await same.token(Buffer.alloc(0)))?.errorCode, ILLEGAL_SASL_STATE);
  assert.equal((await same.beat())?.errorCode, 0);
  await later(world, 1000);
  assert.equal((await same.authenticate('alice', USERS.alice))?.errorCode, 0);
  const failsAgain = async (again: (one: Talk) => Promise<unknown>) => {
    const one = await connect();
    await one.authenticate('alice', USERS.alice);
    assert.equal(await again(one), null);
    await later(world, DELAY_MS);
    assert.ok(one.isClosed);
    const reader = new Reader(one.raw.frames().at(-1) ?? Buffer.alloc(0));
    readResponseHeader(reader, saslAuthenticate as unknown as Api, 2);
    assert.equal(saslAuthenticate.response.read(reader, 2).errorCode, SASL_AUTHENTICATION_FAILED);
  };
  await failsAgain((one) => one.authenticate('bob', USERS.bob));
  await failsAgain((one) => one.authenticate('alice', 'wrong'));
  await failsAgain(async (one) => {
    assert.equal((await one.shake('PLAIN'))?.errorCode, 0);
    return one.token(Buffer.from('\0alice\0yes'));
  });
  const midway = await connect();
  await midway.authenticate('alice', USERS.alice);
  await midway.shake();
  assert.equal(await midway.beat(), null, 'no request while authenticating again');
  assert.ok(midway.isClosed);
  assert.deepEqual(users, ['SASL_PLAINTEXT alice']);
});

test('[SASL-16] who is not known yet sends no frame larger than a token may be; who is, may', async () => {
  const { connect } = await start({ maxTokenBytes: 300 });
  const large = await connect();
  await large.shake();
  assert.equal(await large.token(Buffer.alloc(301)), null);
  assert.ok(large.isClosed);
  const known = await connect();
  await known.authenticate('alice', USERS.alice);
  const big = { groupId: 'g'.repeat(1000), generationId: 1, memberId: 'm' };
  assert.equal((await known.send(heartbeat, 4, big))?.errorCode, 0);
});

test('[SASL-17] neither passwords nor tokens stand in the log, nor where clients are shown', async () => {
  const { world, connect, listener } = await start();
  const good = await connect();
  await good.authenticate('alice', USERS.alice);
  await (await connect()).authenticate('bob', USERS.alice);
  const broken = await connect();
  await broken.shake();
  await broken.bytes(framed(Buffer.from('\0bob\0builder')));
  await later(world, DELAY_MS);
  assert.ok(world.lines.length >= 2);
  assert.doesNotMatch(world.lines.join('\n'), SECRETS);
  assert.doesNotMatch(JSON.stringify(listener.clients(1)), SECRETS);
});

test('[SASL-18] whatever frames come in whatever order, nobody is served who did not authenticate, and others go on', async () => {
  const { world, connect, users } = await start();
  const request = <Q extends Fields>(api: Api<Q>, version: number, input: Input<Q>) => {
    const writer = beginRequest(api as unknown as Api, version, 1, 'x');
    api.request.write(writer, version, input);
    return Buffer.concat(finishFrame(writer));
  };
  const scram = new ScramClient(hostHashing, MECHANISM, { name: 'alice', password: 'guess' });
  const tokens = fc.oneof(
    fc.constantFrom(Buffer.alloc(0), scram.first(), Buffer.from('\0alice\0no'), Buffer.from('c=biws,r=x,p=AA==')),
    fc.uint8Array({ maxLength: 60 }).map(Buffer.from),
  );
  const frame = fc.oneof(
    fc.constant(request(heartbeat as unknown as Api, 4, { groupId: 'g', generationId: 1, memberId: 'm' } as never)),
    fc
      .constantFrom(0, 1)
      .map((version) => request(saslHandshake as unknown as Api, version, { mechanism: MECHANISM } as never)),
    fc
      .constantFrom(0, 1, 2)
      .chain((version) =>
        tokens.map((authBytes) => request(saslAuthenticate as unknown as Api, version, { authBytes } as never)),
      ),
    tokens.map(framed),
    fc.uint8Array({ maxLength: 40 }).map(Buffer.from),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 8 }), async (frames) => {
      const one = await connect();
      one.raw.send(...frames);
      await settle(world);
      await later(world, DELAY_MS);
      one.raw.socket.destroy();
      assert.deepEqual(users, []);
    }),
    { numRuns: 300 },
  );
  const good = await connect();
  assert.equal((await good.authenticate('alice', USERS.alice))?.errorCode, 0);
  assert.equal((await good.beat())?.errorCode, 0);
  assert.deepEqual(
    world.lines.filter((line) => line.includes('a bug')),
    [],
  );
});
