import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GroupDetail, Groups } from './groups.ts';
import { partitionLag } from './lag.ts';

const known = {
  committedOffset: 7,
  startOffset: 0,
  endOffset: 10,
  hasTopic: true,
  hasPartition: true,
  leader: 1,
  parts: null,
};

test('[GTW-5] lag is end minus committed', () => {
  assert.deepEqual(partitionLag(known), { lag: 3, lagNote: null, lagParts: null });
  assert.deepEqual(partitionLag({ ...known, committedOffset: 10 }), { lag: 0, lagNote: null, lagParts: null });
});

test('[GTW-5] where there is no lag there is the reason', () => {
  const cases = [
    [{ ...known, committedOffset: null }, 'nothing committed'],
    [{ ...known, startOffset: 12, endOffset: 20 }, 'committed offset 7 was deleted by retention (log starts at 12)'],
    [{ ...known, hasTopic: false }, 'topic is gone'],
    [{ ...known, hasPartition: false }, 'partition is gone'],
    [{ ...known, endOffset: null, leader: null }, 'partition has no leader'],
    [{ ...known, endOffset: null }, 'end offset unknown: broker 1 does not tell it'],
    [{ ...known, committedOffset: 11 }, 'committed offset 11 is beyond the end of the log (10)'],
  ] as const;
  for (const [input, lagNote] of cases) assert.deepEqual(partitionLag(input), { lag: null, lagNote, lagParts: null });
});

test('[GTW-5] lag is never negative', () => {
  const offset = fc.option(fc.integer({ min: 0, max: 50 }), { nil: null });
  fc.assert(
    fc.property(offset, offset, offset, fc.boolean(), (committedOffset, startOffset, endOffset, hasTopic) => {
      const { lag, lagNote } = partitionLag({ ...known, committedOffset, startOffset, endOffset, hasTopic });
      assert.ok(lag === null ? lagNote !== null : lag >= 0 && lagNote === null);
    }),
  );
});

test('[GTW-36] where the end of the log was looked at, lag is the records that are left', () => {
  const parts = { offsets: 3, markers: 1, aborted: 1, compacted: 0, open: 1 };
  assert.deepEqual(partitionLag({ ...known, parts }), { lag: 1, lagNote: null, lagParts: parts });
});

function sampleAt(atMs: number, committedOffset: number, lag: number) {
  const row = {
    topic: 't',
    partition: 0,
    committedOffset,
    metadata: null,
    startOffset: 0,
    endOffset: committedOffset + lag,
    lag,
    lagNote: null,
    lagParts: null,
    memberId: null,
    outRecordsPerSecond: null,
  };
  return { atMs, state: 'Stable', protocol: null, epoch: null, assignmentEpoch: null, members: [], partitions: [row] };
}

test('[GTW-6] records out are what was committed; a reset backwards is no negative rate', () => {
  const detail = new GroupDetail();
  for (let second = 0; second <= 4; second += 1)
    detail.take(sampleAt(second * 1_000, second * 50, 10 * second), () => 20);
  assert.equal(detail.recordsPerSecond(), 50);
  assert.equal(detail.bytesPerSecond(), 1_000);
  assert.equal(detail.lagChangePerSecond(), 10);
  detail.take(sampleAt(5_000, 0, 240), () => 20);
  assert.ok((detail.recordsPerSecond() ?? -1) >= 0);
});

test('[GTW-38] a total that leaves out a partition is no whole lag: it says how many, and draws no trend', () => {
  const detail = new GroupDetail();
  const take = (second: number, lagNote: string | null) => {
    const sample = sampleAt(second * 1_000, 10, 40);
    const missing = sample.partitions.map((row) => ({ ...row, partition: 1, lag: null, lagNote }));
    detail.take({ ...sample, partitions: [...sample.partitions, ...(lagNote === null ? [] : missing)] }, () => 20);
    return [detail.totalLag(), detail.unknownLagPartitions(), detail.wholeLag()];
  };
  assert.deepEqual(take(0, null), [40, 0, 40]);
  assert.deepEqual(take(1, 'topic is gone'), [40, 0, 40], 'nothing is left to read there');
  for (let second = 2; second <= 8; second += 1) {
    assert.deepEqual(take(second, 'partition has no leader'), [40, 1, null]);
    assert.equal(detail.lagChangePerSecond(), null);
  }
});

test('[GTW-7] groups are sampled in turn: each comes up, whatever their number', () => {
  const groups = new Groups();
  const names = Array.from({ length: 25 }, (_, index) => `g${index}`);
  const listing = (groupId: string) => ({
    groupId,
    type: 'classic',
    protocolType: 'consumer',
    state: 'Empty',
    coordinatorId: 1,
  });
  groups.takeListings(names.map(listing), new Set(), 1);
  const seen = new Set<string>();
  for (let turn = 0; turn < 4; turn += 1) for (const groupId of groups.nextInTurn(7)) seen.add(groupId);
  assert.equal(seen.size, 25);
});

test('[GTW-8] a coordinator that does not answer does not make its groups vanish', () => {
  const groups = new Groups();
  const listing = (groupId: string, coordinatorId: number) => ({
    groupId,
    type: 'classic',
    protocolType: 'consumer',
    state: 'Empty',
    coordinatorId,
  });
  groups.takeListings([listing('a', 1), listing('b', 2)], new Set(), 1);
  groups.takeListings([listing('a', 1)], new Set([2]), 1);
  assert.deepEqual([...groups.listings.keys()], ['a', 'b']);
  groups.takeListings([listing('a', 1)], new Set(), 1);
  assert.deepEqual([...groups.listings.keys()], ['a']);
});
