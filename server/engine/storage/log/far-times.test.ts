// Records whose times lie beyond ±(2^53−1), as producers write them who take nanoseconds for milliseconds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { readBatchHeader, writeBatchHeader } from '../../../protocol/records/batch.ts';
import { decodeRecords, encodeBatch } from '../../../protocol/records/record.ts';
import { filterBatch } from '../compaction/filter-batch.ts';
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../log-config.ts';
import { formatSnapshot, parseSnapshot } from '../producer/producer-snapshot.ts';
import { FLIPPING_CODECS, type TestWorld, testWorld } from '../testing/test-world.ts';
import { PartitionLog } from './log.ts';

const NOW_MS = 1_000_000;
const NANOSECONDS = 1_796_134_847_103_123_457n;
const LONGEST = 2n ** 63n - 1n;
const UNBOUNDED = { timestampAfterMaxMs: Number.POSITIVE_INFINITY, segmentBytes: 2000 };

function open(world: TestWorld, config: Partial<LogConfig> = UNBOUNDED): PartitionLog {
  const options = { folder: '/t-0', topic: 't', partition: 0, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' };
  return PartitionLog.open(world, { ...options, config: { ...DEFAULT_LOG_CONFIG, ...config } });
}
/** Three records, at `first`, a little later and a little earlier. */
function batchAt(first: number | bigint, producer: { producerId?: number } = {}): Buffer {
  const records = [0, 7, 3].map((ms) => ({ timestampMs: ms, key: Buffer.from(`k${ms}`), value: Buffer.from('v') }));
  const own = producer.producerId === undefined ? {} : { ...producer, producerEpoch: 0, baseSequence: 0 };
  const batch = encodeBatch({ records, ...own });
  const maxTimestampMs = typeof first === 'bigint' ? first + 7n : first + 7;
  writeBatchHeader(batch, 0, { ...readBatchHeader(batch, 0), baseTimestampMs: first, maxTimestampMs });
  return batch;
}
const append = (log: PartitionLog, batch: Buffer) =>
  log.appendAsLeader(batch, { leaderEpoch: 0, nowMs: NOW_MS, origin: 'client' });
const timesOf = (bytes: Buffer) =>
  decodeRecords(bytes, 0, readBatchHeader(bytes, 0), FLIPPING_CODECS, 1 << 20).map(({ timestampMs }) => timestampMs);

test('[LOG-24] a time beyond 2^53 is INVALID_TIMESTAMP where the topic bounds it, kept to the last digit where not, and overwritten by LogAppendTime', () => {
  const bounded = append(open(testWorld(), {}), batchAt(NANOSECONDS));
  assert.ok(bounded.kind === 'refused');
  assert.equal(bounded.errorCode, ErrorCode.INVALID_TIMESTAMP);
  assert.equal(bounded.recordErrors?.length, 3);

  const log = open(testWorld());
  assert.equal(append(log, batchAt(NANOSECONDS)).kind, 'appended');
  const [kept] = [...log.batches(0)];
  assert.deepEqual(timesOf(kept ?? Buffer.alloc(0)), [NANOSECONDS, NANOSECONDS + 7n, NANOSECONDS + 3n]);

  const stamped = open(testWorld(), { timestampType: 'LogAppendTime' });
  const outcome = append(stamped, batchAt(NANOSECONDS));
  assert.ok(outcome.kind === 'appended');
  assert.equal(outcome.logAppendTimeMs, NOW_MS);
  assert.deepEqual(timesOf([...stamped.batches(0)][0] ?? Buffer.alloc(0)), [NOW_MS, NOW_MS, NOW_MS]);
});

test('[LOG-25] such times are looked up exactly, after a restart and in sealed segments too', () => {
  const world = testWorld();
  let log = open(world);
  assert.equal(append(log, batchAt(NOW_MS)).kind, 'appended');
  for (let i = 0n; i < 40n; i++) assert.equal(append(log, batchAt(NANOSECONDS + i * 100n)).kind, 'appended');
  assert.equal(append(log, batchAt(NOW_MS)).kind, 'appended');
  for (const _ of [1, 2]) {
    const found = (time: number | bigint) => log.findByTimestamp(time, log.endOffset);
    assert.deepEqual(found(NOW_MS + 8), { offset: 3, timestampMs: NANOSECONDS, leaderEpoch: 0 });
    assert.deepEqual(found(NANOSECONDS + 2005n), { offset: 64, timestampMs: NANOSECONDS + 2007n, leaderEpoch: 0 });
    assert.equal(found(NANOSECONDS + 3908n), null);
    assert.equal(found(LONGEST), null);
    assert.equal(log.findMaxTimestamp(log.endOffset)?.timestampMs, NANOSECONDS + 3907n);
    log.close();
    log = open(world);
  }
  assert.deepEqual(world.complaints, []);
});

test('[LOG-26] cleaning a batch of such times moves none of them', () => {
  const batch = batchAt(NANOSECONDS);
  const base = { isDiscarded: false, keepsHeader: false, keepsPlace: false, newHorizonMs: NOW_MS };
  for (const isNeedlessMarker of [false, true]) {
    const verdict = { ...base, isNeedlessMarker, keeps: ({ offsetDelta }: { offsetDelta: number }) => offsetDelta > 0 };
    const left = filterBatch(batch, readBatchHeader(batch, 0), verdict, FLIPPING_CODECS);
    assert.ok(left);
    assert.deepEqual(timesOf(left), [NANOSECONDS + 7n, NANOSECONDS + 3n]);
    assert.equal(readBatchHeader(left, 0).maxTimestampMs, NANOSECONDS + 7n);
  }
});

test('[LOG-27] a producer whose last record has such a time is remembered over a restart', () => {
  const log = open(testWorld());
  assert.equal(append(log, batchAt(NANOSECONDS, { producerId: 7 })).kind, 'appended');
  assert.equal(append(log, batchAt(NANOSECONDS, { producerId: 7 })).kind, 'duplicate');
  const entry = {
    producerId: 7,
    producerEpoch: 0,
    batches: [{ lastSequence: 2, lastOffset: 2, offsetDelta: 2, timestampMs: NANOSECONDS }],
    lastTimestampMs: NANOSECONDS,
    coordinatorEpoch: -1,
    currentTransactionStartOffset: -1,
  };
  assert.deepEqual(parseSnapshot(formatSnapshot([entry])), [entry]);
});

test('[LOG-28] a base offset or producer id beyond 2^53 refuses its batch, with a code that ends the trying', () => {
  const log = open(testWorld());
  for (const [position, errorCode] of [
    [0, ErrorCode.INVALID_RECORD],
    [43, ErrorCode.INVALID_PRODUCER_ID_MAPPING],
  ] as const) {
    const batch = batchAt(NOW_MS);
    batch.writeBigInt64BE(LONGEST, position);
    const outcome = append(log, batch);
    assert.ok(outcome.kind === 'refused');
    assert.equal(outcome.errorCode, errorCode);
  }
});
