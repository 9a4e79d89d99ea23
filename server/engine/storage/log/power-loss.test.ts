// A log on a disk whose flushes take their time, the simulation's: what a power loss leaves at any moment between them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DiskError } from '../../../kernel/world.ts';
import { readBatchHeader } from '../../../protocol/records/batch.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { SimDisk } from '../../../sim/world/disk.ts';
import { Prng } from '../../../sim/world/prng.ts';
import { DEFAULT_LOG_CONFIG } from '../log-config.ts';
import { LogFolder } from '../log-folder.ts';
import { testWorld } from '../testing/test-world.ts';
import type { PartitionLog } from './log.ts';

/** Two or three batches to a segment. */
const CONFIG = { ...DEFAULT_LOG_CONFIG, segmentBytes: 260 };
const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const OPTIONS = { folder: '/d', nodeId: 1, clusterId: 'ABCDEFGHIJKLMNOPQRSTUV', configOf: () => CONFIG };

interface Batch {
  readonly offset: number;
  readonly epoch: number;
  readonly crc: number;
}
const isBeginning = (history: readonly Batch[], batches: readonly Batch[]): boolean =>
  batches.every(({ offset, crc }, i) => history[i]?.offset === offset && history[i].crc === crc);

/** A log with a record to each batch, on a disk whose flushes end when the test says so. */
class Bench {
  readonly disk = new SimDisk();
  leaderEpoch = 0;
  folder: LogFolder;
  log: PartitionLog;
  #flushes: (() => void)[] = [];
  #count = 0;

  constructor() {
    this.disk.makeFolder('/d');
    this.folder = this.#open();
    this.log = this.folder.create('t', 0, TOPIC_ID, CONFIG);
  }
  #open(): LogFolder {
    const later = (_delayMs: number, end: () => void) => void this.#flushes.push(end);
    return LogFolder.open({ ...testWorld(), disk: this.disk.as({ later, mayUse: () => undefined }) }, OPTIONS);
  }
  append(): void {
    const value = Buffer.from(String(this.#count++).padStart(20, '.'));
    const bytes = encodeBatch({ records: [{ timestampMs: 1, key: null, value }] });
    const { leaderEpoch } = this;
    assert.equal(this.log.appendAsLeader(bytes, { leaderEpoch, nowMs: 1, origin: 'client' }).kind, 'appended');
  }
  /** As a follower does, where another leader's history parts from its own; the disk may refuse the files that tell of all logs. */
  cut(offset: number, isRefused: boolean): void {
    this.disk.refuse = (_operation, path) => (isRefused && path.endsWith('-offset-checkpoint') ? 'EIO' : null);
    try {
      this.log.truncateTo(offset);
      this.leaderEpoch++;
    } catch (error) {
      assert.ok(isRefused && error instanceof DiskError, String(error));
    } finally {
      this.disk.refuse = null;
    }
  }
  /** The oldest of the flushes under way come to their end. */
  async endFlushes(count: number): Promise<void> {
    for (const end of this.#flushes.splice(0, count)) end();
    for (let turns = 0; turns < 8; turns++) await null;
  }
  reopen(how: 'kill' | 'power' | 'stop', prng: Prng): void {
    this.folder.close(how === 'stop');
    this.#flushes = [];
    if (how === 'power') this.disk.losePower(prng);
    this.folder = this.#open();
    this.log = this.folder.create('t', 0, TOPIC_ID, CONFIG);
  }
  /** What a reader is given from the start on, one batch after the other. */
  read(): Batch[] {
    return [...this.log.batches(0)].map((bytes) => {
      const { baseOffset, leaderEpoch, crc } = readBatchHeader(bytes, 0);
      return { offset: baseOffset, epoch: leaderEpoch, crc };
    });
  }
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const step = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ do: 'append' } as const) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), share, isRefused: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('endFlushes' as const), count: fc.nat({ max: 6 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'flush' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('kill' as const, 'power' as const, 'power' as const, 'stop' as const) }),
  },
);

test('[LOG-22] however late flushes come to their end, and when a cut is refused: what the recovery point promises outlives the power, and what is left is the beginning of one history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), fc.nat(), async (steps, seed) => {
      const prng = new Prng(seed);
      const bench = new Bench();
      /** As it was before each cut, and before the power went. */
      const pasts: (readonly Batch[])[] = [];
      for (const one of steps) {
        const before = bench.read();
        const { recoveryPoint } = bench.log;
        if (one.do === 'append') bench.append();
        else if (one.do === 'cut') bench.cut(Math.floor(one.share * (bench.log.endOffset + 1)), one.isRefused);
        else if (one.do === 'endFlushes') await bench.endFlushes(one.count);
        else if (one.do === 'flush') void bench.log.flush();
        else bench.reopen(one.do, prng);
        const after = bench.read();
        if (one.do === 'cut' || one.do === 'power') pasts.push(before);
        const isOneHistory = one.do !== 'power' || pasts.some((past) => isBeginning(past, after));
        assert.ok(isOneHistory, `of two histories: ${JSON.stringify(after)}`);
        assert.equal(after.length, bench.log.endOffset);
        for (const { offset, epoch } of after) assert.equal(bench.log.epochOf(offset), epoch, `epoch after ${one.do}`);
        if (one.do === 'power') assert.deepEqual(after.slice(0, recoveryPoint), before.slice(0, recoveryPoint));
        if (one.do === 'kill' || one.do === 'stop') assert.deepEqual(after, before, one.do);
      }
    }),
    { numRuns: 600 },
  );
});

test('[LOG-23] the high watermark that is written down never covers what a power loss may bring back of a cut', () => {
  const ends = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const prng = new Prng(seed);
    const bench = new Bench();
    for (let i = 0; i < 2; i++) bench.append();
    bench.reopen('stop', prng);
    assert.equal(bench.folder.takeHighWatermark('t', 0, TOPIC_ID), 2);
    bench.cut(1, false);
    bench.append();
    bench.log.highWatermark = bench.log.endOffset;
    for (const nowMs of [10_000, 20_000]) bench.folder.tick(nowMs);
    bench.reopen('power', prng);
    ends.add(bench.log.endOffset);
    assert.equal(bench.folder.takeHighWatermark('t', 0, TOPIC_ID), 1);
  }
  assert.ok(ends.has(2), 'what was cut never came back');
  const bench = new Bench();
  for (let i = 0; i < 2; i++) bench.append();
  bench.cut(1, false);
  bench.append();
  bench.log.highWatermark = 2;
  bench.reopen('stop', new Prng(1));
  assert.equal(bench.folder.takeHighWatermark('t', 0, TOPIC_ID), 2, 'a flush takes away what could come back');
});
