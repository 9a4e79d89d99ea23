import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { readBatchHeader } from '../../../protocol/records/batch.ts';
import { encodeBatch, type NewBatch } from '../../../protocol/records/record.ts';
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../log-config.ts';
import { LogFolder } from '../log-folder.ts';
import { FLIPPING_CODECS, type TestWorld, testWorld } from '../testing/test-world.ts';
import { PartitionLog } from './log.ts';

const NOW_MS = 1_000_000;
const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const SMALL: Partial<LogConfig> = { segmentBytes: 200 };

function open(world: TestWorld, name: string, config: Partial<LogConfig> = {}): PartitionLog {
  const options = { folder: `/${name}-0`, topic: name, partition: 0, topicId: TOPIC_ID };
  return PartitionLog.open(world, { ...options, config: { ...DEFAULT_LOG_CONFIG, ...config } });
}
function batch(count: number, o: Partial<NewBatch> = {}): Buffer {
  const records = Array.from({ length: count }, (_, i) => ({
    timestampMs: NOW_MS,
    key: null,
    value: Buffer.alloc(4, i),
  }));
  return encodeBatch({ records, ...o }, FLIPPING_CODECS);
}
function lead(log: PartitionLog, leaderEpoch: number, records: Buffer) {
  return log.appendAsLeader(records, { leaderEpoch, nowMs: NOW_MS, origin: 'client' });
}
/** Everything from `offset` on, as a fetch of a follower gives it. */
function from(log: PartitionLog, offset: number): Buffer {
  return Buffer.concat([...log.batches(offset)]);
}
const follow = (log: PartitionLog, records: Buffer) => log.appendAsFollower(records, { nowMs: NOW_MS });
const idempotent = (baseSequence: number) => batch(2, { producerId: 9, producerEpoch: 1, baseSequence });

test('[REP-12] a follower takes several batches as they are: bytes, offsets, epochs, producers', () => {
  const world = testWorld();
  const leader = open(world, 'leader', SMALL);
  const follower = open(world, 'follower', SMALL);
  lead(leader, 3, idempotent(0));
  lead(leader, 3, idempotent(2));
  lead(leader, 5, idempotent(4));
  assert.deepEqual(follow(follower, from(leader, 0)), { kind: 'appended', lastOffset: 5 });
  assert.deepEqual(follow(follower, Buffer.alloc(0)), { kind: 'appended', lastOffset: 5 });
  assert.deepEqual(from(follower, 0), from(leader, 0));
  assert.deepEqual([follower.latestEpoch, follower.endOffsetForEpoch(3)], [5, { epoch: 3, endOffset: 4 }]);
  assert.deepEqual([...follower.producers()], [...leader.producers()]);
  const again = lead(follower, 6, idempotent(2));
  assert.deepEqual([again.kind, again.kind === 'duplicate' && again.baseOffset], ['duplicate', 2]);
  assert.equal(lead(follower, 6, idempotent(6)).kind, 'appended');
});

test('[REP-13] an overlap, a wrong checksum or rubbish is refused and leaves the log as it was; a cut batch is left out', () => {
  const world = testWorld();
  const leader = open(world, 'leader');
  const follower = open(world, 'follower');
  for (let i = 0; i < 4; i++) lead(leader, 0, batch(2));
  const [first, second, third] = [...leader.batches(0)] as [Buffer, Buffer, Buffer];
  follow(follower, first);
  const refused = (records: Buffer) => {
    const outcome = follow(follower, records);
    assert.equal(follower.endOffset, 2);
    return outcome.kind === 'refused' ? outcome.errorCode : outcome;
  };
  assert.equal(refused(first), ErrorCode.OFFSET_OUT_OF_RANGE);
  assert.equal(refused(Buffer.concat([third, second])), ErrorCode.OFFSET_OUT_OF_RANGE);
  const flipped = Buffer.concat([second, third]);
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  assert.equal(refused(flipped), ErrorCode.CORRUPT_MESSAGE);
  assert.equal(refused(Buffer.alloc(100)), ErrorCode.CORRUPT_MESSAGE);
  assert.deepEqual(follow(follower, Buffer.concat([second, third.subarray(0, 50)])), {
    kind: 'appended',
    lastOffset: 3,
  });
  follower.close();
  assert.equal(follow(follower, third).kind, 'refused');
});

