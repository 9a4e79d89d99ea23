import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { TestCluster } from '../testing/test-cluster.ts';

const TOPICS = 20;
let cluster: TestCluster;
before(async () => {
  cluster = await TestCluster.start();
  for (let i = 0; i < TOPICS; i++) await cluster.createTopic(`t${i}`);
  await cluster.world.advance(2000);
});
after(() => cluster.stop());
const atRest = () => cluster.restingPlaces(1);

test('[REP-76] followers of idle partitions rest, stay in sync, and are roused by what is written', async () => {
  assert.equal(atRest(), 2 * TOPICS);
  await cluster.world.advance(20_000);
  assert.equal(atRest(), 2 * TOPICS);
  const before = cluster.world.clock.monotonicMs();
  for (let i = 0; i < 5; i++) assert.equal((await cluster.produce(1, 't3', ['a'])).errorCode, ErrorCode.NONE);
  assert.ok(cluster.world.clock.monotonicMs() - before < 100, 'nobody waits for a fetch to end');
  assert.equal(atRest(), 2 * TOPICS - 2, 'the others are left alone');
  await cluster.world.advance(1500);
  assert.equal(atRest(), 2 * TOPICS);
  assert.equal((await cluster.fetch(2, 't3', 5, { version: 12 })).highWatermark, 5, 'a commit alone reaches followers');
  assert.deepEqual((await cluster.partition('t7', 2)).inSync, [1, 2, 3]);
});

test('[REP-77] a follower that dies at rest leaves the in-sync replicas once it lags, and rests again when it is back', async () => {
  cluster.cut(3, 1);
  const { errorCode } = await cluster.produce(1, 't5', ['a'], { timeoutMs: 30_000 });
  assert.equal(errorCode, ErrorCode.NONE);
  assert.deepEqual((await cluster.partition('t5', 2)).inSync, [1, 2]);
  assert.deepEqual((await cluster.partition('t6', 2)).inSync, [1, 2, 3], 'it lacks nothing of what is idle');
  cluster.heal(3, 1);
  await cluster.awaitPartition('t5', 1, { inSync: [1, 2, 3] });
  await cluster.world.advance(3000);
  assert.equal(atRest(), 2 * TOPICS);
  assert.deepEqual(cluster.file(3, 't5'), cluster.file(1, 't5'));
});

test('[REP-78] a follower that is killed and starts again, and topics that come and go, find their way into the sessions', async () => {
  await cluster.kill(2);
  await cluster.startBroker(2);
  await cluster.awaitPartition('t1', 1, { inSync: [1, 2, 3] });
  await cluster.deleteTopic('t9');
  await cluster.createTopic('fresh');
  assert.equal((await cluster.produce(1, 'fresh', ['a'])).errorCode, ErrorCode.NONE);
  await cluster.world.advance(5000);
  assert.equal(atRest(), 2 * TOPICS);
});

test('[REP-80] what is in the log is replicated, though it could not be flushed and its producer was told so', async () => {
  await cluster.createTopic('flushed', [1, 2, 3], { 'flush.messages': '1' });
  await cluster.world.advance(2000);
  const resting = atRest();
  cluster.world.disk.refuse = (operation, path) =>
    operation === 'flush' && path.startsWith('broker-1/flushed-0/') ? 'EIO' : null;
  const { errorCode } = await cluster.produce(1, 'flushed', ['a']);
  cluster.world.disk.refuse = null;
  assert.equal(errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  await cluster.world.advance(2000);
  assert.notEqual(cluster.file(1, 'flushed').length, 0);
  for (const id of [2, 3]) assert.deepEqual(cluster.file(id, 'flushed'), cluster.file(1, 'flushed'));
  assert.equal((await cluster.fetch(1, 'flushed')).highWatermark, 1);
  assert.equal(atRest(), resting);
});
