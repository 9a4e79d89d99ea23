// @platformatic/kafka: new API versions only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { type RunningServer, startServer } from '../support/server.ts';
import { until } from './support.ts';

const PARTITIONS = 6;
const RECORDS = 3000;
const MAX_WAIT_MS = 200;
let server: RunningServer;
let client: { bootstrapBrokers: string[]; clientId: string };
before(async () => {
  server = await startServer();
  client = { bootstrapBrokers: server.bootstrapServers.split(','), clientId: 'interop' };
});
after(async () => {
  await server.stop();
});

test('[IOP-6] a group of three reads every record of an idempotent producer once and each partition has one owner', async () => {
  const admin = new Admin(client);
  await admin.createTopics({ topics: ['pt-group'], partitions: PARTITIONS, replicas: 1 });
  const seen: { value: string; partition: number; member: number }[] = [];
  const consumers = Array.from(
    { length: 3 },
    () =>
      new Consumer({
        ...client,
        groupId: 'pt-three',
        deserializers: stringDeserializers,
        sessionTimeout: 10_000,
        heartbeatInterval: 250,
        autocommit: true,
      }),
  );
  await Promise.all(
    consumers.map(async (consumer, member) => {
      const stream = await consumer.consume({
        topics: ['pt-group'],
        mode: MessagesStreamModes.EARLIEST,
        maxWaitTime: MAX_WAIT_MS,
      });
      stream.on('data', (message) => seen.push({ value: message.value, partition: message.partition, member }));
      stream.on('error', (error) => assert.fail(error));
    }),
  );
  const owned = () => consumers.map((c) => (c.assignments ?? []).flatMap((a) => a.partitions));
  await until('two partitions each', 30_000, () => owned().every((partitions) => partitions.length === 2));
  assert.equal(new Set(owned().flat()).size, PARTITIONS);
  // A fetch that a member sent while it owned more may still bring records of what it lost: this client hands them on.
  await new Promise((resolve) => setTimeout(resolve, 2 * MAX_WAIT_MS));
  const producer = new Producer({ ...client, idempotent: true, serializers: stringSerializers });
  for (let i = 0; i < RECORDS; i += 500) {
    const messages = Array.from({ length: 500 }, (_, n) => ({
      topic: 'pt-group',
      key: `k${(i + n) % 60}`,
      value: `${i + n}`,
    }));
    await producer.send({ messages });
  }
  await until('all records read', 20_000, () => seen.length >= RECORDS);
  assert.equal(new Set(seen.map((r) => r.value)).size, RECORDS);
  assert.equal(seen.length, RECORDS);
  const owners = new Map<number, Set<number>>();
  for (const record of seen) {
    const members = owners.get(record.partition) ?? new Set();
    owners.set(record.partition, members.add(record.member));
  }
  for (const [partition, members] of owners) assert.equal(members.size, 1, `partition ${partition}`);
  await Promise.all([...consumers.map((consumer) => consumer.close(true)), producer.close()]);
  await admin.deleteTopics({ topics: ['pt-group'] });
  await admin.close();
});
