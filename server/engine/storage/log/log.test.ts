import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiskError } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { readBatchHeader, writeBatchHeader } from '../../../protocol/records/batch.ts';
import { encodeBatch, type NewBatch } from '../../../protocol/records/record.ts';
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../log-config.ts';
import { FLIPPING_CODECS, type TestWorld, testWorld } from '../testing/test-world.ts';
import { PartitionLog } from './log.ts';

const NOW_MS = 1_000_000;
const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA';

function open(world: TestWorld, config: Partial<LogConfig> = {}): PartitionLog {
  const options = { folder: '/t-0', topic: 't', partition: 0, topicId: TOPIC_ID };
  return PartitionLog.open(world, { ...options, config: { ...DEFAULT_LOG_CONFIG, ...config } });
}
interface BatchOptions extends Omit<NewBatch, 'records'> {
  readonly timestamps?: readonly number[];
  readonly valueBytes?: number;
}
function batch(count: number, { timestamps, valueBytes = 4, ...rest }: BatchOptions = {}): Buffer {
  const records = Array.from({ length: count }, (_, i) => ({
    timestampMs: timestamps?.[i] ?? NOW_MS,
    key: null,
    value: Buffer.alloc(valueBytes, i),
  }));
  return encodeBatch({ records, ...rest }, FLIPPING_CODECS);
}
const leader = { leaderEpoch: 0, nowMs: NOW_MS, origin: 'client' } as const;
function append(log: PartitionLog, records: Buffer, nowMs = NOW_MS, leaderEpoch = 0) {
  return log.appendAsLeader(records, { leaderEpoch, nowMs, origin: 'client' });
}
function appended(log: PartitionLog, records: Buffer, nowMs = NOW_MS, leaderEpoch = 0) {
  const outcome = append(log, records, nowMs, leaderEpoch);
  assert.equal(outcome.kind, 'appended', JSON.stringify(outcome));
  assert.ok(outcome.kind === 'appended');
  return outcome;
}
function refusal(log: PartitionLog, records: Buffer) {
  const [endOffset, sizeBytes] = [log.endOffset, log.sizeBytes];
  const outcome = append(log, records);
  assert.equal(log.endOffset, endOffset, 'a refused batch moves nothing');
  assert.equal(log.sizeBytes, sizeBytes);
  assert.ok(outcome.kind === 'refused', JSON.stringify(outcome));
  return outcome;
}
const readAll = (log: PartitionLog, offset: number, maxBytes = 1 << 20) =>
  log.read({ offset, maxBytes, upToOffset: log.endOffset, isFirst: true });
function baseOffsets(log: PartitionLog, from = log.startOffset): number[] {
  return [...log.batches(from)].map((bytes) => readBatchHeader(bytes, 0).baseOffset);
}

test('[LOG-1] offsets are given without gaps, base offset and leader epoch are stamped, nothing else changes', () => {
  const log = open(testWorld());
  const sent = batch(3);
  const before = Buffer.from(sent);
  assert.deepEqual(appended(log, sent, NOW_MS, 7), {
    kind: 'appended',
    baseOffset: 0,
    lastOffset: 2,
    logAppendTimeMs: -1,
    startOffset: 0,
  });
  assert.equal(appended(log, batch(2), NOW_MS, 7).baseOffset, 3);
  const outcome = readAll(log, 0);
  assert.ok(outcome.kind === 'records');
  assert.equal(outcome.lastOffset, 4);
  const header = readBatchHeader(outcome.records, 0);
  assert.deepEqual([header.baseOffset, header.leaderEpoch], [0, 7]);
  assert.deepEqual(outcome.records.subarray(16, header.sizeBytes), before.subarray(16));
  assert.equal(readBatchHeader(outcome.records, header.sizeBytes).baseOffset, 3);
});

