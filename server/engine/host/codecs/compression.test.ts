import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { DecodeError } from '../../../kernel/decode-error.ts';
import { createCompression } from './compression.ts';
import { lz4FrameSize } from './lz4-frame.ts';
import { WasmCodec } from './wasm-codec.ts';

const compression = createCompression();
const NAMES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
const MIB = 1_048_576;
const text = Buffer.from('a line of text, and another line of text\n'.repeat(5_000));
const noise = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 2_654_435_761) >>> 24));

test('[HOST-1] every codec gives back what it was given', () => {
  for (const codec of [0, 1, 2, 3, 4]) {
    for (const bytes of [Buffer.alloc(0), Buffer.from('x'), text, noise, Buffer.alloc(3 * MIB)]) {
      const packed = compression.compress(codec, bytes);
      assert.ok(
        compression.decompress(codec, packed, bytes.length + 1).equals(bytes),
        `${NAMES[codec]} ${bytes.length}`,
      );
    }
  }
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.uint8Array({ maxLength: 3_000 }), (codec, bytes) => {
      const packed = compression.compress(codec, Buffer.from(bytes));
      assert.deepEqual(compression.decompress(codec, packed, bytes.length), Buffer.from(bytes));
    }),
  );
});

test('[HOST-1] gzip and zstd are what node:zlib reads and writes', () => {
  assert.ok(gunzipSync(compression.compress(1, text)).equals(text));
  assert.ok(zstdDecompressSync(compression.compress(4, text)).equals(text));
  assert.ok(compression.decompress(1, gzipSync(text), MIB).equals(text));
  assert.ok(compression.decompress(4, zstdCompressSync(text), MIB).equals(text));
});

test('[HOST-2] snappy is written in the framing of snappy-java and read in that and raw', () => {
  const packed = compression.compress(2, text);
  assert.equal(packed.toString('hex', 0, 16), '82534e415050590000000001' + '00000001');
  const raw = Buffer.concat([Buffer.from([5, 4 << 2]), Buffer.from('hello')]);
  assert.equal(compression.decompress(2, raw, 5).toString(), 'hello');
});

test('[HOST-2] LZ4 frames of the lz4 tool are read: linked blocks, checksums, content size, high compression', () => {
  const plain = 'hello, hello, hello, frame! '.repeat(6);
  for (const frame of [
    '04224d187c40a800000000000000db200000007a68656c6c6f2c2007006b6672616d652115000323000f1c005f50616d652120fc56fe3600000000f3cd0780',
    '04224d186040821b0000007a68656c6c6f2c2007007f6672616d6521201c007450616d65212000000000',
    '04224d186440a7200000007a68656c6c6f2c2007006b6672616d652115000323000f1c005f50616d65212000000000f3cd0780',
  ]) {
    assert.equal(compression.decompress(3, Buffer.from(frame, 'hex'), plain.length).toString(), plain);
    assert.equal(lz4FrameSize(Buffer.from(frame, 'hex'), plain.length), plain.length);
    assert.throws(() => compression.decompress(3, Buffer.from(frame, 'hex'), plain.length - 1), DecodeError);
  }
  const own = compression.compress(3, text);
  assert.equal(lz4FrameSize(own, text.length), text.length);
});

test('[HOST-3] bombs are refused before they take memory', () => {
  const zeros = Buffer.alloc(64 * MIB);
  const bombs = [1, 2, 3, 4].map((codec) => [codec, compression.compress(codec, zeros)] as const);
  const before = process.memoryUsage().rss;
  for (const [codec, bomb] of bombs) {
    assert.throws(() => compression.decompress(codec, bomb, MIB), DecodeError, NAMES[codec]);
  }
  assert.ok(process.memoryUsage().rss - before < 32 * MIB);
});

test('[HOST-3] a snappy size that its bytes cannot pay for is refused', () => {
  const promise = Buffer.from('ffffff7f00', 'hex');
  assert.throws(() => compression.decompress(2, promise, 2 ** 31), DecodeError);
});

test('[HOST-4] broken input gives DecodeError, never a crash, and later calls still work', () => {
  const packed = [1, 2, 3, 4].map((codec) => compression.compress(codec, text.subarray(0, 2_000)));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      fc.nat(4_000),
      (codec, mutations, cut) => {
        const bytes = Buffer.from((packed[codec - 1] as Buffer).subarray(0, Math.max(1, cut)));
        for (const [at, value] of mutations) bytes[at % bytes.length] = value;
        try {
          compression.decompress(codec, bytes, 100_000);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      },
    ),
    { numRuns: 1_500 },
  );
  for (const codec of [2, 3]) {
    for (const junk of [Buffer.alloc(0), Buffer.from([255]), Buffer.from('04224d18', 'hex')]) {
      assert.throws(() => compression.decompress(codec, junk, 100), DecodeError);
    }
    assert.ok(compression.decompress(codec, compression.compress(codec, text), MIB).equals(text));
  }
  assert.throws(() => compression.decompress(7, text, 100), DecodeError);
});

test('[HOST-4] broken inputs do not grow memory: an instance that trapped is thrown away', () => {
  const codec = new WasmCodec();
  // One sequence whose match reaches before the start, then 200 kB of literals.
  const block = Buffer.concat([Buffer.from('00ffff00', 'hex'), Buffer.alloc(200_000)]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(block.length, 0);
  const broken = Buffer.concat([Buffer.from('04224d18606051', 'hex'), length, block, Buffer.alloc(4)]);
  const attempt = () => assert.throws(() => codec.run('lz4_decompress', broken));
  for (let i = 0; i < 50; i++) attempt();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 200; i++) attempt();
  assert.ok(process.memoryUsage().rss - before < 128 * MIB, `${process.memoryUsage().rss - before}`);
  assert.ok(codec.run('lz4_decompress', codec.run('lz4_compress', text)).equals(text));
});
