// Transactions as one partition's log keeps them: what is stable, what was aborted, and that both are known again after anything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DiskError } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { encodeMarker } from '../../../protocol/records/marker.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { PartitionLog } from '../log/log.ts';
import { DEFAULT_LOG_CONFIG } from '../log-config.ts';
import { type TestWorld, testWorld } from '../testing/test-world.ts';

const NOW_MS = 1_000_000;
const LEADER = { leaderEpoch: 0, nowMs: NOW_MS };
interface Open {
  readonly folder?: string;
  readonly segmentBytes?: number;
  readonly recoveryPoint?: number | null;
}
function open(world: TestWorld, { folder = '/t-0', segmentBytes = 1 << 20, recoveryPoint = null }: Open = {}) {
  const options = { folder, topic: 't', partition: 0, topicId: '' };
  const config = { ...DEFAULT_LOG_CONFIG, segmentBytes };
  const checkpoint = { recoveryPoint: recoveryPoint ?? 0, startOffset: 0, isClean: recoveryPoint !== null };
  return PartitionLog.open(world, { ...options, config, checkpoint });
}
interface Write {
  readonly epoch?: number;
  readonly sequence?: number;
  readonly flags?: number;
  readonly isVerified?: boolean;
}
function batch(producerId: number, { epoch = 0, sequence = 0, flags = 0x10 }: Write = {}): Buffer {
  const records = [{ timestampMs: NOW_MS, key: null, value: null }];
  return encodeBatch({ records, producerId, producerEpoch: epoch, baseSequence: sequence, flags });
}
function write(log: PartitionLog, producerId: number, o: Write = {}): number {
  const outcome = log.appendAsLeader(batch(producerId, o), {
    ...LEADER,
    origin: 'client',
    isVerified: o.isVerified ?? true,
  });
  return outcome.kind === 'refused' ? -outcome.errorCode : outcome.baseOffset;
}
interface End {
  readonly epoch?: number;
  readonly coordinatorEpoch?: number;
  readonly transactionVersion?: number;
}
function end(log: PartitionLog, producerId: number, isCommit: boolean, o: End = {}): string | number {
  const { epoch = 0, coordinatorEpoch = 0, transactionVersion = 1 } = o;
  const marker = { producerId, producerEpoch: epoch, isCommit, coordinatorEpoch, timestampMs: NOW_MS };
  const outcome = log.appendMarker(marker, { ...LEADER, transactionVersion });
  if (outcome.kind === 'refused') return -outcome.errorCode;
  return outcome.kind === 'duplicate' ? 'again' : outcome.baseOffset;
}
const aborted = (log: PartitionLog, from = 0, upTo = log.endOffset) =>
  log.abortedTransactions(from, upTo).map((one) => [one.producerId, one.firstOffset, one.lastOffset]);

test('[TXS-1] the log is stable up to the first open transaction, or one whose marker is not committed', () => {
  const log = open(testWorld());
  write(log, 7);
  write(log, 8);
  write(log, 7, { sequence: 1 });
  assert.equal(log.lastStableOffset, 0);
  assert.equal(end(log, 7, true), 3);
  assert.equal(log.lastStableOffset, 1, 'the second transaction is still open');
  end(log, 8, true);
  assert.equal(log.lastStableOffset, 5);
  const other = open(testWorld());
  other.highWatermark = 0;
  for (const bytes of log.batches(0)) other.appendAsFollower(Buffer.from(bytes), { nowMs: NOW_MS });
  other.highWatermark = 2;
  assert.equal(other.lastStableOffset, 0, 'the markers at 3 and 4 are not committed');
  other.highWatermark = 4;
  assert.equal(other.firstUnstableOffset, 1, 'the one at 4 is not');
  assert.equal(other.lastStableOffset, 1);
  other.highWatermark = 5;
  assert.equal(other.lastStableOffset, 5);
  log.highWatermark = 5;
  assert.equal(log.lastStableOffset, 5);
  assert.equal(log.firstUnstableOffset, null);
});

test('[TXS-2] a range of offsets gives the aborted transactions with records in it', () => {
  const log = open(testWorld(), { segmentBytes: 200 });
  write(log, 7); // 0
  write(log, 8); // 1
  end(log, 7, false); // 2
  write(log, 9); // 3
  end(log, 9, true); // 4
  end(log, 8, false); // 5
  write(log, 7, { sequence: 1 }); // 6
  end(log, 7, false); // 7
  assert.ok(log.segmentCount > 2);
  const [first, second, third] = [
    [7, 0, 2],
    [8, 1, 5],
    [7, 6, 7],
  ]; // prettier-ignore
  assert.deepEqual(aborted(log), [first, second, third]);
  assert.deepEqual(aborted(log, 0, 1), [first]);
  assert.deepEqual(aborted(log, 3, 6), [second]);
  assert.deepEqual(aborted(log, 6, 8), [third]);
  assert.deepEqual(aborted(log, 4, 5), [second], 'a record of it may be in the range');
});