test('[LOG-2] a read gives whole batches from the one that holds the offset, within maxBytes but for the first', () => {
  const log = open(testWorld());
  const sizeBytes = batch(3).length;
  for (let i = 0; i < 4; i++) append(log, batch(3));
  const bases = (options: { offset: number; maxBytes: number; upToOffset?: number; isFirst: boolean }) => {
    const outcome = log.read({ upToOffset: log.endOffset, ...options });
    if (outcome.kind !== 'records') return outcome.kind;
    assert.ok(outcome.records.length % sizeBytes === 0, 'only whole batches');
    return [readBatchHeader(outcome.records, 0).baseOffset, outcome.records.length / sizeBytes];
  };
  assert.deepEqual(bases({ offset: 4, maxBytes: 1000, isFirst: false }), [3, 3]);
  assert.deepEqual(bases({ offset: 4, maxBytes: 2 * sizeBytes + 5, isFirst: false }), [3, 2]);
  assert.deepEqual(bases({ offset: 4, maxBytes: 1, isFirst: true }), [3, 1]);
  assert.deepEqual(bases({ offset: 4, maxBytes: 0, isFirst: true }), [3, 1]);
  assert.deepEqual(bases({ offset: 4, maxBytes: sizeBytes - 1, isFirst: false }), 'empty');
  assert.deepEqual(bases({ offset: 0, maxBytes: 1000, upToOffset: 6, isFirst: true }), [0, 2]);
  assert.deepEqual(bases({ offset: 6, maxBytes: 1000, upToOffset: 6, isFirst: true }), 'empty');
  assert.deepEqual(bases({ offset: 12, maxBytes: 1000, isFirst: true }), 'empty');
  assert.deepEqual(bases({ offset: 13, maxBytes: 1000, isFirst: true }), 'outOfRange');
  log.deleteRecordsBefore(4);
  assert.deepEqual(bases({ offset: 3, maxBytes: 1000, isFirst: true }), 'outOfRange');
  assert.deepEqual(bases({ offset: 4, maxBytes: 1000, isFirst: true }), [3, 3]);
});

test('[LOG-3] batches that break a rule are refused with the code Kafka gives, and leave no trace', () => {
  const log = open(testWorld(), { maxMessageBytes: 200, segmentBytes: 1000 });
  const good = batch(2);
  const flipped = Buffer.from(good);
  flipped[70] = (flipped[70] as number) ^ 1;
  const patched = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(batch(2));
    change(bytes);
    return bytes;
  };
  const counted = (recordCount: number, lastOffsetDelta: number) =>
    patched((b) => writeBatchHeader(b, 0, { ...readBatchHeader(b, 0), recordCount, lastOffsetDelta }));
  const cases: readonly [string, Buffer, number][] = [
    ['no records', counted(0, -1), ErrorCode.INVALID_RECORD],
    ['fewer records than offsets', counted(1, 1), ErrorCode.INVALID_RECORD],
    ['more records than offsets', counted(3, 1), ErrorCode.INVALID_RECORD],
    ['more records than bytes', counted(2_000_000_000, 1_999_999_999), ErrorCode.INVALID_RECORD],
    ['nothing', Buffer.alloc(0), ErrorCode.INVALID_RECORD],
    ['two batches', Buffer.concat([good, good]), ErrorCode.INVALID_RECORD],
    ['magic 1', patched((b) => b.writeInt8(1, 16)), ErrorCode.INVALID_RECORD],
    ['wrong checksum', flipped, ErrorCode.CORRUPT_MESSAGE],
    ['cut off', good.subarray(0, good.length - 1), ErrorCode.CORRUPT_MESSAGE],
    ['a scrap', good.subarray(0, 11), ErrorCode.CORRUPT_MESSAGE],
    ['base offset 1', batch(2, { baseOffset: 1 }), ErrorCode.INVALID_RECORD],
    ['too large', batch(2, { valueBytes: 200 }), ErrorCode.MESSAGE_TOO_LARGE],
    ['control batch', batch(1, { flags: 0x20 }), ErrorCode.INVALID_RECORD],
    ['producer without sequence', batch(1, { producerId: 5, producerEpoch: 0 }), ErrorCode.INVALID_RECORD],
    ['append time set', batch(1, { flags: 0x08 }), ErrorCode.INVALID_TIMESTAMP],
    ['unknown codec', batch(1, { codec: 5 }), ErrorCode.UNSUPPORTED_COMPRESSION_TYPE],
  ];
  for (const [name, bytes, code] of cases) assert.equal(refusal(log, bytes).errorCode, code, name);
  appended(log, good);
  log.config = { ...log.config, segmentBytes: 80 };
  assert.equal(refusal(log, batch(2)).errorCode, ErrorCode.RECORD_LIST_TOO_LARGE);
});

