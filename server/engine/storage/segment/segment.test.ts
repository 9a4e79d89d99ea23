import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BatchHeader, lastOffsetOf, readBatchHeader, stampBatch } from '../../../protocol/records/batch.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { storageContext } from '../context.ts';
import { LazyFile, OpenFiles } from '../files/open-files.ts';
import { writePlain } from '../files/write-plain.ts';
import { testWorld } from '../testing/test-world.ts';
import { LoadedIndexes } from './loaded-indexes.ts';
import { Segment } from './segment.ts';
import { OffsetIndex, TimeIndex } from './sparse-index.ts';

const BASE_OFFSET = 5_000_000_000;

test('[IDX-1] a look-up by offset or time through the indexes finds what a walk from the start finds', () => {
  const oneBatch = fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    bytes: fc.integer({ min: 0, max: 300 }),
    atMs: fc.integer({ min: 0, max: 60 }),
  });
  fc.assert(
    fc.property(
      fc.array(oneBatch, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 600 }),
      (batches, interval) => {
        const world = testWorld();
        world.disk.makeFolder('/s');
        const context = storageContext(world);
        const place = { folder: '/s', baseOffset: BASE_OFFSET, sizeBytes: 0, endOffset: BASE_OFFSET };
        const segment = new Segment(context, { ...place, indexIntervalBytes: interval });
        segment.create();
        const headers: BatchHeader[] = [];
        for (const { count, bytes, atMs } of batches) {
          const records = Array.from({ length: count }, () => ({
            timestampMs: atMs,
            key: null,
            value: Buffer.alloc(bytes),
          }));
          const batch = encodeBatch({ records });
          stampBatch(batch, 0, segment.endOffset, 0);
          const header = readBatchHeader(batch, 0);
          segment.append(batch, [header]);
          headers.push(header);
        }
        const check = (one: Segment): void => {
          for (let offset = BASE_OFFSET; offset < one.endOffset; offset++) {
            const want = headers.find((header) => lastOffsetOf(header) >= offset);
            assert.deepEqual(one.find(offset)?.header, want);
          }
          for (let atMs = 0; atMs <= 61; atMs += 3) {
            const want = headers.find((header) => header.maxTimestampMs >= atMs);
            const [found] = one.headersSince(atMs);
            assert.deepEqual(found?.header, want);
          }
          assert.equal(one.maxTimestampMs, Math.max(...headers.map((header) => Number(header.maxTimestampMs))));
        };
        check(segment);
        segment.seal();
        const stored = {
          ...place,
          sizeBytes: segment.sizeBytes,
          endOffset: segment.endOffset,
          indexIntervalBytes: interval,
        };
        check(new Segment(context, stored));
      },
    ),
    { numRuns: 60 },
  );
});

test('[IDX-2] an index takes nothing that does not grow, and a file with such entries is not sane', () => {
  const times = new TimeIndex(10);
  times.add(100, 12);
  times.add(100, 13);
  times.add(99, 14);
  assert.deepEqual([times.entryCount, times.lastTimestampMs(), times.lastOffset()], [1, 100, 12]);
  assert.ok(times.isSane(13));
  assert.ok(!times.isSane(12), 'an offset the segment does not have');
  const offsets = new OffsetIndex(10);
  offsets.add(12, 0x7fff_0000);
  offsets.add(0x7fff_ffff + 10, 0x7fff_0001);
  assert.deepEqual([offsets.offsetAt(1), offsets.positionAt(1)], [0x7fff_ffff + 10, 0x7fff_0001]);
  assert.ok(offsets.isSane(0x7fff_0002));
  assert.ok(!offsets.isSane(0x7fff_0001), 'a position the file does not have');
  const again = new OffsetIndex(10, Buffer.concat([offsets.stored(), Buffer.alloc(8)]));
  assert.ok(!again.isSane(0x7fff_ffff), 'zeros behind the last entry');
  assert.ok(!new OffsetIndex(10, offsets.stored().subarray(0, 12)).isSane(0x7fff_ffff), 'half an entry');
});

/** A sealed segment of a batch per timestamp, indexed at each one. */
function sealedSegment(timestamps: readonly number[]) {
  const world = testWorld();
  world.disk.makeFolder('/s');
  const context = storageContext(world);
  const place = { folder: '/s', baseOffset: 0, indexIntervalBytes: 0 };
  const segment = new Segment(context, { ...place, sizeBytes: 0, endOffset: 0 });
  segment.create();
  for (const timestampMs of timestamps) {
    const batch = encodeBatch({ records: [{ timestampMs, key: null, value: Buffer.alloc(20) }] });
    stampBatch(batch, 0, segment.endOffset, 0);
    segment.append(batch, [readBatchHeader(batch, 0)]);
  }
  segment.seal();
  return { context, stored: { ...place, sizeBytes: segment.sizeBytes, endOffset: segment.endOffset } };
}

test('[IDX-4] stored indexes that the log belies, with zeros or less than was written, are made anew', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1_000, max: 2_000 }), { minLength: 1, maxLength: 12 }),
      fc.constantFrom('zeros' as const, 'half' as const, 'first' as const),
      (timestamps, damage) => {
        const { context, stored } = sealedSegment(timestamps);
        const path = '/s/00000000000000000000.timeindex';
        const bytes = context.disk.read(path) ?? Buffer.alloc(0);
        const less = bytes.subarray(0, damage === 'first' ? 12 : bytes.length >>> 1);
        writePlain(context.disk, path, damage === 'zeros' ? Buffer.alloc(12) : less);
        const again = new Segment(context, stored);
        assert.equal(again.maxTimestampMs, Math.max(...timestamps));
      },
    ),
    { numRuns: 100 },
  );
});

test('[IDX-3] indexes of sealed segments share a budget of memory; the oldest go first', () => {
  const indexes = new LoadedIndexes(100);
  const gone: number[] = [];
  const holders = [0, 1, 2].map((i) => ({ forgetIndexes: () => void gone.push(i) }));
  const [a, b, c] = holders as [(typeof holders)[0], (typeof holders)[0], (typeof holders)[0]];
  indexes.loaded(a, 40);
  indexes.loaded(b, 40);
  indexes.loaded(a, 40);
  indexes.loaded(c, 40);
  assert.deepEqual([gone, indexes.usedBytes], [[1], 80]);
  indexes.loaded(c, 400);
  assert.deepEqual([gone, indexes.usedBytes], [[1, 0], 400]);
});

test('[FILE-1] files open on use; the ones used longest ago are closed, but none while it is flushed', async () => {
  const world = testWorld();
  const files = new OpenFiles(world.disk, 4);
  const all = Array.from({ length: 8 }, (_, i) => new LazyFile(files, `/f${i}`));
  all.forEach((file, i) => {
    file.use().append([Buffer.from(String(i))]);
  });
  assert.equal(files.count, 4);
  assert.equal(world.disk.openCount, 4);
  const first = all[0] as LazyFile;
  const flushed = first.flush();
  for (const file of all.slice(1)) file.use();
  first.close();
  await flushed;
  assert.ok(world.disk.openCount <= 4);
  assert.equal(first.use().read(0, 9).toString(), '0', 'and open again');
  first.retire();
  assert.throws(() => first.use(), /deleted/);
  for (const file of all) file.close();
  assert.equal(world.disk.openCount, 0);
});
