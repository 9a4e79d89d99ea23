import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { readBatchHeader } from '../../../protocol/records/batch.ts';
import { decodeRecords } from '../../../protocol/records/record.ts';
import { listOffsets } from '../../../protocol/schema/02-list-offsets.ts';
import { offsetCommit } from '../../../protocol/schema/08-offset-commit.ts';
import { offsetFetch } from '../../../protocol/schema/09-offset-fetch.ts';
import { findCoordinator } from '../../../protocol/schema/10-find-coordinator.ts';
import { deleteRecords } from '../../../protocol/schema/21-delete-records.ts';
import { offsetForLeaderEpoch } from '../../../protocol/schema/23-offset-for-leader-epoch.ts';
import { batchOf } from '../testing/test-broker.ts';
import { TestCluster } from '../testing/test-cluster.ts';

let cluster: TestCluster;
before(async () => {
  cluster = await TestCluster.start();
});
after(() => cluster.stop());

function valuesIn(records: Buffer | null): string[] {
  const bytes = records ?? Buffer.alloc(0);
  const values: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = readBatchHeader(bytes, at);
    for (const { value } of decodeRecords(bytes, at, header, cluster.world.compression, 1 << 20))
      values.push(`${value}`);
    at += header.sizeBytes;
  }
  return values;
}
const read = async (nodeId: number, topic: string, from = 0) =>
  valuesIn((await cluster.fetch(nodeId, topic, from)).records);
async function sameFiles(topic: string, nodeIds = [1, 2, 3]): Promise<void> {
  await cluster.world.advance(2000);
  const [first, ...others] = nodeIds.map((id) => cluster.file(id, topic));
  for (const other of others) assert.deepEqual(other, first);
}
const whole = [1, 2, 3];

test('[REP-20] acks=all answers when all in sync have the records, and the followers’ logs are the leader’s, byte for byte', async () => {
  await cluster.createTopic('all');
  const answer = await cluster.produce(1, 'all', ['a', 'b']);
  assert.deepEqual([answer.errorCode, answer.baseOffset], [ErrorCode.NONE, 0]);
  for (const id of [2, 3]) assert.deepEqual(cluster.file(id, 'all'), cluster.file(1, 'all'), 'before the answer');
  assert.ok(cluster.file(1, 'all').length > 0);
  assert.deepEqual(await read(1, 'all'), ['a', 'b']);
});

test('[REP-21] a follower that cannot fetch holds acks=all and consumers back until it left the in-sync replicas, and joins again', async () => {
  await cluster.createTopic('held');
  await cluster.produce(1, 'held', ['a']);
  cluster.cut(3, 1);
  let isAnswered = false;
  const waiting = cluster.startProduce(1, 'held', ['b'], { timeoutMs: 30_000 }).finally(() => {
    isAnswered = true;
  });
  assert.equal((await cluster.produce(1, 'held', ['c'], { acks: 1 })).baseOffset, 2, 'acks=1 waits for nobody');
  await cluster.world.advance(2000);
  assert.equal(isAnswered, false);
  const parked = await cluster.fetch(1, 'held', 1, { maxWaitMs: 300 });
  assert.deepEqual([parked.highWatermark, valuesIn(parked.records)], [1, []], 'what is not committed is not seen');
  const late = await cluster.produce(1, 'held', ['d'], { timeoutMs: 500 });
  assert.deepEqual([late.errorCode, late.baseOffset], [ErrorCode.REQUEST_TIMED_OUT, -1]);

  assert.equal((await cluster.world.until(waiting)).errorCode, ErrorCode.NONE);
  assert.deepEqual((await cluster.partition('held', 2)).inSync, [1, 2]);
  assert.deepEqual(await read(1, 'held'), ['a', 'b', 'c', 'd']);
  cluster.heal(3, 1);
  await cluster.awaitPartition('held', 1, { inSync: whole });
  await sameFiles('held');
});

test('[REP-22] a parked consumer wakes when its record is committed, not when it is appended', async () => {
  await cluster.createTopic('wake');
  cluster.cut(2, 1);
  await cluster.produce(1, 'wake', ['a'], { acks: 1 });
  const waiting = cluster.fetch(1, 'wake', 0, { maxWaitMs: 60_000 });
  await cluster.world.advance(200);
  cluster.heal(2, 1);
  const startedMs = cluster.world.clock.monotonicMs();
  assert.deepEqual(valuesIn((await waiting).records), ['a']);
  assert.ok(cluster.world.clock.monotonicMs() - startedMs < 5000);
});

