// The cleaner over whole logs: what readers may rely on afterwards, whatever is written, cleaned, crashed and written again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DiskError } from '../../../kernel/world.ts';
import { type BatchHeader, isChecksumValid, lastOffsetOf, readBatchHeader } from '../../../protocol/records/batch.ts';
import { type BatchRecord, decodeRecords, encodeBatch } from '../../../protocol/records/record.ts';
import { PartitionLog } from '../log/log.ts';
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../log-config.ts';
import { type TestWorld, testWorld } from '../testing/test-world.ts';
import { cleanLog } from './clean-log.ts';
import { cleanable } from './cleanable.ts';
import { DEFAULT_CLEANER_SETTINGS } from './cleaner-settings.ts';
import { deleteHorizonMs } from './filter-batch.ts';

const NOW_MS = 1_000_000;
const COMPACTED = { ...DEFAULT_LOG_CONFIG, isDeleted: false, isCompacted: true, minCleanableDirtyRatio: 0 };

function open(world: TestWorld, config: Partial<LogConfig> = {}): PartitionLog {
  const options = { folder: '/t-0', topic: 't', partition: 0, topicId: '' };
  return PartitionLog.open(world, { ...options, config: { ...COMPACTED, segmentBytes: 400, ...config } });
}
/** As after a crash, with what its folder wrote down of the log. */
function reopen(
  world: TestWorld,
  { recoveryPoint, cleanedUpTo }: Pick<PartitionLog, 'recoveryPoint' | 'cleanedUpTo'>,
  config: Partial<LogConfig> = {},
): PartitionLog {
  const options = { folder: '/t-0', topic: 't', partition: 0, topicId: '' };
  const checkpoint = { recoveryPoint, startOffset: 0, isClean: false, cleanedUpTo };
  return PartitionLog.open(world, { ...options, config: { ...COMPACTED, segmentBytes: 400, ...config }, checkpoint });
}
interface Put {
  readonly key: string;
  readonly value: string | null;
  readonly timestampMs?: number;
}
interface Producer {
  readonly producerId?: number;
  readonly baseSequence?: number;
  readonly flags?: number;
  readonly codec?: number;
}
function append(log: PartitionLog, puts: readonly Put[], world: TestWorld, o: Producer = {}): void {
  const records = puts.map(({ key, value, timestampMs = NOW_MS }) => ({
    timestampMs,
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
  }));
  const producer = o.producerId === undefined ? {} : { producerEpoch: 0 };
  const bytes = encodeBatch({ records, ...producer, ...o }, world.compression);
  const outcome = log.appendAsLeader(bytes, { leaderEpoch: 0, nowMs: NOW_MS, origin: 'client', isVerified: true });
  assert.equal(outcome.kind, 'appended', JSON.stringify(outcome));
}
/** Runs a whole cleaning at once; false when there was nothing to clean. */
async function clean(log: PartitionLog, world: TestWorld, nowMs = NOW_MS, mapBytes = 1 << 20): Promise<boolean> {
  const range = cleanable(log, nowMs);
  if (range === null) return false;
  const settings = { ...DEFAULT_CLEANER_SETTINGS, mapBytes };
  const steps = cleanLog(log, range, { compression: world.compression, log: world.log, nowMs, settings, seed: 7 });
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value !== null;
    await step.value;
  }
}
function batchesOf(log: PartitionLog): { header: BatchHeader; bytes: Buffer }[] {
  return [...log.batches(log.startOffset)].map((bytes) => ({ bytes, header: readBatchHeader(bytes, 0) }));
}
function recordsOf(log: PartitionLog, world: TestWorld): BatchRecord[] {
  return batchesOf(log).flatMap(({ header, bytes }) => decodeRecords(bytes, 0, header, world.compression, 1 << 20));
}
const shown = (records: readonly BatchRecord[]) => records.map(({ offset, key, value }) => `${offset} ${key}=${value}`);

