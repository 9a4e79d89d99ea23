import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiskError } from '../../../kernel/world.ts';
import type { PartitionLog } from '../../storage/log/log.ts';
import { Replica } from '../replica.ts';
import { TestWorld } from '../testing/test-world.ts';
import { ParkedFetches } from './parked.ts';

/** Parking looks at no log: only names are needed. */
function replicaOf(partition: number): Replica {
  return new Replica({ topic: 't', topicId: 'x', partition } as unknown as PartitionLog);
}
function setUp() {
  const world = new TestWorld();
  const done: string[] = [];
  const parked = new ParkedFetches(world);
  const park = (
    name: string,
    replicas: readonly Replica[],
    o: { minBytes?: number; maxWaitMs?: number; maxBytes?: number; isFollower?: boolean },
  ) =>
    parked.park({
      minBytes: o.minBytes ?? 1,
      maxWaitMs: o.maxWaitMs ?? 500,
      isFollower: o.isFollower ?? false,
      partitions: replicas.map((replica) => ({ replica, bytes: 0, maxBytes: o.maxBytes ?? 1000 })),
      complete: () => void done.push(name),
    });
  return { world, parked, park, done };
}

test('[BRK-1] a parked fetch completes when min.bytes are there over all its partitions', async () => {
  const { world, parked, park, done } = setUp();
  const [a, b] = [replicaOf(0), replicaOf(1)];
  park('both', [a, b], { minBytes: 100 });
  parked.bytesAdded(a, 60);
  await world.settle();
  assert.deepEqual(done, []);
  parked.bytesAdded(b, 40);
  assert.deepEqual(done, [], 'not in the middle of an append');
  await world.settle();
  assert.deepEqual(done, ['both']);
  assert.equal(a.parked.size + b.parked.size + parked.count, 0);
});

test('[BRK-2] bytes of a partition count only up to its own limit', async () => {
  const { world, parked, park, done } = setUp();
  const a = replicaOf(0);
  park('limited', [a, replicaOf(1)], { minBytes: 100, maxBytes: 50 });
  parked.bytesAdded(a, 1000);
  await world.settle();
  assert.deepEqual(done, []);
});

test('[BRK-3] a parked fetch completes at its deadline, earliest first, once', async () => {
  const { world, park, done } = setUp();
  const a = replicaOf(0);
  park('late', [a], { maxWaitMs: 900 });
  park('early', [a], { maxWaitMs: 100 });
  await world.advance(99);
  assert.deepEqual(done, []);
  await world.advance(1);
  assert.deepEqual(done, ['early']);
  await world.advance(10_000);
  assert.deepEqual(done, ['early', 'late']);
});

test('[BRK-4] a cancelled fetch never completes and leaves nothing behind', async () => {
  const { world, parked, park, done } = setUp();
  const a = replicaOf(0);
  const cancel = park('gone', [a], {});
  cancel();
  cancel();
  parked.bytesAdded(a, 1000);
  await world.advance(10_000);
  assert.deepEqual(done, []);
  assert.equal(a.parked.size + parked.count, 0);
});

test('[BRK-5] whoever waits for a partition that changed looks again', async () => {
  const { world, parked, park, done } = setUp();
  const [a, b] = [replicaOf(0), replicaOf(1)];
  park('changed', [a, b], { minBytes: 100 });
  park('other', [b], { minBytes: 100 });
  parked.partitionChanged(a);
  await world.settle();
  assert.deepEqual(done, ['changed']);
});

test('[BRK-6] a hundred thousand fetches that came and went cost nothing while one waits for a day', async () => {
  const { world, parked, park, done } = setUp();
  const a = replicaOf(0);
  park('patient', [replicaOf(1)], { maxWaitMs: 86_400_000 });
  for (let i = 0; i < 100_000; i++) {
    park('quick', [a], { maxWaitMs: 80_000_000 });
    parked.partitionChanged(a);
  }
  await world.settle();
  assert.equal(done.length, 100_000);
  assert.equal(parked.count, 1);
  assert.ok(parked.heldCount < 3000, `${parked.heldCount} entries are still held`);
});

test('[REP-34] followers wake with the append, consumers with the commit', async () => {
  const { world, parked, park, done } = setUp();
  const a = replicaOf(0);
  park('consumer', [a], {});
  park('follower', [a], { isFollower: true });
  parked.bytesAppended(a, 10);
  await world.settle();
  assert.deepEqual(done, ['follower']);
  parked.bytesAdded(a, 10);
  await world.settle();
  assert.deepEqual(done, ['follower', 'consumer']);
  park('follower', [a], { isFollower: true });
  parked.partitionChanged(a);
  await world.settle();
  assert.deepEqual(done, ['follower', 'consumer', 'follower']);
  assert.equal(a.parked.size + a.parkedFollowers.size, 0);
});

test('[BRK-22] where the disk does not say what is stable, who waits for it looks again instead of the append failing', async () => {
  const { world, parked, done } = setUp();
  const log = { topic: 't', topicId: 'x', partition: 0 };
  Object.defineProperty(log, 'lastStableOffset', {
    get: () => {
      throw new DiskError('EIO', 'gone');
    },
  });
  const replica = new Replica(log as unknown as PartitionLog);
  const complete = () => void done.push('looks again');
  const partitions = [{ replica, bytes: 0, maxBytes: 1000 }];
  parked.park({ minBytes: 1000, maxWaitMs: 500, isFollower: false, isStable: true, partitions, complete });
  parked.bytesAdded(replica, 1);
  await world.settle();
  assert.deepEqual(done, ['looks again']);
});
