import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import { createTopics } from '../../../protocol/schema/19-create-topics.ts';
import { deleteTopics } from '../../../protocol/schema/20-delete-topics.ts';
import { brokerRegistration } from '../../../protocol/schema/62-broker-registration.ts';
import { brokerHeartbeat } from '../../../protocol/schema/63-broker-heartbeat.ts';
import { startController } from '../../controller/start.ts';
import { snapshot } from '../../metadata/snapshot.ts';
import type { MetadataState } from '../../metadata/state.ts';
import type { RunningNode } from '../../node.ts';
import { type Connection, connect } from '../../rpc/connection.ts';
import { TestWorld } from '../testing/test-world.ts';
import { connectToController, type RunningLink } from './connect.ts';
import { LinkError } from './controller-link.ts';

const CLUSTER_ID = 'dGVzdC1jbHVzdGVyLTAwMQ';
const CONTROLLER = { host: 'here', port: 9090 };
const SETTINGS = { 'default.replication.factor': '1' };

async function startControllerIn(world: TestWorld, settings: Record<string, string> = SETTINGS): Promise<RunningNode> {
  const options = { nodeId: 3000, clusterId: CLUSTER_ID, listen: CONTROLLER, folder: 'controller', settings };
  return world.until(startController(world, options));
}
function link(world: TestWorld, nodeId: number, clusterId = CLUSTER_ID): Promise<RunningLink> {
  const address = { host: 'here', port: 9091 + nodeId };
  const options = { nodeId, clusterId, listen: address, folder: `broker-${nodeId}`, settings: {} };
  const folder = { directoryId: Buffer.alloc(16, nodeId).toString('base64url'), cleanShutdownEpoch: -1 };
  return connectToController(
    world,
    { ...options, controller: CONTROLLER, rack: null },
    { advertised: address, folder },
  );
}
async function startThree(world: TestWorld): Promise<RunningLink[]> {
  const links = await Promise.all([1, 2, 3].map((id) => link(world, id)));
  await world.until(Promise.all(links.map((one) => one.ready())), 1000);
  return links;
}
function create(world: TestWorld, by: RunningLink, name: string, numPartitions = 3) {
  return world.until(by.forward(createTopics, { topics: [{ name, numPartitions, replicationFactor: -1 }] }, 5000));
}
/** A broker in name only: it registers and beats once, claiming to have read everything, and never reads the log. */
async function rawBroker(world: TestWorld, brokerId: number): Promise<Connection> {
  const connection = await world.until(connect(world, CONTROLLER, { clientId: 'raw', timeoutMs: 1000 }));
  const registration = {
    brokerId,
    clusterId: CLUSTER_ID,
    incarnationId: world.random.uuid(),
    listeners: [{ name: 'PLAINTEXT', host: 'here', port: 1, securityProtocol: 0 }],
    rack: null,
  };
  const { brokerEpoch } = await world.until(connection.send(brokerRegistration, 4, registration, 1000));
  const beat = { brokerId, brokerEpoch, currentMetadataOffset: 1_000_000 };
  const { isFenced } = await world.until(connection.send(brokerHeartbeat, 1, beat, 1000));
  assert.equal(isFenced, false);
  return connection;
}
const leadersOf = (one: RunningLink, topic: string) =>
  one.image.topics.get(topic)?.partitions.map(({ leader }) => leader);
const contentOf = (one: RunningLink) => [...snapshot(one.image as MetadataState)];

test('[CTL-1] three brokers register, catch up and are unfenced, and each sees all of them', async () => {
  const world = new TestWorld();
  await startControllerIn(world);
  const links = await startThree(world);
  await world.settle();
  for (const { image } of links) {
    assert.deepEqual(
      [...image.brokers.values()].map(({ id, isFenced, port }) => [id, isFenced, port]),
      [
        [1, false, 9092],
        [2, false, 9093],
        [3, false, 9094],
      ],
    );
  }
});

test('[CTL-2] when a creation is answered, every live broker knows the topic', async () => {
  const world = new TestWorld();
  await startControllerIn(world);
  const links = await startThree(world);
  const deltas: string[] = [];
  links[2]?.onChange((delta) => deltas.push(...delta.createdTopics.map(({ name }) => name)));
  const answering = (links[0] as RunningLink).forward(
    createTopics,
    { topics: [{ name: 'orders', numPartitions: 6, replicationFactor: -1 }] },
    5000,
  );
  let known: (number[] | undefined)[] = [];
  const watched = answering.then((answer) => {
    known = links.map((one) => leadersOf(one, 'orders'));
    return answer;
  });
  assert.equal((await world.until(watched)).topics[0]?.errorCode, ErrorCode.NONE);
  for (const leaders of known) assert.deepEqual(leaders?.toSorted(), [1, 1, 2, 2, 3, 3]);
  assert.deepEqual(deltas, ['orders']);
});

