// The reading side of a chaos run: a group of three that lives through all of it, and one reading of the whole log afterwards.
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { until } from '../interop/support.ts';
import type { Found, Ledger } from './ledger.ts';

const MEMBERS = 3;
const READ_TIMEOUT_MS = 60_000;

export function clientOf(clientId: string, bootstrapServers: readonly string[]): Kafka {
  return new Kafka({
    clientId,
    brokers: [...bootstrapServers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 8_000,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 1_000 },
  });
}

export interface ReadingGroup {
  /** Partitions by member, as each was last told. */
  owned(): readonly (readonly number[])[];
  rebalances(): number;
  close(): Promise<void>;
}

export async function startGroup(
  topic: string,
  bootstrapServers: readonly string[],
  ledger: Ledger,
): Promise<ReadingGroup> {
  const owned: (readonly number[])[] = Array.from({ length: MEMBERS }, () => []);
  let joins = 0;
  const consumers: Consumer[] = [];
  for (let member = 0; member < MEMBERS; member++) {
    const consumer = clientOf(`member-${member}`, bootstrapServers).consumer({
      groupId: 'chaos-readers',
      sessionTimeout: 10_000,
      rebalanceTimeout: 10_000,
      heartbeatInterval: 500,
      maxWaitTimeInMs: 500,
    });
    consumers.push(consumer);
    consumer.on('consumer.group_join', ({ payload }) => {
      joins += 1;
      owned[member] = payload.memberAssignment[topic] ?? [];
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommitInterval: 500,
      eachMessage: async ({ message }) => ledger.see(String(message.value)),
    });
  }
  return {
    owned: () => owned,
    rebalances: () => joins,
    close: async () => {
      await Promise.all(consumers.map((consumer) => consumer.disconnect().catch(() => undefined)));
    },
  };
}

/** Everything from the first offset to the end, by a client that took no part. */
export async function readWholeLog(topic: string, bootstrapServers: readonly string[]): Promise<Found[]> {
  const kafka = clientOf('judge', bootstrapServers);
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
  await admin.disconnect();
  const found = new Map<string, Found>();
  const next = new Map<number, number>();
  const consumer = kafka.consumer({ groupId: `judge-${Date.now()}`, sessionTimeout: 30_000 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      const offset = Number(message.offset);
      next.set(partition, Math.max(next.get(partition) ?? 0, offset + 1));
      found.set(`${partition}/${offset}`, {
        partition,
        offset,
        key: String(message.key),
        value: String(message.value),
      });
    },
  });
  const isDone = () => [...ends].every(([partition, end]) => (next.get(partition) ?? 0) >= end);
  await until('the whole log read', READ_TIMEOUT_MS, isDone);
  await consumer.disconnect();
  return [...found.values()].sort((left, right) => left.partition - right.partition || left.offset - right.offset);
}
