import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Batch, batchesIn, endsTransaction } from '../../client/records/batch.ts';
import { recordsLeft } from '../model/lag.ts';
import { trafficBatch } from '../traffic/batch.ts';
import { lagParts } from './lag-parts.ts';

const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** Records of one producer in its open transaction; −1: outside of transactions. */
interface Written {
  readonly producer: number;
  readonly count: number;
}
interface Marker {
  readonly producer: number;
  readonly ends: 'abort' | 'commit';
}
type Entry = Written | Marker;

function batchAt(baseOffset: number, entry: Entry): Batch {
  const isMarker = 'ends' in entry;
  const key = isMarker ? Buffer.from([0, 0, 0, entry.ends === 'commit' ? 1 : 0]) : null;
  const count = isMarker ? 1 : entry.count;
  const bytes = trafficBatch(
    Array.from({ length: count }, (_, number) => ({ key, number })),
    20,
    0,
  );
  bytes.writeBigInt64BE(BigInt(baseOffset), 0);
  bytes.writeInt16BE((entry.producer < 0 ? 0 : TRANSACTIONAL) | (isMarker ? CONTROL : 0), 21);
  bytes.writeBigInt64BE(BigInt(entry.producer), 43);
  const [batch] = [...batchesIn(bytes)];
  assert.ok(batch !== undefined);
  return batch;
}

function logOf(entries: readonly Entry[]): { readonly batches: readonly Batch[]; readonly end: number } {
  const batches: Batch[] = [];
  let end = 0;
  for (const entry of entries) {
    const batch = batchAt(end, entry);
    batches.push(batch);
    end = batch.nextOffset;
  }
  return { batches, end };
}

/** The same by following every single offset. */
function counted(entries: readonly Entry[], from: number) {
  const kinds: { producer: number; kind: 'record' | 'marker' | 'aborted' | 'open' }[] = [];
  for (const entry of entries) {
    if ('ends' in entry) {
      for (const each of kinds)
        if (each.producer === entry.producer && each.kind === 'open')
          each.kind = entry.ends === 'commit' ? 'record' : 'aborted';
      kinds.push({ producer: entry.producer, kind: 'marker' });
    } else {
      for (let index = 0; index < entry.count; index += 1)
        kinds.push({ producer: entry.producer, kind: entry.producer < 0 ? 'record' : 'open' });
    }
  }
  const count = (wanted: string) => kinds.slice(from).filter(({ kind }) => kind === wanted).length;
  return {
    records: count('record') + count('open'),
    markers: count('marker'),
    aborted: count('aborted'),
    open: count('open'),
  };
}

test('[GTW-36] a group behind nothing but the marker of a transaction has no record left to read', () => {
  const { batches, end } = logOf([
    { producer: 7, count: 5 },
    { producer: 7, ends: 'commit' },
  ]);
  const { parts, isTransactional } = lagParts(batches, 5, end);
  assert.deepEqual(parts, { offsets: 1, markers: 1, aborted: 0, compacted: 0, open: 0 });
  assert.equal(recordsLeft(parts), 0);
  assert.equal(isTransactional, true);
});

test('[GTW-36] aborted records are no lag, those of an open transaction are', () => {
  const { batches, end } = logOf([
    { producer: 7, count: 2 },
    { producer: 8, count: 3 },
    { producer: 7, ends: 'abort' },
    { producer: -1, count: 4 },
  ]);
  const { parts } = lagParts(batches, 1, end);
  assert.deepEqual(parts, { offsets: 9, markers: 1, aborted: 1, compacted: 0, open: 3 });
  assert.equal(recordsLeft(parts), 7);
});

test('[GTW-36] offsets that compaction has emptied are no lag; those that were not reached are', () => {
  const { batches, end } = logOf([
    { producer: -1, count: 4 },
    { producer: -1, count: 4 },
    { producer: -1, count: 4 },
  ]);
  const [first, , last] = batches;
  assert.ok(first !== undefined && last !== undefined);
  const gap = lagParts([first, last], 2, end).parts;
  assert.deepEqual([gap.compacted, recordsLeft(gap)], [4, 6]);
  const cut = lagParts([first], 2, end).parts;
  assert.deepEqual([cut.compacted, recordsLeft(cut)], [0, 10]);
});

test('[GTW-36] whatever the transactions, every offset is counted as what it is', () => {
  const producer = fc.integer({ min: -1, max: 3 });
  const entry: fc.Arbitrary<Entry> = fc.oneof(
    fc.record({ producer, count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({
      producer: fc.integer({ min: 0, max: 3 }),
      ends: fc.constantFrom<'abort' | 'commit'>('abort', 'commit'),
    }),
  );
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), fc.nat(), (entries, seed) => {
      const { batches, end } = logOf(entries);
      const from = seed % end;
      const { parts } = lagParts(batches, from, end);
      const expected = counted(entries, from);
      assert.deepEqual(
        { records: recordsLeft(parts), markers: parts.markers, aborted: parts.aborted, open: parts.open },
        expected,
      );
      assert.equal(parts.offsets, end - from);
    }),
  );
});

test('[GTW-36] a marker says how it ends the transaction, and no other batch does', () => {
  assert.equal(endsTransaction(batchAt(0, { producer: 1, ends: 'commit' })), 'commit');
  assert.equal(endsTransaction(batchAt(0, { producer: 1, ends: 'abort' })), 'abort');
  assert.equal(endsTransaction(batchAt(0, { producer: 1, count: 1 })), null);
});
