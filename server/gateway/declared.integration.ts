// Checks that a running cluster's views are what is declared, each channel and stream of Kafka's opened once, as gateway.integration.ts
// is run:
//   node server/gateway/declared.integration.ts 127.0.0.1:9092
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Producer } from '@platformatic/kafka';
import type { Channels } from '../live/contract.ts';
import type { KafkaChannelName } from './feature.ts';
import type { ClusterGateway } from './gateway.ts';
import {
  bootstrapServer,
  browse,
  closeGateway,
  ignore,
  openGateway,
  prefix,
  until,
  utf8,
} from './testing/integration.ts';

const topic = `${prefix}-declared`;
const groupId = `${prefix}-readers`;
const transactionalId = `${prefix}-writer`;
const rows = { query: '', descending: false, offset: 0, limit: 200 };
let gateway: ClusterGateway;
/** Its transaction stays open meanwhile. */
const writer = new Producer({
  clientId: prefix,
  bootstrapBrokers: [bootstrapServer],
  transactionalId,
  idempotent: true,
});

/** A channel that is declared and has no line here is an error of types. */
const params: { readonly [N in KafkaChannelName]: Channels[N]['params'] } = {
  overview: {},
  features: {},
  topics: { ...rows, sort: 'rate', includeInternal: true },
  topic: { name: topic },
  groups: { ...rows, sort: 'lag' },
  group: { groupId },
  brokers: {},
  map: { topics: [topic] },
  traffic: {},
  transactions: { ...rows, sort: 'age', state: null },
  transaction: { transactionalId },
  producers: { topic, partition: null, offset: 0, limit: 200 },
  quotas: { ...rows, sort: 'entity', kind: null, id: null, client: { user: 'a', clientId: 'b', ip: '' } },
  users: { ...rows, name: null },
  reassign: { query: '', state: null, offset: 0, limit: 200 },
};

before(async () => {
  gateway = await openGateway('declared');
  await gateway.call('topic.create', { name: topic, partitions: 3, replicationFactor: 1, configs: {} });
  const traffic = { topic, recordsPerSecond: 500, durationSeconds: 60 };
  await gateway.call('traffic.startProducer', { ...traffic, recordBytes: 100, keys: 10, acks: -1 });
  await gateway.call('traffic.startConsumer', { ...traffic, groupId, members: 2, recordsPerSecond: 100 });
  const transaction = await writer.beginTransaction();
  await transaction.send({ messages: [{ topic, partition: 0, value: Buffer.from('open') }] });
});

after(async () => {
  await gateway.call('transaction.fence', { transactionalId });
  await writer.close(true);
  await gateway.call('traffic.stop', { id: 'all' });
  await closeGateway(gateway);
});

test('[CON-12] every view and batch of a running cluster, with traffic on it, is what is declared', async () => {
  await until(
    (look) => gateway.watch('group', { groupId }, look, ignore),
    ({ group, partitions }) => group.members === 2 && partitions.some(({ lag }) => (lag ?? 0) > 0),
  );
  const { lacks } = gateway.summary().capabilities;
  for (const name of Object.keys(params) as KafkaChannelName[]) {
    if (lacks[name] !== undefined) continue;
    let readings = 0;
    // The first reading comes at once, the second with the next sample where one is taken.
    await until(
      (look) => gateway.watch(name, params[name], look, ignore),
      () => ++readings > 1 || name === 'traffic' || name === 'reassign',
    );
  }
  const page = await browse(gateway, { topic });
  assert.ok(page.records.length > 0);
  let batches = 0;
  const tail = await new Promise<{ close(): void }>((resolve, reject) => {
    const stream = gateway.open(
      'tail',
      { topic, partitions: null, contains: '' },
      () => {
        if (stream.take() !== null) batches += 1;
        if (batches > 1) resolve(stream);
      },
      reject,
    );
  });
  tail.close();
  const args = { topic, partition: 0, key: utf8('k'), value: null, headers: [{ key: 'h', value: 'v' }], count: 1 };
  const { first } = await gateway.call('record.produce', args);
  await gateway.call('record.get', { topic, ...first });
  await gateway.call('topic.impact', { name: topic });
  await gateway.call('broker.configs', { brokerId: 1 });
});
