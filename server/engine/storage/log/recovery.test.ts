import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DiskError } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { readBatchHeader } from '../../../protocol/records/batch.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../log-config.ts';
import { type TestWorld, testWorld } from '../testing/test-world.ts';
import { PartitionLog } from './log.ts';

const NOW_MS = 1_000_000;
const FOLDER = '/t-0';

function open(world: TestWorld, config: Partial<LogConfig> = {}): PartitionLog {
  return PartitionLog.open(world, {
    folder: FOLDER,
    topic: 't',
    partition: 0,
    topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    config: { ...DEFAULT_LOG_CONFIG, ...config },
  });
}
function batch(count: number, timestampMs: number, valueBytes: number): Buffer {
  const records = Array.from({ length: count }, (_, i) => ({
    timestampMs: timestampMs + i,
    key: null,
    value: Buffer.alloc(valueBytes, i),
  }));
  return encodeBatch({ records });
}
const append = (log: PartitionLog, records: Buffer) =>
  log.appendAsLeader(records, { leaderEpoch: 1, nowMs: NOW_MS, origin: 'client' });
const baseOffsets = (log: PartitionLog) =>
  [...log.batches(log.startOffset)].map((b) => readBatchHeader(b, 0).baseOffset);

test('[REC-1] whatever byte the last file ends at after a crash, every whole batch before it is there', () => {
  const world = testWorld();
  const log = open(world, { segmentBytes: 400, indexIntervalBytes: 100 });
  const ends: { endOffset: number; sizeBytes: number }[] = [];
  for (let i = 0; i < 12; i++) {
    append(log, batch(1 + (i % 3), NOW_MS + i, 10));
    ends.push({ endOffset: log.endOffset, sizeBytes: log.sizeBytes });
  }
  log.close();
  const names = world.disk.list(FOLDER).filter((name) => name.endsWith('.log'));
  const active = names.at(-1) as string;
  const activeBytes = world.disk.stat(`${FOLDER}/${active}`)?.sizeBytes ?? 0;
  const sealedBytes = log.sizeBytes - activeBytes;
  assert.ok(names.length > 1 && activeBytes > batch(2, 0, 10).length);
  for (let cut = 0; cut <= activeBytes; cut++) {
    const crashed = testWorld(world.disk.copy());
    const file = crashed.disk.open(`${FOLDER}/${active}`);
    file.truncate(cut);
    file.close();
    const again = open(crashed, { segmentBytes: 400 });
    const want = ends.findLast((one) => one.sizeBytes <= sealedBytes + cut);
    assert.equal(again.endOffset, want?.endOffset, `cut at ${cut}`);
    assert.equal(again.sizeBytes, want?.sizeBytes);
    assert.equal(append(again, batch(1, NOW_MS, 10)).kind, 'appended');
  }
});

test('[REC-2] rubbish behind the last batch, or any byte of it changed, costs that batch and nothing before it', () => {
  const world = testWorld();
  const log = open(world);
  for (let i = 0; i < 4; i++) append(log, batch(2, NOW_MS + i, 20));
  log.close();
  const path = `${FOLDER}/00000000000000000000.log`;
  const sizeBytes = world.disk.stat(path)?.sizeBytes ?? 0;
  const lastStart = (sizeBytes / 4) * 3;
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (rubbish) => {
      const crashed = testWorld(world.disk.copy());
      const file = crashed.disk.open(path);
      file.append([Buffer.from(rubbish)]);
      file.close();
      assert.deepEqual(baseOffsets(open(crashed)), [0, 2, 4, 6]);
      assert.equal(crashed.disk.stat(path)?.sizeBytes, sizeBytes);
    }),
    { numRuns: 50 },
  );
  // Base offset and leader epoch (bytes 0–7 and 12–15) are not covered by the checksum.
  for (let at = lastStart + 16; at < sizeBytes; at++) {
    const crashed = testWorld(world.disk.copy());
    const file = crashed.disk.open(path);
    const byte = file.read(at, 1);
    file.write(at, Buffer.from([(byte[0] as number) ^ 0x41]));
    file.close();
    assert.deepEqual(baseOffsets(open(crashed)), [0, 2, 4], `byte ${at}`);
  }
});

