import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import fc from 'fast-check';
import { AssertionError, assert as believe, present, unreachable } from './assert.ts';
import { crc32c, crc32cPlain, installNativeCrc32c } from './crc32c.ts';
import { Heap } from './heap.ts';
import { VirtualTime } from './virtual-time.ts';

afterEach(() => installNativeCrc32c(crc32cPlain));

/** Bit by bit, as the definition says. */
function crc32cByDefinition(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = crc & 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

test('[KER-1] CRC-32C gives the published check value and agrees with its definition at every length', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
      assert.equal(crc32c(Buffer.from(bytes)), crc32cByDefinition(Buffer.from(bytes)));
    }),
  );
});

test('[KER-2] an installed native CRC-32C serves large buffers only', () => {
  const lengths: number[] = [];
  installNativeCrc32c((bytes) => {
    lengths.push(bytes.length);
    return crc32cPlain(bytes);
  });
  for (const length of [0, 299, 300, 5000]) crc32c(Buffer.alloc(length, 7));
  assert.deepEqual(lengths, [300, 5000]);
});

test('[KER-3] the heap gives items smallest first, whatever was pushed and popped before', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { freq: 3 })), (steps) => {
      const heap = new Heap<number>((a, b) => a < b);
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) assert.equal(heap.pop(), model.shift());
        else {
          heap.push(step);
          model.push(step);
          model.sort((a, b) => a - b);
        }
        assert.equal(heap.peek(), model[0]);
        assert.equal(heap.size, model.length);
      }
    }),
  );
});

test('[KER-4] a broken belief throws AssertionError with the belief in words', () => {
  assert.throws(() => believe(false, 'water is dry'), new AssertionError('water is dry'));
  assert.throws(() => present(undefined, 'it is there'), AssertionError);
  assert.throws(() => unreachable('x' as never), AssertionError);
  assert.equal(present(0, 'zero is there'), 0);
});

test('[KER-5] virtual time runs timers in order of time, cancelled ones never', () => {
  const time = new VirtualTime(1000);
  const ran: string[] = [];
  time.after(20, () => ran.push(`b ${time.nowMs()}`));
  time.after(10, () => {
    ran.push(`a ${time.nowMs()}`);
    time.after(5, () => ran.push(`c ${time.nowMs()}`));
  });
  const cancel = time.after(12, () => ran.push('never'));
  cancel();
  time.soon(() => ran.push('soon'));
  time.advance(30);
  assert.deepEqual(ran, ['soon', 'a 1010', 'c 1015', 'b 1020']);
  assert.equal(time.nowMs(), 1030);
});
