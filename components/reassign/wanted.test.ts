import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReassignRun } from '../../server/live/contract.ts';
import {
  endOf,
  goalOf,
  inPortions,
  notGivenYet,
  progressParams,
  queryOf,
  requestOf,
  shareDone,
  shortestTime,
  throttleOf,
  timeLeft,
} from './wanted.ts';

const nothing = { kind: '', broker: '', topic: '', partition: '', factor: '', replicas: null } as const;
const counts = { waiting: 0, moving: 0, done: 0, failed: 0, cancelled: 0 };
const run = (more: Partial<ReassignRun>): ReassignRun =>
  ({
    state: 'done',
    counts: { ...counts, done: 3 },
    elections: 0,
    bytes: 0,
    copiedBytes: 0,
    bytesPerSecond: null,
    startedAtMs: 1_000,
    endedAtMs: 9_000,
    ...more,
  }) as ReassignRun;

test('[RWA-1] an address asks for something only when it says all that the kind needs', () => {
  assert.equal(requestOf(nothing), null);
  assert.deepEqual(requestOf({ ...nothing, kind: 'spread' }), { kind: 'spread' });
  assert.equal(requestOf({ ...nothing, kind: 'drain' }), null);
  assert.equal(requestOf({ ...nothing, kind: 'drain', broker: '1e3' }), null);
  assert.deepEqual(requestOf({ ...nothing, kind: 'drain', broker: '0' }), { kind: 'drain', brokerId: 0 });
  const factor = (text: string) => requestOf({ ...nothing, kind: 'replicationFactor', topic: 'a', factor: text });
  assert.deepEqual([factor(''), factor('0'), factor('101'), factor('-1'), factor('2.5')], Array(5).fill(null));
  assert.deepEqual(factor('3'), { kind: 'replicationFactor', topic: 'a', replicationFactor: 3 });
  const byHand = { ...nothing, kind: 'byHand', topic: 'a', partition: '2' } as const;
  assert.equal(requestOf(byHand), null);
  assert.equal(requestOf({ ...byHand, replicas: [] }), null);
  assert.equal(requestOf({ ...byHand, replicas: [1], topic: '' }), null);
  assert.deepEqual(requestOf({ ...byHand, replicas: [3, 1] }), {
    kind: 'byHand',
    topic: 'a',
    partition: 2,
    replicas: [3, 1],
  });
});

test('[RWA-2] a limit is read in megabytes a second; nothing means none, and what is no rate is told from that', () => {
  assert.equal(throttleOf(' '), null);
  assert.equal(throttleOf('12'), 12_000_000);
  assert.equal(throttleOf(' 0.5 '), 500_000);
  assert.equal(throttleOf('0.001'), 1_000);
  for (const text of ['0', '0.0001', '-1', 'fast', '1e6', '1,5']) assert.equal(throttleOf(text), undefined, text);
});

test('[RWA-3] times are told in seconds, minutes and hours, and the shortest one never as nothing', () => {
  assert.deepEqual([59, 60, 89, 3_599, 3_600, 3_900].map(timeLeft), [
    '59 s',
    '1 min',
    '1 min',
    '1 h',
    '1 h',
    '1 h 5 min',
  ]);
  assert.equal(shortestTime(1, 1_000_000), 'at least 1 s');
  assert.equal(shortestTime(1_000_001, 1_000_000), 'at least 2 s');
  assert.equal(shortestTime(1_000, null), null);
  assert.equal(shortestTime(0, 1_000), null);
});