test('[CMP-1] of each key the newest record stays, with its offset, time and headers; the active segment is left alone', async () => {
  const world = testWorld();
  const log = open(world);
  for (let i = 0; i < 12; i++) {
    const key = `k${i % 3}`;
    append(
      log,
      [
        { key, value: 'x'.repeat(50) + i, timestampMs: NOW_MS + i },
        { key: `once${i}`, value: 'y' },
      ],
      world,
    );
  }
  const { endOffset } = log;
  const segmentCount = log.segments.length;
  const activeBase = log.segments.at(-1)?.baseOffset ?? 0;
  const before = recordsOf(log, world);
  const { sizeBytes } = log;
  log.config = { ...log.config, segmentBytes: 2000 };
  assert.ok(await clean(log, world));
  const newest = new Map(before.filter(({ offset }) => offset < activeBase).map((one) => [`${one.key}`, one.offset]));
  const wanted = before.filter(({ offset, key }) => offset >= activeBase || newest.get(`${key}`) === offset);
  assert.deepEqual(recordsOf(log, world), wanted);
  assert.deepEqual([log.endOffset, log.startOffset, log.cleanedUpTo], [endOffset, 0, activeBase]);
  assert.ok(log.sizeBytes < sizeBytes && log.segments.length < segmentCount);
  for (const { bytes, header } of batchesOf(log)) assert.ok(isChecksumValid(bytes, 0, header.sizeBytes));
  for (let offset = 0; offset < endOffset; offset++) {
    const read = log.read({ offset, maxBytes: 1, upToOffset: endOffset, isFirst: true });
    assert.ok(read.kind === 'records' && read.lastOffset >= offset, `offset ${offset} reads on`);
  }
});

test('[CMP-2] a batch keeps first and last offset, sequence, codec and epoch; of a live producer its header stays though all its records went', async () => {
  const world = testWorld();
  const log = open(world);
  append(
    log,
    [
      { key: 'a', value: '1' },
      { key: 'b', value: '1' },
      { key: 'a', value: '2' },
    ],
    world,
    { codec: 1 },
  );
  append(log, [{ key: 'p', value: '1' }], world, { producerId: 9, baseSequence: 0 });
  append(log, [{ key: 'p', value: '2' }], world, { producerId: 9, baseSequence: 1 });
  for (let i = 0; i < 8; i++) append(log, [{ key: 'p', value: 'z'.repeat(90) }], world);
  await clean(log, world);
  const [packed, last] = batchesOf(log);
  const { baseOffset, lastOffsetDelta, recordCount, attributes } = packed?.header ?? assert.fail();
  assert.deepEqual([baseOffset, lastOffsetDelta, recordCount, attributes & 7], [0, 2, 2, 1]);
  assert.deepEqual([last?.header.baseOffset, last?.header.baseSequence, last?.header.recordCount], [4, 1, 0]);
  assert.equal(last?.bytes.length, 61);
  log.close();
  const again = open(testWorld(world.disk));
  const options = { leaderEpoch: 0, nowMs: NOW_MS, origin: 'client' } as const;
  const retry = (baseSequence: number) => {
    const records = [{ timestampMs: NOW_MS, key: Buffer.from('p'), value: null }];
    return again.appendAsLeader(encodeBatch({ records, producerId: 9, producerEpoch: 0, baseSequence }), options);
  };
  assert.equal(retry(1).kind, 'duplicate', 'its sequence is known after a crash');
  assert.equal(retry(3).kind, 'refused');
  assert.equal(retry(2).kind, 'appended');
});

test('[CMP-3] a tombstone stays delete.retention.ms from its first cleaning on, by the horizon in its batch (KIP-534)', async () => {
  const world = testWorld();
  const log = open(world, { deleteRetentionMs: 5000 });
  append(
    log,
    [
      { key: 'a', value: '1' },
      { key: 'b', value: '1' },
    ],
    world,
  );
  append(
    log,
    [
      { key: 'a', value: null, timestampMs: NOW_MS - 77 },
      { key: 'c', value: '1', timestampMs: NOW_MS + 5 },
    ],
    world,
  );
  const fill = () => {
    for (let i = 0; i < 8; i++) append(log, [{ key: 'f', value: 'z'.repeat(90) }], world);
  };
  fill();
  await clean(log, world, NOW_MS);
  const tombstones = () => recordsOf(log, world).filter(({ key, value }) => `${key}` === 'a' && value === null);
  assert.deepEqual(
    tombstones().map(({ offset, timestampMs }) => [offset, timestampMs]),
    [[2, NOW_MS - 77]],
  );
  const horizons = () =>
    batchesOf(log)
      .map(({ header }) => deleteHorizonMs(header))
      .filter((ms) => ms !== null);
  assert.deepEqual(horizons(), [NOW_MS + 5000]);
  fill();
  await clean(log, world, NOW_MS + 4999);
  assert.deepEqual([tombstones().length, ...horizons()], [1, NOW_MS + 5000], 'the horizon does not move');
  fill();
  await clean(log, world, NOW_MS + 5000);
  assert.equal(tombstones().length, 0);
  assert.deepEqual(
    recordsOf(log, world)
      .filter(({ key }) => `${key}` === 'c')
      .map(({ offset, timestampMs }) => [offset, timestampMs]),
    [[3, NOW_MS + 5]],
    'times survive that their base moved',
  );
});