test('[REC-3] a damaged batch in an older segment cuts there and sets later segments aside', () => {
  const world = testWorld();
  const log = open(world, { segmentBytes: batch(1, 0, 50).length * 2 });
  for (let i = 0; i < 8; i++) append(log, batch(1, NOW_MS + i, 50));
  log.close();
  const file = world.disk.open(`${FOLDER}/00000000000000000002.log`);
  file.write(batch(1, 0, 50).length + 70, Buffer.from('xxxx'));
  file.close();
  const again = open(world);
  assert.deepEqual(baseOffsets(again), [0, 1, 2]);
  assert.deepEqual(append(again, batch(1, NOW_MS, 1)).kind, 'appended');
  assert.ok(world.complaints.length > 0, 'and it says so');
});

test('[REC-4] missing or damaged indexes are rebuilt; look-ups answer the same', () => {
  const config = { segmentBytes: 2000, indexIntervalBytes: 150 };
  const world = testWorld();
  const log = open(world, config);
  for (let i = 0; i < 60; i++) append(log, batch(1 + (i % 4), NOW_MS + 10 * i, 30));
  log.closeCleanly();
  const indexes = world.disk.list(FOLDER).filter((name) => name.endsWith('index'));
  assert.ok(indexes.length > 6);
  const checkpoint = { recoveryPoint: log.endOffset, startOffset: 0, isClean: true };
  const damages: ((bytes: Buffer) => Buffer | null)[] = [
    () => null,
    (bytes) => bytes.subarray(0, bytes.length >> 1),
    (bytes) => Buffer.alloc(bytes.length),
    (bytes) => Buffer.alloc(bytes.length, 0xff),
    (bytes) => {
      const changed = Buffer.from(bytes);
      if (changed.length >= 8) changed.writeInt32BE(changed.readInt32BE(4) + 1, 4);
      return changed;
    },
  ];
  for (const damage of damages) {
    const damaged = testWorld(world.disk.copy());
    for (const name of indexes) {
      const changed = damage(damaged.disk.read(`${FOLDER}/${name}`) as Buffer);
      if (changed === null) damaged.disk.remove(`${FOLDER}/${name}`);
      else damaged.disk.replace(`${FOLDER}/${name}`, changed);
    }
    const options = { folder: FOLDER, topic: 't', partition: 0, topicId: '' };
    const again = PartitionLog.open(damaged, { ...options, config: { ...DEFAULT_LOG_CONFIG, ...config }, checkpoint });
    for (let offset = 0; offset < again.endOffset; offset++) {
      const outcome = again.read({ offset, maxBytes: 1, upToOffset: again.endOffset, isFirst: true });
      assert.ok(outcome.kind === 'records');
      assert.ok(readBatchHeader(outcome.records, 0).baseOffset <= offset && outcome.lastOffset >= offset);
    }
    assert.equal(again.findByTimestamp(NOW_MS + 300, again.endOffset)?.timestampMs, NOW_MS + 300);
  }
});

