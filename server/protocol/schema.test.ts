// Every message at every version: what is written is read back, broken bytes end in DecodeError, lengths never lie.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { DecodeError } from '../kernel/decode-error.ts';
import { structValue } from './arbitrary.ts';
import type { Api } from './codec.ts';
import { Message } from './codec.ts';
import { string } from './grammar.ts';
import { Reader } from './reader.ts';
import { parseVersions } from './versions.ts';

interface Case {
  readonly name: string;
  readonly message: Message<never>;
}
const folder = new URL('./schema/', import.meta.url);
const cases: Case[] = [];
const apis: Api[] = [];
for (const file of [...readdirSync(folder).map((name) => `./schema/${name}`), './consumer-protocol.ts']) {
  const module = (await import(file)) as Record<string, unknown>;
  for (const [name, value] of Object.entries(module)) {
    if (value instanceof Message) cases.push({ name, message: value as Message<never> });
    else if (typeof value === 'object' && value !== null && 'request' in value) {
      const declared = value as Api;
      apis.push(declared);
      cases.push({ name: `${name} request`, message: declared.request as unknown as Message<never> });
      cases.push({ name: `${name} response`, message: declared.response as unknown as Message<never> });
    }
  }
}

function* versionsOf(message: Message<never>): Generator<number> {
  for (let v = message.versions.min; v <= message.versions.max; v++) yield v;
}

test('[PRO-1] at least 31 APIs and 18 records are declared, each key once, file named after it', () => {
  assert.ok(apis.length >= 31, `${apis.length} APIs`);
  assert.ok(cases.length >= 2 * 31 + 18, `${cases.length} messages`);
  assert.equal(new Set(apis.map((a) => a.key)).size, apis.length);
  for (const a of apis) {
    const start = String(a.key).padStart(2, '0');
    assert.ok(
      readdirSync(folder).some((f) => f.startsWith(`${start}-`)),
      a.name,
    );
  }
});

test('[PRO-2] every message at every version reads back what was written', () => {
  for (const { name, message } of cases) {
    for (const version of versionsOf(message)) {
      fc.assert(
        fc.property(structValue(message.fields, version), (value) => {
          const encoded = message.encode(version, value as never);
          assert.deepEqual(message.decode(encoded, version), value, `${name} v${version}`);
          assert.deepEqual(message.encode(version, message.decode(encoded, version) as never), encoded);
        }),
        { numRuns: 12 },
      );
    }
  }
});

test('[PRO-3] the empty input writes Kafka’s defaults and reads them back', () => {
  for (const { name, message } of cases) {
    for (const version of versionsOf(message)) {
      const once = message.decode(message.encode(version, {} as never), version);
      const twice = message.decode(message.encode(version, once as never), version);
      assert.deepEqual(twice, once, `${name} v${version}`);
    }
  }
});

function mustNotCrash(message: Message<never>, bytes: Buffer, version: number, label: string): void {
  try {
    message.read(new Reader(bytes), version);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw new Error(`${label} v${version}: ${String(error)}`, { cause: error });
  }
}

test('[PRO-4] random bytes read as a message or give DecodeError', () => {
  for (const { name, message } of cases) {
    for (const version of versionsOf(message)) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
          mustNotCrash(message, Buffer.from(bytes), version, name);
        }),
        { numRuns: 30 },
      );
    }
  }
});

test('[PRO-5] a valid message with flipped, cut or doubled bytes reads or gives DecodeError', () => {
  for (const { name, message } of cases) {
    for (const version of versionsOf(message)) {
      const arbitrary = fc.tuple(structValue(message.fields, version), fc.nat(), fc.nat(255), fc.nat());
      fc.assert(
        fc.property(arbitrary, ([value, at, byte, cut]) => {
          const bytes = message.encode(version, value as never);
          if (bytes.length === 0) return;
          const flipped = Buffer.from(bytes);
          flipped[at % bytes.length] = byte;
          mustNotCrash(message, flipped, version, name);
          mustNotCrash(message, bytes.subarray(0, cut % bytes.length), version, name);
          mustNotCrash(message, Buffer.concat([bytes, flipped]), version, name);
        }),
        { numRuns: 12 },
      );
    }
  }
});

test('[PRO-6] a length that the frame does not pay for is refused before anything is allocated', () => {
  const lie = Buffer.alloc(8);
  lie.writeInt32BE(0x7fffffff, 0);
  assert.throws(() => new Reader(lie).arrayLength(false), DecodeError);
  assert.throws(() => new Reader(lie).nullableBytes(false), DecodeError);
  const compact = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2]);
  assert.throws(() => new Reader(compact).arrayLength(true), DecodeError);
  assert.throws(() => new Reader(compact).nullableBytes(true), DecodeError);
  assert.throws(() => new Reader(compact).nullableString(true), DecodeError);
});

test('[PRO-7] elements of all arrays of one message together are bounded', () => {
  const reader = new Reader(Buffer.alloc(3_000_000));
  const lengths = Buffer.alloc(4);
  lengths.writeInt32BE(600_000);
  lengths.copy(reader.bytes, 0);
  lengths.copy(reader.bytes, 4);
  assert.equal(reader.arrayLength(false), 600_000);
  assert.throws(() => reader.arrayLength(false), DecodeError);
});

test('[PRO-21] a sentence that quotes too much of what a client sent is cut where a string ends, and not within a character', () => {
  const message = new Message({ errorMessage: string({ nullable: '0+' }) }, parseVersions('0-1'), parseVersions('1+'));
  for (const version of [0, 1]) {
    for (const [letter, bytes] of [
      ['x', 1],
      ['😀', 4],
    ] as const) {
      const { errorMessage } = message.decode(
        message.encode(version, { errorMessage: letter.repeat(32_768) }),
        version,
      );
      assert.ok(errorMessage?.startsWith(letter.repeat(Math.floor(32_764 / bytes))));
      assert.ok(Buffer.byteLength(errorMessage ?? '') <= 32_767);
    }
    const most = 'x'.repeat(32_767);
    assert.equal(message.decode(message.encode(version, { errorMessage: most }), version).errorMessage, most);
  }
});