test('[LOG-4] records without a key on a compacted topic and timestamps out of bounds are named one by one', () => {
  const log = open(testWorld(), { isCompacted: true });
  const records = ['a', null, 'b', null].map((key) => ({
    timestampMs: NOW_MS,
    key: key === null ? null : Buffer.from(key),
    value: null,
  }));
  const keyless = refusal(log, encodeBatch({ records, codec: 2 }, FLIPPING_CODECS));
  assert.equal(keyless.errorCode, ErrorCode.INVALID_RECORD);
  assert.deepEqual(
    keyless.recordErrors.map((one) => one.batchIndex),
    [1, 3],
  );
  log.config = { ...DEFAULT_LOG_CONFIG, timestampBeforeMaxMs: 1000, timestampAfterMaxMs: 500 };
  const wrong = refusal(log, batch(4, { timestamps: [NOW_MS, NOW_MS - 1001, NOW_MS + 501, NOW_MS + 500] }));
  assert.equal(wrong.errorCode, ErrorCode.INVALID_TIMESTAMP);
  assert.deepEqual(
    wrong.recordErrors.map((one) => one.batchIndex),
    [1, 2],
  );
  appended(log, batch(3, { timestamps: [NOW_MS + 500, NOW_MS - 1000, -1] }));
});

test('[LOG-5] a LogAppendTime topic stamps the time of the append, with a right checksum', () => {
  const world = testWorld();
  const log = open(world, { timestampType: 'LogAppendTime' });
  assert.equal(appended(log, batch(2, { timestamps: [5, 9] }), NOW_MS + 3).logAppendTimeMs, NOW_MS + 3);
  log.close();
  const again = open(world);
  assert.equal(again.endOffset, 2, 'the checksum passes recovery');
  const first = [...again.batches(0)][0] as Buffer;
  const header = readBatchHeader(first, 0);
  assert.deepEqual([header.maxTimestampMs, header.attributes], [NOW_MS + 3, 8]);
  assert.deepEqual(again.findByTimestamp(NOW_MS + 3, 2), { offset: 0, timestampMs: NOW_MS + 3, leaderEpoch: 0 });
  assert.equal(again.findByTimestamp(NOW_MS + 4, 2), null);
});

test('[LOG-6] compression.type other than producer repacks batches, records untouched', () => {
  const log = open(testWorld(), { compressionType: 'zstd' });
  appended(log, batch(2, { codec: 1, producerId: 9, producerEpoch: 1, baseSequence: 0 }));
  log.config = { ...DEFAULT_LOG_CONFIG, compressionType: 'uncompressed' };
  appended(log, batch(2, { codec: 3 }));
  const [packed, plain] = [...log.batches(0)] as [Buffer, Buffer];
  const header = readBatchHeader(packed, 0);
  assert.deepEqual([header.attributes & 7, header.producerId, header.producerEpoch], [4, 9, 1]);
  assert.equal(readBatchHeader(plain, 0).attributes & 7, 0);
  const want = batch(2).subarray(61);
  assert.deepEqual(FLIPPING_CODECS.decompress(4, packed.subarray(61), 1 << 20), want);
  assert.deepEqual(plain.subarray(61), want);
  assert.equal(refusal(log, batch(1, { codec: 2 }).fill(7, 61)).errorCode, ErrorCode.CORRUPT_MESSAGE);
});

test('[LOG-29] max.decompressed.message.bytes refuses a packed batch with a larger record, and nothing that is not packed', () => {
  const log = open(testWorld(), { maxUnpackedRecordBytes: 100 });
  const oneOf = (valueBytes: number, codec?: number) =>
    encodeBatch(
      { records: [{ timestampMs: NOW_MS, key: null, value: Buffer.alloc(valueBytes) }], codec },
      FLIPPING_CODECS,
    );
  assert.equal(append(log, oneOf(80, 1)).kind, 'appended');
  assert.equal(append(log, oneOf(500)).kind, 'appended');
  assert.equal(refusal(log, oneOf(101, 1)).errorCode, ErrorCode.INVALID_RECORD);
});

