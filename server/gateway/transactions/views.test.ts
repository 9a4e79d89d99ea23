import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayContext } from '../context.ts';
import { Transactions } from './transactions.ts';
import { transactionView } from './views.ts';

test('[GW-72] a transactional id is not called unknown while the partition that would keep it has no leader', async (t) => {
  const context = new GatewayContext({
    clusterId: 'c',
    name: 'c',
    mode: 'external',
    bootstrapServers: ['127.0.0.1:1'],
    log: () => undefined,
  });
  t.after(() => context.connections.close());
  const transactions = new Transactions(context);
  const { metadata } = context;
  const leads = (leader: number | null) => {
    const partition = { partition: 0, leader, leaderEpoch: 0, replicas: [1], inSyncReplicas: [1] };
    const topic = { name: '__transaction_state', topicId: null, isInternal: true, partitions: [partition] };
    metadata.topics = new Map([[topic.name, topic]]);
  };
  metadata.brokers = new Map([[1, { id: 1, host: 'h', port: 1, rack: null }]]);
  metadata.sampledAtMs = 1;
  transactions.sampledAtMs = 1;
  leads(null);
  assert.equal(transactionView(context, transactions, 'payments', {}), null);
  leads(1);
  assert.throws(() => transactionView(context, transactions, 'payments', {}), { kind: 'TRANSACTIONAL_ID_NOT_FOUND' });
});
