// The index of aborted transactions on a disk that fails, and after what a crash or a bad sector may leave of its file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { PartitionLog } from '../log/log.ts';
import { DEFAULT_LOG_CONFIG } from '../log-config.ts';
import { type TestWorld, testWorld } from '../testing/test-world.ts';

const LEADER = { leaderEpoch: 0, nowMs: 1_000_000 };
const ENTRY_BYTES = 34;
/** A pair of batch and marker is 71 + 78 bytes: two pairs a segment. */
const SEGMENT_BYTES = 300;

function open(world: TestWorld, recoveryPoint: number | null): PartitionLog {
  const config = { ...DEFAULT_LOG_CONFIG, segmentBytes: SEGMENT_BYTES };
  const checkpoint = { recoveryPoint: recoveryPoint ?? 0, startOffset: 0, isClean: recoveryPoint !== null };
  return PartitionLog.open(world, { folder: '/t-0', topic: 't', partition: 0, topicId: '', config, checkpoint });
}
/** One aborted transaction of a producer of its own; false where the disk refused the marker. */
function abort(log: PartitionLog, producerId: number): boolean {
  const records = [{ timestampMs: 1_000_000, key: null, value: null }];
  const batch = encodeBatch({ records, producerId, producerEpoch: 0, baseSequence: 0, flags: 0x10 });
  const written = log.appendAsLeader(batch, { ...LEADER, origin: 'client', isVerified: true });
  if (written.kind !== 'appended') return false;
  const marker = { producerId, producerEpoch: 0, isCommit: false, coordinatorEpoch: 0, timestampMs: 1_000_000 };
  return log.appendMarker(marker, { ...LEADER, transactionVersion: 1 }).kind === 'appended';
}
const aborted = (log: PartitionLog) =>
  log
    .abortedTransactions(0, log.endOffset)
    .map(({ producerId, firstOffset, lastOffset }) => [producerId, firstOffset, lastOffset]);
const indexesOf = ({ disk }: TestWorld) => disk.list('/t-0').filter((name) => name.endsWith('.txnindex'));
/** Several segments with an index each, closed cleanly. */
function closedLog(): { readonly world: TestWorld; readonly endOffset: number; readonly expected: number[][] } {
  const world = testWorld();
  const log = open(world, null);
  for (let producerId = 1; producerId <= 7; producerId++) assert.ok(abort(log, producerId));
  const expected = aborted(log);
  assert.equal(expected.length, 7);
  const { endOffset } = log;
  log.closeCleanly();
  assert.ok(indexesOf(world).length >= 3);
  return { world, endOffset, expected };
}

