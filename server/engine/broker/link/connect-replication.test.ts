import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { createTopics } from '../../../protocol/schema/19-create-topics.ts';
import { electLeaders } from '../../../protocol/schema/43-elect-leaders.ts';
import { startController } from '../../controller/start.ts';
import type { PartitionImage } from '../../metadata/image.ts';
import type { RunningNode } from '../../node.ts';
import { TestWorld } from '../testing/test-world.ts';
import { connectToController, type RunningLink } from './connect.ts';
import { LinkError } from './controller-link.ts';
import type { PartitionWish } from './partition-changes.ts';

const CLUSTER_ID = 'dGVzdC1jbHVzdGVyLTAwMQ';
const CONTROLLER = { host: 'here', port: 9090 };

function startControllerIn(world: TestWorld): Promise<RunningNode> {
  const options = { nodeId: 3000, clusterId: CLUSTER_ID, listen: CONTROLLER, folder: 'controller', settings: {} };
  return world.until(startController(world, options));
}
function link(world: TestWorld, nodeId: number): Promise<RunningLink> {
  const address = { host: 'here', port: 9091 + nodeId };
  const node = { nodeId, clusterId: CLUSTER_ID, listen: address, folder: `broker-${nodeId}`, settings: {} };
  const folder = { directoryId: Buffer.alloc(16, nodeId).toString('base64url'), cleanShutdownEpoch: -1 };
  return connectToController(world, { ...node, controller: CONTROLLER, rack: null }, { advertised: address, folder });
}
async function startThree(world: TestWorld): Promise<[RunningLink, RunningLink, RunningLink]> {
  const links = await Promise.all([link(world, 1), link(world, 2), link(world, 3)]);
  await world.until(Promise.all(links.map((one) => one.ready())), 1000);
  return [links[0], links[1], links[2]];
}
/** A topic of three partitions on three brokers each. */
async function createReplicated(world: TestWorld, by: RunningLink, name = 'orders'): Promise<void> {
  const topics = [{ name, numPartitions: 3, replicationFactor: 3 }];
  const answer = await world.until(by.forward(createTopics, { topics }, 5000));
  assert.equal(answer.topics[0]?.errorCode, ErrorCode.NONE);
}
const partitionsOf = ({ image }: RunningLink, topic = 'orders') => image.topics.get(topic)?.partitions ?? [];
const leadersOf = (one: RunningLink) => partitionsOf(one).map(({ leader }) => leader);
/** What the leader of a partition asks for. */
function wish(by: RunningLink, partition: PartitionImage, newInSyncReplicas: readonly number[]): PartitionWish {
  const topicId = by.image.topics.get('orders')?.topicId ?? '';
  const { leaderEpoch, partitionEpoch } = partition;
  return { topicId, partition: partition.partition, leaderEpoch, partitionEpoch, newInSyncReplicas };
}
/** Stands for the brokers' replication: whoever is live is taken into every partition's in-sync replicas. */
async function catchUp(world: TestWorld, links: readonly RunningLink[]): Promise<void> {
  for (const [index, one] of links.entries()) {
    const led = partitionsOf(one).filter(({ leader }) => leader === index + 1);
    const live = (id: number) => one.image.brokers.get(id)?.isFenced === false;
    await world.until(
      one.alterPartitions(led.map((partition) => wish(one, partition, partition.replicas.filter(live)))),
    );
  }
  await world.settle();
}

test('[CTL-15] wishes for in-sync replicas go together in few requests, and each is answered in its place', async () => {
  const world = new TestWorld();
  await startControllerIn(world);
  const [one] = await startThree(world);
  assert.ok(one.brokerEpoch >= 0 && one.brokerEpoch === one.image.brokers.get(1)?.epoch);
  await createReplicated(world, one);
  const mine = partitionsOf(one).find(({ leader }) => leader === 1) as PartitionImage;
  const other = partitionsOf(one).find(({ leader }) => leader === 2) as PartitionImage;
  const asked = [
    one.alterPartitions([wish(one, other, [2]), wish(one, mine, [1])]),
    one.alterPartitions([wish(one, mine, [1, 2])]),
    one.alterPartitions([]),
  ];
  const [first, second, none] = await world.until(Promise.all(asked));
  assert.deepEqual(
    first?.map(({ partition, errorCode, inSyncReplicas }) => [partition, errorCode, inSyncReplicas]),
    [
      [other.partition, ErrorCode.INVALID_REQUEST, []],
      [mine.partition, ErrorCode.NONE, [1]],
    ],
  );
  assert.deepEqual([first?.[1]?.leader, first?.[1]?.partitionEpoch], [1, mine.partitionEpoch + 1]);
  assert.equal(
    second?.[0]?.errorCode,
    ErrorCode.INVALID_UPDATE_VERSION,
    'it was of the epoch that the first one ended',
  );
  assert.deepEqual(none, []);
  await world.settle();
  assert.deepEqual(partitionsOf(one)[mine.partition]?.inSyncReplicas, [1]);
});

test('[CTL-16] without a controller wishes fail in their time, and later ones are put again', async () => {
  const world = new TestWorld();
  const controller = await startControllerIn(world);
  const [one] = await startThree(world);
  await createReplicated(world, one);
  await world.until(controller.stop(1000));
  const mine = partitionsOf(one).find(({ leader }) => leader === 1) as PartitionImage;
  const startMs = world.clock.monotonicMs();
  await assert.rejects(world.until(one.alterPartitions([wish(one, mine, [1])]), 10_000), LinkError);
  assert.ok(world.clock.monotonicMs() - startMs <= 5100);
  await startControllerIn(world);
  const [again] = await world.until(one.alterPartitions([wish(one, mine, [1])]), 10_000);
  assert.equal(again?.errorCode, ErrorCode.NONE);
});

test('[CTL-17] a controlled stop of a leader with replicas in sync leaves no moment without a leader', async () => {
  const world = new TestWorld();
  await startControllerIn(world);
  const [one, two, three] = await startThree(world);
  await createReplicated(world, one);
  const seen: number[] = [];
  two.onChange(() => seen.push(...leadersOf(two)));
  await world.until(three.stop());
  await world.settle();
  assert.ok(seen.length > 0 && !seen.includes(-1));
  assert.ok(!leadersOf(one).includes(3));
  for (const { inSyncReplicas } of partitionsOf(one)) assert.deepEqual(inSyncReplicas.toSorted(), [1, 2]);
  assert.equal(two.image.brokers.get(3)?.isFenced, true);
});

test('[CTL-18] a broker that came back and is in sync leads again: on request at once, by itself within five minutes', async () => {
  for (const isAsked of [true, false]) {
    const world = new TestWorld();
    await startControllerIn(world);
    const [one, two, three] = await startThree(world);
    await createReplicated(world, one);
    const before = leadersOf(one);
    await world.until(three.stop());
    const back = await link(world, 3);
    await world.until(back.ready(), 1000);
    await world.settle();
    assert.ok(!leadersOf(one).includes(3), 'not before it is in sync');
    await catchUp(world, [one, two, back]);
    assert.ok(!leadersOf(one).includes(3));
    if (isAsked) {
      const answer = await world.until(two.forward(electLeaders, { topicPartitions: null }, 5000));
      assert.deepEqual([answer.errorCode, answer.replicaElectionResults.length], [ErrorCode.NONE, 1]);
      assert.deepEqual(leadersOf(two), before, 'whoever asked sees it');
    } else {
      await world.advance(300_000);
    }
    await world.settle();
    assert.deepEqual(leadersOf(one), before);
  }
});
