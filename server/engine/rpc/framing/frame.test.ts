import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../../kernel/decode-error.ts';
import { ByteBudget, FrameReader } from './frame.ts';
import { FramePool } from './frame-pool.ts';

function framed(payload: Uint8Array): Buffer {
  const frame = Buffer.alloc(4 + payload.length);
  frame.writeInt32BE(payload.length, 0);
  frame.set(payload, 4);
  return frame;
}
function prefix(size: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(size, 0);
  return bytes;
}
function drain(reader: FrameReader): Buffer[] {
  const frames: Buffer[] = [];
  for (let frame = reader.next(); frame !== null; frame = reader.next()) frames.push(Buffer.from(frame));
  return frames;
}

test('[RPC-1] frames come out whole and in order however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
      fc.boolean(),
      (payloads, cuts, readsEachTime) => {
        const stream = Buffer.concat(payloads.map(framed));
        const reader = new FrameReader();
        const frames: Buffer[] = [];
        for (let at = 0; at < stream.length; ) {
          const length = cuts.next().value as number;
          reader.push(stream.subarray(at, at + length));
          at += length;
          if (readsEachTime) frames.push(...drain(reader));
        }
        frames.push(...drain(reader));
        assert.deepEqual(
          frames,
          payloads.map((payload) => Buffer.from(payload)),
        );
        assert.equal(reader.waitingBytes, 0);
      },
    ),
  );
});

test('[RPC-1] a frame of several MiB survives byte by byte and chunk by chunk', () => {
  for (const [size, step] of [
    [70_000, 1],
    [300_000, 977],
    [20_000_000, 65_536],
  ] as const) {
    const payload = Buffer.alloc(size);
    for (let i = 0; i < size; i += 4_093) payload[i] = i & 255;
    const budget = new ByteBudget(1_000_000_000);
    const reader = new FrameReader(104_857_600, budget);
    const stream = framed(payload);
    const frames: Buffer[] = [];
    for (let at = 0; at < stream.length; at += step) {
      reader.push(stream.subarray(at, at + step));
      const frame = reader.next();
      if (frame !== null) frames.push(frame);
    }
    assert.equal(frames.length, 1);
    assert.ok(frames[0]?.equals(payload));
    assert.equal(budget.usedBytes, 0, 'the budget is given back');
  }
});

test('[RPC-2] a negative or too large length is refused at the prefix', () => {
  for (const size of [-1, -2_147_483_648, 104_857_601, 2_147_483_647]) {
    const reader = new FrameReader();
    reader.push(prefix(size));
    assert.throws(() => reader.next(), DecodeError);
  }
});

test('[RPC-3] a length prefix alone allocates nothing; memory follows the bytes that arrived', () => {
  const budget = new ByteBudget(1_000_000_000);
  const reader = new FrameReader(104_857_600, budget);
  reader.push(prefix(104_857_600));
  assert.equal(reader.next(), null);
  assert.equal(budget.usedBytes, 0);
  let arrived = 0;
  for (let i = 0; i < 200; i++) {
    reader.push(Buffer.alloc(10_000));
    arrived += 10_000;
    assert.equal(reader.next(), null);
    assert.ok(budget.usedBytes <= Math.max(65_536, 1_048_576, 9 * arrived), `${budget.usedBytes} for ${arrived}`);
  }
  reader.discard();
  assert.equal(budget.usedBytes, 0);
});

test('[RPC-3] half-received frames of all connections share one budget', () => {
  const budget = new ByteBudget(3_000_000);
  const readers = Array.from({ length: 40 }, () => new FrameReader(104_857_600, budget));
  const refused = readers.filter((reader) => {
    reader.push(prefix(50_000_000));
    reader.push(Buffer.alloc(65_536));
    try {
      reader.next();
      reader.push(Buffer.alloc(10_000));
      reader.next();
      return false;
    } catch (error) {
      assert.ok(error instanceof DecodeError);
      return true;
    }
  });
  assert.ok(refused.length > 30 && refused.length < 40);
  assert.ok(budget.usedBytes <= budget.limitBytes);
});

test('[RPC-22] memory of a large frame is used again only after it was given back', () => {
  const pool = new FramePool();
  const budget = new ByteBudget(1_000_000_000);
  const reader = new FrameReader(104_857_600, budget, pool);
  const receive = (fill: number, size: number) => {
    const stream = framed(Buffer.alloc(size, fill));
    for (let at = 0; at < stream.length; at += 50_000) reader.push(stream.subarray(at, at + 50_000));
    return reader.next() as Buffer;
  };
  const first = receive(1, 700_000);
  const second = receive(2, 600_000);
  assert.notEqual(first.buffer, second.buffer);
  assert.ok(first.equals(Buffer.alloc(700_000, 1)));
  reader.reuseLast();
  reader.reuseLast();
  const third = receive(3, 800_000);
  assert.equal(third.buffer, second.buffer, 'the memory that was given back');
  assert.ok(third.equals(Buffer.alloc(800_000, 3)));
  assert.ok(first.equals(Buffer.alloc(700_000, 1)));
  assert.equal(budget.usedBytes, 0);
  reader.push(framed(Buffer.from('small')));
  assert.equal(reader.next()?.toString(), 'small');
  reader.reuseLast();
  assert.notEqual(receive(4, 800_000).buffer, third.buffer, 'giving back a small frame gives back no other');
});

test('[RPC-22] a pool keeps a bounded number of bytes', () => {
  const pool = new FramePool();
  const buffers = Array.from({ length: 50 }, () => pool.take(1_000_000));
  for (const buffer of buffers) pool.give(buffer);
  pool.give(pool.take(100_000_000));
  pool.give(Buffer.alloc(10));
  pool.give(Buffer.alloc(1_000_000));
  assert.equal(pool.keptBytes, 8_388_608);
  assert.equal(pool.take(3).length, 3);
});
