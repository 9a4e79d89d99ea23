import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { produce } from '../protocol/schema/00-produce.ts';
import { fetch } from '../protocol/schema/01-fetch.ts';
import { metadata } from '../protocol/schema/03-metadata.ts';
import { heartbeat } from '../protocol/schema/12-heartbeat.ts';
import { createTopics } from '../protocol/schema/19-create-topics.ts';
import { describeConfigs } from '../protocol/schema/32-describe-configs.ts';
import { describeCluster } from '../protocol/schema/60-describe-cluster.ts';
import { batchOf } from './broker/testing/test-broker.ts';
import type { ClusterOptions } from './cluster.ts';
import { ClusterStartError, laptopSettings, NodeStartError, NodeStateError, startCluster } from './cluster.ts';
import { createHostWorld } from './host/world.ts';
import { CONTROLLER_ID } from './node.ts';
import { connect as connectTo } from './rpc/connection.ts';

function temporary(): { folder: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
const lines: string[] = [];
const options = (dataDir: string, more: Partial<ClusterOptions> = {}): ClusterOptions => ({
  brokers: 2,
  host: '127.0.0.1',
  kafkaPort: 0,
  dataDir,
  logLevel: 'info',
  onLog: ({ level, label, message }) => lines.push(`${level} ${label}: ${message}`),
  ...more,
});
const refused = (text: RegExp) => (error: unknown) =>
  error instanceof ClusterStartError && text.test(error.message) && !error.message.includes('\n');

/** Sends bytes, gives what comes back until the other side closes or `wanted` bytes are there. */
function talk(server: string, hex: string, wanted: number): Promise<Buffer> {
  const [host, port] = server.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host);
    const chunks: Buffer[] = [];
    const finish = () => {
      socket.destroy();
      resolve(Buffer.concat(chunks));
    };
    socket.on('connect', () => socket.write(Buffer.from(hex, 'hex')));
    socket.on('data', (bytes) => {
      chunks.push(bytes);
      if (Buffer.concat(chunks).length >= wanted) finish();
    });
    socket.on('close', finish);
    socket.on('error', reject);
  });
}
const API_VERSIONS_0 = '0000000a' + '0012' + '0000' + '00000007' + '0000';

test('[CLU-1] a cluster starts, answers on every broker, survives hostile bytes, closes, and starts again as itself', async () => {
  using place = temporary();
  const first = await startCluster(options(place.folder));
  assert.equal(first.bootstrapServers.length, 2);
  for (const server of first.bootstrapServers) {
    const answer = await talk(server, API_VERSIONS_0, 10);
    assert.equal(answer.toString('hex', 4, 10), '000000070000', 'correlation id 7, no error');
    for (const junk of ['ffffffff', '7fffffff', '474554202f20485454502f312e310d0a', '0000000800030063000000ff']) {
      assert.equal((await talk(server, junk, 1)).length, 0, 'closed without a word');
    }
    assert.ok((await talk(server, API_VERSIONS_0, 10)).length >= 10);
  }
  assert.deepEqual(first.runningBrokers(), [1, 2]);
  await assert.rejects(startCluster(options(place.folder)), refused(/is in use by process/));
  await first.close();
  await first.close();
  assert.equal(existsSync(join(place.folder, '.lock')), false);
  await assert.rejects(
    startCluster(options(place.folder, { brokers: 1 })),
    refused(/has 2 brokers and 1 .*--brokers 2/),
  );
  const second = await startCluster(options(place.folder));
  assert.equal(second.clusterId, first.clusterId);
  await second.close();
  assert.deepEqual(
    lines.filter((line) => /^(error|warn)/.test(line)),
    [],
  );
});

test('[CLU-2] a taken port, ports past the end and a foreign address are one clear line, and nothing stays behind', async () => {
  using place = temporary();
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await assert.rejects(
    startCluster(options(place.folder, { kafkaPort: port })),
    refused(new RegExp(`^port ${port} on 127.0.0.1 is taken \\(wanted by broker 1\\): .*--kafka-port$`)),
  );
  server.close();
  assert.equal(existsSync(join(place.folder, '.lock')), false);
  await assert.rejects(
    startCluster(options(place.folder, { kafkaPort: 65_535 })),
    refused(/past 65535: .*--kafka-port/),
  );
  await assert.rejects(
    startCluster(options(place.folder, { host: '203.0.113.7' })),
    refused(/203\.0\.113\.7 is not an address of this machine: choose another with --host/),
  );
});