test('[LOG-7] a segment is rolled by size, by record time, when its index is full and when offsets no longer fit', () => {
  const sizeBytes = batch(1).length;
  const bySize = open(testWorld(), { segmentBytes: 3 * sizeBytes });
  for (let i = 0; i < 7; i++) appended(bySize, batch(1));
  assert.equal(bySize.segmentCount, 3);
  const byTime = open(testWorld(), { segmentMs: 100 });
  const segmentsAfter = [1000, 1100, 1050, 1101, 1150].map((at) => {
    appended(byTime, batch(1, { timestamps: [at] }));
    return byTime.segmentCount;
  });
  assert.deepEqual(segmentsAfter, [1, 1, 1, 2, 2], 'later than segment.ms after the first record');
  const vast = (offsets: number) => {
    const bytes = batch(1, { codec: 2 });
    writeBatchHeader(bytes, 0, {
      ...readBatchHeader(bytes, 0),
      recordCount: offsets,
      lastOffsetDelta: offsets - 1,
    });
    return bytes;
  };
  const byOffset = open(testWorld());
  for (const offsets of [2_147_483_646, 2, 1]) {
    appended(byOffset, vast(offsets));
    assert.equal(byOffset.segmentCount, offsets === 1 ? 2 : 1, 'an offset is at most 2^31 − 1 above its segment');
  }
  assert.deepEqual(baseOffsets(byOffset), [0, 2_147_483_646, 2_147_483_648]);
  const byIndex = open(testWorld(), { indexIntervalBytes: 0, segmentIndexBytes: 24 });
  for (let i = 0; i < 5; i++) appended(byIndex, batch(1, { timestamps: [NOW_MS + i] }));
  assert.ok(byIndex.segmentCount > 1);
  assert.deepEqual(baseOffsets(byIndex), [0, 1, 2, 3, 4]);
});

test('[LOG-18] segment.jitter.ms takes a drawn time off segment.ms, another for each segment and none above it', () => {
  const base = testWorld();
  const draws = [30, 0, 49];
  const bounds: number[] = [];
  const below = (bound: number) => {
    bounds.push(bound);
    return draws.shift() ?? 0;
  };
  const log = open({ ...base, random: { ...base.random, below } }, { segmentMs: 100, segmentJitterMs: 50 });
  const rolledAt: number[] = [];
  for (let at = 1000; rolledAt.length < 3; at++) {
    const before = log.segmentCount;
    appended(log, batch(1, { timestamps: [at] }));
    if (log.segmentCount > before) rolledAt.push(at);
  }
  assert.deepEqual(rolledAt, [1000 + 71, 1071 + 101, 1172 + 52]);
  assert.deepEqual(bounds, [50, 50, 50]);
  log.config = { ...log.config, segmentMs: 20 };
  appended(log, batch(1, { timestamps: [1225] }));
  appended(log, batch(1, { timestamps: [1246] }));
  assert.equal(bounds.at(-1), 20, 'LogConfig.randomSegmentJitter: at most segment.ms');
  log.config = { ...log.config, segmentMs: 1000, segmentJitterMs: 0 };
  const { segmentCount } = log;
  appended(log, batch(1, { timestamps: [2246] }));
  assert.equal(log.segmentCount, segmentCount, 'without it a segment lasts its time');
});

