import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { DecodeError } from '../kernel/decode-error.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

const written = (write: (writer: Writer) => void): Buffer => {
  const writer = new Writer();
  write(writer);
  return writer.toBuffer();
};
const hex = (write: (writer: Writer) => void): string => written(write).toString('hex');

test('[PRO-8] varints are the bytes that the protocol guide gives', () => {
  assert.equal(
    hex((w) => w.unsignedVarint(300)),
    'ac02',
  );
  assert.equal(
    hex((w) => w.varint(-1)),
    '01',
  );
  assert.equal(
    hex((w) => w.varint(64)),
    '8001',
  );
  assert.equal(
    hex((w) => w.varlong(-64)),
    '7f',
  );
  assert.equal(
    hex((w) => w.varlong(2 ** 53 - 1)),
    'feffffffffffff1f',
  );
});

test('[PRO-9] integers of all widths come back', () => {
  fc.assert(
    fc.property(fc.integer(), fc.maxSafeInteger(), (small, wide) => {
      const bytes = written((w) => {
        w.varint(small);
        w.unsignedVarint(small >>> 0);
        w.int32(small);
        w.uint32(small >>> 0);
        w.int64(wide);
        w.varlong(wide);
      });
      const r = new Reader(bytes);
      assert.deepEqual(
        [r.varint(), r.unsignedVarint(), r.int32(), r.uint32(), r.int64(), r.varlong(), r.remaining()],
        [small, small >>> 0, small, small >>> 0, wide, wide, 0],
      );
    }),
  );
});

test('[PRO-10] an int64 outside ±(2^53−1) is read as the end of that range and never written; a long is what it was', () => {
  const longest = Buffer.from('7fffffffffffffff', 'hex');
  const least = Buffer.from('8000000000000000', 'hex');
  assert.equal(new Reader(longest).int64(), Number.MAX_SAFE_INTEGER);
  assert.equal(new Reader(least).int64(), Number.MIN_SAFE_INTEGER);
  assert.throws(() => new Writer().int64(2 ** 53), RangeError);
  for (const bytes of [
    longest,
    least,
    Buffer.from('0020000000000000', 'hex'),
    Buffer.from('ffdfffffffffffff', 'hex'),
  ]) {
    const value = new Reader(bytes).long();
    assert.equal(typeof value, 'bigint');
    const writer = new Writer();
    writer.long(value);
    writer.varlong(value);
    const written = new Reader(writer.toBuffer());
    assert.deepEqual([written.long(), written.varlong(), written.remaining()], [value, value, 0]);
  }
  assert.equal(
    new Reader(Buffer.from('001fffffffffffff', 'hex')).long(),
    Number.MAX_SAFE_INTEGER,
    'one form for one value',
  );
});

test('[PRO-11] a varint never runs past five bytes, a varlong never past ten', () => {
  assert.throws(() => new Reader(Buffer.alloc(12, 0xff)).unsignedVarint(), DecodeError);
  assert.throws(() => new Reader(Buffer.alloc(12, 0xff)).varlong(), DecodeError);
});

test('[PRO-12] tags out of order, doubled or longer than they say are refused; unknown ones are skipped', () => {
  const seen: number[] = [];
  const take = (tag: number, r: Reader): boolean => {
    seen.push(tag);
    if (tag !== 1) return false;
    r.int8();
    return true;
  };
  new Reader(Buffer.from([2, 1, 1, 9, 5, 2, 0, 0])).tags(take);
  assert.deepEqual(seen, [1, 5]);
  assert.throws(() => new Reader(Buffer.from([2, 1, 1, 9, 1, 1, 9])).tags(take), DecodeError);
  assert.throws(() => new Reader(Buffer.from([1, 1, 2, 9, 9])).tags(take), DecodeError);
  assert.throws(() => new Reader(Buffer.from([1, 1, 9, 9])).tags(take), DecodeError);
});

test('[PRO-13] large byte strings are passed on, not copied', () => {
  const large = Buffer.alloc(10_000, 3);
  const writer = new Writer();
  writer.int32(1);
  writer.nullableBytes([large, Buffer.from('x')], false);
  const pieces = writer.finish();
  assert.ok(pieces.some((piece) => piece.buffer === large.buffer && piece.length === 10_000));
  assert.equal(Buffer.concat(pieces).readInt32BE(4), 10_001);
});
