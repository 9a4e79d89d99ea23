import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemoryDisk } from '../../../kernel/memory-disk.ts';
import { VirtualTime } from '../../../kernel/virtual-time.ts';
import { readBatchHeader } from '../../../protocol/records/batch.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import type { PartitionLog } from '../log/log.ts';
import { DEFAULT_LOG_CONFIG } from '../log-config.ts';
import { LogFolder } from '../log-folder.ts';
import { flushesAtOnce } from '../testing/flushes-at-once.ts';
import { type TestWorld, testWorld } from '../testing/test-world.ts';
import { cleanable } from './cleanable.ts';
import { type CleanerSettings, DEFAULT_CLEANER_SETTINGS } from './cleaner-settings.ts';

const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const CONFIG = { ...DEFAULT_LOG_CONFIG, isDeleted: false, isCompacted: true, segmentBytes: 500, fileDeleteDelayMs: 0 };
const BACKOFF_MS = 15_000;
const OPTIONS = { folder: '/d', nodeId: 1, clusterId: 'ABCDEFGHIJKLMNOPQRSTUV', configOf: () => CONFIG };

/** Each look at the clock takes a millisecond: work is seen to take time. */
function setUp(tickMs = 0, settings: () => CleanerSettings = () => DEFAULT_CLEANER_SETTINGS) {
  const time = new VirtualTime();
  const base = testWorld();
  let spentMs = 0;
  const turns: number[] = [];
  const clock = {
    nowMs: () => 1_000_000 + time.monotonicMs(),
    monotonicMs: () => {
      spentMs += tickMs;
      return time.monotonicMs() + spentMs;
    },
  };
  const after = (delayMs: number, run: () => void) =>
    time.after(delayMs, () => {
      const before = spentMs;
      run();
      turns.push(spentMs - before);
    });
  const world = { ...base, clock, timers: { after, soon: (run: () => void) => time.soon(run) } };
  const open = () => LogFolder.open(world, { ...OPTIONS, cleanerSettings: settings });
  const pass = async (ms: number) => {
    for (let i = 0; i < ms; i += 5) {
      time.advance(5);
      for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { world: world as typeof world & Pick<TestWorld, 'disk'>, turns, open, pass };
}
function fill(log: PartitionLog, count: number): void {
  for (let i = 0; i < count; i++) {
    const records = [{ timestampMs: 1_000_000, key: Buffer.from(`k${i % 4}`), value: Buffer.alloc(100, 'v') }];
    const outcome = log.appendAsLeader(encodeBatch({ records }), {
      leaderEpoch: 0,
      nowMs: 1_000_000,
      origin: 'client',
    });
    assert.equal(outcome.kind, 'appended');
  }
}
const count = (log: PartitionLog): number => {
  let records = 0;
  for (const bytes of log.batches(0)) records += readBatchHeader(bytes, 0).recordCount;
  return records;
};

test('[CMP-9] the dirtiest log is cleaned first, in turns of a few milliseconds, and how far is written down', async () => {
  const { world, turns, open, pass } = setUp(1);
  const folder = open();
  const [some, more] = ['some', 'more'].map((topic) => folder.create(topic, 0, TOPIC_ID, CONFIG)) as [
    PartitionLog,
    PartitionLog,
  ];
  fill(some, 40);
  fill(more, 40);
  folder.tick(world.clock.nowMs());
  for (let waited = 0; (folder.cleaner.isCleaning || waited === 0) && waited < 100; waited++) await pass(20);
  assert.ok(turns.length > 10, `${turns.length} turns`);
  assert.ok(Math.max(...turns) <= 12, `the longest turn looked at the clock ${Math.max(...turns)} times`);
  for (const log of [some, more]) {
    assert.ok(log.cleanedUpTo > 30);
    assert.ok(count(log) <= 4 + 40 - log.cleanedUpTo);
  }
  const written = `${world.disk.read('/d/cleaner-offset-checkpoint')}`;
  assert.equal(written, `0\n2\nsome 0 ${some.cleanedUpTo}\nmore 0 ${more.cleanedUpTo}\n`);
  fill(some, 40);
  folder.tick(world.clock.nowMs());
  assert.equal(folder.cleaner.isCleaning, false, 'not before log.cleaner.backoff.ms');
  await pass(BACKOFF_MS);
  folder.tick(world.clock.nowMs());
  assert.equal(folder.cleaner.isCleaning, true);
  folder.close(true);
  assert.equal(folder.cleaner.isCleaning, false);
  assert.deepEqual(
    world.disk.list('/d/some-0').filter((name) => name.endsWith('.cleaned')),
    [],
    'left as it was',
  );
  assert.equal(open().logs.get('some-0')?.cleanedUpTo, some.cleanedUpTo);
});

test('[CMP-9] of two logs the dirtier one is cleaned first, whichever came first', async () => {
  for (const dirtier of ['one', 'two']) {
    const { world, open, pass } = setUp();
    const folder = open();
    const logs = ['one', 'two'].map((topic) => folder.create(topic, 0, TOPIC_ID, CONFIG));
    for (const log of logs) fill(log, 40);
    folder.tick(world.clock.nowMs());
    await pass(500);
    assert.equal(folder.cleaner.isCleaning, false);
    const before = logs.map((log) => log.cleanedUpTo);
    const order: string[] = [];
    for (const log of logs) fill(log, log.label.startsWith(dirtier) ? 40 : 10);
    await pass(BACKOFF_MS);
    folder.tick(world.clock.nowMs());
    for (let i = 0; i < 200 && order.length < 2; i++) {
      await pass(5);
      for (const [index, log] of logs.entries()) {
        if (log.cleanedUpTo > (before[index] ?? 0) && !order.includes(log.label)) order.push(log.label);
      }
    }
    assert.deepEqual(order, dirtier === 'one' ? ['one-0', 'two-0'] : ['two-0', 'one-0']);
    folder.close(true);
  }
});

test('[CMP-12] a log is cleaned when more than min.cleanable.dirty.ratio of what may be cleaned is dirty', () => {
  const segments = [0, 10, 20, 30, 40].map((baseOffset) => ({
    baseOffset,
    sizeBytes: 100,
    maxTimestampMs: 1_000_000,
    firstTimestampMs: () => 1_000_000,
  }));
  const bounds = { segments, startOffset: 0, endOffset: 50, lastStableOffset: 50 };
  const at = (cleanedUpTo: number, minCleanableDirtyRatio: number, more = {}) => {
    const config = { ...CONFIG, minCleanableDirtyRatio, ...more };
    const found = cleanable({ ...bounds, config, cleanedUpTo }, 1_000_100);
    return found === null ? null : [found.dirtyRatio, found.isWanted];
  };
  assert.deepEqual(at(0, 0.5), [1, true]);
  assert.deepEqual(at(20, 0.49), [0.5, true], 'the active segment does not count');
  assert.deepEqual(at(20, 0.5), [0.5, false], 'as much is not more');
  assert.deepEqual(at(30, 0.5), [0.25, false]);
  assert.deepEqual(at(30, 0.5, { maxCompactionLagMs: 99 }), [0.25, true], 'but it is too old');
  assert.equal(at(40, 0), null);
  assert.equal(at(0, 0, { isCompacted: false }), null);
});

test('[CMP-10] a log that is cut, deleted or closed while it is cleaned is left alone', async () => {
  for (const disturb of ['cut', 'remove', 'retain'] as const) {
    const { world, open, pass } = setUp(3);
    const folder = open();
    const log = folder.create('t', 0, TOPIC_ID, CONFIG);
    fill(log, 60);
    folder.tick(world.clock.nowMs());
    await pass(10);
    assert.ok(folder.cleaner.isCleaning, disturb);
    if (disturb === 'cut') log.truncateTo(30);
    else if (disturb === 'remove') folder.remove('t', 0);
    else log.deleteRecordsBefore(30);
    for (let i = 0; folder.cleaner.isCleaning && i < 200; i++) await pass(20);
    assert.equal(folder.cleaner.isCleaning, false);
    if (disturb === 'remove') continue;
    assert.ok(log.cleanedUpTo <= log.endOffset);
    const offsets = [...log.batches(log.startOffset)].map((bytes) => readBatchHeader(bytes, 0).baseOffset);
    if (disturb === 'cut') assert.deepEqual([offsets.at(-1), log.endOffset], [29, 30]);
    else assert.equal(offsets.at(-1), 59);
    assert.deepEqual(
      world.disk.list('/d/t-0').filter((name) => /cleaned|swap/.test(name)),
      [],
    );
    fill(log, 20);
  }
});

test('[REC-7] what the cleaner took out is no hole: after a crash at any time a cleaned log is whole, its recovery point written or lost', async () => {
  const { world, open, pass } = setUp(3);
  const folder = open();
  const log = folder.create('t', 0, TOPIC_ID, CONFIG);
  fill(log, 60);
  folder.tick(world.clock.nowMs());
  const crashes: { readonly disk: MemoryDisk; readonly offsets: readonly number[] }[] = [];
  const offsetsOf = (one: PartitionLog | undefined) =>
    [...(one?.batches(0) ?? [])].map((bytes) => readBatchHeader(bytes, 0).baseOffset);
  for (let i = 0; folder.cleaner.isCleaning && i < 200; i++) {
    await pass(10);
    crashes.push({ disk: world.disk.copy(), offsets: offsetsOf(log) });
  }
  assert.ok(log.cleanedUpTo > 40 && new Set(crashes.map(({ offsets }) => offsets.length)).size > 2);
  assert.ok(log.segments.some((segment, i) => segment.endOffset < (log.segments[i + 1]?.baseOffset ?? 0)));
  const reopened = (disk: MemoryDisk) => LogFolder.open({ ...world, disk }, OPTIONS).logs.get('t-0');
  for (const { disk, offsets } of crashes) assert.deepEqual(offsetsOf(reopened(disk.copy())), offsets);
  const last = world.disk.copy();
  last.remove('/d/recovery-point-offset-checkpoint');
  assert.deepEqual(offsetsOf(reopened(last)), offsetsOf(log));
});

test('[CMP-11] what is said to the cleaner while it runs is in force at once: how often it looks, how much it reads and writes in a second, how many keys it holds', async () => {
  let settings = { ...DEFAULT_CLEANER_SETTINGS, ioBytesPerSecond: 10_000, ioBufferBytes: 0 };
  const { world, open, pass } = setUp(0, () => settings);
  const folder = open();
  const log = folder.create('t', 0, TOPIC_ID, CONFIG);
  const secondsToClean = async (atMost: number) => {
    folder.tick(world.clock.nowMs());
    for (let tenths = 0; tenths < 10 * atMost; tenths++) {
      if (!folder.cleaner.isCleaning) return tenths / 10;
      await pass(100);
    }
    return Number.POSITIVE_INFINITY;
  };
  fill(log, 200);
  const { sizeBytes } = log;
  const slow = await secondsToClean(30);
  // Twice what was there is read, and some written.
  assert.ok(slow >= (1.8 * sizeBytes) / 10_000 && slow <= (3 * sizeBytes) / 10_000, `${slow} s for ${sizeBytes} bytes`);
  fill(log, 200);
  assert.equal(await secondsToClean(1), 0, 'not before log.cleaner.backoff.ms');
  settings = { ...settings, backoffMs: 0 };
  folder.tick(world.clock.nowMs());
  assert.ok(folder.cleaner.isCleaning, 'a shorter backoff is over');
  await pass(1000);
  assert.ok(folder.cleaner.isCleaning);
  settings = { ...settings, ioBytesPerSecond: Number.MAX_VALUE };
  assert.ok((await secondsToClean(10)) <= 2, 'the log under way is cleaned at the new rate');
  fill(log, 40);
  settings = { ...settings, mapBytes: 2 * 24 };
  const before = log.cleanedUpTo;
  assert.ok((await secondsToClean(60)) < 60);
  assert.ok(log.cleanedUpTo > before, 'one key at a time');
  settings = { ...settings, mapBytes: 1 << 20 };
  folder.close(false);
});

test('[CMP-17] a cleaned file that is not needed goes to the trash, which gives back its room piece by piece', async () => {
  const { world, open, pass } = setUp();
  const folder = open();
  const log = folder.create('t', 0, TOPIC_ID, CONFIG);
  // Every key once: what was written anew is what was there.
  for (let i = 0; i < 12; i++) {
    const records = [{ timestampMs: 1_000_000, key: Buffer.from(`only ${i}`), value: Buffer.alloc(200, 'v') }];
    log.appendAsLeader(encodeBatch({ records }), { leaderEpoch: 0, nowMs: 1_000_000, origin: 'client' });
  }
  const removed: string[] = [];
  const remove = world.disk.remove.bind(world.disk);
  world.disk.remove = (path) => {
    removed.push(path);
    remove(path);
  };
  folder.tick(1_000_000);
  await pass(300);
  assert.equal(log.cleanedUpTo > 0, true);
  assert.equal(count(log), 12);
  assert.ok(folder.trashSize > 0);
  assert.deepEqual(
    removed.filter((path) => path.includes('.cleaned')),
    [],
  );
  for (let i = 0; folder.trashSize > 0 && i < 9; i++) folder.tick(1_000_000);
  assert.deepEqual(
    world.disk.list('/d/t-0').filter((name) => name.includes('.cleaned')),
    [],
  );
  folder.close(true);
});

test('[CMP-18] a cleaning flushes nothing on the thread of its broker', async () => {
  const { world, open, pass } = setUp();
  const folder = open();
  const log = folder.create('t', 0, TOPIC_ID, CONFIG);
  fill(log, 40);
  const asked = flushesAtOnce(world.disk);
  folder.tick(1_000_000);
  await pass(300);
  assert.ok(count(log) < 40, 'it was cleaned');
  assert.deepEqual(asked, []);
  // The watch is alive: what a client deletes is written down before it is told so.
  log.deleteRecordsBefore(log.endOffset - 1);
  assert.equal(asked.length, 1);
  folder.close(true);
});
