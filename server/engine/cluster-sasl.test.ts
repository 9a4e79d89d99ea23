// The second listener of a real cluster: who may come in, what it is told, whose quotas hold it, and the ports it needs.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ErrorCode } from '../protocol/errors.ts';
import { produce } from '../protocol/schema/00-produce.ts';
import { fetch } from '../protocol/schema/01-fetch.ts';
import { metadata } from '../protocol/schema/03-metadata.ts';
import { findCoordinator } from '../protocol/schema/10-find-coordinator.ts';
import { saslHandshake } from '../protocol/schema/17-sasl-handshake.ts';
import { createTopics } from '../protocol/schema/19-create-topics.ts';
import { saslAuthenticate } from '../protocol/schema/36-sasl-authenticate.ts';
import { incrementalAlterConfigs } from '../protocol/schema/44-incremental-alter-configs.ts';
import { alterClientQuotas } from '../protocol/schema/49-alter-client-quotas.ts';
import { alterUserScramCredentials } from '../protocol/schema/51-alter-user-scram-credentials.ts';
import { describeCluster } from '../protocol/schema/60-describe-cluster.ts';
import { batchOf } from './broker/testing/test-broker.ts';
import { type Cluster, type ClusterOptions, ClusterStartError, NodeStartError, startCluster } from './cluster.ts';
import { hostHashing } from './host/hashing.ts';
import { createHostWorld } from './host/world.ts';
import { type Connection, connect } from './rpc/connection.ts';
import { ScramClient } from './rpc/sasl/testing.ts';

const lines: string[] = [];
const ALICE = { name: 'alice', password: 'in the rabbit hole' };