test('[CLU-3] nodes are stopped, killed, frozen and started one by one while the others answer, on the ports they had', async () => {
  using place = temporary();
  const cluster = await startCluster(options(place.folder));
  const { lab } = cluster;
  const answers = async (broker: number) =>
    (await talk(cluster.bootstrapServers[broker - 1] ?? '', API_VERSIONS_0, 10).catch(() => Buffer.alloc(0))).length >=
    10;
  const changes: string[] = [];
  const end = lab.onChange(({ id, state }) => changes.push(`${id} ${state}`));
  const addresses = () => lab.nodes().map(({ id, address }) => `${id} ${address?.port}`);
  const before = addresses();

  await lab.stop(1);
  assert.deepEqual([await answers(1), await answers(2)], [false, true]);
  await lab.start(1);
  await lab.kill(2);
  assert.deepEqual([await answers(1), await answers(2)], [true, false]);
  assert.deepEqual(cluster.runningBrokers(), [1]);
  await lab.start(2);
  await lab.kill(CONTROLLER_ID);
  assert.deepEqual([await answers(1), await answers(2)], [true, true], 'data goes on without the controller');
  await lab.start(CONTROLLER_ID);
  await lab.freeze(1);
  assert.equal(lab.nodes()[0]?.state, 'frozen');
  await lab.thaw(1);
  assert.deepEqual([await answers(1), await answers(2)], [true, true]);
  assert.deepEqual(addresses(), before);
  assert.deepEqual(changes.slice(0, 4), ['1 stopping', '1 stopped', '1 starting', '1 running']);
  end();

  await lab.stop(2);
  await lab.wipe(2);
  assert.equal(existsSync(join(place.folder, 'broker-2')), false);
  await assert.rejects(lab.wipe(1), (e) => e instanceof NodeStateError && /stop it first/.test(e.message));
  await assert.rejects(
    lab.wipe(CONTROLLER_ID),
    (e) => e instanceof NodeStateError && /forget every topic/.test(e.message),
  );
  await assert.rejects(
    lab.start(3),
    (e) => e instanceof NodeStateError && /no broker 3: choose one of 1, 2/.test(e.message),
  );
  await lab.freeze(1);
  await cluster.close();
  assert.equal(existsSync(join(place.folder, '.lock')), false);
});

test('[CLU-4] internal topics get three replicas, or as many as there are brokers', () => {
  const factor = (brokers: number) => laptopSettings(brokers)['offsets.topic.replication.factor'];
  assert.deepEqual([factor(1), factor(2), factor(3), factor(16)], ['1', '2', '3', '3']);
});

test('[CLU-10] a cluster on a laptop differs from Kafka’s defaults in what is listed, and in nothing else', () => {
  assert.deepEqual(laptopSettings(3), {
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.replication.factor': '3',
    'transaction.state.log.replication.factor': '3',
    'transaction.state.log.min.isr': '2',
    'default.replication.factor': '1',
    'leader.imbalance.check.interval.seconds': '30',
  });
  assert.equal(laptopSettings(2)['transaction.state.log.min.isr'], '1');
});

test('[CLU-5] brokers stand in racks in turn, as Metadata, DescribeCluster and the lab tell it; consumers are sent to their rack', async () => {
  using place = temporary();
  const cluster = await startCluster(options(place.folder, { brokers: 3, racks: ['a', 'b'] }));
  try {
    const client = await clientOf(cluster.bootstrapServers[1] ?? '', 'racks');
    const wanted = [
      [1, 'a'],
      [2, 'b'],
      [3, 'a'],
    ];
    const { brokers } = await client.send(metadata, 12, { topics: [] }, 5_000);
    assert.deepEqual(brokers.map(({ nodeId, rack }) => [nodeId, rack]).sort(), wanted);
    const described = await client.send(describeCluster, 1, {}, 5_000);
    assert.deepEqual(described.brokers.map(({ brokerId, rack }) => [brokerId, rack]).sort(), wanted);
    assert.deepEqual(
      cluster.lab.nodes().map(({ id, rack }) => [id, rack]),
      [...wanted, [CONTROLLER_ID, null]],
    );
    const asked = {
      resources: [{ resourceType: 4, resourceName: '2', configurationKeys: ['replica.selector.class'] }],
    };
    const { results } = await client.send(describeConfigs, 4, asked, 5_000);
    assert.match(results[0]?.configs[0]?.value ?? '', /RackAwareReplicaSelector$/);
    client.close();
  } finally {
    await cluster.close();
  }
});

