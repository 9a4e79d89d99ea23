import assert from 'node:assert/strict';
import { test } from 'node:test';
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
