import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guaranteeOf } from './guarantee.ts';

const partition = (leader: number | null, replicas: readonly number[], inSyncReplicas: readonly number[]) => ({
  partition: 0,
  leader,
  leaderEpoch: 0,
  replicas,
  inSyncReplicas,
});
const say = (...partitions: ReturnType<typeof partition>[]) => {
  const { level, sentence } = guaranteeOf({
    sampledAtMs: 1,
    brokerIds: [1, 2, 3],
    topics: [{ name: 'a', partitions }],
  });
  return `${level}: ${sentence}`;
};
const well = partition(1, [1, 2, 3], [1, 2, 3]);

test('[LAB-18] the worst that is true of the partitions is said in one sentence: no leader, one copy, a missing copy, single replicas, all well', () => {
  const alone = partition(2, [1, 2, 3], [2]);
  const two = partition(1, [1, 2, 3], [1, 2]);
  const single = partition(1, [1], [1]);
  const none = partition(null, [3], [3]);
  assert.match(say(well), /^ok: All copies of every partition are in sync: any one broker can be lost/);
  assert.match(say(well, single), /^ok: All copies are in sync. 1 partition has a single replica, and pauses/);
  assert.match(say(two, single), /^notice: 1 partition misses a copy, and each still has at least two in sync/);
  assert.equal(say(two, alone), 'warn: 1 partition has one copy in sync: losing broker 2 now would stop it.');
  assert.equal(
    say(alone, partition(3, [1, 3], [3])),
    'warn: 2 partitions have one copy in sync: losing one of brokers 2, 3 now would stop them.',
  );
  assert.equal(say(alone, none), 'critical: 1 partition has no leader: nobody can read or write it.');
  assert.match(say(), /^ok: /);
});

test('[LAB-20] a partition below min.insync.replicas is said to refuse writes with acks=all, once the setting is known', () => {
  const sayWith = (minInSync: number, ...partitions: ReturnType<typeof partition>[]) =>
    guaranteeOf({
      sampledAtMs: 1,
      brokerIds: [1, 2, 3],
      topics: [{ name: 'a', partitions }],
      minInSync: new Map([['a', minInSync]]),
    });
  const alone = partition(2, [1, 2, 3], [2]);
  const { level, sentence } = sayWith(2, alone, well);
  assert.equal(level, 'critical');
  assert.match(
    sentence,
    /^1 partition refuses writes with acks=all: fewer copies are in sync than min\.insync\.replicas/,
  );
  assert.match(sayWith(1, alone).sentence, /one copy in sync/);
  assert.match(sayWith(3, well).sentence, /^All copies/);
  assert.match(sayWith(3, alone, partition(null, [3], [3])).sentence, /has no leader/);
});
