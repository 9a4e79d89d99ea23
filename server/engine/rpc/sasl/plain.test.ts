import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Hashing } from '../../../kernel/world.ts';
import { hostHashing } from '../../host/hashing.ts';
import { Derivations } from './derivations.ts';
import { OTHER_IDENTITY, type ScramMechanism, UNREADABLE, WRONG_CREDENTIALS } from './exchange.ts';
import { PlainExchange, readPlainToken } from './plain.ts';
import { keysFor } from './testing.ts';

test('[SASL-7] PLAIN is checked against the keys that SCRAM uses, whichever mechanism they were set for', async () => {
  const only = (mechanism: ScramMechanism, name: string, password: string) =>
    keysFor(hostHashing, mechanism, { name, password }).then((keys) => [`${mechanism} ${name}`, keys] as const);
  const kept = new Map([
    await only('SCRAM-SHA-256', 'a', 'one'),
    await only('SCRAM-SHA-512', 'b', 'two'),
    await only('SCRAM-SHA-256', 'c', 'three'),
    await only('SCRAM-SHA-512', 'c', 'four'),
  ]);
  const derivations = new Derivations(hostHashing);
  const step = (text: string) =>
    new PlainExchange((user, mechanism) => kept.get(`${mechanism} ${user}`) ?? null, derivations).step(
      Buffer.from(text),
    );
  for (const [user, password] of [
    ['a', 'one'],
    ['b', 'two'],
    ['c', 'three'],
    ['c', 'four'],
  ] as const) {
    assert.deepEqual(await step(`\0${user}\0${password}`), { kind: 'done', token: Buffer.alloc(0), user });
  }
  assert.equal((await step('a\0a\0one')).kind, 'done');
  assert.deepEqual(await step('b\0a\0one'), OTHER_IDENTITY);
  for (const text of ['\0a\0two', '\0nobody\0one', '\0a\0one ']) assert.deepEqual(await step(text), WRONG_CREDENTIALS);
  for (const text of ['', 'a', '\0a', 'a\0one', '\0\0one', '\0a\0', '\0a\0one\0', '\0\0\0\0'])
    assert.deepEqual(await step(text), UNREADABLE, text);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }).map(Buffer.from), (bytes) => {
      const read = readPlainToken(bytes);
      if (read === null) return;
      const { authorizationId, user, password } = read;
      const parts = [Buffer.from(authorizationId), Buffer.from(user), password];
      assert.deepEqual(Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [Buffer.of(0), part]))), bytes);
    }),
    { numRuns: 1000 },
  );
});

test('[SASL-8] no more than two passwords are derived at a time, and who comes behind 256 that wait is refused', async () => {
  let [running, most] = [0, 0];
  const release: (() => void)[] = [];
  const slow: Hashing = {
    ...hostHashing,
    stretch: () => {
      most = Math.max(most, ++running);
      return new Promise((resolve) => {
        release.push(() => {
          running--;
          resolve(Buffer.of(1));
        });
      });
    },
  };
  const derivations = new Derivations(slow);
  const input = { password: Buffer.of(1), salt: Buffer.of(2), iterations: 4096 };
  const all = Array.from({ length: 2 + 256 + 3 }, () => derivations.derive('sha256', input));
  assert.deepEqual(await Promise.all(all.slice(-3)), [null, null, null]);
  let ended = 0;
  for (const one of all) void one.then((key) => (ended += key === null ? 0 : 1));
  for (let next = release.shift(); next !== undefined; next = release.shift()) {
    next();
    await new Promise(setImmediate);
  }
  assert.deepEqual([ended, most, running], [258, 2, 0]);
  const again = derivations.derive('sha256', input);
  release.shift()?.();
  assert.deepEqual(await again, Buffer.of(1));
});
