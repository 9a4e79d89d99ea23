// Proves which batches of a Fetch answer a reader of committed records sees.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from './batch.ts';
import { withoutAborted } from './committed.ts';

const ABORT = 0;
const COMMIT = 1;

function batch(baseOffset: number, producerId: string, more: Partial<Batch> = {}): Batch {
  return {
    baseOffset,
    nextOffset: baseOffset + 2,
    recordCount: 2,
    isControl: false,
    isTransactional: true,
    producerId,
    isLogAppendTime: false,
    compression: 0,
    baseTimestampMs: 0,
    maxTimestampMs: 0,
    sizeBytes: 100,
    body: Buffer.alloc(0),
    ...more,
  };
}
/** One record whose key is (version 0, type) and whose value is six bytes. */
const marker = (offset: number, producerId: string, type: number): Batch =>
  batch(offset, producerId, {
    nextOffset: offset + 1,
    recordCount: 1,
    isControl: true,
    body: Buffer.from([0x20, 0, 0, 0, 0x08, 0, 0, 0, type, 0x0c, 0, 0, 0, 0, 0, 0, 0]),
  });

test('[GTW-41] batches of an aborted transaction lose their records from its first offset to its marker, and keep their place', () => {
  const batches = [
    batch(0, '7'),
    batch(2, '7', { isTransactional: false }),
    marker(4, '7', COMMIT),
    batch(5, '7'),
    batch(7, '8'),
    marker(9, '7', ABORT),
    batch(10, '7'),
    marker(12, '8', COMMIT),
    batch(13, '9'),
  ];
  const aborted = [
    { producerId: '9', firstOffset: 1 },
    { producerId: '7', firstOffset: 5 },
  ];
  assert.deepEqual(
    [...withoutAborted(batches, aborted)].map(({ baseOffset, recordCount }) => [baseOffset, recordCount]),
    [
      [0, 2],
      [2, 2],
      [4, 1],
      [5, 0],
      [7, 2],
      [9, 1],
      [10, 2],
      [12, 1],
      [13, 0],
    ],
  );
});
