import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ResetStrategy } from '../../live/contract.ts';
import { resetRow } from './reset.ts';

const input = { topic: 't', partition: 0, currentOffset: 50, startOffset: 10, endOffset: 100, timestampOffset: null };

test('[GTW-9] each strategy says where the group goes and what is read again', () => {
  const cases: readonly (readonly [ResetStrategy, number, number, string | null])[] = [
    [{ to: 'earliest' }, 10, 40, null],
    [{ to: 'latest' }, 100, -50, null],
    [{ to: 'offset', offset: 60 }, 60, -10, null],
    [{ to: 'offset', offset: 5 }, 10, 40, 'cut to the start of the log (10)'],
    [{ to: 'offset', offset: 500 }, 100, -50, 'cut to the end of the log (100)'],
    [{ to: 'shift', by: -20 }, 30, 20, null],
    [{ to: 'shift', by: -200 }, 10, 40, 'cut to the start of the log (10)'],
    [{ to: 'shift', by: 1_000 }, 100, -50, 'cut to the end of the log (100)'],
  ];
  for (const [strategy, newOffset, readAgain, note] of cases) {
    assert.deepEqual(resetRow(input, strategy), {
      topic: 't',
      partition: 0,
      currentOffset: 50,
      newOffset,
      readAgain,
      note,
    });
  }
});

test('[GTW-9] a timestamp after the last record goes to the end and says so', () => {
  assert.equal(resetRow({ ...input, timestampOffset: 42 }, { to: 'timestamp', timestampMs: 1 }).newOffset, 42);
  const row = resetRow({ ...input, timestampOffset: -1 }, { to: 'timestamp', timestampMs: 1 });
  assert.equal(row.newOffset, 100);
  assert.match(row.note ?? '', /no record at or after/);
});

test('[GTW-9] without a committed offset nothing is claimed to be read again', () => {
  const row = resetRow({ ...input, currentOffset: null }, { to: 'shift', by: 5 });
  assert.deepEqual([row.newOffset, row.readAgain], [15, null]);
  assert.match(row.note ?? '', /nothing committed/);
});

test('[GTW-9] a new offset always lies within the log', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.nat(1_000), fc.nat(1_000), (wish, startOffset, length) => {
      const bounds = { ...input, startOffset, endOffset: startOffset + length };
      const { newOffset } = resetRow(bounds, { to: 'offset', offset: wish });
      assert.ok(newOffset >= startOffset && newOffset <= startOffset + length);
    }),
  );
});
