import assert from 'node:assert/strict';
import test from 'node:test';
import { changesBetween, groupChange, replicaKey, type Seen, type SeenGroup, type SeenPartition } from './changes.ts';
import { MapHistory } from './history.ts';

const p = (leader: number | null, ...inSyncReplicas: number[]): SeenPartition => ({ leader, inSyncReplicas });
function seen(up: number[], topics: Record<string, SeenPartition[]>): Seen {
  return {
    upBrokers: new Set(up),
    knownBrokers: new Set([1, 2, 3]),
    topics: new Map(Object.entries(topics).map(([name, partitions]) => [name, { topicId: name, partitions }])),
  };
}
const told = (before: Seen, after: Seen) => changesBetween(before, after).events.map(({ sentence }) => sentence);

test('[MAP-3] a lost broker is told as its going, the leaders that moved and the replicas out of sync, each grouped', () => {
  const before = seen([1, 2, 3], { a: [p(2, 1, 2), p(2, 2, 3), p(1, 1, 3)], b: [p(2, 2)] });
  const after = seen([1, 3], { a: [p(1, 1), p(3, 3), p(1, 1, 3)], b: [p(null, 2)] });
  assert.deepEqual(told(before, after), [
    'Broker 2 is down.',
    'Broker 1 now leads a-0, led by broker 2 before.',
    'Broker 3 now leads a-1, led by broker 2 before.',
    'b-0 has no leader since broker 2 went.',
    'Broker 2 fell out of sync for a-0, a-1.',
  ]);
  assert.deepEqual(changesBetween(before, after).left, [replicaKey('a', 0, 2), replicaKey('a', 1, 2)]);
  assert.deepEqual(told(after, before), [
    'Broker 2 is up again.',
    'Broker 2 now leads a-0, led by broker 1 before.',
    'Broker 2 now leads a-1, led by broker 3 before.',
    'Broker 2 now leads b-0, without a leader before.',
    'Broker 2 is in sync again for a-0, a-1.',
  ]);
  assert.deepEqual(told(before, before), []);
});

test('[MAP-3] many partitions are counted, topics made, deleted and grown are told', () => {
  const many = (leader: number) => Array.from({ length: 12 }, () => p(leader, 1, 2));
  assert.deepEqual(told(seen([1, 2], { a: many(1) }), seen([1, 2], { a: many(2) })), [
    'Broker 2 now leads 12 partitions (a-0, a-1, a-2, …), led by broker 1 before.',
  ]);
  assert.deepEqual(told(seen([1], { a: [p(1, 1)], b: [] }), seen([1], { a: [p(1, 1), p(1, 1)], c: [] })), [
    'Topic a has 1 more partition.',
    'Topic c was created.',
    'Topic b was deleted.',
  ]);
  const made = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`t${index}`, []]));
  assert.deepEqual(told(seen([1], {}), seen([1], made)), ['900 topics were created, deleted or grown.']);
});

const group = (state: string, members: Record<string, string[]>): SeenGroup => {
  return { groupId: 'billing', state, members: new Map(Object.entries(members)) };
};

test('[MAP-4] a rebalance is told once when it begins and once with what came of it', () => {
  const history = new MapHistory();
  const stages = [
    group('Stable', { x: ['a-0', 'a-1'] }),
    group('Stable', { x: ['a-1', 'a-0'] }),
    group('PreparingRebalance', { x: [] }),
    group('CompletingRebalance', {}),
    group('Stable', { x: ['a-0'], y: ['a-1'] }),
    group('Empty', {}),
    group('Stable', { z: ['a-0', 'a-1'] }),
  ];
  for (const [at, stage] of stages.entries()) history.takeGroup(stage, at);
  assert.deepEqual(
    history.events.map(({ atMs, sentence }) => [atMs, sentence]),
    [
      [2, 'Group billing is rebalancing.'],
      [4, 'Group billing was rebalanced: 2 members share 2 partitions.'],
      [5, 'Group billing has no members any more.'],
      [6, 'Group billing has members: 1 member reads 2 partitions.'],
    ],
  );
  assert.equal(groupChange(group('Stable', { x: ['a-0'] }), group('Stable', { x: ['a-0'] })), null);
});

test('[MAP-5] since when a replica is out of sync is known from the moment it was seen to leave until it is back', () => {
  const history = new MapHistory();
  const whole = seen([1, 2], { a: [p(1, 1, 2)] });
  const shrunk = seen([1], { a: [p(1, 1)] });
  history.take(shrunk, 5);
  assert.equal(history.outSinceMs('a', 0, 2), null, 'it left unseen');
  history.take(whole, 10);
  history.take(shrunk, 20);
  history.take(shrunk, 30);
  assert.equal(history.outSinceMs('a', 0, 2), 20);
  history.take(whole, 40);
  assert.equal(history.outSinceMs('a', 0, 2), null);
  history.take(shrunk, 50);
  history.take(seen([1], {}), 60);
  assert.equal(history.outSinceMs('a', 0, 2), null, 'the topic is gone');
});

test('[MAP-6] the log keeps its newest events, numbered without a gap', () => {
  const history = new MapHistory();
  for (let at = 0; at < 200; at += 1) history.take(seen(at % 2 ? [1] : [1, 2], {}), at);
  assert.equal(history.events.length, 50);
  assert.equal(history.events.at(-1)?.id, 199);
  assert.equal(history.events[0]?.id, 150);
});