test('[REP-23] below min.insync.replicas acks=all is refused, acks=1 is taken and stays uncommitted until enough are back', async () => {
  await cluster.createTopic('min', whole, { 'min.insync.replicas': '2' });
  await cluster.produce(1, 'min', ['a']);
  for (const id of [2, 3]) cluster.cut(id, 1);
  const waiting = cluster.startProduce(1, 'min', ['b'], { timeoutMs: 9000 });
  await cluster.awaitPartition('min', 1, { inSync: [1] });
  const refused = await cluster.produce(1, 'min', ['x']);
  assert.equal(refused.errorCode, ErrorCode.NOT_ENOUGH_REPLICAS);
  assert.match(refused.errorMessage ?? '', /min\.insync\.replicas, 2/);
  assert.equal((await cluster.produce(1, 'min', ['c'], { acks: 1 })).errorCode, ErrorCode.NONE);
  assert.equal((await cluster.world.until(waiting)).errorCode, ErrorCode.REQUEST_TIMED_OUT);
  assert.deepEqual(await read(1, 'min'), ['a'], 'one replica alone commits nothing');
  cluster.heal(2, 1);
  await cluster.awaitPartition('min', 1, { inSync: [1, 2] });
  assert.deepEqual(await read(1, 'min'), ['a', 'b', 'c']);
  cluster.heal(3, 1);
  await cluster.awaitPartition('min', 1, { inSync: whole });
});

