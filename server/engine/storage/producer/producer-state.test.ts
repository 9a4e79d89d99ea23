import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../../kernel/decode-error.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { PartitionLog } from '../log/log.ts';
import { DEFAULT_LOG_CONFIG } from '../log-config.ts';
import { type TestWorld, testWorld } from '../testing/test-world.ts';
import { formatSnapshot, parseSnapshot } from './producer-snapshot.ts';
import { ProducerState } from './producer-state.ts';

const NOW_MS = 1_000_000;
function open(world: TestWorld, segmentBytes = 1 << 20): PartitionLog {
  const options = { folder: '/t-0', topic: 't', partition: 0, topicId: '' };
  return PartitionLog.open(world, { ...options, config: { ...DEFAULT_LOG_CONFIG, segmentBytes } });
}
interface Sent {
  readonly sequence: number;
  readonly count?: number;
  readonly epoch?: number;
  readonly id?: number;
}
/** The offsets given, with "again" for a duplicate, or the error code. */
function send(log: PartitionLog, { sequence, count = 1, epoch = 0, id = 7 }: Sent): string | number {
  const records = Array.from({ length: count }, () => ({ timestampMs: NOW_MS, key: null, value: null }));
  const bytes = encodeBatch({ records, producerId: id, producerEpoch: epoch, baseSequence: sequence });
  const outcome = log.appendAsLeader(bytes, { leaderEpoch: 0, nowMs: NOW_MS, origin: 'client' });
  if (outcome.kind === 'refused') return outcome.errorCode;
  return `${outcome.baseOffset}-${outcome.lastOffset}${outcome.kind === 'duplicate' ? ' again' : ''}`;
}

