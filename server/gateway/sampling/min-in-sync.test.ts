import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connections } from '../../client/connections.ts';
import { ClusterMetadata } from '../../client/metadata.ts';
import { readMinInSync } from './min-in-sync.ts';

test('[GTW-34] min.insync.replicas is read only for topics that miss a replica, and what a broker does not tell is left out', async () => {
  const unused = new Connections();
  await unused.close();
  const metadata = new ClusterMetadata(unused, [{ host: 'h', port: 1 }]);
  const topicOf = (name: string, inSyncReplicas: readonly number[]) =>
    [
      name,
      {
        name,
        topicId: null,
        isInternal: false,
        partitions: [{ partition: 0, leader: 1, leaderEpoch: 0, replicas: [1, 2], inSyncReplicas }],
      },
    ] as const;
  const asked: string[][] = [];
  const request = async (...[, , , resources]: readonly unknown[]) => {
    const names = (resources as { resourceName: string }[]).map(({ resourceName }) => resourceName);
    asked.push(names);
    const configs = [{ name: 'min.insync.replicas', value: '2' }];
    return {
      results: names.map((resourceName) =>
        resourceName === 'secret'
          ? { resourceName, errorCode: 29, configs: [] }
          : { resourceName, errorCode: 0, configs: resourceName === 'odd' ? [] : configs },
      ),
    };
  };
  const connections = { request: request as Connections['request'] };
  metadata.topics = new Map([topicOf('well', [1, 2])]);
  assert.deepEqual(await readMinInSync(connections, metadata), new Map());
  assert.deepEqual(asked, [], 'nothing is asked while nothing is missing');
  metadata.topics = new Map([topicOf('well', [1, 2]), topicOf('a', [1]), topicOf('secret', [1]), topicOf('odd', [2])]);
  assert.deepEqual(await readMinInSync(connections, metadata), new Map([['a', 2]]));
  assert.deepEqual(asked, [['a', 'secret', 'odd']]);
});
