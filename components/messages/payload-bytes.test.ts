// Proves what a payload looks like in rows and as hex.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, hexLines, previewOf } from './payload-bytes.ts';

const text = (value: string) => ({ sizeBytes: value.length, text: value, base64: null, isTruncated: false });
const binary = (value: Buffer) => ({
  sizeBytes: value.length,
  text: null,
  base64: value.toString('base64'),
  isTruncated: false,
});

test('[WEB-53] bytes of text are UTF-8, bytes of base64 are exact', () => {
  assert.deepEqual([...bytesOf(text('é'))], [0xc3, 0xa9]);
  assert.deepEqual([...bytesOf(binary(Buffer.from([0, 255, 128])))], [0, 255, 128]);
});

test('[WEB-53] hex lines hold sixteen bytes and stop at the limit', () => {
  const lines = hexLines(
    Uint8Array.from({ length: 40 }, (_, index) => 0x60 + index),
    20,
  );
  assert.equal(lines.length, 2);
  assert.equal(lines[0], '00000000  60 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f  |`abcdefghijklmno|');
  assert.match(lines[1] ?? '', /^00000010 {2}70 71 72 73 {38}\|pqrs\|$/);
});

test('[WEB-53] a preview is one line and short, however large the payload', () => {
  assert.equal(previewOf(text(`a\n\tb${'x'.repeat(1_000_000)}`), 4), 'a b');
  assert.equal(previewOf(binary(Buffer.alloc(1_000_000, 0xab)), 10).length, 24 * 3 - 1);
});