test('[CMP-4] aborted records go, markers stay until nothing of their transaction is left and then for delete.retention.ms', async () => {
  const world = testWorld();
  const log = open(world, { deleteRetentionMs: 5000 });
  const options = { leaderEpoch: 0, nowMs: NOW_MS };
  const end = (producerId: number, isCommit: boolean) =>
    log.appendMarker(
      { producerId, producerEpoch: 0, isCommit, coordinatorEpoch: 0, timestampMs: NOW_MS },
      { ...options, transactionVersion: 1 },
    );
  append(log, [{ key: 'a', value: 'kept' }], world);
  append(log, [{ key: 'a', value: 'aborted' }], world, { producerId: 1, baseSequence: 0, flags: 0x10 });
  append(log, [{ key: 'b', value: 'committed' }], world, { producerId: 2, baseSequence: 0, flags: 0x10 });
  end(1, false);
  end(2, true);
  const fill = () => {
    for (let i = 0; i < 8; i++) append(log, [{ key: 'f', value: 'z'.repeat(90) }], world);
  };
  fill();
  await clean(log, world);
  const values = () =>
    recordsOf(log, world)
      .filter(({ value }) => /kept|aborted|committed/.test(`${value}`))
      .map(({ value }) => `${value}`);
  const markers = () =>
    batchesOf(log)
      .filter(({ header }) => (header.attributes & 0x20) !== 0)
      .map(({ header }) => [header.baseOffset, deleteHorizonMs(header)]);
  assert.deepEqual(values(), ['kept', 'committed'], 'an aborted record replaces nothing');
  assert.deepEqual(markers(), [
    [3, null],
    [4, null],
  ]);
  log.expireProducers(NOW_MS + 90_000_000);
  const again = async (nowMs: number) => {
    fill();
    await clean(log, world, nowMs);
    return markers();
  };
  const committed = [4, null];
  assert.deepEqual(await again(NOW_MS), [[3, null], committed], 'the header that stayed for its producer went now');
  assert.deepEqual(await again(NOW_MS), [[3, NOW_MS + 5000], committed]);
  assert.deepEqual(await again(NOW_MS + 4999), [[3, NOW_MS + 5000], committed]);
  assert.deepEqual(await again(NOW_MS + 5000), [committed]);
  assert.deepEqual(values(), ['kept', 'committed']);
});

test('[CMP-5] nothing at or above the last stable offset, and nothing younger than min.compaction.lag.ms, is cleaned; max.compaction.lag.ms makes it due', async () => {
  const world = testWorld();
  const log = open(world, { minCleanableDirtyRatio: 0.99 });
  for (let i = 0; i < 12; i++) append(log, [{ key: 'a', value: 'z'.repeat(90), timestampMs: NOW_MS + i }], world);
  const bases = log.segments.map(({ baseOffset }) => baseOffset);
  assert.ok(bases.length > 4);
  log.highWatermark = (bases[2] ?? 0) + 1;
  assert.equal(cleanable(log, NOW_MS)?.endOffset, bases[2]);
  log.highWatermark = log.endOffset;
  assert.equal(cleanable(log, NOW_MS)?.endOffset, bases.at(-1));
  log.config = { ...log.config, minCompactionLagMs: 1000 };
  assert.equal(
    cleanable(log, NOW_MS + 1000 + (bases[1] ?? 0) - 1)?.endOffset,
    bases[1],
    'as old as the youngest of the first',
  );
  assert.equal(cleanable(log, NOW_MS + 500), null);
  log.config = { ...log.config, minCompactionLagMs: 0 };
  await clean(log, world);
  for (let i = 0; i < 4; i++) append(log, [{ key: 'b', value: 'z'.repeat(90) }], world);
  const range = cleanable(log, NOW_MS + 100);
  assert.ok(range !== null && range.dirtyRatio < 0.99 && !range.isWanted);
  log.config = { ...log.config, maxCompactionLagMs: 99 };
  assert.equal(cleanable(log, NOW_MS + 200)?.isWanted, true);
});