test('[TXS-3] markers: an old coordinator and an old epoch are fenced; a retry in version 2 is told it is there', () => {
  const log = open(testWorld());
  write(log, 7);
  assert.equal(end(log, 7, false, { epoch: 1, coordinatorEpoch: 5, transactionVersion: 2 }), 1);
  assert.equal(end(log, 7, false, { epoch: 1, coordinatorEpoch: 5, transactionVersion: 2 }), 'again');
  assert.equal(end(log, 7, false, { epoch: 2, coordinatorEpoch: 4 }), -ErrorCode.TRANSACTION_COORDINATOR_FENCED);
  assert.equal(end(log, 7, false, { epoch: 0, coordinatorEpoch: 5 }), -ErrorCode.INVALID_PRODUCER_EPOCH);
  assert.equal(write(log, 7, { epoch: 0, sequence: 1 }), -ErrorCode.INVALID_PRODUCER_EPOCH);
  assert.equal(write(log, 7, { epoch: 1 }), 2, 'the next transaction begins at sequence 0');
  assert.equal(
    end(log, 7, false, { epoch: 1, coordinatorEpoch: 5, transactionVersion: 2 }),
    -ErrorCode.INVALID_PRODUCER_EPOCH,
    'a late retry does not end the next transaction',
  );
  assert.equal(log.lastStableOffset, 2);
});

test('[TXS-4] a transactional write needs an open transaction here or the coordinator’s word, a plain one must not have one', () => {
  const log = open(testWorld());
  assert.equal(write(log, 7, { isVerified: false }), -ErrorCode.INVALID_TXN_STATE);
  assert.equal(write(log, 7), 0);
  assert.equal(write(log, 7, { sequence: 1, isVerified: false }), 1);
  assert.equal(write(log, 7, { sequence: 2, flags: 0 }), -ErrorCode.INVALID_TXN_STATE);
  end(log, 7, true);
  assert.equal(write(log, 7, { sequence: 2, isVerified: false }), -ErrorCode.INVALID_TXN_STATE);
  assert.equal(write(log, 7, { sequence: 2, flags: 0 }), 3);
});

test('[TXS-5] a verification is void once a marker was written that may end its transaction, and stands when it ends the one before', () => {
  const log = open(testWorld());
  const verify = (producerId: number, epoch: number) => log.verifications.begin(producerId, epoch);
  const [one, later, other] = [verify(7, 0), verify(7, 1), verify(8, 0)];
  assert.ok(log.verifications.isValid(one));
  end(log, 7, false);
  assert.ok(!log.verifications.isValid(one));
  assert.ok(log.verifications.isValid(later));
  assert.ok(log.verifications.isValid(other));
  log.verifications.end(other);
  assert.ok(!log.verifications.isValid(other));
  const [before, next] = [verify(9, 4), verify(9, 5)];
  log.verifications.forget({ producerId: 9, producerEpoch: 5 }, true);
  assert.deepEqual([log.verifications.isValid(before), log.verifications.isValid(next)], [false, true]);
});

test('[TXS-14] a later batch in flight is not let in before the first one, which is to be sent again', () => {
  const log = open(testWorld());
  const ask = (producerId: number, epoch: number, firstSequence: number) =>
    log.verifications.end(log.verifications.begin(producerId, epoch, firstSequence));
  for (const sequence of [40, 0, 20]) ask(7, 3, sequence);
  assert.equal(write(log, 7, { epoch: 3, sequence: 40 }), -ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assert.equal(write(log, 7, { epoch: 3, sequence: 20 }), -ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assert.equal(write(log, 7, { epoch: 3, sequence: 0 }), 0);
  assert.equal(write(log, 7, { epoch: 3, sequence: 1 }), 1);

  ask(8, 0, 12);
  assert.equal(write(log, 8, { sequence: 12 }), 2, 'where what was written before has expired, it goes on');
  ask(9, 1, 5);
  ask(9, 2, 30);
  assert.equal(write(log, 9, { epoch: 2, sequence: 30 }), 3, 'what was asked for in an epoch before does not count');
  ask(10, 0, 0);
  end(log, 10, false);
  assert.equal(write(log, 10, { epoch: 1, sequence: 0 }), 5);
  for (let producerId = 100; producerId < 10_101; producerId += 1) ask(producerId, 0, 0);
  assert.equal(log.verifications.lowestSequence({ producerId: 100, producerEpoch: 0 }), null, 'memory is bounded');
  assert.equal(log.verifications.lowestSequence({ producerId: 101, producerEpoch: 0 }), 0);
});

const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('write' as const), producer: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('commit' as const, 'abort' as const),
        producer: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom({ do: 'crash' } as const, { do: 'restart' } as const, { do: 'commitAll' } as const),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('cut' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    },
  ),
  { maxLength: 60 },
);
type Entry = { readonly producer: number; readonly kind: 'write' | 'commit' | 'abort' };

