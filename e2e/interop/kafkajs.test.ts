// kafkajs 2.2.4: old API versions, its own group protocol code.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { type RunningServer, startServer } from '../support/server.ts';
import { until } from './support.ts';

const PARTITIONS = 6;
const RECORDS = 3000;
let server: RunningServer;
let kafka: Kafka;
before(async () => {
  server = await startServer();
  kafka = new Kafka({ clientId: 'interop', brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
});
after(async () => {
  await server.stop();
});

async function produceNumbered(topic: string, from: number, count: number): Promise<void> {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const messages = Array.from({ length: count }, (_, i) => ({
    key: `key-${(from + i) % 50}`,
    value: String(from + i),
  }));
  await producer.send({ topic, messages });
  await producer.disconnect();
}

test('[IOP-4] a group of three owns each partition once and reads every record once, in order per key', async () => {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'js-group', numPartitions: PARTITIONS }], waitForLeaders: true });
  const seen: { key: string; value: number; partition: number; member: number }[] = [];
  const owned = new Map<number, readonly number[]>();
  const consumers: Consumer[] = [];
  for (let member = 0; member < 3; member++) {
    const consumer = kafka.consumer({ groupId: 'js-three', sessionTimeout: 10_000, heartbeatInterval: 200 });
    consumers.push(consumer);
    await consumer.connect();
    await consumer.subscribe({ topic: 'js-group', fromBeginning: true });
    consumer.on('consumer.group_join', (event) => owned.set(member, event.payload.memberAssignment['js-group'] ?? []));
    await consumer.run({
      eachMessage: async ({ message, partition }) => {
        seen.push({ key: String(message.key), value: Number(message.value), partition, member });
      },
    });
  }
  const isSettled = () => {
    const all = [...owned.values()].flat();
    return owned.size === 3 && all.length === PARTITIONS && new Set(all).size === PARTITIONS;
  };
  await until('each partition owned by exactly one of three members', 20_000, isSettled);
  assert.deepEqual(
    [...owned.values()].map((p) => p.length),
    [2, 2, 2],
  );
  await produceNumbered('js-group', 0, RECORDS);
  await until('all records read', 20_000, () => seen.length >= RECORDS);
  assert.deepEqual(
    seen.map((r) => r.value).sort((a, b) => a - b),
    Array.from({ length: RECORDS }, (_, i) => i),
  );
  const last = new Map<string, number>();
  for (const record of seen) {
    assert.ok((last.get(record.key) ?? -1) < record.value, `order of ${record.key}`);
    last.set(record.key, record.value);
  }
  const described = await admin.describeGroups(['js-three']);
  assert.equal(described.groups[0]?.state, 'Stable');
  assert.equal(described.groups[0]?.members.length, 3);
  await Promise.all(consumers.map((consumer) => consumer.disconnect()));
  const offsets = await admin.fetchOffsets({ groupId: 'js-three', topics: ['js-group'] });
  const committed = offsets[0]?.partitions.reduce((sum, p) => sum + Number(p.offset), 0);
  assert.equal(committed, RECORDS);
  await admin.disconnect();
});

test('[IOP-5] with more members than partitions the surplus idles, and takes over when a member leaves', async () => {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'js-surplus', numPartitions: 1 }], waitForLeaders: true });
  const owned = new Map<number, number>();
  const consumers: Consumer[] = [];
  for (let member = 0; member < 2; member++) {
    const consumer = kafka.consumer({ groupId: 'js-surplus', sessionTimeout: 10_000, heartbeatInterval: 200 });
    consumers.push(consumer);
    await consumer.connect();
    await consumer.subscribe({ topic: 'js-surplus' });
    consumer.on('consumer.group_join', (e) => owned.set(member, e.payload.memberAssignment['js-surplus']?.length ?? 0));
    await consumer.run({ eachMessage: async () => {} });
  }
  const counts = () => [...owned.values()].sort((a, b) => a - b).join();
  await until('one member with the partition, one idle', 20_000, () => counts() === '0,1');
  const owner = owned.get(0) === 1 ? 0 : 1;
  await consumers[owner]?.disconnect();
  await until('the idle member took over', 20_000, () => owned.get(1 - owner) === 1);
  await consumers[1 - owner]?.disconnect();
  await admin.deleteGroups(['js-surplus']);
  await admin.deleteTopics({ topics: ['js-surplus'] });
  assert.ok(!(await admin.listTopics()).includes('js-surplus'));
  await admin.disconnect();
});