test('[REP-24] a killed leader is replaced; all that was acknowledged is there, and what only it had is cut when it returns', async () => {
  await cluster.createTopic('kill');
  const seen: number[] = [];
  const watch = async (id: number) => seen.push((await cluster.fetch(id, 'kill')).highWatermark);
  for (const value of ['a', 'b', 'c']) await cluster.produce(1, 'kill', [value]);
  await watch(1);
  for (const id of [2, 3]) cluster.cut(id, 1);
  await cluster.produce(1, 'kill', ['only here'], { acks: 1 });
  await cluster.produce(1, 'kill', ['and this'], { acks: 1 });
  await watch(1);
  const before = await cluster.partition('kill', 2);
  await cluster.kill(1);
  for (const id of [2, 3]) cluster.heal(id, 1);
  const elected = await cluster.awaitPartition('kill', 2, { leader: 2, inSync: [2, 3] });
  assert.ok(elected.leaderEpoch > before.leaderEpoch);
  assert.equal(
    (await cluster.fetch(3, 'kill', 0, { version: 10 })).errorCode,
    ErrorCode.NOT_LEADER_OR_FOLLOWER,
    'followers serve nobody who knows of leaders only',
  );
  await cluster.produce(2, 'kill', ['d']);
  await watch(2);
  assert.deepEqual(await read(2, 'kill'), ['a', 'b', 'c', 'd']);

  await cluster.startBroker(1);
  await cluster.awaitPartition('kill', 2, { inSync: whole });
  await cluster.produce(2, 'kill', ['e']);
  await watch(2);
  await sameFiles('kill');
  assert.deepEqual(await read(2, 'kill'), ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(seen, [3, 3, 4, 5], 'the high watermark never went back');
  assert.ok(cluster.world.lines.some((line) => /kill-0: cut from offset 5 to 3/.test(line)));
});

test('[REP-25] an idempotent producer’s retry to the next leader gets the offset of its first try', async () => {
  await cluster.createTopic('retry', [2, 3, 1]);
  const sent = (sequence: number) => batchOf(['x'], { producerId: 77, producerEpoch: 0, baseSequence: sequence });
  await cluster.produce(2, 'retry', sent(0));
  assert.equal((await cluster.produce(2, 'retry', sent(1))).baseOffset, 1);
  await cluster.kill(2);
  await cluster.awaitPartition('retry', 3, { leader: 3 });
  const again = await cluster.produce(3, 'retry', sent(1));
  assert.deepEqual([again.errorCode, again.baseOffset], [ErrorCode.NONE, 1]);
  assert.equal((await cluster.produce(3, 'retry', sent(3))).errorCode, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  assert.equal((await cluster.produce(3, 'retry', sent(2))).baseOffset, 2);
  await cluster.startBroker(2);
  await cluster.awaitPartition('retry', 3, { inSync: whole });
});

test('[REP-26] right after an election the newest offset is not available until followers were heard, and then all is', async () => {
  await cluster.createTopic('fresh', [3, 1, 2]);
  await cluster.produce(3, 'fresh', ['a']);
  // Broker 1 has "b" but never hears that it is committed: its fetch after that is lost.
  await cluster.produce(3, 'fresh', ['b'], { acks: 1 });
  await cluster.world.settle();
  cluster.cut(2, 1);
  await cluster.kill(3);
  const elected = await cluster.awaitPartition('fresh', 1, { leader: 1 });
  const latest = (version: number) => {
    const partitions = [{ partitionIndex: 0, timestamp: -1 }];
    return cluster.ask(1, listOffsets, { replicaId: -1, topics: [{ name: 'fresh', partitions }] }, version);
  };
  const codeOf = (answer: Awaited<ReturnType<typeof latest>>) => answer.topics[0]?.partitions[0]?.errorCode;
  assert.equal(codeOf(await latest(7)), ErrorCode.OFFSET_NOT_AVAILABLE);
  assert.equal(codeOf(await latest(4)), ErrorCode.LEADER_NOT_AVAILABLE);
  const topics = [{ topic: 'fresh', partitions: [{ partition: 0, leaderEpoch: elected.leaderEpoch - 1 }] }];
  const end = (await cluster.ask(1, offsetForLeaderEpoch, { topics })).topics[0]?.partitions[0];
  assert.equal(end?.endOffset, 2, 'where the epoch before ended');
  cluster.heal(2, 1);
  await cluster.world.advance(3000);
  const answer = await latest(7);
  assert.deepEqual([codeOf(answer), answer.topics[0]?.partitions[0]?.offset], [ErrorCode.NONE, 2]);
  await cluster.startBroker(3);
  await cluster.awaitPartition('fresh', 1, { inSync: whole });
});

test('[REP-27] a group’s coordinator moves with its partition, and knows what was committed', async () => {
  await cluster.createTopic('grouped');
  const ask = { keyType: 0, coordinatorKeys: ['g'] };
  const coordinatorOf = async (by: number) => {
    for (let i = 0; i < 100; i++) {
      const found = (await cluster.ask(by, findCoordinator, ask)).coordinators[0];
      if (found?.errorCode === ErrorCode.NONE) return found.nodeId;
      await cluster.world.advance(100);
    }
    throw new Error('no coordinator');
  };
  const first = await coordinatorOf(1);
  const partitions = [{ partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: -1, committedMetadata: 'm' }];
  const commit = { groupId: 'g', generationIdOrMemberEpoch: -1, topics: [{ name: 'grouped', partitions }] };
  const commitCode = async (by: number) =>
    (await cluster.ask(by, offsetCommit, commit, 8)).topics[0]?.partitions[0]?.errorCode;
  assert.equal(await commitCode(first), ErrorCode.NONE);
  await cluster.kill(first);
  const other = (first % 3) + 1;
  await cluster.world.advance(5000);
  const next = await coordinatorOf(other);
  assert.notEqual(next, first);
  const groups = [{ groupId: 'g', topics: [{ name: 'grouped', partitionIndexes: [0] }] }];
  const fetched = await cluster.ask(next, offsetFetch, { groups }, 8);
  assert.equal(fetched.groups[0]?.topics[0]?.partitions[0]?.committedOffset, 5);
  await cluster.startBroker(first);
  await cluster.awaitPartition('__consumer_offsets', next, { inSync: whole });
  assert.equal(await commitCode(first), ErrorCode.NOT_COORDINATOR);
  assert.equal(await commitCode(next), ErrorCode.NONE);
});

test('[REP-28] a broker that stops orderly hands its partitions over first: the next leader takes records before it is gone', async () => {
  await cluster.createTopic('orderly', [2, 3, 1]);
  await cluster.produce(2, 'orderly', ['a']);
  const acknowledged = ['a'];
  const stopping = cluster.stopBroker(2);
  // It serves on: who still asks it is told who leads now.
  for (;;) {
    const value = `${acknowledged.length}`;
    const answer = await cluster.produce(2, 'orderly', [value]);
    if (answer.errorCode === ErrorCode.NONE) acknowledged.push(value);
    else {
      assert.deepEqual([answer.errorCode, answer.currentLeader.leaderId], [ErrorCode.NOT_LEADER_OR_FOLLOWER, 3]);
      break;
    }
  }
  assert.equal((await cluster.produce(3, 'orderly', ['z'])).errorCode, ErrorCode.NONE);
  await stopping;
  const kept = await read(3, 'orderly');
  for (const value of [...acknowledged, 'z']) assert.ok(kept.includes(value), `${value} was acknowledged`);
  await cluster.startBroker(2);
  await cluster.awaitPartition('orderly', 3, { inSync: whole });
  await sameFiles('orderly');
});

test('[REP-29] a follower that missed what its leader deleted since begins anew where the leader does', async () => {
  await cluster.createTopic('gone', [3, 2, 1]);
  await cluster.produce(3, 'gone', ['a']);
  await cluster.kill(1);
  await cluster.awaitPartition('gone', 3, { inSync: [2, 3] });
  await cluster.produce(3, 'gone', ['b', 'c', 'd']);
  await cluster.produce(3, 'gone', ['e']);
  const partitions = [{ partitionIndex: 0, offset: 2 }];
  await cluster.ask(3, deleteRecords, { topics: [{ name: 'gone', partitions }], timeoutMs: 1000 });
  await cluster.startBroker(1);
  await cluster.awaitPartition('gone', 3, { inSync: whole });
  assert.ok(cluster.world.lines.some((line) => /gone-0: .*starting anew at 2/.test(line)));
  await cluster.kill(3);
  await cluster.kill(2);
  await cluster.awaitPartition('gone', 1, { leader: 1 });
  const answer = await cluster.fetch(1, 'gone', 2);
  assert.deepEqual([answer.logStartOffset, valuesIn(answer.records)], [2, ['b', 'c', 'd', 'e']]);
  await Promise.all([2, 3].map((id) => cluster.startBroker(id)));
  await cluster.awaitPartition('gone', 1, { inSync: whole });
});

test('[REP-79] deleting records answers when no live replica has them any more, and tells the smallest start of their logs', async () => {
  await cluster.createTopic('everywhere', whole);
  await cluster.produce(1, 'everywhere', ['a', 'b', 'c']);
  await cluster.produce(1, 'everywhere', ['d']);
  const remove = async (offset: number, timeoutMs = 60_000) => {
    const topics = [{ name: 'everywhere', partitions: [{ partitionIndex: 0, offset }] }];
    const startedMs = cluster.world.clock.monotonicMs();
    const answer = await cluster.ask(1, deleteRecords, { topics, timeoutMs });
    const { errorCode, lowWatermark } = answer.topics[0]?.partitions[0] ?? assert.fail('an answer');
    return { errorCode, lowWatermark, tookMs: cluster.world.clock.monotonicMs() - startedMs };
  };
  const startsAt = async (nodeId: number) =>
    (await cluster.fetch(nodeId, 'everywhere', 3, { rackId: 'any' })).logStartOffset;
  const all = await remove(1);
  assert.deepEqual([all.errorCode, all.lowWatermark], [ErrorCode.NONE, 1]);
  assert.ok(all.tookMs < 200, `${all.tookMs} ms: followers are told at once`);
  for (const id of whole) assert.equal(await startsAt(id), 1, `broker ${id}`);

  cluster.cut(3, 1);
  const late = await remove(2, 1000);
  assert.deepEqual([late.errorCode, late.lowWatermark], [ErrorCode.REQUEST_TIMED_OUT, 1]);
  assert.ok(late.tookMs >= 1000);
  assert.deepEqual([await startsAt(1), await startsAt(2), await startsAt(3)], [2, 2, 1]);
  cluster.heal(3, 1);
  const again = await remove(2);
  assert.deepEqual([again.errorCode, again.lowWatermark], [ErrorCode.NONE, 2]);
  assert.equal(await startsAt(3), 2);

  await cluster.kill(3);
  const without = await remove(-1);
  assert.deepEqual([without.errorCode, without.lowWatermark], [ErrorCode.NONE, 4], 'who is dead is not waited for');
  assert.ok(without.tookMs < 6000, `${without.tookMs} ms: fenced after three seconds`);
  await cluster.startBroker(3);
  await cluster.awaitPartition('everywhere', 1, { inSync: whole });
});

test('[REP-35] a stop answers producers who still wait, with a controller to ask or without', async () => {
  const alone = await TestCluster.start();
  await alone.createTopic('last', whole, { 'min.insync.replicas': '3' });
  await alone.kill(2);
  await alone.kill(3);
  await alone.kill(3000);
  const waiting = alone.startProduce(1, 'last', ['a'], { timeoutMs: 600_000 });
  await alone.world.advance(1000);
  const startedMs = alone.world.clock.monotonicMs();
  const stopping = alone.stopBroker(1);
  assert.equal((await alone.world.until(waiting)).errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER);
  await stopping;
  assert.ok(alone.world.clock.monotonicMs() - startedMs < 2000);
});