/** What a walk over all entries says. */
function expected(entries: readonly Entry[], highWatermark: number) {
  const open = new Map<number, number>();
  const ended: { producer: number; first: number; last: number; isAborted: boolean }[] = [];
  entries.forEach(({ producer, kind }, offset) => {
    const first = open.get(producer);
    if (kind === 'write') open.set(producer, first ?? offset);
    else if (first !== undefined) {
      open.delete(producer);
      ended.push({ producer, first, last: offset, isAborted: kind === 'abort' });
    }
  });
  const unstable = [...open.values(), ...ended.filter((one) => one.last >= highWatermark).map((one) => one.first)];
  return {
    stable: Math.min(highWatermark, ...unstable),
    aborted: ended.filter((one) => one.isAborted).map((one) => [one.producer, one.first, one.last]),
  };
}

test('[TXS-6] after any run of writes, markers, cuts, crashes and restarts, stable offset and aborted transactions are those of the log, and the follower’s are the leader’s', () => {
  fc.assert(
    fc.property(steps, (run) => {
      const world = testWorld();
      const size = { segmentBytes: 300 };
      let log = open(world, size);
      const entries: Entry[] = [];
      const sequences = (producer: number) =>
        entries.filter((e) => e.producer === producer && e.kind === 'write').length;
      let highWatermark = 0;
      for (const step of run) {
        if (step.do === 'write') {
          // A producer whose writes were all cut is not known: it may begin anywhere.
          assert.equal(write(log, step.producer, { sequence: sequences(step.producer) }), entries.length);
          entries.push({ producer: step.producer, kind: 'write' });
        } else if (step.do === 'commit' || step.do === 'abort') {
          assert.equal(end(log, step.producer, step.do === 'commit'), entries.length);
          entries.push({ producer: step.producer, kind: step.do });
        } else if (step.do === 'commitAll') highWatermark = entries.length;
        else if (step.do === 'cut') {
          const offset = highWatermark + Math.floor(step.share * (entries.length - highWatermark));
          log.truncateTo(offset);
          entries.length = offset;
        } else {
          if (step.do === 'restart') log.closeCleanly();
          else log.close();
          log = open(world, { ...size, recoveryPoint: step.do === 'restart' ? entries.length : null });
        }
        log.highWatermark = highWatermark;
        const wanted = expected(entries, highWatermark);
        assert.equal(log.lastStableOffset, wanted.stable);
        assert.deepEqual(aborted(log), wanted.aborted);
      }
      const follower = open(testWorld(), size);
      for (const bytes of log.batches(0)) follower.appendAsFollower(Buffer.from(bytes), { nowMs: NOW_MS });
      follower.highWatermark = highWatermark;
      assert.equal(follower.lastStableOffset, log.lastStableOffset);
      assert.deepEqual(aborted(follower), aborted(log));
    }),
    { numRuns: 150 },
  );
});

test('[TXS-8] a transaction whose marker is above the high watermark is unstable after any restart, its end in the snapshot or not', () => {
  for (const isClean of [true, false]) {
    for (const isSnapshotOld of [true, false]) {
      const world = testWorld();
      let log = open(world, { segmentBytes: 150 });
      write(log, 7); // 0
      log.highWatermark = 1;
      end(log, 7, true); // 1
      if (!isSnapshotOld) for (let i = 0; i < 4; i++) write(log, 8, { sequence: i, flags: 0 });
      if (isClean) log.closeCleanly();
      else log.close();
      log = open(world, { segmentBytes: 150, recoveryPoint: isClean ? log.endOffset : null });
      assert.ok(log.hasOpenTransaction(7, 0) === false, 'the state was asked for before the high watermark is known');
      log.highWatermark = 1;
      assert.equal(log.lastStableOffset, 0);
      log.highWatermark = 2;
      assert.equal(log.lastStableOffset, 2);
    }
  }
});

test('[TXS-7] a control batch is Kafka’s, byte for byte', () => {
  const bytes = encodeMarker({
    producerId: 7,
    producerEpoch: 1,
    isCommit: true,
    coordinatorEpoch: 5,
    timestampMs: NOW_MS,
  });
  assert.equal(bytes.readInt16BE(21), 0x30);
  assert.equal(bytes.readInt32BE(53), -1, 'no sequence');
  assert.equal(bytes.subarray(61).toString('hex'), '20000000080000000' + '10c000000000005' + '00');
});

test('[TXS-9] a marker whose abort cannot be noted, since the disk does not give the index, is refused and not written', () => {
  const world = testWorld();
  const before = open(world);
  write(before, 7);
  end(before, 7, false);
  write(before, 8);
  const { endOffset } = before;
  before.closeCleanly();
  const log = open(world, { recoveryPoint: endOffset });
  const read = world.disk.read.bind(world.disk);
  world.disk.read = (path) => {
    if (path.endsWith('.txnindex')) throw new DiskError('EIO', 'gone');
    return read(path);
  };
  assert.equal(end(log, 8, false), -ErrorCode.KAFKA_STORAGE_ERROR);
  assert.equal(log.endOffset, endOffset);
  world.disk.read = read;
  assert.equal(end(log, 8, false), endOffset);
  assert.deepEqual(aborted(log), [
    [7, 0, 1],
    [8, 2, 3],
  ]);
});
