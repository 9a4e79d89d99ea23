import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween, countPartitions, type Placement, sharesOf } from './placement.ts';

type Row = readonly [leader: number | null, inSync: readonly number[], epoch?: number];
const reading = (brokerIds: readonly number[], topics: Readonly<Record<string, readonly Row[]>>): Placement => ({
  sampledAtMs: 1,
  brokerIds,
  topics: Object.entries(topics).map(([name, rows]) => ({
    name,
    partitions: rows.map(([leader, inSyncReplicas, leaderEpoch = 0], partition) => ({
      partition,
      leader,
      leaderEpoch,
      replicas: [1, 2, 3],
      inSyncReplicas,
    })),
  })),
});
const whole = [1, 2, 3];

test('[LAB-1] a lost broker is told as its going, the moved leaders and the shrunken replicas, each grouped', () => {
  const before = reading(whole, {
    a: [
      [2, whole],
      [2, whole],
      [1, whole],
    ],
    gone: [[1, whole]],
  });
  const after = reading([1, 3], {
    a: [
      [1, [1, 3]],
      [1, [1, 3]],
      [1, [1, 3]],
    ],
    fresh: [[1, whole]],
  });
  assert.deepEqual(changesBetween(before, after), [
    { kind: 'brokerGone', brokerId: 2 },
    { kind: 'leader', from: 2, to: 1, partitions: ['a-0', 'a-1'] },
    { kind: 'leftInSync', brokerId: 2, partitions: ['a-0', 'a-1', 'a-2'] },
  ]);
  assert.deepEqual(changesBetween(after, after), []);
});

test('[LAB-1] its return is told as joining, and a leader that lost and won its partition in between is noticed', () => {
  const before = reading([1, 3], {
    a: [
      [null, []],
      [1, [1, 3]],
      [1, [1], 4],
    ],
  });
  const after = reading(whole, {
    a: [
      [2, [2]],
      [1, whole],
      [1, [1], 6],
    ],
  });
  assert.deepEqual(changesBetween(before, after), [
    { kind: 'brokerBack', brokerId: 2 },
    { kind: 'leader', from: null, to: 2, partitions: ['a-0'] },
    { kind: 'electedAgain', brokerId: 1, partitions: ['a-2'] },
    { kind: 'joinedInSync', brokerId: 2, partitions: ['a-0', 'a-1'] },
  ]);
});

test('[LAB-2] partitions are counted as leaderless and under-replicated, brokers by what they lead, hold and hold alone', () => {
  const now = reading(whole, {
    a: [
      [null, [2]],
      [1, [1, 3]],
      [1, whole],
      [3, [3]],
    ],
  });
  assert.deepEqual(countPartitions(now), { total: 4, leaderless: 1, underReplicated: 3 });
  assert.deepEqual(Object.fromEntries(sharesOf(now)), {
    1: { leaders: 2, replicas: 4, onlyReplicas: 0 },
    2: { leaders: 0, replicas: 4, onlyReplicas: 1 },
    3: { leaders: 1, replicas: 4, onlyReplicas: 1 },
  });
});