test('[CTL-3] a broker that does not follow holds a creation up for a second and no more', async () => {
  const world = new TestWorld();
  await startControllerIn(world);
  const [one] = (await startThree(world)) as [RunningLink];
  await rawBroker(world, 4);
  const startMs = world.clock.monotonicMs();
  const answer = await create(world, one, 'a');
  assert.equal(answer.topics[0]?.errorCode, ErrorCode.NONE);
  const tookMs = world.clock.monotonicMs() - startMs;
  assert.ok(tookMs >= 1000 && tookMs < 1100, `${tookMs} ms`);
});

test('[CTL-4] everything is there after the controller was killed and started again, and brokers stay as they are', async () => {
  const world = new TestWorld();
  const first = await startControllerIn(world);
  const links = await startThree(world);
  await create(world, links[0] as RunningLink, 'orders');
  const epochs = links.map(({ image }) => image.brokers.get(1)?.epoch);
  const before = contentOf(links[0] as RunningLink);
  await world.until(first.stop(1000));
  await world.advance(20_000);
  assert.deepEqual(contentOf(links[0] as RunningLink), before, 'without a controller nothing changes');
  await startControllerIn(world);
  await world.advance(15_000);
  assert.deepEqual(contentOf(links[1] as RunningLink), before);
  assert.deepEqual(
    links.map(({ image }) => image.brokers.get(1)?.epoch),
    epochs,
  );
  const again = await create(world, links[2] as RunningLink, 'orders');
  assert.equal(again.topics[0]?.errorCode, ErrorCode.TOPIC_ALREADY_EXISTS);
});

test('[CTL-5] without a controller forwarded requests fail in their time, with a retriable reason', async () => {
  const world = new TestWorld();
  const one = await link(world, 1);
  const asked = one.forward(deleteTopics, { topics: [] }, 500);
  await assert.rejects(
    world.until(asked, 2000),
    (error) => error instanceof LinkError && error.code === 'NOT_CONTROLLER',
  );
  await assert.rejects(world.until(one.nextProducerId(), 10_000), LinkError);
  await startControllerIn(world);
  await world.until(one.ready(), 5000);
});

test('[CTL-6] controlled shutdown: the others see the broker without partitions before it is gone', async () => {
  const world = new TestWorld();
  await startControllerIn(world);
  const links = await startThree(world);
  const [one, two, three] = links as [RunningLink, RunningLink, RunningLink];
  await create(world, one, 'orders');
  const startMs = world.clock.monotonicMs();
  await world.until(three.stop());
  assert.ok(world.clock.monotonicMs() - startMs < 1000);
  await world.settle();
  assert.deepEqual(leadersOf(one, 'orders')?.toSorted(), [-1, 1, 2]);
  assert.equal(two.image.brokers.get(3)?.isFenced, true);
  const back = await link(world, 3);
  await world.until(back.ready(), 1000);
  await world.settle();
  assert.deepEqual(leadersOf(one, 'orders')?.toSorted(), [1, 2, 3]);
});

test('[CTL-7] a broker that died is fenced after nine seconds and leads nothing; a new process takes its id at once', async () => {
  const world = new TestWorld();
  await startControllerIn(world);
  const [one] = (await startThree(world)) as [RunningLink];
  const doomed = await rawBroker(world, 4);
  await create(world, one, 'orders', 4);
  assert.deepEqual(leadersOf(one, 'orders')?.toSorted(), [1, 2, 3, 4]);
  doomed.close();
  await world.advance(8_000);
  assert.deepEqual(leadersOf(one, 'orders')?.toSorted(), [1, 2, 3, 4]);
  await world.advance(2_000);
  assert.deepEqual(leadersOf(one, 'orders')?.toSorted(), [-1, 1, 2, 3]);
  const again = await rawBroker(world, 4);
  await world.settle();
  assert.deepEqual(leadersOf(one, 'orders')?.toSorted(), [1, 2, 3, 4]);
  again.close();
  await world.settle();
  const successor = await link(world, 4);
  await world.until(successor.ready(), 1000);
});

test('[CTL-8] a second process with the id of a live broker does not get in', async () => {
  const world = new TestWorld();
  await startControllerIn(world);
  const links = await startThree(world);
  const intruder = await link(world, 2);
  let isIn = false;
  intruder.ready().then(
    () => {
      isIn = true;
    },
    () => {},
  );
  await world.advance(20_000);
  assert.equal(isIn, false);
  assert.equal(links[0]?.image.brokers.get(2)?.isFenced, false);
  assert.ok(world.lines.some((line) => line.includes('DUPLICATE_BROKER_REGISTRATION')));
  await world.until((links[1] as RunningLink).stop());
  await world.until(intruder.ready(), 5000);
});

