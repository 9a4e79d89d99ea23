// Frames that other people's clients exchanged with Apache Kafka 4.2 (golden/frames.json: the frame without its length prefix).
// Each must decode, and encode again to the same bytes.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Api, Message } from './codec.ts';
import { Reader } from './reader.ts';

interface Frame {
  readonly client: string;
  readonly direction: 'request' | 'response';
  readonly apiKey: number;
  readonly version: number;
  readonly frame: string;
}
const frames = JSON.parse(readFileSync(new URL('./golden/frames.json', import.meta.url), 'utf8')) as Frame[];
const apis = new Map<number, Api>();
for (const file of readdirSync(new URL('./schema/', import.meta.url)).filter((name) => /^\d/.test(name))) {
  for (const value of Object.values((await import(`./schema/${file}`)) as Record<string, Api>))
    apis.set(value.key, value);
}
const API_VERSIONS_KEY = 18;

function bodyOf(frame: Frame, message: Message<never>): Buffer {
  const reader = new Reader(Buffer.from(frame.frame, 'hex'));
  if (frame.direction === 'request') {
    assert.equal(reader.int16(), frame.apiKey);
    assert.equal(reader.int16(), frame.version);
    reader.int32();
    reader.nullableString(false);
    if (message.isFlexible(frame.version)) reader.tags(() => false);
  } else {
    reader.int32();
    if (message.isFlexible(frame.version) && frame.apiKey !== API_VERSIONS_KEY) reader.tags(() => false);
  }
  return reader.slice(reader.remaining());
}

test('[PRO-18] at least 140 captured frames of four clients and 25 APIs are checked', () => {
  assert.ok(frames.length >= 140, `${frames.length} frames`);
  assert.equal(new Set(frames.map((f) => f.client)).size, 4);
  assert.ok(new Set(frames.map((f) => f.apiKey)).size >= 25);
});

for (const frame of frames) {
  const api = apis.get(frame.apiKey);
  test(`[PRO-19] ${frame.client}: ${api?.name} ${frame.direction} v${frame.version} decodes and encodes to the same bytes`, () => {
    assert.ok(api);
    const message = api[frame.direction] as unknown as Message<never>;
    const body = bodyOf(frame, message);
    assert.equal(
      message.encode(frame.version, message.decode(body, frame.version) as never).toString('hex'),
      body.toString('hex'),
    );
  });
}

test('[PRO-20] a planted error is found: a frame read as another version does not come back', () => {
  const metadata = frames.find((f) => f.apiKey === 3 && f.direction === 'response' && f.version === 12);
  const api = apis.get(3);
  assert.ok(metadata && api);
  const message = api.response as unknown as Message<never>;
  const body = bodyOf(metadata, message);
  assert.throws(() => {
    const again = message.encode(7, message.decode(body, 7) as never);
    assert.equal(again.toString('hex'), body.toString('hex'));
  });
});