test('[CLU-6] the lab knows the clients of every broker: who they are, what they write and read and how much, while connected', async () => {
  using place = temporary();
  const cluster = await startCluster(options(place.folder));
  try {
    const client = await clientOf(cluster.bootstrapServers[0] ?? '', 'orders-app');
    const topics = [{ name: 'orders', numPartitions: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] }];
    await client.send(
      createTopics,
      7,
      { topics: topics.map((each) => ({ ...each, numPartitions: -1, replicationFactor: -1 })), timeoutMs: 5_000 },
      9_000,
    );
    const { topics: known } = await client.send(metadata, 12, { topics: [{ name: 'orders' }] }, 5_000);
    const topicId = known[0]?.topicId ?? '';
    const records = batchOf(['one', 'two']);
    const written = {
      acks: -1,
      timeoutMs: 5_000,
      topicData: [{ name: 'orders', partitionData: [{ index: 0, records }] }],
    };
    const { responses } = await client.send(produce, 9, written, 5_000);
    assert.equal(responses[0]?.partitionResponses[0]?.errorCode, 0);
    const read = {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [{ topicId, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 9_999 }] }],
    };
    await client.send(fetch, 13, read, 5_000);
    await client.send(heartbeat, 4, { groupId: 'billing', generationId: 1, memberId: 'm' }, 5_000);

    const rows = await cluster.lab.clients();
    assert.deepEqual(rows.length, 1, 'replica fetchers are left out');
    const { connectedAtMs, activeAtMs, address, fetchedBytes, ...row } = rows[0] as (typeof rows)[number];
    assert.deepEqual(row, {
      brokerId: 1,
      connectionId: row.connectionId,
      clientId: 'orders-app',
      software: '',
      topicsProduced: ['orders'],
      topicsFetched: ['orders'],
      groupIds: ['billing'],
      producedRecords: 2,
      producedBytes: records.length,
    });
    assert.match(address, /^127\.0\.0\.1:\d+$/);
    assert.ok(connectedAtMs <= activeAtMs && activeAtMs <= Date.now() && fetchedBytes > records.length);
    await cluster.lab.freeze(2);
    assert.equal((await cluster.lab.clients()).length, 1, 'a frozen broker is left out');
    client.close();
    await gone(async () => (await cluster.lab.clients()).length === 0);
  } finally {
    await cluster.close();
  }
});

test('[CLU-7] brokers are added and removed while the others serve; a start with the same words brings back what there is', async () => {
  using place = temporary();
  const same = () => startCluster(options(place.folder, { racks: ['a', 'b'] }));
  const first = await same();
  const described = async (cluster: typeof first) => {
    const client = await clientOf(cluster.bootstrapServers[0] ?? '', 'any');
    const { brokers } = await client.send(metadata, 12, { topics: [] }, 5_000);
    client.close();
    return brokers.map(({ nodeId, rack }) => `${nodeId} ${rack}`).sort();
  };
  try {
    const seen: string[] = [];
    first.lab.onChange(({ id, state }) => seen.push(`${id} ${state}`));
    const [three, busy] = await Promise.allSettled([
      first.lab.addBroker({ rack: null }),
      first.lab.addBroker({ rack: null }),
    ]);
    assert.equal(three.status === 'fulfilled' ? three.value : three.reason, 3);
    assert.match(busy.status === 'rejected' ? String(busy.reason) : '', /is being added already/);
    assert.equal(await first.lab.addBroker({ rack: 'z' }), 4);
    assert.deepEqual(seen, ['3 starting', '3 running', '4 starting', '4 running']);
    await gone(async () => (await described(first)).join() === '1 a,2 b,3 a,4 z');
    assert.equal(first.bootstrapServers.length, 4);
    await assert.rejects(first.lab.addBroker({ rack: 'a b' }), /"a b" is no name of a rack/);
    await assert.rejects(first.lab.removeBroker(3), /cannot be removed while it is running/);
    await assert.rejects(first.lab.removeBroker(CONTROLLER_ID), /has only one/);
    await first.lab.stop(3);
    await first.lab.removeBroker(3);
    assert.deepEqual(
      first.lab.nodes().map(({ id }) => id),
      [1, 2, 4, CONTROLLER_ID],
    );
    assert.equal(existsSync(join(place.folder, 'broker-3')), false);
  } finally {
    await first.close();
  }
  const second = await same();
  try {
    await gone(async () => (await described(second)).join() === '1 a,2 b,4 z');
    assert.equal(await second.lab.addBroker({ rack: null }), 5, 'ids are not given twice');
  } finally {
    await second.close();
  }
});

