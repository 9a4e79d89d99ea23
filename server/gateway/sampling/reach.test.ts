import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { Connections } from '../connections.ts';
import type { BrokerNode, TopicNode } from '../metadata.ts';
import { idleBrokers } from './reach.ts';

const broker = (id: number): [number, BrokerNode] => [id, { id, host: '127.0.0.1', port: 9091 + id, rack: null }];

function topic(name: string, leaders: readonly (number | null)[]): [string, TopicNode] {
  const partitions = leaders.map((leader, partition) => {
    return { partition, leader, leaderEpoch: 0, replicas: [1, 2, 3], inSyncReplicas: [1, 2, 3] };
  });
  return [name, { name, topicId: null, isInternal: false, partitions }];
}

test('[GTW-30] brokers that are up and lead nothing are asked whether they are there', () => {
  const brokers = new Map([broker(1), broker(2), broker(3)]);
  assert.deepEqual(idleBrokers({ brokers, topics: new Map() }), [1, 2, 3]);
  // A leader that the cluster has fenced meanwhile is not among the brokers.
  assert.deepEqual(idleBrokers({ brokers, topics: new Map([topic('a', [1, null, 4]), topic('b', [1])]) }), [2, 3]);
  assert.deepEqual(idleBrokers({ brokers, topics: new Map([topic('a', [1, 2]), topic('b', [3])]) }), []);
});

/** ApiVersions v3: no error, one API (Metadata 0–12). */
const apiVersionsAnswer = (correlationId: Buffer) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 19]),
    correlationId,
    Buffer.from([0, 0, 2, 0, 3, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0]),
  ]);

test('[GTW-31] a connection that the broker ends is told at once, one that the dashboard ends is not', async (t) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (frame) => socket.write(apiVersionsAnswer(frame.subarray(8, 12))));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const endpoint = { host: '127.0.0.1', port: (server.address() as { port: number }).port };
  const connections = new Connections();
  t.after(() => connections.close());
  const lost: string[] = [];
  connections.onLost = () => lost.push('unasked');

  assert.deepEqual((await connections.apis(endpoint)).get(3), { min: 0, max: 12 });
  const closed = new Promise((resolve) => sockets[0]?.once('close', resolve));
  connections.drop(endpoint, 'control');
  await closed;
  await connections.apis(endpoint);
  assert.deepEqual(lost, []);

  const told = new Promise<void>((resolve) => {
    connections.onLost = resolve;
  });
  sockets[1]?.destroy();
  await told;
});
