// Proves that the tail's memory is bounded and its counts exact.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordRow, TailBatch } from '../../server/live/contract.ts';
import { TailRing } from './tail-ring.ts';

const none = { sizeBytes: -1, text: null, base64: null, isTruncated: false };
const record = (offset: number): RecordRow => ({
  partition: 0,
  offset,
  timestampMs: 0,
  timestampType: 'CreateTime',
  key: none,
  value: none,
  headers: [],
});
const batch = (from: number, count: number, matched: number, dropped: number): TailBatch => ({
  records: Array.from({ length: count }, (_, index) => record(from + index)),
  matched,
  dropped,
  recordsPerSecond: 1,
  problems: [],
});

test('[WEB-52] the tail keeps the newest records only, newest first', () => {
  const ring = new TailRing(10);
  for (let from = 0; from < 100; from += 7) ring.push(batch(from, 7, from + 7, 0));
  const offsets = ring.newest().map((row) => row.offset);
  assert.deepEqual(offsets, [104, 103, 102, 101, 100, 99, 98, 97, 96, 95]);
  assert.equal(ring.arrived, 105);
});

test('[WEB-52] counts go on after the server began anew', () => {
  const ring = new TailRing(10);
  ring.push(batch(0, 5, 8, 3));
  ring.restart();
  ring.push(batch(50, 2, 2, 0));
  assert.equal(ring.matched, 10);
  assert.equal(ring.dropped, 3);
  ring.push(batch(52, 2, 6, 2));
  assert.equal(ring.matched, 14);
  assert.equal(ring.dropped, 5);
});
