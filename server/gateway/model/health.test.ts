import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connections } from '../../client/connections.ts';
import { ClusterMetadata, type PartitionNode } from '../../client/metadata.ts';
import { clusterHealth } from './health.ts';

function partition(number: number, leader: number | null, inSync: readonly number[]): PartitionNode {
  return { partition: number, leader, leaderEpoch: 0, replicas: [1, 2], inSyncReplicas: inSync };
}

async function metadataOf(
  brokerIds: readonly number[],
  partitions: readonly PartitionNode[],
): Promise<ClusterMetadata> {
  const connections = new Connections();
  await connections.close();
  const metadata = new ClusterMetadata(connections, []);
  metadata.brokers = new Map(brokerIds.map((id) => [id, { id, host: 'h', port: 1, rack: null }]));
  metadata.topics = new Map([['orders', { name: 'orders', topicId: null, isInternal: false, partitions }]]);
  for (const id of [1, 2]) metadata.knownBrokerIds.add(id);
  metadata.partitionCount = partitions.length;
  metadata.sampledAtMs = 1;
  return metadata;
}

test('[GTW-19] a healthy cluster says so in one sentence', async () => {
  const metadata = await metadataOf([1, 2], [partition(0, 1, [1, 2])]);
  const health = clusterHealth({ clusterId: 'c', bootstrapServers: [], metadata, minInSync: new Map(), problems: [] });
  assert.deepEqual(health, {
    level: 'ok',
    sentence: 'All 2 brokers are up and every partition has a leader.',
    causes: [],
  });
});

test('[GTW-19] the worst cause speaks first and links to where it can be seen', async () => {
  const metadata = await metadataOf([1], [partition(0, null, []), partition(1, 1, [1]), partition(2, 1, [1])]);
  const health = clusterHealth({ clusterId: 'c', bootstrapServers: [], metadata, minInSync: new Map(), problems: [] });
  assert.equal(health.level, 'critical');
  assert.match(health.sentence, /^1 partition of orders has no leader while broker 2 is down\. 2 more causes below\.$/);
  assert.equal(health.causes[0]?.href, '/c/c/topics/orders/partitions');
  assert.deepEqual(
    health.causes.slice(1).map(({ sentence }) => sentence),
    ['Broker 2 is down; 1 of 2 are up.', '3 partitions of orders have fewer replicas in sync than configured.'],
  );
});

test('[GTW-33] partitions below min.insync.replicas are said to refuse writes with acks=all', async () => {
  const metadata = await metadataOf([1, 2], [partition(0, 1, [1]), partition(1, 2, [1, 2]), partition(2, null, [])]);
  let minInSync: ReadonlyMap<string, number> = new Map();
  const sentences = () =>
    clusterHealth({ clusterId: 'c', bootstrapServers: [], metadata, minInSync, problems: [] }).causes.map(
      ({ level, sentence }) => `${level}: ${sentence}`,
    );
  assert.match(sentences().join('\n'), /warn: 2 partitions of orders have fewer replicas in sync/);
  minInSync = new Map([['orders', 2]]);
  assert.deepEqual(sentences(), [
    'critical: 1 partition of orders has no leader.',
    'critical: 1 partition of orders refuses writes with acks=all: fewer than 2 replicas are in sync (min.insync.replicas).',
  ]);
  minInSync = new Map([['orders', 1]]);
  assert.match(sentences().join('\n'), /warn: 2 partitions of orders have fewer replicas in sync/);
});

test('[GTW-19] a cluster that does not answer is critical, with the reason', async () => {
  const metadata = await metadataOf([], []);
  metadata.failure = '127.0.0.1:1 does not answer: connection refused';
  const health = clusterHealth({ clusterId: 'c', bootstrapServers: [], metadata, minInSync: new Map(), problems: [] });
  assert.equal(health.level, 'critical');
  assert.match(health.sentence, /connection refused\. This page recovers by itself/);
});