test('[CTL-9] a broker of another cluster is told so in one line', async () => {
  const world = new TestWorld();
  await startControllerIn(world);
  const stranger = await link(world, 1, 'b3RoZXItY2x1c3Rlci0xMg');
  await assert.rejects(world.until(stranger.ready(), 1000), /belongs to cluster b3RoZXItY2x1c3Rlci0xMg/);
});

test('[CTL-10] producer ids differ between brokers and restarts', async () => {
  const world = new TestWorld();
  const first = await startControllerIn(world);
  const [one, two] = (await startThree(world)) as [RunningLink, RunningLink];
  const ids = new Set<number>();
  const take = async (from: RunningLink, count: number) => {
    for (const id of await world.until(Promise.all(Array.from({ length: count }, () => from.nextProducerId())))) {
      assert.ok(!ids.has(id), `${id} is new`);
      ids.add(id);
    }
  };
  await take(one, 1500);
  await take(two, 10);
  await world.until(first.stop(1000));
  await startControllerIn(world);
  await world.advance(3000);
  await take(two, 1500);
  await take(one, 1500);
  assert.equal(ids.size, 4510);
});

test('[CTL-11] a long metadata log begins anew with a snapshot, for brokers that were there and for new ones', async () => {
  const world = new TestWorld();
  const first = await startControllerIn(world);
  const [one, two] = (await startThree(world)) as [RunningLink, RunningLink];
  await create(world, one, 'kept');
  for (let round = 0; round < 6; round++) {
    await create(world, one, 'passing', 1000);
    await world.until(one.forward(deleteTopics, { topics: [{ name: 'passing' }] }, 5000));
  }
  await world.until(two.stop());
  const offset = one.image.offset;
  assert.ok(offset > 6000);
  await world.until(first.stop(1000));
  await startControllerIn(world);
  const deleted: string[] = [];
  one.onChange((delta) => deleted.push(...delta.deletedTopics.map(({ name }) => name)));
  const back = await link(world, 2);
  await world.until(back.ready(), 5000);
  await world.advance(5000);
  assert.deepEqual(contentOf(back), contentOf(one));
  assert.equal(leadersOf(back, 'kept')?.length, 3);
  assert.deepEqual(deleted, []);
  assert.ok(world.lines.some((line) => line.includes('became a snapshot')));
  assert.ok(back.image.offset < offset + 100);
});

test('[CTL-12] a controller that lost its log makes no broker forget its data', async () => {
  const world = new TestWorld();
  const first = await startControllerIn(world);
  const [one] = (await startThree(world)) as [RunningLink];
  await create(world, one, 'orders');
  await world.until(first.stop(1000));
  world.disk.remove('controller');
  const deleted: string[] = [];
  one.onChange((delta) => deleted.push(...delta.deletedTopics.map(({ name }) => name)));
  await startControllerIn(world);
  await world.advance(5000);
  assert.deepEqual(deleted, []);
  assert.equal(one.image.brokers.get(1)?.isFenced, false, 'it registered again');
  assert.ok(world.lines.some((line) => line.includes('shorter than it was')));
});

test('[CTL-13] the metadata log is fetched by name and by id; other topics and offsets are answered with errors', async () => {
  const world = new TestWorld();
  await startControllerIn(world);
  const client = await world.until(connect(world, CONTROLLER, { clientId: 'raw', timeoutMs: 1000 }));
  await rawBroker(world, 1);
  const ask = async (version: number, topic: { topic?: string; topicId?: string }, fetchOffset: number) => {
    const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1_000_000 }];
    const request = { maxWaitMs: 0, minBytes: 1, topics: [{ ...topic, partitions }] };
    const answer = await world.until(client.send(fetch, version, request, 5000));
    return answer.responses[0]?.partitions[0];
  };
  const byName = await ask(12, { topic: '__cluster_metadata' }, 0);
  const byId = await ask(17, { topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' }, 0);
  assert.ok((byName?.records?.length ?? 0) > 0);
  assert.deepEqual(byId?.records, byName?.records);
  assert.equal((await ask(12, { topic: 'orders' }, 0))?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.equal((await ask(17, { topicId: 'BBBBBBBBBBBBBBBBBBBBBA' }, 0))?.errorCode, ErrorCode.UNKNOWN_TOPIC_ID);
  assert.equal((await ask(12, { topic: '__cluster_metadata' }, 999))?.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE);
});

test('[CTL-14] a controller given an unknown setting or a wrong value does not start, and says which', async () => {
  const world = new TestWorld();
  await assert.rejects(
    startControllerIn(world, { 'no.such.setting': '1' }),
    /Unknown broker config name: no\.such\.setting/,
  );
  await assert.rejects(
    startControllerIn(world, { 'num.partitions': '0' }),
    /num\.partitions: Value must be at least 1/,
  );
});
