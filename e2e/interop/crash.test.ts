// kill -9 under load, again and again: every acknowledged record is there afterwards, once and in order.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { type RunningServer, startServer } from '../support/server.ts';
import { until } from './support.ts';

const ROUNDS = 6;
const PARTITIONS = 3;
const TOPIC = 'survivor';

interface Acknowledged {
  readonly offset: number;
  readonly value: string;
}

function clientOf(server: RunningServer): Kafka {
  const brokers = server.bootstrapServers.split(',');
  return new Kafka({ clientId: 'crash', brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 } });
}

/** Sends until the server is killed under it; gives what was acknowledged per partition. */
async function loadUntilKilled(server: RunningServer, round: number, acknowledged: Acknowledged[][]): Promise<void> {
  const kafka = clientOf(server);
  const producer = kafka.producer({ retry: { retries: 0 } });
  await producer.connect();
  let isKilled = false;
  let sent = 0;
  const loop = async (partition: number): Promise<void> => {
    for (let i = 0; !isKilled; i++) {
      const messages = Array.from({ length: 5 }, (_, n) => ({
        partition,
        value: `${round}-${partition}-${i}-${n}-${'x'.repeat(200)}`,
      }));
      const results = await producer.send({ topic: TOPIC, messages, acks: 1 }).catch(() => null);
      const first = results?.[0];
      if (first === undefined || first === null || first.errorCode !== 0) return;
      const base = Number(first.baseOffset);
      acknowledged[partition]?.push(...messages.map(({ value }, n) => ({ offset: base + n, value })));
      sent += messages.length;
    }
  };
  const loops = Array.from({ length: PARTITIONS }, (_, partition) => loop(partition));
  await until('some load', 20_000, () => sent > 300 + round * 100);
  await server.kill();
  isKilled = true;
  await Promise.all(loops);
  await producer.disconnect().catch(() => undefined);
}

async function readAll(server: RunningServer, total: number): Promise<Map<string, string>> {
  const kafka = clientOf(server);
  const consumer = kafka.consumer({ groupId: `check-${Date.now()}`, retry: { retries: 5 } });
  const found = new Map<string, string>();
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const m of batch.messages) found.set(`${batch.partition}/${m.offset}`, String(m.value));
    },
  });
  await until(`${total} records read`, 30_000, () => found.size >= total);
  await consumer.disconnect();
  return found;
}

test(`[LOG-CRASH] ${ROUNDS} times kill -9 under load: everything acknowledged is there`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'barnabas-crash-'));
  const acknowledged: Acknowledged[][] = Array.from({ length: PARTITIONS }, () => []);
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const server = await startServer({ dataDir });
      if (round === 0) {
        const admin = clientOf(server).admin();
        await admin.connect();
        await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }], waitForLeaders: true });
        await admin.disconnect();
      }
      await loadUntilKilled(server, round, acknowledged);
    }
    const server = await startServer({ dataDir });
    const total = acknowledged.reduce((sum, records) => sum + records.length, 0);
    const found = await readAll(server, total);
    acknowledged.forEach((records, partition) => {
      for (const { offset, value } of records)
        assert.equal(found.get(`${partition}/${offset}`), value, `${partition}/${offset}`);
    });
    assert.ok(total > 1000, `only ${total} records were acknowledged: the test proves too little`);
    await server.stop();
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