test('[LOG-8] retention deletes the oldest segments by largest record timestamp and by size; the start offset follows', () => {
  const world = testWorld();
  const sizeBytes = batch(1).length;
  const log = open(world, { segmentBytes: sizeBytes, retentionMs: 100, retentionBytes: -1 });
  for (const at of [50, 10, 160, 170]) appended(log, batch(1, { timestamps: [at] }));
  assert.equal(log.applyRetention(150), 0, 'exactly retention.ms old is kept');
  assert.equal(log.applyRetention(151), 2);
  assert.equal(log.startOffset, 2);
  assert.equal(log.applyRetention(1000), 2, 'the active segment rolls first');
  assert.deepEqual([log.startOffset, log.endOffset, log.sizeBytes], [4, 4, 0]);
  log.config = { ...log.config, retentionMs: -1, retentionBytes: 2 * sizeBytes };
  for (let i = 0; i < 5; i++) appended(log, batch(1));
  assert.equal(log.applyRetention(NOW_MS), 3);
  assert.deepEqual([log.startOffset, log.sizeBytes], [7, 2 * sizeBytes]);
  const names = world.disk.list('/t-0');
  assert.ok(names.includes('00000000000000000000.log.deleted'), names.join());
});

test('[LOG-20] retention leaves alone what is only compacted or not committed; both policies together delete what is old', () => {
  const sizeBytes = batch(1).length;
  const old = { segmentBytes: sizeBytes, retentionMs: 100, retentionBytes: 0 };
  const logOf = (config: Partial<LogConfig>) => {
    const log = open(testWorld(), { ...old, ...config });
    for (let i = 0; i < 4; i++) {
      const records = [{ timestampMs: 10 + i, key: Buffer.from('k'), value: null }];
      appended(log, encodeBatch({ records }));
    }
    return log;
  };
  const compacted = logOf({ isDeleted: false, isCompacted: true });
  assert.deepEqual([compacted.applyRetention(NOW_MS), compacted.startOffset], [0, 0]);
  const both = logOf({ isCompacted: true });
  assert.deepEqual([both.applyRetention(NOW_MS), both.startOffset], [4, 4]);
  const uncommitted = logOf({});
  uncommitted.highWatermark = 2;
  assert.deepEqual([uncommitted.applyRetention(NOW_MS), uncommitted.startOffset], [2, 2]);
});

test('[LOG-21] a segment without any timestamp is as old as its last write, and after a start as that', () => {
  const world = testWorld();
  let nowMs = NOW_MS;
  const timed = { ...world, clock: { ...world.clock, nowMs: () => nowMs } };
  const sizeBytes = batch(1).length;
  const config = { segmentBytes: sizeBytes, retentionMs: 100 };
  const log = open(timed, config);
  for (let i = 0; i < 3; i++) {
    appended(log, batch(1, { timestamps: [-1] }), nowMs);
    nowMs += 50;
  }
  assert.equal(log.applyRetention(NOW_MS + 100), 0);
  assert.deepEqual([log.applyRetention(NOW_MS + 101), log.startOffset], [1, 1]);
  log.close();
  nowMs = NOW_MS + 10_000;
  const again = open(timed, config);
  assert.equal(again.applyRetention(nowMs + 100), 0);
  assert.deepEqual([again.applyRetention(nowMs + 101), again.startOffset, again.endOffset], [2, 3, 3]);
});

test('[LOG-9] deleting records moves the start offset and drops whole segments below it', () => {
  let moved = 0;
  const world = testWorld();
  const log = PartitionLog.open(world, {
    folder: '/t-0',
    topic: 't',
    partition: 0,
    topicId: TOPIC_ID,
    config: { ...DEFAULT_LOG_CONFIG, segmentBytes: batch(2).length },
    onStartOffsetMoved: () => void moved++,
  });
  for (let i = 0; i < 4; i++) appended(log, batch(2));
  log.deleteRecordsBefore(5);
  assert.deepEqual([log.startOffset, log.segmentCount, moved], [5, 2, 1]);
  log.deleteRecordsBefore(3);
  assert.deepEqual([log.startOffset, moved], [5, 1], 'never down');
  log.deleteRecordsBefore(99);
  assert.equal(log.startOffset, 8, 'never past the end');
  assert.equal(appended(log, batch(1)).startOffset, 8);
});

