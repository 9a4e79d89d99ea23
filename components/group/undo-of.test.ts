// Proves what taking a reset back commits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { undoOf } from './undo-of.ts';

test('[WEB-68] taking a reset back commits where the group stood, and counts the partitions where it stood nowhere', () => {
  const row = { topic: 'orders', newOffset: 0, readAgain: null, note: null };
  const rows = [
    { ...row, partition: 0, currentOffset: 7 },
    { ...row, partition: 1, currentOffset: null },
    { ...row, partition: 2, currentOffset: 0 },
  ];
  assert.deepEqual(undoOf(rows), {
    offsets: [
      { topic: 'orders', partition: 0, offset: 7 },
      { topic: 'orders', partition: 2, offset: 0 },
    ],
    keptPartitions: 1,
  });
});
