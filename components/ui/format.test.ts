// Proves how numbers and times read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bytes,
  bytesPerSecond,
  duration,
  exact,
  oddTimeWords,
  perSecond,
  readTime,
  relative,
  short,
} from './format.ts';

test('[WEB-20] unknown and zero read differently', () => {
  assert.equal(exact(null), '—');
  assert.equal(exact(0), '0');
  assert.equal(bytes(0), '0 B');
  assert.equal(perSecond(null), '—');
});

test('[WEB-20] numbers are short with a unit, exact ones grouped', () => {
  assert.equal(exact(1234567), '1,234,567');
  assert.equal(short(999), '999');
  assert.equal(short(12_400), '12.4 k');
  assert.equal(short(999_999), '1.0 M');
  assert.equal(perSecond(12_400), '12.4 k/s');
  assert.equal(perSecond(3), '3 /s');
  assert.equal(bytesPerSecond(3_100_000), '3.1 MB/s');
  assert.equal(short(-2500), '−2.5 k');
});

test('[WEB-20] times are relative in one unit', () => {
  assert.equal(relative(0, 14_000), '14 s ago');
  assert.equal(relative(0, 200), 'now');
  assert.equal(relative(0, 7_300_000), '2 h ago');
  assert.equal(relative(240_000, 0), 'in 4 min');
  assert.equal(duration(604_800_000), '7 d');
  assert.equal(duration(-1), 'unlimited');
  assert.equal(duration(1500), '1.5 s');
});

test('[WEB-111] a record without a timestamp has none, and a number that is no time in milliseconds is not shown as one', () => {
  const timeMs = Date.UTC(2026, 11, 1);
  assert.deepEqual(readTime(timeMs), { kind: 'time' });
  assert.deepEqual(readTime(-1), { kind: 'none' });
  assert.deepEqual(readTime(timeMs / 1_000), { kind: 'odd', asUnit: { unit: 'seconds', timeMs } });
  assert.deepEqual(readTime(timeMs * 1_000), { kind: 'odd', asUnit: { unit: 'microseconds', timeMs } });
  assert.deepEqual(readTime(timeMs * 1_000_000), { kind: 'odd', asUnit: { unit: 'nanoseconds', timeMs } });
  for (const odd of [0, -2, 5]) assert.deepEqual(readTime(odd), { kind: 'odd', asUnit: null });
  assert.match(oddTimeWords(0, { kind: 'odd', asUnit: null }), /^The timestamp is 0, which is not a likely time/);
});