test('[TXS-10] an index that is cut within an entry, or says what no marker of its segment can have said, is made anew from the log', () => {
  const damages: readonly ((bytes: Buffer, base: number) => Buffer)[] = [
    (bytes) => bytes.subarray(0, bytes.length - 1),
    (bytes) => bytes.subarray(0, bytes.length - ENTRY_BYTES + 1),
    (bytes) => Buffer.concat([bytes, Buffer.alloc(5)]),
    (bytes) => Buffer.concat([bytes, bytes]),
    (bytes) => Buffer.alloc(bytes.length),
    (bytes) => Buffer.alloc(bytes.length, 0xff),
    (bytes) => changed(bytes, (copy) => copy.writeInt16BE(1, 0)),
    (bytes) => changed(bytes, (copy) => copy.writeBigInt64BE(-1n, 2)),
    (bytes) => changed(bytes, (copy) => copy.writeBigInt64BE(999n, 10)),
    (bytes) => changed(bytes, (copy) => copy.writeBigInt64BE(999n, 18)),
    (bytes, base) => changed(bytes, (copy) => copy.writeBigInt64BE(BigInt(base) - 1n, 18)),
    (bytes) => changed(bytes, (copy) => copy.writeBigInt64BE(999n, 26)),
  ];
  const { world, endOffset, expected } = closedLog();
  for (const [i, damage] of damages.entries()) {
    for (const name of indexesOf(world)) {
      const disk = world.disk.copy();
      const path = disk.join('/t-0', name);
      const bytes = disk.read(path) ?? Buffer.alloc(0);
      disk.replace(path, damage(bytes, Number(name.slice(0, 20))));
      const log = open({ ...world, disk }, endOffset);
      assert.deepEqual(aborted(log), expected, `damage ${i} of ${name}`);
      assert.ok(disk.read(path)?.equals(bytes), 'and the file is right again');
      assert.ok(abort(log, 9), 'the log goes on');
      assert.deepEqual(aborted(log), [...expected, [9, endOffset, endOffset + 1]]);
      const cut = open({ ...world, disk: world.disk.copy() }, endOffset);
      cut.truncateTo(endOffset - 3);
      assert.deepEqual(
        aborted(cut),
        expected.filter(([, , marker = 0]) => marker < endOffset - 3),
      );
    }
  }
});
function changed(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

test('[TXS-11] a crash that leaves any part of the index behind costs nothing: recovery finds the transactions in the log', () => {
  const { world, expected } = closedLog();
  for (const name of indexesOf(world)) {
    for (let length = 0; length <= 2 * ENTRY_BYTES; length += 17) {
      const disk = world.disk.copy();
      const file = disk.open(disk.join('/t-0', name));
      file.truncate(length);
      file.close();
      assert.deepEqual(aborted(open({ ...world, disk }, null)), expected, `${name} cut to ${length} bytes`);
    }
  }
});

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant({ do: 'abort' } as const) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('cut' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom({ do: 'flush' } as const, { do: 'crash' } as const, { do: 'close' } as const),
    },
  ),
  { maxLength: 40 },
);

test('[TXS-12] whichever operations on the index the disk refuses, readers are told of every aborted transaction, before and after a crash or an orderly end', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), async (run, draws) => {
      const world = testWorld();
      let log = open(world, null);
      let isFailing = true;
      let expected: number[][] = [];
      world.disk.refuse = (operation, path) =>
        isFailing && path.endsWith('.txnindex') && operation !== 'remove' && draws.next().value === 0 ? 'EIO' : null;
      for (const [i, step] of run.entries()) {
        if (step.do === 'abort') {
          const first = log.endOffset;
          if (abort(log, i + 1)) expected.push([i + 1, first, log.endOffset - 1]);
        } else if (step.do === 'cut') {
          const offset = Math.floor(step.share * log.endOffset);
          log.truncateTo(offset);
          expected = expected.filter(([, , marker = 0]) => marker < log.endOffset);
        } else if (step.do === 'flush') {
          await log.flush().catch(() => undefined);
        } else {
          const isClean = step.do === 'close' && closes(log);
          log.close();
          log = open(world, isClean ? log.endOffset : null);
        }
        assert.deepEqual(aborted(log), expected, step.do);
      }
      isFailing = false;
      await log.flush();
      const { endOffset } = log;
      log.closeCleanly();
      assert.deepEqual(aborted(open(world, endOffset)), expected, 'what was flushed is whole');
    }),
    { numRuns: 300 },
  );
});
function closes(log: PartitionLog): boolean {
  try {
    log.closeCleanly();
    return true;
  } catch {
    return false;
  }
}

test('[TXS-13] an index whose flush failed is written again before a flush counts', async () => {
  const world = testWorld();
  const log = open(world, null);
  assert.ok(abort(log, 1));
  let writes = 0;
  let isFailing = true;
  world.disk.refuse = (operation, path) => {
    if (!path.endsWith('.txnindex')) return null;
    if (operation === 'write') writes++;
    return operation === 'flush' && isFailing ? 'EIO' : null;
  };
  await assert.rejects(log.flush(), { errno: 'EIO' });
  assert.equal(log.recoveryPoint, 0, 'nothing is promised');
  isFailing = false;
  await log.flush();
  assert.deepEqual([writes, log.recoveryPoint], [1, log.endOffset]);
});
