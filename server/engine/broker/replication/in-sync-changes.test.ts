import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { LeaderState } from '../../replication/leader.ts';
import type { PartitionLog } from '../../storage/log/log.ts';
import { LinkError } from '../link/controller-link.ts';
import type { PartitionOutcome, PartitionWish } from '../link/partition-changes.ts';
import { Replica } from '../replica.ts';
import { TestWorld } from '../testing/test-world.ts';
import { InSyncChanges } from './in-sync-changes.ts';

/** Led by broker 1 with broker 2 about to join. No log is looked at. */
function joining(partition: number) {
  const replica = new Replica({ topic: 't', topicId: 'x', partition } as unknown as PartitionLog);
  const led = { leader: 1, leaderEpoch: 4, partitionEpoch: 10, replicas: [1, 2], inSyncReplicas: [1] };
  replica.leader = 1;
  replica.leadership = new LeaderState(led, { epochStartOffset: 0, nowMs: 0 });
  replica.leadership.fetched(2, { fetchOffset: 5, startOffset: 0, brokerEpoch: 8, endOffset: 5, nowMs: 0 });
  const view = { nowMs: 0, endOffset: 5, minInSyncReplicas: 1, lagMaxMs: 1000, isEligible: () => true };
  const proposal = replica.leadership.expand(2, 0, view);
  assert.ok(proposal);
  return { replica, proposal };
}
function setUp(answer: (wish: PartitionWish) => number | LinkError) {
  const world = new TestWorld();
  const asked: string[][] = [];
  const alterPartitions = async (wishes: readonly PartitionWish[]): Promise<PartitionOutcome[]> => {
    asked.push(wishes.map((one) => `${one.partition}: ${one.newInSyncReplicas} of epochs ${one.brokerEpochs}`));
    return wishes.map((wish) => {
      const errorCode = answer(wish);
      if (errorCode instanceof LinkError) throw errorCode;
      return { ...wish, leader: 1, errorCode, partitionEpoch: 11, inSyncReplicas: wish.newInSyncReplicas };
    });
  };
  const changes = new InSyncChanges({
    world,
    controller: () => ({ alterPartitions, brokerEpoch: 9 }),
    onAnswer: (replica, proposal, word) => replica.leadership?.answered(proposal, word, 0) === 'again',
  });
  return { world, changes, asked };
}

test('[REP-32] proposals of one turn go to the controller together, with the epochs their brokers were heard in', async () => {
  const { world, changes, asked } = setUp(() => ErrorCode.NONE);
  const both = [joining(0), joining(1)];
  for (const { replica, proposal } of both) changes.propose(replica, proposal);
  await world.settle();
  assert.deepEqual(asked, [['0: 1,2 of epochs 9,8', '1: 1,2 of epochs 9,8']]);
  assert.deepEqual(both[0]?.replica.leadership?.inSyncReplicas, [1, 2]);
});

test('[REP-33] what got no answer is put again after a second, for as long as its leader holds to it', async () => {
  let controller: number | LinkError = new LinkError('REQUEST_TIMED_OUT', 'nobody there');
  const { world, changes, asked } = setUp(() => controller);
  const kept = joining(0);
  const given = joining(1);
  for (const { replica, proposal } of [kept, given]) changes.propose(replica, proposal);
  await world.settle();
  assert.equal(kept.replica.leadership?.proposal, kept.proposal, 'it may have been carried out');
  given.replica.leadership = null;
  controller = ErrorCode.STALE_BROKER_EPOCH;
  await world.advance(1000);
  controller = ErrorCode.NONE;
  await world.advance(1000);
  assert.deepEqual(asked.slice(1), [['0: 1,2 of epochs 9,8'], ['0: 1,2 of epochs 9,8']]);
  await world.advance(10_000);
  assert.equal(asked.length, 3);
});

test('[REP-33] once closed nothing is asked', async () => {
  const { world, changes, asked } = setUp(() => new LinkError('NOT_CONTROLLER', 'gone'));
  const { replica, proposal } = joining(0);
  changes.propose(replica, proposal);
  await world.settle();
  changes.close();
  await world.advance(10_000);
  assert.equal(asked.length, 1);
});
