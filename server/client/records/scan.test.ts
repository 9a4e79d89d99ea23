import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BrowseCursor, RecordRow } from '../../live/contract.ts';
import { cursorsOf, type Direction, PartitionScan, progressOf, takeMerged } from './scan.ts';

const nothing = { sizeBytes: -1, text: null, base64: null, isTruncated: false };

function row(partition: number, offset: number, timestampMs: number): RecordRow {
  return { partition, offset, timestampMs, timestampType: 'CreateTime', key: nothing, value: nothing, headers: [] };
}

/** A log as a plain array: what browse.ts fetches, without the fetching. Reads `step` records at a time. */
function readPage(
  log: readonly (readonly RecordRow[])[],
  direction: Direction,
  cursor: BrowseCursor | null,
  limit: number,
  step: number,
): { records: RecordRow[]; previous: BrowseCursor | null; next: BrowseCursor | null } {
  const scans = log.map((rows, partition) => {
    const fallback = direction === 'forward' ? 0 : rows.length;
    const position = cursor?.offsets[String(partition)] ?? fallback;
    return new PartitionScan<RecordRow>(
      { partition, start: 0, end: rows.length },
      cursor?.direction ?? direction,
      position,
      step,
    );
  });
  const records: RecordRow[] = [];
  for (;;) {
    records.push(...takeMerged(scans, limit - records.length, false));
    const needing = scans.filter((scan) => scan.found.length === 0 && !scan.isExhausted);
    if (records.length >= limit || needing.length === 0) return { records, ...cursorsOf(scans) };
    for (const scan of needing) {
      const rows = log[scan.partition] ?? [];
      if (scan.direction === 'forward') {
        scan.found.push(...rows.slice(scan.position, scan.position + step));
        scan.position = Math.min(scan.end, scan.position + step);
      } else {
        scan.found.push(...rows.slice(scan.windowStart, scan.position).reverse());
        scan.position = scan.windowStart;
      }
    }
  }
}

const logs = fc
  .array(fc.array(fc.nat(50), { maxLength: 30 }), { minLength: 1, maxLength: 4 })
  .map((partitions) =>
    partitions.map((times, partition) =>
      [...times].sort((left, right) => left - right).map((time, offset) => row(partition, offset, time)),
    ),
  );

test('[GTW-11] paging either way gives every record once and in order', () => {
  fc.assert(
    fc.property(
      logs,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 6 }),
      fc.boolean(),
      (log, limit, step, isForward) => {
        const direction: Direction = isForward ? 'forward' : 'backward';
        const all: RecordRow[] = [];
        let cursor: BrowseCursor | null = null;
        for (let page = 0; page < 200; page += 1) {
          const result: ReturnType<typeof readPage> = readPage(log, direction, cursor, limit, step);
          all.push(...result.records);
          cursor = isForward ? result.next : result.previous;
          if (cursor === null) break;
        }
        const expected = log
          .flat()
          .sort(
            (left, right) =>
              left.timestampMs - right.timestampMs || left.offset - right.offset || left.partition - right.partition,
          );
        if (!isForward) expected.reverse();
        assert.deepEqual(
          all.map(({ partition, offset }) => [partition, offset]),
          expected.map(({ partition, offset }) => [partition, offset]),
        );
      },
    ),
  );
});

test('[GTW-11] going on and then back shows the records before the page', () => {
  fc.assert(
    fc.property(logs, fc.integer({ min: 1, max: 9 }), (log, limit) => {
      const first = readPage(log, 'forward', null, limit, 3);
      if (first.next === null) return;
      const second = readPage(log, 'forward', first.next, limit, 3);
      assert.ok(second.previous !== null);
      const back = readPage(log, 'forward', second.previous, limit, 3);
      assert.deepEqual(back.records.reverse(), first.records);
    }),
  );
});

test('[GTW-11] the newest page has nothing newer, the oldest page nothing older', () => {
  const log = [[row(0, 0, 1), row(0, 1, 2)]];
  assert.equal(readPage(log, 'backward', null, 1, 5).next, null);
  assert.equal(readPage(log, 'forward', null, 1, 5).previous, null);
});

test('[GTW-11] a search that stops early gives out what it found and resumes behind it', () => {
  const scan = new PartitionScan({ partition: 0, start: 0, end: 100 }, 'forward', 0, 10);
  const other = new PartitionScan({ partition: 1, start: 0, end: 100 }, 'forward', 0, 10);
  scan.found.push(row(0, 4, 1), row(0, 9, 2));
  scan.position = 20;
  other.position = 30;
  assert.deepEqual(takeMerged([scan, other], 1, false), []);
  assert.equal(takeMerged([scan, other], 1, true).length, 1);
  assert.deepEqual(cursorsOf([scan, other]).next?.offsets, { '0': 9, '1': 30 });
  assert.equal(progressOf([scan, other]), 0.25);
});
