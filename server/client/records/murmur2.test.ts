import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionOfKey } from './murmur2.ts';

test("[GTW-1] murmur2 gives the values of Kafka's own test (UtilsTest.testMurmur2)", () => {
  const vectors: readonly (readonly [string, number])[] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ];
  for (const [key, hash] of vectors) assert.equal(murmur2(Buffer.from(key)), hash, key);
});

test('[GTW-1] every key has a partition within range, also with a negative hash', () => {
  for (let index = 0; index < 2_000; index += 1) {
    const partition = partitionOfKey(Buffer.from(`key-${index}`), 7);
    assert.ok(partition >= 0 && partition < 7);
  }
});