async function withCluster(more: Partial<ClusterOptions>, run: (cluster: Cluster) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cluster-sasl-'));
  try {
    const cluster = await startCluster({
      brokers: 2,
      host: '127.0.0.1',
      kafkaPort: 0,
      saslPort: 0,
      dataDir,
      logLevel: 'debug',
      onLog: ({ message }) => lines.push(message),
      ...more,
    });
    try {
      await run(cluster);
    } finally {
      await cluster.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const world = createHostWorld({ label: 'client', onLog: () => undefined });
function dial(server = ''): Promise<Connection> {
  const [host = '', port] = server.split(':');
  return connect(world, { host, port: Number(port) }, { clientId: 'app', timeoutMs: 5_000 });
}
const portsOf = (servers: readonly string[]) => servers.map((server) => Number(server.split(':')[1]));

async function setPassword(admin: Connection, { name, password }: typeof ALICE): Promise<void> {
  const salt = Buffer.from('some salt');
  const iterations = 4096;
  const saltedPassword = await hostHashing.stretch('sha256', { password: Buffer.from(password), salt, iterations });
  const upsertions = [{ name, mechanism: 1, iterations, salt, saltedPassword }];
  const { results } = await admin.send(alterUserScramCredentials, 0, { deletions: [], upsertions }, 5_000);
  assert.equal(results[0]?.errorCode, ErrorCode.NONE, results[0]?.errorMessage ?? '');
}
async function authenticate(client: Connection, user = ALICE): Promise<number> {
  await client.send(saslHandshake, 1, { mechanism: 'SCRAM-SHA-256' }, 5_000);
  const scram = new ScramClient(hostHashing, 'SCRAM-SHA-256', user);
  const challenge = await client.send(saslAuthenticate, 2, { authBytes: scram.first() }, 5_000);
  const last = await client.send(saslAuthenticate, 2, { authBytes: await scram.final(challenge.authBytes) }, 5_000);
  return last.errorCode;
}
async function enter(server = '', user = ALICE): Promise<Connection> {
  const client = await dial(server);
  assert.equal(await authenticate(client, user), ErrorCode.NONE);
  return client;
}
async function isRefused(server = '', user = ALICE): Promise<boolean> {
  const client = await dial(server);
  const errorCode = await authenticate(client, user);
  client.close();
  return errorCode === ErrorCode.SASL_AUTHENTICATION_FAILED;
}

test('[SASL-20] clients are told every broker’s address on the listener they came in on, wherever addresses are told', async () => {
  await withCluster({}, async (cluster) => {
    const { bootstrapServers, saslBootstrapServers } = cluster;
    assert.equal(new Set([...portsOf(bootstrapServers), ...portsOf(saslBootstrapServers)]).size, 4);
    const admin = await dial(bootstrapServers[0]);
    await setPassword(admin, ALICE);
    const topics = [{ name: 't', numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }];
    await admin.send(createTopics, 7, { topics }, 10_000);
    const toldOf = async (client: Connection) => {
      const { brokers, topics: told } = await client.send(metadata, 12, { topics: [{ name: 't' }] }, 5_000);
      const cluster = await client.send(describeCluster, 1, {}, 5_000);
      const found = await client.send(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] }, 10_000);
      const asked = { acks: -1, timeoutMs: 1000 };
      const records = batchOf(['x']);
      const topicId = told[0]?.topicId ?? '';
      const leaderOf = new Map(told[0]?.partitions.map(({ partitionIndex, leaderId }) => [partitionIndex, leaderId]));
      const endpoints = [];
      for (const index of [0, 1]) {
        const topicData = [{ name: 't', partitionData: [{ index, records }] }];
        const written = await client.send(produce, 11, { ...asked, topicData }, 5_000);
        const partitions = [{ partition: index, fetchOffset: 0, partitionMaxBytes: 1000 }];
        const read = await client.send(fetch, 16, { maxWaitMs: 0, topics: [{ topicId, partitions }] }, 5_000);
        for (const one of [...written.nodeEndpoints, ...read.nodeEndpoints]) {
          endpoints.push(`${one.nodeId} ${one.port}`);
          assert.equal(one.nodeId, leaderOf.get(index));
        }
      }
      return {
        metadata: brokers.map(({ nodeId, port }) => `${nodeId} ${port}`),
        cluster: cluster.brokers.map(({ brokerId, port }) => `${brokerId} ${port}`),
        coordinator: found.coordinators.map(({ nodeId, port }) => `${nodeId} ${port}`)[0] ?? '',
        endpoints,
      };
    };
    const inside = await enter(saslBootstrapServers[0]);
    for (const [client, servers] of [
      [admin, bootstrapServers],
      [inside, saslBootstrapServers],
    ] as const) {
      const expected = portsOf(servers).map((port, i) => `${i + 1} ${port}`);
      const told = await toldOf(client);
      assert.deepEqual(told.metadata.sort(), expected);
      assert.deepEqual(told.cluster.sort(), expected);
      assert.ok(expected.includes(told.coordinator), told.coordinator);
      assert.equal(told.endpoints.length, 2, 'one partition is led by the other broker');
      for (const endpoint of told.endpoints) assert.ok(expected.includes(endpoint), endpoint);
    }
    admin.close();
    inside.close();
  });
  assert.doesNotMatch(lines.join('\n'), /rabbit/);
});

test('[SASL-21] quotas of users hold who authenticated as them, on every broker and at the controller', async () => {
  await withCluster({ brokers: 1 }, async ({ bootstrapServers, saslBootstrapServers }) => {
    const admin = await dial(bootstrapServers[0]);
    await setPassword(admin, ALICE);
    const limit = async (key: string, value: number) => {
      const entity = [
        { entityType: 'user', entityName: 'alice' },
        { entityType: 'client-id', entityName: 'app' },
      ];
      await admin.send(alterClientQuotas, 1, { entries: [{ entity, ops: [{ key, value, remove: false }] }] }, 5_000);
    };
    await limit('producer_byte_rate', 100);
    await limit('controller_mutation_rate', 1);
    const topics = (name: string) => [{ name, numPartitions: 20, replicationFactor: 1, assignments: [], configs: [] }];
    const inside = await enter(saslBootstrapServers[0]);
    const created = async (client: Connection, name: string) =>
      (await client.send(createTopics, 7, { topics: topics(name) }, 10_000)).topics[0]?.errorCode;
    assert.equal(await created(inside, 'a'), ErrorCode.NONE);
    assert.equal(await created(inside, 'b'), ErrorCode.THROTTLING_QUOTA_EXCEEDED);
    assert.equal(await created(admin, 'b'), ErrorCode.NONE, 'who did not authenticate is another');
    const fresh = await enter(saslBootstrapServers[0]);
    const write = async (client: Connection) => {
      const topicData = [{ name: 'a', partitionData: [{ index: 0, records: batchOf(['x'.repeat(5000)]) }] }];
      return (await client.send(produce, 11, { acks: 1, timeoutMs: 1000, topicData }, 5_000)).throttleTimeMs;
    };
    assert.ok((await write(fresh)) > 0);
    assert.equal(await write(admin), 0);
    for (const one of [admin, inside, fresh]) one.close();
  });
});

test('[SASL-23] a password that was set, changed or taken away holds for the next authentication, after a restart too', async () => {
  await withCluster({ settings: { 'connections.max.reauth.ms': '3600000' } }, async (cluster) => {
    const { bootstrapServers, saslBootstrapServers, lab } = cluster;
    const admin = await dial(bootstrapServers[1]);
    assert.ok(await isRefused(saslBootstrapServers[0]));
    await setPassword(admin, ALICE);
    const inside = await enter(saslBootstrapServers[0]);
    await setPassword(admin, { ...ALICE, password: 'new' });
    assert.ok(await isRefused(saslBootstrapServers[0]));
    await lab.kill(1);
    await lab.start(1);
    assert.deepEqual(cluster.saslBootstrapServers, saslBootstrapServers, 'on the port it had');
    inside.close();
    (await enter(saslBootstrapServers[0], { ...ALICE, password: 'new' })).close();
    const deletions = [{ name: 'alice', mechanism: 1 }];
    await admin.send(alterUserScramCredentials, 0, { deletions, upsertions: [] }, 5_000);
    assert.ok(await isRefused(saslBootstrapServers[1], { ...ALICE, password: 'new' }));
    admin.close();
  });
});

test('[SASL-25] which mechanisms are on changes while brokers run', async () => {
  await withCluster({ brokers: 1 }, async ({ bootstrapServers, saslBootstrapServers }) => {
    const admin = await dial(bootstrapServers[0]);
    const shake = async () => {
      const client = await dial(saslBootstrapServers[0]);
      const { errorCode, mechanisms } = await client.send(saslHandshake, 1, { mechanism: 'PLAIN' }, 5_000);
      client.close();
      return [errorCode, mechanisms];
    };
    assert.deepEqual(await shake(), [ErrorCode.NONE, ['SCRAM-SHA-256', 'SCRAM-SHA-512', 'PLAIN']]);
    const configs = [{ name: 'sasl.enabled.mechanisms', configOperation: 0, value: 'SCRAM-SHA-512,SCRAM-SHA-256' }];
    const resources = [{ resourceType: 4, resourceName: '', configs }];
    const { responses } = await admin.send(incrementalAlterConfigs, 1, { resources }, 5_000);
    assert.equal(responses[0]?.errorCode, ErrorCode.NONE);
    assert.deepEqual(await shake(), [ErrorCode.UNSUPPORTED_SASL_MECHANISM, ['SCRAM-SHA-512', 'SCRAM-SHA-256']]);
    admin.close();
  });
});

const refused = (text: RegExp) => (error: unknown) =>
  error instanceof ClusterStartError && text.test(error.message) && !error.message.includes('\n');

test('[SASL-24] broker i has the port sasl-port + i − 1, an added one too; ports that clash or are taken are one clear line', async () => {
  const first = await freePorts(6);
  await withCluster({ brokers: 1, kafkaPort: first, saslPort: first + 2 }, async (cluster) => {
    assert.deepEqual(portsOf(cluster.saslBootstrapServers), [first + 2]);
    assert.equal(await cluster.lab.addBroker({ rack: null }), 2);
    assert.deepEqual(portsOf(cluster.saslBootstrapServers), [first + 2, first + 3]);
    await assert.rejects(
      cluster.lab.addBroker({ rack: null }),
      (error) =>
        error instanceof NodeStartError &&
        error.message.includes(`port ${first + 2} is wanted by broker 3 and by the SASL listener of broker 1`),
    );
    assert.equal(cluster.lab.nodes().length, 3, 'two brokers and the controller');
  });
  const never = async () => assert.fail('it started');
  const clash = withCluster({ brokers: 3, kafkaPort: first, saslPort: first + 2 }, never);
  await assert.rejects(
    clash,
    refused(/^port \d+ is wanted by broker 3 and by the SASL listener of broker 1: .*--sasl-port$/),
  );
  const past = withCluster({ brokers: 2, saslPort: 65_535 }, never);
  await assert.rejects(past, refused(/past 65535: choose a lower --sasl-port$/));
  const server = createServer().listen(first + 5, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const taken = withCluster({ brokers: 1, kafkaPort: first, saslPort: first + 5 }, never);
  const said = `^port ${first + 5} on 127.0.0.1 is taken \\(wanted by the SASL listener of broker 1\\): .*--sasl-port$`;
  await assert.rejects(taken, refused(new RegExp(said)));
  server.close();
});

/** The first of so many free neighbours. */
async function freePorts(count: number): Promise<number> {
  for (let first = 18_300; first < 18_900; first += count) {
    const servers = await Promise.all(
      Array.from({ length: count }, (_, i) => {
        const server = createServer();
        return new Promise<typeof server | null>((resolve) => {
          server.once('error', () => resolve(null));
          server.listen(first + i, '127.0.0.1', () => resolve(server));
        });
      }),
    );
    for (const server of servers)
      await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
    if (servers.every((server) => server !== null)) return first;
  }
  throw new Error('no free ports');
}