test('[REC-6] a sealed segment that lost its unflushed end, at whatever byte, ends the log there, though the next segment is whole', () => {
  const world = testWorld();
  const sizeBytes = batch(1, 0, 50).length;
  const log = open(world, { segmentBytes: sizeBytes * 3 });
  for (let i = 0; i < 9; i++) append(log, batch(1, NOW_MS + i, 50));
  log.close();
  const sealed = `${FOLDER}/00000000000000000003.log`;
  for (let cut = 0; cut < sizeBytes * 3; cut += 7) {
    for (const end of [cut, cut - (cut % sizeBytes)]) {
      const crashed = testWorld(world.disk.copy());
      const file = crashed.disk.open(sealed);
      file.truncate(end);
      file.close();
      const options = { folder: FOLDER, topic: 't', partition: 0, topicId: '', config: DEFAULT_LOG_CONFIG };
      const checkpoint = { recoveryPoint: 3, startOffset: 0, isClean: false };
      const again = PartitionLog.open(crashed, { ...options, checkpoint });
      const whole = 3 + Math.floor(end / sizeBytes);
      assert.equal(again.endOffset, whole, `cut at ${end}`);
      assert.deepEqual(
        baseOffsets(again),
        Array.from({ length: whole }, (_, i) => i),
      );
      const outcome = append(again, batch(1, NOW_MS, 10));
      assert.ok(outcome.kind === 'appended' && outcome.baseOffset === whole);
    }
  }
});

test('[REC-8] a cut that the disk refuses at any operation leaves a log that says what it holds', () => {
  for (const how of ['cut', 'begin anew'] as const) {
    for (let failsAt = 0; failsAt < 40; failsAt++) {
      const world = testWorld();
      const log = open(world, { segmentBytes: batch(1, 0, 50).length * 2, indexIntervalBytes: 1 });
      for (let i = 0; i < 9; i++) append(log, batch(1, NOW_MS + i, 50));
      let left = failsAt;
      world.disk.refuse = () => (left-- === 0 ? 'EIO' : null);
      try {
        if (how === 'cut') log.truncateTo(3);
        else log.truncateFullyTo(20);
      } catch (error) {
        assert.ok(error instanceof DiskError);
      }
      world.disk.refuse = null;
      const dense = Array.from({ length: log.endOffset - log.startOffset }, (_, i) => log.startOffset + i);
      assert.deepEqual(baseOffsets(log), dense, `${how}, operation ${failsAt}`);
      const next = append(log, batch(1, NOW_MS, 5));
      assert.ok(next.kind === 'appended' && next.baseOffset === (dense.at(-1) ?? log.startOffset - 1) + 1);
      const wanted = { offsets: baseOffsets(log), end: log.endOffset };
      log.close();
      const again = open(world);
      assert.deepEqual({ offsets: baseOffsets(again), end: again.endOffset }, wanted, `${how}, operation ${failsAt}`);
    }
  }
});

interface Model {
  /** Base offset, last offset, largest timestamp and first record timestamps of each batch. */
  batches: { base: number; last: number; timestamps: number[] }[];
  start: number;
  end: number;
}
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 5 }),
      size: fc.integer({ min: 0, max: 120 }),
      at: fc.integer({ min: 0, max: 500 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('truncate' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
);

test('[LOG-16] any run of appends, rolls, cuts, deletes, crashes and restarts agrees with a plain list of batches', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 200, max: 900 }),
      (steps, segmentBytes) => {
        const world = testWorld();
        const config = {
          ...DEFAULT_LOG_CONFIG,
          segmentBytes,
          indexIntervalBytes: 120,
          timestampAfterMaxMs: Number.POSITIVE_INFINITY,
        };
        const options = { folder: FOLDER, topic: 't', partition: 0, topicId: '', config };
        let log = PartitionLog.open(world, options);
        const model: Model = { batches: [], start: 0, end: 0 };
        for (const one of steps) {
          switch (one.kind) {
            case 'append': {
              const timestamps = Array.from({ length: one.count }, (_, i) => one.at + i);
              const outcome = append(log, batch(one.count, one.at, one.size));
              if (outcome.kind === 'refused') break;
              assert.equal(outcome.baseOffset, model.end);
              model.batches.push({ base: model.end, last: model.end + one.count - 1, timestamps });
              model.end += one.count;
              break;
            }
            case 'crash':
              log.close();
              log = PartitionLog.open(world, {
                ...options,
                checkpoint: { recoveryPoint: 0, startOffset: model.start, isClean: false },
              });
              break;
            case 'restart':
              log.closeCleanly();
              log = PartitionLog.open(world, {
                ...options,
                checkpoint: { recoveryPoint: model.end, startOffset: model.start, isClean: true },
              });
              break;
            case 'truncate': {
              const offset = model.start + Math.floor(one.part * (model.end - model.start + 1));
              log.truncateTo(offset);
              if (offset < model.end) {
                model.batches = model.batches.filter((b) => b.last < offset);
                model.end = Math.max(log.startOffset, (model.batches.at(-1)?.last ?? log.endOffset - 1) + 1);
                model.start = Math.min(model.start, model.end);
              }
              break;
            }
            case 'delete': {
              const offset = model.start + Math.floor(one.part * (model.end - model.start + 1));
              log.deleteRecordsBefore(offset);
              model.start = Math.max(model.start, Math.min(offset, model.end));
              model.batches = model.batches.filter((b) => b.last >= model.start);
              break;
            }
          }
          agrees(log, model);
        }
      },
    ),
    { numRuns: 150 },
  );
});