test('[CMP-6] a key map too small for the log cleans it in several passes', async () => {
  const world = testWorld();
  const log = open(world, { segmentBytes: 2000 });
  for (let i = 0; i < 100; i++) append(log, [{ key: `k${i % 40}`, value: `${i}`.repeat(20) }], world);
  const wanted = new Map(recordsOf(log, world).map(({ key, value }) => [`${key}`, `${value}`]));
  const activeBase = log.segments.at(-1)?.baseOffset ?? 0;
  let passes = 0;
  for (; log.cleanedUpTo < activeBase && passes < 50; passes++) assert.ok(await clean(log, world, NOW_MS, 24 * 20));
  assert.ok(passes > 3 && passes < 50, `${passes} passes`);
  const left = recordsOf(log, world).filter(({ offset }) => offset < activeBase);
  assert.deepEqual(new Map(recordsOf(log, world).map(({ key, value }) => [`${key}`, `${value}`])), wanted);
  assert.ok(left.length <= 45, `${left.length} records of 40 keys`);
  append(
    log,
    Array.from({ length: 30 }, (_, i) => ({ key: `big${i}`, value: 'v'.repeat(20) })),
    world,
  );
  for (let i = 0; i < 30; i++) append(log, [{ key: 'x', value: 'y'.repeat(60) }], world);
  let tries = 0;
  while (tries < 20 && (await clean(log, world, NOW_MS, 24 * 5))) tries++;
  assert.ok(tries < 20, 'one batch that never fits is said, not looped over');
  assert.match(world.complaints.at(-1) ?? '', /dedupe\.buffer\.size is too small/);
});

