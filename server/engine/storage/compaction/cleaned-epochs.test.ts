// What the cleaner leaves of leader epochs: a replica that copies a cleaned log learns them from its batches, and must know of each what
// the leader knew that wrote it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readBatchHeader } from '../../../protocol/records/batch.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { truncationOffset } from '../../replication/follower.ts';
import { PartitionLog } from '../log/log.ts';
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../log-config.ts';
import { type TestWorld, testWorld } from '../testing/test-world.ts';
import { cleanLog } from './clean-log.ts';
import { cleanable } from './cleanable.ts';
import { DEFAULT_CLEANER_SETTINGS } from './cleaner-settings.ts';

const NOW_MS = 1_000_000;
const CONFIG = { ...DEFAULT_LOG_CONFIG, isDeleted: false, isCompacted: true, minCleanableDirtyRatio: 0 };
const HEADER_BYTES = 61;

interface Put {
  readonly leaderEpoch: number;
  readonly key?: string;
  readonly bytes?: number;
  readonly timestampMs?: number;
  readonly producer?: { readonly producerId: number; readonly baseSequence: number; readonly flags?: number };
}

function open(world: TestWorld, config: Partial<LogConfig> = {}): PartitionLog {
  const options = { folder: '/t-0', topic: 't', partition: 0, topicId: '' };
  return PartitionLog.open(world, { ...options, config: { ...CONFIG, segmentBytes: 300, ...config } });
}
function put(log: PartitionLog, { leaderEpoch, key = 'k', bytes = 40, timestampMs = NOW_MS, producer }: Put): void {
  const records = [{ timestampMs, key: Buffer.from(key), value: Buffer.alloc(bytes, 'v') }];
  const batch = encodeBatch({ records, ...producer, ...(producer === undefined ? {} : { producerEpoch: 0 }) });
  const outcome = log.appendAsLeader(batch, { leaderEpoch, nowMs: NOW_MS, origin: 'client', isVerified: true });
  assert.equal(outcome.kind, 'appended', JSON.stringify(outcome));
}
function end(log: PartitionLog, leaderEpoch: number, producerId: number, isCommit: boolean): void {
  const marker = { producerId, producerEpoch: 0, isCommit, coordinatorEpoch: 0, timestampMs: NOW_MS };
  log.appendMarker(marker, { leaderEpoch, nowMs: NOW_MS, transactionVersion: 1 });
}
/** Its end is full of a record of its own, so that all before it can be cleaned. */
async function clean(log: PartitionLog, world: TestWorld, leaderEpoch: number, nowMs = NOW_MS): Promise<void> {
  for (let i = 0; i < 2; i++) put(log, { leaderEpoch, key: 'filler', bytes: 200 });
  const range = cleanable(log, nowMs);
  assert.ok(range !== null);
  const how = { compression: world.compression, log: world.log, nowMs, settings: DEFAULT_CLEANER_SETTINGS, seed: 7 };
  const steps = cleanLog(log, range, how);
  for (let step = steps.next(); step.done !== true; step = steps.next()) await step.value;
}
const headersOf = (log: PartitionLog) => [...log.batches(log.startOffset)].map((bytes) => readBatchHeader(bytes, 0));
/** As a follower that begins with nothing, in answers of any size. */
function copyOf(log: PartitionLog): PartitionLog {
  const copy = open(testWorld());
  if (log.startOffset > 0) copy.truncateFullyTo(log.startOffset);
  for (const bytes of log.batches(log.startOffset)) {
    assert.equal(copy.appendAsFollower(Buffer.from(bytes), { nowMs: NOW_MS }).kind, 'appended');
  }
  return copy;
}
const epochsOf = (log: PartitionLog, upTo: number) =>
  Array.from({ length: upTo + 1 }, (_, epoch) => ({ asked: epoch, ...log.endOffsetForEpoch(epoch) }));

test('[CMP-14] a follower is cut at no committed record by a leader that learned of its epochs from a cleaned log, and at every one that is not', async () => {
  const world = testWorld();
  const log = open(world);
  const [late, zombie] = [open(testWorld()), open(testWorld())];
  for (let i = 0; i < 10; i++) put(log, { leaderEpoch: 3 });
  for (const bytes of log.batches(0)) {
    for (const one of [late, zombie]) one.appendAsFollower(Buffer.from(bytes), { nowMs: NOW_MS });
  }
  for (let i = 0; i < 5; i++) put(zombie, { leaderEpoch: 3, key: 'nobody else has it' });
  for (let i = 0; i < 10; i++) {
    put(log, { leaderEpoch: 4 });
    if (i === 4) {
      for (const bytes of log.batches(10)) late.appendAsFollower(Buffer.from(bytes), { nowMs: NOW_MS });
    }
  }
  for (let i = 0; i < 10; i++) put(log, { leaderEpoch: 5 });
  await clean(log, world, 5);
  assert.equal(headersOf(log).filter(({ leaderEpoch }) => leaderEpoch === 4).length, 1, 'its records are gone');

  const leader = copyOf(log);
  const cut = (follower: PartitionLog) => truncationOffset(follower, leader.endOffsetForEpoch(follower.latestEpoch));
  assert.deepEqual([late.latestEpoch, late.endOffset, cut(late)], [4, 15, 15]);
  assert.deepEqual([zombie.latestEpoch, zombie.endOffset, cut(zombie)], [3, 15, 10]);
});