test('[IDEM-1] a retry of one of the last five batches gets its first offsets; an older one is out of order', () => {
  const log = open(testWorld());
  for (let i = 0; i < 6; i++) assert.equal(send(log, { sequence: 2 * i, count: 2 }), `${2 * i}-${2 * i + 1}`);
  for (let i = 1; i < 6; i++) assert.equal(send(log, { sequence: 2 * i, count: 2 }), `${2 * i}-${2 * i + 1} again`);
  assert.equal(send(log, { sequence: 0, count: 2 }), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assert.equal(
    send(log, { sequence: 10, count: 1 }),
    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    'another size is no retry',
  );
  assert.equal(log.endOffset, 12);
});

test('[IDEM-2] a gap is out of order, an old epoch is fenced, a new epoch begins at 0, an unknown producer anywhere', () => {
  const log = open(testWorld());
  assert.equal(send(log, { sequence: 41 }), '0-0');
  assert.equal(send(log, { sequence: 43 }), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assert.equal(send(log, { sequence: 42, epoch: 1 }), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assert.equal(send(log, { sequence: 0, epoch: 1 }), '1-1');
  assert.equal(send(log, { sequence: 42, epoch: 0 }), ErrorCode.INVALID_PRODUCER_EPOCH);
  assert.equal(send(log, { sequence: 0, id: 8 }), '2-2');
});

test('[IDEM-3] sequences wrap from 2^31−1 to 0, also inside a batch', () => {
  const log = open(testWorld());
  const max = 0x7fff_ffff;
  assert.equal(send(log, { sequence: max - 1, count: 4 }), '0-3');
  assert.equal(send(log, { sequence: max - 1, count: 4 }), '0-3 again');
  assert.equal(send(log, { sequence: 2 }), '4-4');
  assert.equal(send(log, { sequence: max, id: 9 }), '5-5');
  assert.equal(send(log, { sequence: 0, id: 9 }), '6-6');
});

test('[IDEM-4] producers are known again after a crash and after a clean restart, from snapshots and the log', () => {
  for (const isClean of [true, false]) {
    const world = testWorld();
    const log = open(world, 300);
    for (let i = 0; i < 12; i++) send(log, { sequence: i });
    send(log, { sequence: 5, id: 8 });
    if (isClean) log.closeCleanly();
    else log.close();
    const snapshots = world.disk.list('/t-0').filter((name) => name.endsWith('.snapshot'));
    assert.equal(snapshots.length, 2, 'the last two are kept');
    const again = open(world, 300);
    assert.equal(send(again, { sequence: 11 }), '11-11 again');
    assert.equal(send(again, { sequence: 13 }), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assert.equal(send(again, { sequence: 12 }), '13-13');
    assert.equal(send(again, { sequence: 6, id: 8 }), '14-14');
    assert.deepEqual(
      [...again.producers()].map((one) => [one.producerId, one.lastSequence]),
      [
        [7, 12],
        [8, 6],
      ],
    );
  }
});

test('[IDEM-5] a damaged snapshot is passed over, and the state rebuilt from further back', () => {
  const world = testWorld();
  const log = open(world, 300);
  for (let i = 0; i < 12; i++) send(log, { sequence: i });
  log.closeCleanly();
  const newest = world.disk.list('/t-0').findLast((name) => name.endsWith('.snapshot')) as string;
  const bytes = world.disk.read(`/t-0/${newest}`) as Buffer;
  bytes[20] = (bytes[20] as number) ^ 1;
  world.disk.replace(`/t-0/${newest}`, bytes);
  assert.equal(send(open(world, 300), { sequence: 12 }), '12-12');
});

test('[IDEM-6] a producer not heard of for producer.id.expiration.ms is forgotten', () => {
  const log = open(testWorld());
  send(log, { sequence: 0 });
  log.expireProducers(NOW_MS + 86_399_999);
  assert.equal(send(log, { sequence: 9 }), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  log.expireProducers(NOW_MS + 86_400_000);
  assert.equal(send(log, { sequence: 9 }), '1-1');
});

test('[IDEM-7] truncation forgets what was cut', () => {
  const log = open(testWorld());
  for (let i = 0; i < 4; i++) send(log, { sequence: i });
  log.truncateTo(2);
  assert.equal(send(log, { sequence: 3 }), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assert.equal(send(log, { sequence: 2 }), '2-2');
  const world = testWorld();
  const rolled = open(world, 300);
  for (let i = 0; i < 12; i++) send(rolled, { sequence: i });
  rolled.truncateTo(3);
  assert.equal(send(rolled, { sequence: 3 }), '3-3', 'snapshots past the cut are not believed');
  assert.equal(send(rolled, { sequence: 11 }), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
});

test('[IDEM-8] the number of producers remembered is bounded; the one heard of least recently goes first', () => {
  const state = new ProducerState();
  const header = {
    baseOffset: 0,
    sizeBytes: 61,
    leaderEpoch: 0,
    magic: 2,
    crc: 0,
    attributes: 0,
    lastOffsetDelta: 0,
    baseTimestampMs: 1,
    maxTimestampMs: 1,
    producerEpoch: 0,
    baseSequence: 0,
    recordCount: 1,
  };
  for (let producerId = 0; producerId < 10_005; producerId++) state.update({ ...header, producerId });
  assert.equal(state.size, 10_000);
  assert.equal([...state.entries()][0]?.producerId, 5);
});

test('[IDEM-9] snapshots come back as they were written; cut or changed ones are DecodeErrors', () => {
  const offset = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  const int32 = fc.integer({ min: 0, max: 0x7fff_ffff });
  const entry = fc
    .record({ producerId: offset, producerEpoch: fc.integer({ min: 0, max: 32767 }), lastSequence: int32 })
    .chain((one) =>
      fc.record({ lastOffset: offset, offsetDelta: int32, timestampMs: offset, start: offset }).map((more) => ({
        producerId: one.producerId,
        producerEpoch: one.producerEpoch,
        batches: [
          {
            lastSequence: one.lastSequence,
            lastOffset: more.lastOffset,
            offsetDelta: more.offsetDelta,
            timestampMs: more.timestampMs,
          },
        ],
        lastTimestampMs: more.timestampMs,
        coordinatorEpoch: -1,
        currentTransactionStartOffset: more.start,
      })),
    );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 20 }), fc.nat(), (entries, at) => {
      const bytes = formatSnapshot(entries);
      assert.deepEqual(parseSnapshot(bytes), entries);
      assert.throws(() => parseSnapshot(bytes.subarray(0, at % bytes.length)), DecodeError);
      const changed = Buffer.from(bytes);
      changed[at % bytes.length] = (changed[at % bytes.length] as number) ^ 4;
      assert.throws(() => parseSnapshot(changed), DecodeError);
    }),
  );
});