test('[CMP-7] whatever disk operation a crash comes at, the log is as before the cleaning or as after it', async () => {
  for (let failAt = 0; failAt < 400; failAt++) {
    const world = testWorld();
    const log = open(world);
    for (let i = 0; i < 14; i++)
      append(
        log,
        [
          { key: `k${i % 3}`, value: 'x'.repeat(70) },
          { key: `o${i}`, value: 'y' },
        ],
        world,
      );
    const before = shown(recordsOf(log, world));
    const { disk } = world;
    let left = failAt;
    const guard =
      <A extends unknown[], R>(run: (...args: A) => R) =>
      (...args: A): R => {
        if (left-- <= 0) throw new DiskError('EIO', 'the test pulled the plug');
        return run(...args);
      };
    const [rename, remove, openFile] = [disk.rename.bind(disk), disk.remove.bind(disk), disk.open.bind(disk)];
    disk.rename = guard(rename);
    disk.remove = guard(remove);
    disk.open = guard(openFile);
    let isDone = true;
    try {
      await clean(log, world);
    } catch (error) {
      assert.ok(error instanceof DiskError);
      isDone = false;
    }
    Object.assign(disk, { rename, remove, open: openFile });
    const crashed = testWorld(disk.copy());
    const again = open(crashed);
    const after = shown(recordsOf(again, crashed));
    const newest = (records: readonly string[]) =>
      new Map(records.map((one) => [one.split(' ')[1]?.split('=')[0], one]));
    assert.deepEqual(newest(after), newest(before), `crash at operation ${failAt}`);
    assert.ok(after.every((one) => before.includes(one)));
    assert.deepEqual([again.startOffset, again.endOffset], [0, 28]);
    assert.deepEqual(
      disk
        .copy()
        .list('/t-0')
        .filter((name) => crashed.disk.list('/t-0').includes(name) && /cleaned|swap/.test(name)),
      [],
    );
    if (isDone && failAt > 0) return;
  }
  assert.fail('the cleaning never came to its end');
});

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      puts: fc.array(fc.record({ key: fc.integer({ min: 0, max: 8 }), size: fc.integer({ min: -1, max: 60 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      codec: fc.constantFrom(0, 0, 1),
      producer: fc.constantFrom(0, 0, 1, 2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clean' as const), afterMs: fc.constantFrom(0, 500, 2000) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ do: 'crash' as const }, { do: 'restart' as const }, { do: 'copy' as const }),
  },
);

test('[CMP-13] a disk that refuses once, at whatever operation of a cleaning, costs nothing: the log goes on, is cleaned later and is whole after a crash', async () => {
  for (let failAt = 0; failAt < 120; failAt++) {
    const world = testWorld();
    const log = open(world);
    const more = (from: number) => {
      for (let i = from; i < from + 14; i++) {
        append(
          log,
          [
            { key: `k${i % 3}`, value: 'x'.repeat(70) + i },
            { key: `o${i % 20}`, value: `y${i}` },
          ],
          world,
        );
      }
    };
    more(0);
    const newest = (one: PartitionLog, in_: TestWorld) =>
      [...new Map(recordsOf(one, in_).map(({ key, value }) => [`${key}`, `${value}`]))].sort();
    const before = newest(log, world);
    let left = failAt;
    world.disk.refuse = (operation) => (operation !== 'flush' && left-- === 0 ? 'EIO' : null);
    await clean(log, world).catch((error: unknown) => assert.ok(error instanceof DiskError));
    world.disk.refuse = null;
    assert.deepEqual(newest(log, world), before, `refused at operation ${failAt}`);
    const { recoveryPoint, cleanedUpTo } = log;
    const crashed = testWorld(world.disk.copy());
    assert.deepEqual(
      newest(reopen(crashed, { recoveryPoint, cleanedUpTo }), crashed),
      before,
      `and crashed after ${failAt}`,
    );
    more(14);
    const all = newest(log, world);
    await clean(log, world);
    assert.deepEqual(newest(log, world), all);
    const later = testWorld(world.disk.copy());
    assert.deepEqual(newest(reopen(later, log), later), all);
    const names = world.disk.list('/t-0').filter((name) => /(cleaned|swap)$/.test(name));
    assert.deepEqual(names, [], `left behind after ${failAt}`);
  }
});

test('[CMP-8] whatever is written, cleaned, crashed and copied, the last value of each key is what a plain map says, in order of offsets', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (run) => {
      const world = testWorld();
      let log = open(world, { deleteRetentionMs: 1000 });
      const model = new Map<string, { value: string | null; offset: number; atMs: number }>();
      const sequences = [0, 0, 0];
      let nowMs = NOW_MS;
      let count = 0;
      for (const one of run) {
        if (one.do === 'put') {
          const puts = one.puts.map(({ key, size }) => ({
            key: `key${key}`,
            value: size < 0 ? null : `${count++}`.padEnd(size, '.'),
          }));
          const { producer } = one;
          const id = producer === 0 ? {} : { producerId: producer, baseSequence: sequences[producer] ?? 0 };
          sequences[producer] = (sequences[producer] ?? 0) + puts.length;
          puts.forEach(({ key, value }, i) => {
            model.set(key, { value, offset: log.endOffset + i, atMs: nowMs });
          });
          append(log, puts, world, { codec: one.codec, ...id });
        } else if (one.do === 'clean') {
          nowMs += one.afterMs;
          await clean(log, world, nowMs);
        } else if (one.do === 'copy') {
          const other = testWorld();
          const follower = open(other);
          for (const bytes of log.batches(0)) {
            assert.equal(follower.appendAsFollower(Buffer.from(bytes), { nowMs }).kind, 'appended');
          }
          assert.equal(follower.endOffset, log.endOffset);
          assert.deepEqual(shown(recordsOf(follower, other)), shown(recordsOf(log, world)));
        } else {
          if (one.do === 'restart') log.closeCleanly();
          else log.close();
          // With what the folder wrote down: what was cleaned may leave gaps.
          const { cleanedUpTo } = log;
          log = reopen(world, log, { deleteRetentionMs: 1000 });
          log.cleanedUpTo = cleanedUpTo;
        }
        const seen = new Map<string, { value: string | null; offset: number }>();
        let last = -1;
        for (const { key, value, offset } of recordsOf(log, world)) {
          assert.ok(offset > last, 'offsets grow');
          last = offset;
          seen.set(`${key}`, { value: value === null ? null : `${value}`, offset });
        }
        for (const [key, { value, offset }] of model) {
          const found = seen.get(key);
          if (value !== null) assert.deepEqual(found, { value, offset }, key);
          else assert.ok(found === undefined || (found.value === null && found.offset === offset), `${key} is gone`);
        }
        for (const [i, { header }] of batchesOf(log).entries()) {
          const next = batchesOf(log)[i + 1]?.header;
          if (next !== undefined) assert.ok(next.baseOffset > lastOffsetOf(header));
        }
      }
    }),
    { numRuns: 100 },
  );
});
