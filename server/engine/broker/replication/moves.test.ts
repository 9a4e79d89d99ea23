import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { alterPartitionReassignments } from '../../../protocol/schema/45-alter-partition-reassignments.ts';
import { TestCluster } from '../testing/test-cluster.ts';

let cluster: TestCluster;
before(async () => {
  cluster = await TestCluster.start();
});
after(() => cluster.stop());

async function move(topic: string, replicas: readonly number[]): Promise<void> {
  const topics = [{ name: topic, partitions: [{ partitionIndex: 0, replicas }] }];
  const answer = await cluster.ask(2, alterPartitionReassignments, { timeoutMs: 5000, topics });
  assert.equal(answer.responses[0]?.partitions[0]?.errorCode, ErrorCode.NONE);
}
const foldersOf = (nodeId: number, topic: string) =>
  cluster.world.disk.list(`broker-${nodeId}`).filter((name) => name.startsWith(`${topic}-0`));

test('[REP-54] a moved partition’s log is the leader’s byte for byte, and who held it sets its own aside and deletes it after file.delete.delay.ms', async () => {
  await cluster.createTopic('moves', [1]);
  for (const value of ['a', 'b', 'c']) await cluster.produce(1, 'moves', [value]);
  const file = cluster.file(1, 'moves');
  await move('moves', [2, 3]);
  await cluster.awaitPartition('moves', 3, { leader: 2, inSync: [2, 3] });
  await cluster.world.advance(2000);
  for (const id of [2, 3]) assert.deepEqual(cluster.file(id, 'moves'), file);
  const [aside, ...others] = foldersOf(1, 'moves');
  assert.match(aside ?? '', /^moves-0\.[0-9a-f]{32}-delete$/);
  assert.equal(others.length, 0);
  assert.equal((await cluster.produce(1, 'moves', ['d'])).errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER);
  assert.equal((await cluster.produce(2, 'moves', ['d'])).baseOffset, 3);
  await cluster.world.advance(70_000);
  assert.deepEqual(foldersOf(1, 'moves'), [], 'deleted after file.delete.delay.ms');
  await move('moves', [1]);
  await cluster.awaitPartition('moves', 3, { leader: 1, inSync: [1] });
  assert.equal((await cluster.fetch(1, 'moves')).highWatermark, 4, 'and back again');
});

test('[REP-55] a producer that waits while its leader moves away is told to look for the next one, and nothing acknowledged is lost', async () => {
  await cluster.createTopic('waits', [1, 3]);
  await cluster.produce(1, 'waits', ['a']);
  cluster.cut(3, 1);
  const waiting = cluster.startProduce(1, 'waits', ['b'], { timeoutMs: 60_000 });
  await cluster.world.advance(100);
  await move('waits', [2]);
  const answer = await cluster.world.until(waiting);
  cluster.heal(3, 1);
  await cluster.awaitPartition('waits', 3, { leader: 2, inSync: [2] });
  const { highWatermark } = await cluster.fetch(2, 'waits');
  if (answer.errorCode === ErrorCode.NONE) assert.equal(highWatermark, 2);
  else assert.equal(answer.errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER);
  assert.ok(highWatermark >= 1);
});
