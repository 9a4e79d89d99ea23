import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostHashing } from '../../host/hashing.ts';
import { type ScramKeys, type ScramMechanism, WRONG_CREDENTIALS } from './exchange.ts';
import { ScramExchange } from './scram.ts';
import { keysFor, ScramClient } from './testing.ts';

const BOTH = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const secret = Buffer.from('of this server');

function exchangeFor(
  mechanism: ScramMechanism,
  users: ReadonlyMap<string, ScramKeys>,
  serverNonce = 'server',
): ScramExchange {
  const keysOf = (user: string) => users.get(user) ?? null;
  return new ScramExchange({ mechanism, hashing: hostHashing, keysOf, serverNonce, secret });
}
const tokenOf = (step: ReturnType<ScramExchange['step']>): Buffer => {
  assert.ok(step.kind !== 'failed', JSON.stringify(step));
  return step.token;
};

test('[SASL-3] the example of RFC 7677 goes as it is printed there', async () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  const keys = await keysFor(hostHashing, 'SCRAM-SHA-256', { name: 'user', password: 'pencil' }, { salt });
  const exchange = exchangeFor('SCRAM-SHA-256', new Map([['user', keys]]), '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0');
  const begun = exchange.step(Buffer.from('n,,n=user,r=rOprNGfwEbeRWgbNEkqO'));
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  assert.equal(tokenOf(begun).toString(), `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
  const final = `c=biws,r=${nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`;
  const ended = exchange.step(Buffer.from(final));
  assert.equal(ended.kind === 'done' && ended.user, 'user');
  assert.equal(tokenOf(ended).toString(), 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  assert.equal(exchange.step(Buffer.from(final)).kind, 'failed', 'an exchange is over once');
});

test('[SASL-4] whoever knows the password gets in and sees that the server knows the user; nobody else does', async () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((one) => !one.includes('\0') && one.isWellFormed());
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...BOTH), text, text, text, async (mechanism, name, password, guess) => {
      const users = new Map([[name, await keysFor(hostHashing, mechanism, { name, password })]]);
      const run = async (given: string) => {
        const client = new ScramClient(hostHashing, mechanism, { name, password: given });
        const exchange = exchangeFor(mechanism, users);
        const step = exchange.step(await client.final(tokenOf(exchange.step(client.first()))));
        return { step, client };
      };
      const { step, client } = await run(password);
      assert.equal(step.kind === 'done' && step.user, name);
      assert.ok(client.isServer(tokenOf(step)));
      if (guess !== password) assert.deepEqual((await run(guess)).step, WRONG_CREDENTIALS);
    }),
    { numRuns: 40 },
  );
});

test('[SASL-5] another nonce, a binding that was not begun, another identity and a changed proof are refused', async () => {
  const mechanism = 'SCRAM-SHA-256';
  const user = { name: 'u', password: 'p' };
  const users = new Map([['u', await keysFor(hostHashing, mechanism, user)]]);
  const run = async (spoil: (withoutProof: string) => string, afterwards = (final: Buffer) => final) => {
    const client = new ScramClient(hostHashing, mechanism, user, 'mine');
    const exchange = exchangeFor(mechanism, users);
    return exchange.step(afterwards(await client.final(tokenOf(exchange.step(client.first())), spoil))).kind;
  };
  assert.equal(await run((text) => text), 'done');
  assert.equal(await run((text) => text.replace('mineserver', 'mineminesever')), 'failed');
  assert.equal(await run((text) => text.replace('mineserver', 'mineother')), 'failed', 'the nonce of another time');
  assert.equal(await run((text) => text.replace('mineserver', 'mine')), 'failed', 'without the server’s part');
  assert.equal(await run((text) => text.replace('mineserver', 'xserver')), 'failed', 'without the client’s part');
  assert.equal(await run((text) => text.replace('mineserver', 'mineserverx')), 'failed');
  assert.equal(await run((text) => text.replace('biws', 'eSws')), 'failed', 'y,, where n,, was said');
  assert.equal(await run((text) => text.replace('mineserver', 'minemineserver')), 'done', 'librdkafka before 2.6.1');
  const lastByte = (final: Buffer) =>
    Buffer.from(final.toString().replace(/p=(.)/, (_, c) => `p=${c === 'A' ? 'B' : 'A'}`));
  assert.equal(await run((text) => text, lastByte), 'failed');
  const other = new ScramClient(hostHashing, mechanism, user, 'mine', 'admin');
  assert.equal(exchangeFor(mechanism, users).step(other.first()).kind, 'failed');
  const self = new ScramClient(hostHashing, mechanism, user, 'mine', 'u');
  const exchange = exchangeFor(mechanism, users);
  assert.equal(exchange.step(await self.final(tokenOf(exchange.step(self.first())))).kind, 'done');
});

test('[SASL-6] a user that is not there is not told from a wrong password: as many steps, one salt for a name, the same words', async () => {
  for (const mechanism of BOTH) {
    const client = new ScramClient(hostHashing, mechanism, { name: 'nobody', password: 'p' });
    const exchange = exchangeFor(mechanism, new Map());
    const begun = tokenOf(exchange.step(client.first()));
    assert.match(begun.toString(), /^r=clientserver,s=[A-Za-z0-9+/]{32,}=*,i=4096$/);
    assert.deepEqual(tokenOf(exchangeFor(mechanism, new Map()).step(client.first())), begun);
    const another = new ScramClient(hostHashing, mechanism, { name: 'nobody2', password: 'p' });
    assert.notDeepEqual(tokenOf(exchangeFor(mechanism, new Map()).step(another.first())), begun);
    assert.deepEqual(exchange.step(await client.final(begun)), WRONG_CREDENTIALS);
  }
});