test('[LOG-10] timestamps are looked up exact to the record, also in packed batches', () => {
  const log = open(testWorld(), { timestampAfterMaxMs: Number.POSITIVE_INFINITY, segmentBytes: 300 });
  appended(log, batch(3, { timestamps: [10, 30, 20], codec: 4 }), NOW_MS, 1);
  appended(log, batch(3, { timestamps: [15, 30, 25] }), NOW_MS, 1);
  appended(log, batch(2, { timestamps: [40, 5] }), NOW_MS, 2);
  const at = (ms: number, upTo = log.endOffset) => log.findByTimestamp(ms, upTo);
  assert.deepEqual(at(0), { offset: 0, timestampMs: 10, leaderEpoch: 1 });
  assert.deepEqual(at(11), { offset: 1, timestampMs: 30, leaderEpoch: 1 });
  assert.deepEqual(at(31), { offset: 6, timestampMs: 40, leaderEpoch: 2 });
  assert.equal(at(31, 6), null);
  assert.equal(at(41), null);
  assert.deepEqual(log.findMaxTimestamp(log.endOffset), { offset: 6, timestampMs: 40, leaderEpoch: 2 });
  assert.deepEqual(log.findMaxTimestamp(6), { offset: 1, timestampMs: 30, leaderEpoch: 1 });
  log.deleteRecordsBefore(2);
  assert.deepEqual(at(11), { offset: 2, timestampMs: 20, leaderEpoch: 1 });
});

test('[LOG-11] the end offset of an epoch is where the next one began', () => {
  const world = testWorld();
  const log = open(world);
  appended(log, batch(2), NOW_MS, 3);
  appended(log, batch(2), NOW_MS, 3);
  appended(log, batch(1), NOW_MS, 6);
  const ends = (one: PartitionLog) => [2, 3, 4, 6, 7].map((epoch) => Object.values(one.endOffsetForEpoch(epoch)));
  const want = [
    [2, 0],
    [3, 4],
    [3, 4],
    [6, 5],
    [-1, -1],
  ];
  assert.deepEqual(ends(log), want);
  log.close();
  assert.deepEqual(ends(open(world)), want, 'rebuilt from batches after a crash');
  const cut = open(world);
  cut.truncateTo(4);
  assert.equal(cut.latestEpoch, 3);
  cut.startEpoch(8);
  assert.deepEqual(cut.endOffsetForEpoch(3), { epoch: 3, endOffset: 4 });
});

test('[LOG-12] a disk that refuses makes KAFKA_STORAGE_ERROR, and the log goes on when there is room again', () => {
  const world = testWorld();
  const log = open(world);
  appended(log, batch(1));
  world.disk.capacityBytes = 100;
  assert.equal(refusal(log, batch(1)).errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  world.disk.capacityBytes = Number.POSITIVE_INFINITY;
  assert.equal(appended(log, batch(1)).baseOffset, 1);
  log.close();
  assert.deepEqual(baseOffsets(open(world)), [0, 1]);
});

test('[LOG-13] a closed log refuses appends and reads: nothing can follow the clean-shutdown marker', () => {
  const log = open(testWorld());
  appended(log, batch(1));
  log.closeCleanly();
  const outcome = log.appendAsLeader(batch(1), leader);
  assert.ok(outcome.kind === 'refused' && outcome.errorCode === ErrorCode.KAFKA_STORAGE_ERROR);
  assert.throws(() => readAll(log, 0), DiskError);
});

test('[LOG-14] flush.messages flushes within the append; rolling flushes what is sealed', async () => {
  const world = testWorld();
  const log = open(world, { flushMessages: 3 });
  appended(log, batch(2));
  assert.equal(world.disk.flushCount, 0);
  appended(log, batch(1));
  assert.equal(world.disk.flushCount, 1);
  assert.equal(log.recoveryPoint, 3);
  appended(log, batch(1));
  await log.flush();
  assert.equal(log.recoveryPoint, 4);
});

test('[LOG-15] a coordinator may append several batches at once', () => {
  const log = open(testWorld());
  const outcome = log.appendAsLeader(Buffer.concat([batch(2), batch(3)]), { ...leader, origin: 'coordinator' });
  assert.ok(outcome.kind === 'appended');
  assert.deepEqual([outcome.baseOffset, outcome.lastOffset], [0, 4]);
  assert.deepEqual(baseOffsets(log), [0, 2]);
});