const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('put' as const), key: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('transact' as const), isCommit: fc.boolean() }) },
  { weight: 5, arbitrary: fc.constant({ do: 'lead' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('clean' as const), afterMs: fc.constantFrom(0, 3000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('delete' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
);

test('[CMP-14] whatever is written in whatever epochs, deleted from the front and cleaned however often, whoever copies the log knows where each epoch ends, and of no open transaction', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (run) => {
      const world = testWorld();
      const log = open(world, { deleteRetentionMs: 1000 });
      let leaderEpoch = 0;
      let nowMs = NOW_MS;
      let sequence = 0;
      for (const one of run) {
        if (one.do === 'put') put(log, { leaderEpoch, key: one.key });
        else if (one.do === 'lead') leaderEpoch++;
        else if (one.do === 'transact') {
          put(log, { leaderEpoch, key: 'a', producer: { producerId: 9, baseSequence: sequence++, flags: 0x10 } });
          end(log, leaderEpoch, 9, one.isCommit);
        } else if (one.do === 'clean') {
          nowMs += one.afterMs;
          await clean(log, world, leaderEpoch, nowMs);
        } else if (log.cleanedUpTo === 0) {
          // Later it may take the one place that was left of an epoch.
          log.deleteRecordsBefore(Math.floor(one.share * log.endOffset));
        }
      }
      if (run.at(-1)?.do !== 'clean') await clean(log, world, leaderEpoch, nowMs);
      const copy = copyOf(log);
      assert.deepEqual(epochsOf(copy, leaderEpoch), epochsOf(log, leaderEpoch));
      assert.deepEqual([copy.endOffset, copy.firstUnstableOffset], [log.endOffset, log.firstUnstableOffset]);
    }),
    { numRuns: 150 },
  );
});

test('[CMP-15] of an epoch whose records all went one header stays, of no producer and no transaction, however often it is cleaned', async () => {
  const world = testWorld();
  const log = open(world, { deleteRetentionMs: 1000, segmentBytes: 100_000, segmentMs: 1 });
  const flags = 0x10;
  put(log, { leaderEpoch: 0, key: 'begins' });
  for (let leaderEpoch = 1; leaderEpoch <= 20; leaderEpoch++) {
    // The first of the epoch is of a transaction, of a marker, of a sequence, or of nobody.
    const producerId = leaderEpoch;
    if (leaderEpoch % 4 === 1) end(log, leaderEpoch, 1000 + producerId, false);
    if (leaderEpoch % 4 === 2) put(log, { leaderEpoch, producer: { producerId, baseSequence: 0, flags } });
    if (leaderEpoch % 4 === 2) end(log, leaderEpoch, producerId, leaderEpoch % 8 === 2);
    if (leaderEpoch % 4 === 3) put(log, { leaderEpoch, producer: { producerId, baseSequence: 0 } });
    for (let i = 0; i < 3; i++) put(log, { leaderEpoch });
  }
  log.config = { ...log.config, segmentMs: 1_000_000, segmentBytes: 600 };
  log.expireProducers(NOW_MS + 1e9);
  for (let i = 0; i < 5; i++) await clean(log, world, 20, NOW_MS + i * 2000);
  const places = headersOf(log).filter(({ recordCount }) => recordCount === 0);
  assert.deepEqual(
    places.map(({ leaderEpoch }) => leaderEpoch),
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  for (const { sizeBytes, producerId, producerEpoch, baseSequence, attributes } of places) {
    const nobody = [HEADER_BYTES, -1, -1, -1, 0];
    assert.deepEqual([sizeBytes, producerId, producerEpoch, baseSequence, attributes], nobody);
  }
  assert.deepEqual([log.firstUnstableOffset, copyOf(log).firstUnstableOffset], [null, null]);
  assert.deepEqual([...copyOf(log).producers()], []);
});

test('[LOG-10] look-ups by time pass over what the cleaner left without a record', async () => {
  for (const timestampType of ['CreateTime', 'LogAppendTime'] as const) {
    const world = testWorld();
    const log = open(world, { timestampType, timestampAfterMaxMs: Number.POSITIVE_INFINITY });
    put(log, { leaderEpoch: 1, key: 'stays', timestampMs: NOW_MS - 5 });
    put(log, { leaderEpoch: 2, key: 'goes', timestampMs: NOW_MS + 50 });
    put(log, { leaderEpoch: 2, key: 'goes', timestampMs: NOW_MS - 1 });
    await clean(log, world, 2);
    assert.deepEqual(
      headersOf(log)
        .map(({ recordCount }) => recordCount)
        .slice(0, 3),
      [1, 0, 1],
    );
    log.deleteRecordsBefore(1);
    assert.equal(log.findByTimestamp(NOW_MS - 4, log.endOffset)?.offset, 2);
    assert.equal(log.findMaxTimestamp(3)?.offset, 2);
  }
});