test('[RWA-4] the end of a run says how many moved, went back and failed', () => {
  assert.equal(endOf(run({})), '3 partitions moved in 8 s.');
  assert.equal(
    endOf(run({ copiedBytes: 2_000_000, bytesPerSecond: 1_000_000, elections: 1 })),
    '3 partitions moved in 8 s, 2.0 MB copied at 1.0 MB/s. 1 leader changed.',
  );
  assert.equal(
    endOf(run({ state: 'cancelled', counts: { ...counts, done: 1, cancelled: 1 }, elections: 2 })),
    '1 partition moved in 8 s. 1 partition stayed or went back where it was.',
  );
  assert.equal(
    endOf(run({ counts: { ...counts, done: 1, cancelled: 2, failed: 1 }, endedAtMs: null })),
    '1 partition moved. 2 partitions went back. 1 partition failed.',
  );
});

test('[RWA-5] the share done is by bytes, or by partitions where there is nothing to copy; never more than all', () => {
  assert.equal(shareDone({ bytes: 100, copiedBytes: 25, counts }), 0.25);
  assert.equal(shareDone({ bytes: 100, copiedBytes: 250, counts }), 1);
  const some = { waiting: 1, moving: 1, done: 1, failed: 1, cancelled: 0 };
  assert.equal(shareDone({ bytes: 0, copiedBytes: 0, counts: some }), 0.5);
  assert.equal(shareDone({ bytes: 0, copiedBytes: 0, counts }), 1);
});

test('[RWA-6] the goal is told in words', () => {
  assert.equal(goalOf(null), 'Reassignment begun elsewhere');
  assert.equal(goalOf({ kind: 'spread' }), 'Spread over all brokers');
  assert.equal(goalOf({ kind: 'drain', brokerId: 2 }), 'Drain broker 2');
  assert.equal(goalOf({ kind: 'replicationFactor', topic: 'a', replicationFactor: 1 }), 'Give a 1 replica');
  assert.equal(goalOf({ kind: 'byHand', topic: 'a', partition: 7, replicas: [1] }), 'Move partition 7 of a');
});

test('[RWA-7] the rows asked for come from the address; what is no page is the first', () => {
  const read = (values: Record<string, string>) => progressParams((name) => values[name] ?? '');
  assert.deepEqual(read({}), { query: '', state: null, offset: 0, limit: 50 });
  assert.deepEqual(read({ q: ' ord ', state: 'moving', page: '3' }), {
    query: 'ord',
    state: 'moving',
    offset: 100,
    limit: 50,
  });
  for (const page of ['0', '-2', '1.5', 'x', '1e9']) assert.equal(read({ page }).offset, 0, page);
  assert.equal(read({ state: 'lost' }).state, null);
});

test('[RWA-8] that partitions wait in the dashboard is said before a run that needs it, and while they wait', () => {
  assert.equal(inPortions(50), null);
  assert.match(inPortions(51) ?? '', /given 50 partitions at a time .* this page then plans them again/);
  const waiting = run({ request: { kind: 'spread' }, counts: { ...counts, waiting: 2, moving: 50 }, endedAtMs: null });
  assert.match(notGivenYet(waiting) ?? '', /^2 partitions wait .* those stay where they are\. Planning the same again/);
  assert.equal(notGivenYet({ ...waiting, counts }), null);
  assert.equal(notGivenYet({ ...waiting, request: null }), null);
  assert.equal(notGivenYet({ ...waiting, endedAtMs: 1 }), null);
});

test('[RWA-9] the address of a goal asks for that goal again', () => {
  const goals = [
    { kind: 'spread' },
    { kind: 'drain', brokerId: 3 },
    { kind: 'replicationFactor', topic: 'a&b', replicationFactor: 2 },
    { kind: 'byHand', topic: 'a', partition: 4, replicas: [2, 1] },
  ] as const;
  for (const goal of goals) {
    const query = new URLSearchParams(queryOf(goal));
    const read = (name: string) => query.get(name) ?? '';
    const replicas = query.get('replicas')?.split(',').map(Number) ?? null;
    const { kind } = goal;
    const again = requestOf({
      kind,
      broker: read('broker'),
      topic: read('topic'),
      partition: read('partition'),
      factor: read('factor'),
      replicas,
    });
    assert.deepEqual(again, goal);
  }
});