function agrees(log: PartitionLog, model: Model): void {
  assert.deepEqual([log.startOffset, log.endOffset], [model.start, model.end]);
  assert.deepEqual(
    baseOffsets(log),
    model.batches.map((b) => b.base),
  );
  for (const { base, last } of model.batches) {
    const offset = Math.max(model.start, base);
    const outcome = log.read({ offset, maxBytes: 1, upToOffset: log.endOffset, isFirst: true });
    assert.ok(outcome.kind === 'records');
    assert.deepEqual([readBatchHeader(outcome.records, 0).baseOffset, outcome.lastOffset], [base, last]);
  }
  for (const timestampMs of [0, 100, 250, 499]) {
    const records = model.batches.flatMap((b) =>
      b.timestamps.map((ms, i) => ({ offset: b.base + i, timestampMs: ms })),
    );
    const want = records.find((record) => record.offset >= model.start && record.timestampMs >= timestampMs);
    const found = log.findByTimestamp(timestampMs, log.endOffset);
    assert.deepEqual(found === null ? undefined : { offset: found.offset, timestampMs: found.timestampMs }, want);
  }
}

test('[LOG-17] whichever disk operations fail, what was acknowledged is in the log and what was refused is not', () => {
  const oneStep = fc.record({
    bytes: fc.integer({ min: 0, max: 150 }),
    /** Operations that succeed before one fails; none fails when it is large. */
    failsAfter: fc.integer({ min: 0, max: 12 }),
    retention: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(oneStep, { minLength: 1, maxLength: 40 }), (steps) => {
      const world = testWorld();
      const log = open(world, { segmentBytes: 400, indexIntervalBytes: 100, retentionBytes: 1500, retentionMs: -1 });
      const acknowledged: number[] = [];
      for (const { bytes, failsAfter, retention } of steps) {
        let left = failsAfter;
        world.disk.refuse = () => (left-- === 0 ? 'ENOSPC' : null);
        const outcome = append(log, batch(1, NOW_MS, bytes));
        if (outcome.kind === 'appended') acknowledged.push(outcome.baseOffset);
        else assert.ok(outcome.kind === 'refused' && outcome.errorCode === ErrorCode.KAFKA_STORAGE_ERROR);
        if (retention) {
          try {
            log.applyRetention(NOW_MS);
          } catch (error) {
            assert.ok(error instanceof DiskError);
          }
        }
        world.disk.refuse = null;
        const want = acknowledged.filter((offset) => offset >= log.startOffset);
        assert.deepEqual(baseOffsets(log), want);
        assert.ok(log.startOffset === 0 || log.sizeBytes > 1000, 'retention takes no more than it may');
      }
      log.close();
      const again = open(world);
      assert.deepEqual(
        baseOffsets(again),
        acknowledged.filter((offset) => offset >= again.startOffset),
      );
      assert.equal(again.endOffset, acknowledged.length);
    }),
    { numRuns: 200 },
  );
});