test('[REP-14] a log begun anew is empty at its offset, forgets epochs and producers, and may begin inside a batch', () => {
  const world = testWorld();
  const leader = open(world, 'leader');
  const follower = open(world, 'follower', SMALL);
  for (let i = 0; i < 5; i++) {
    lead(leader, 1, idempotent(2 * i));
    follow(follower, from(leader, 2 * i));
  }
  follower.truncateFullyTo(100);
  assert.deepEqual(
    [follower.startOffset, follower.endOffset, follower.sizeBytes, follower.latestEpoch],
    [100, 100, 0, -1],
  );
  assert.deepEqual([...follower.producers()], []);
  follower.truncateFullyTo(5);
  assert.deepEqual(follow(follower, from(leader, 5)), { kind: 'appended', lastOffset: 9 });
  assert.deepEqual([follower.startOffset, follower.endOffset], [5, 10]);
  assert.deepEqual(from(follower, 5), from(leader, 5), 'the batch from 4 on is there whole');
  assert.equal(follower.read({ offset: 4, maxBytes: 1000, upToOffset: 10, isFirst: true }).kind, 'outOfRange');
  follower.closeCleanly();
});

test('[REP-15] cutting at the very end forgets an epoch in which nothing was written', () => {
  const log = open(testWorld(), 'former-leader');
  lead(log, 4, batch(3));
  log.startEpoch(5);
  assert.equal(log.latestEpoch, 5);
  log.truncateTo(3);
  assert.deepEqual([log.latestEpoch, log.endOffset], [4, 3]);
});

function folderOf(world: TestWorld): LogFolder {
  const configOf = () => DEFAULT_LOG_CONFIG;
  return LogFolder.open(world, { folder: '/dir', nodeId: 1, clusterId: TOPIC_ID, configOf });
}

test('[REP-16] high watermarks are written down every five seconds, given back once at the next start, and only to their topic', () => {
  const world = testWorld();
  const folder = folderOf(world);
  const log = folder.create('t', 0, TOPIC_ID, DEFAULT_LOG_CONFIG);
  assert.equal(folder.takeHighWatermark('t', 0, TOPIC_ID), 0);
  lead(log, 0, batch(9));
  log.highWatermark = 4;
  folder.tick(NOW_MS);
  folder.tick(NOW_MS + 5000);
  log.highWatermark = 6;
  folder.tick(NOW_MS + 9999);
  folder.close(false);

  const untaken = folderOf(world);
  untaken.close(true);
  const next = folderOf(world);
  assert.equal(next.takeHighWatermark('t', 0, 'another'), 0);
  next.close(true);
  const last = folderOf(world);
  assert.equal(last.takeHighWatermark('t', 0, TOPIC_ID), 4, 'a start that never used it leaves it alone');
  assert.equal(last.takeHighWatermark('t', 0, TOPIC_ID), 0);
  last.close(true);
});

test('[REP-17] a cut below the recovery point and the high watermark is written down at once', async () => {
  const world = testWorld();
  const folder = folderOf(world);
  const log = folder.create('t', 0, TOPIC_ID, DEFAULT_LOG_CONFIG);
  for (let i = 0; i < 3; i++) lead(log, 0, batch(2));
  log.highWatermark = 6;
  log.flushNow();
  folder.tick(NOW_MS);
  // The epochs come to rest first: the point is never beyond them.
  for (let i = 0; i < 9; i++) await Promise.resolve();
  folder.tick(NOW_MS + 60_000);
  const written = (name: string) => world.disk.read(`/dir/${name}`)?.toString('utf8');
  assert.equal(written('recovery-point-offset-checkpoint'), '0\n1\nt 0 6\n');
  log.truncateTo(2);
  assert.equal(written('recovery-point-offset-checkpoint'), '0\n1\nt 0 2\n');
  assert.equal(written('replication-offset-checkpoint'), '0\n1\nt 0 2\n');
  assert.equal(readBatchHeader(from(log, 0), 0).lastOffsetDelta, 1);
  folder.close(true);
});