test('[CLU-8] a broker whose port is taken is refused with one line, leaves nothing, and comes with the same id later', async () => {
  using place = temporary();
  const [port, server] = await portWithNeighbour();
  const cluster = await startCluster(options(place.folder, { brokers: 1, kafkaPort: port }));
  try {
    await assert.rejects(
      cluster.lab.addBroker({ rack: null }),
      (error) =>
        error instanceof NodeStartError && /^port \d+ on 127.0.0.1 is taken \(wanted by broker 2\)/.test(error.message),
    );
    assert.equal(cluster.lab.nodes().length, 2);
    assert.equal(existsSync(join(place.folder, 'broker-2')), false);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await cluster.lab.addBroker({ rack: null }), 2);
  } finally {
    await cluster.close();
  }
});

test('[CLU-9] a fault rule slows a client’s requests at a real broker, survives its restart, and ends when told', async () => {
  using place = temporary();
  const cluster = await startCluster(options(place.folder, { brokers: 1 }));
  const { faults } = cluster.lab;
  const took = async () => {
    const client = await clientOf(cluster.bootstrapServers[0] ?? '', 'slow-app');
    const startedAtMs = performance.now();
    await client.send(metadata, 12, { topics: [] }, 5_000);
    client.close();
    return performance.now() - startedAtMs;
  };
  try {
    assert.throws(
      () => faults.addRule({ clientId: '*', api: 'Nope', topic: null, action: { kind: 'drop' }, times: null }, 1_000),
      NodeStateError,
    );
    const id = faults.addRule(
      { clientId: 'slow-*', api: 'Metadata', topic: null, action: { kind: 'delay', delayMs: 300 }, times: null },
      60_000,
    );
    await gone(async () => (await took()) >= 299);
    await cluster.lab.kill(1);
    await cluster.lab.start(1);
    await gone(async () => (await took()) >= 299);
    assert.ok((faults.rules()[0]?.hits ?? 0) >= 2);
    assert.equal(faults.endRule(id), true);
    await gone(async () => (await took()) < 250);
  } finally {
    await cluster.close();
  }
});

/** A free port whose next one is taken by the server. */
async function portWithNeighbour(): Promise<readonly [number, ReturnType<typeof createServer>]> {
  for (let port = 43_100; port < 43_198; port += 2) {
    const server = createServer();
    const isOurs = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port + 1, '127.0.0.1', () => resolve(true));
    });
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer().once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isOurs && isFree) return [port, server];
    server.close();
  }
  throw new Error('no two free ports');
}

/** Asks again and again, each time over the port of a thread, so that it waits without a clock. */
async function gone(isGone: () => Promise<boolean>): Promise<void> {
  for (let asked = 0; asked < 10_000; asked++) if (await isGone()) return;
  assert.fail('still there');
}

function clientOf(server: string, clientId: string) {
  const [host = '', port] = server.split(':');
  const world = createHostWorld({ label: clientId, onLog: () => undefined });
  return connectTo(world, { host, port: Number(port) }, { clientId, timeoutMs: 5_000 });
}
