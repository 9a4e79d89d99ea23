// Third-party producers under fire: idempotent, acks=all, each waiting for its acknowledgement before it sends on. A send that
// failed for good leaves its records unknown, and the next ones go through a new producer, as an application would do it.
import { spawn } from 'node:child_process';
import { Producer, stringSerializers } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { isInstalled } from '../interop/support.ts';
import type { Ledger } from './ledger.ts';

export interface Load {
  readonly topic: string;
  readonly partitions: number;
  readonly bootstrapServers: readonly string[];
  readonly ledger: Ledger;
  isOver(): boolean;
}
interface Batch {
  readonly partition: number;
  readonly messages: readonly { readonly key: string; readonly value: string }[];
}
/** Rejects when the batch's fate is unknown. Gives the base offset, or −1. */
type Send = (batch: Batch) => Promise<number>;
interface OpenProducer {
  readonly send: Send;
  close(): Promise<void>;
}

const KEYS = 3;
const BATCH = 5;
const PAUSE_MS = 5;
const sleep = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

/** One partition per send: which leader takes part in a retry is then never in doubt. */
async function produce(name: string, load: Load, open: () => Promise<OpenProducer>): Promise<void> {
  let number = 0;
  let producer: OpenProducer | null = null;
  for (let turn = 0; !load.isOver(); turn++) {
    const partition = turn % load.partitions;
    const messages = Array.from({ length: BATCH }, () => {
      const key = `${name}-${partition}-${number % KEYS}`;
      return { key, value: `${key}:${number++}` };
    });
    const values = messages.map(({ value }) => value);
    try {
      producer ??= await open();
      load.ledger.acknowledge(values, partition, await producer.send({ partition, messages }));
    } catch (error) {
      load.ledger.fail(values, name, error);
      await producer?.close().catch(() => undefined);
      producer = null;
      await sleep(200);
    }
    await sleep(PAUSE_MS);
  }
  await producer?.close().catch(() => undefined);
}

export function produceWithKafkajs(name: string, load: Load): Promise<void> {
  const kafka = new Kafka({
    clientId: name,
    brokers: [...load.bootstrapServers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 60 },
  });
  return produce(name, load, async () => {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return {
      async send({ partition, messages }) {
        const batch = messages.map((message) => ({ ...message, partition }));
        const [result] = await producer.send({ topic: load.topic, messages: batch, acks: -1 });
        if (result === undefined || result.errorCode !== 0) throw new Error(`not acknowledged: ${result?.errorCode}`);
        return Number(result.baseOffset ?? -1);
      },
      close: () => producer.disconnect(),
    };
  });
}

export function produceWithPlatformatic(name: string, load: Load): Promise<void> {
  return produce(name, load, async () => {
    const producer = new Producer({
      clientId: name,
      bootstrapBrokers: [...load.bootstrapServers],
      idempotent: true,
      serializers: stringSerializers,
      retries: 60,
      retryDelay: 200,
      connectTimeout: 2_000,
      requestTimeout: 10_000,
    });
    return {
      async send({ partition, messages }) {
        const batch = messages.map((message) => ({ ...message, topic: load.topic, partition }));
        const { offsets } = await producer.send({ messages: batch, acks: -1 });
        const offset = offsets?.find((each) => each.partition === partition)?.offset;
        return offset === undefined ? -1 : Number(offset);
      },
      close: () => producer.close(true),
    };
  });
}

export const hasKcat = isInstalled('kcat');

/** librdkafka through kcat: lines go in while the load lasts; when it ends without a complaint all of them were acknowledged. */
export async function produceWithKcat(name: string, load: Load): Promise<void> {
  const options = [
    'enable.idempotence=true',
    'acks=all',
    'message.timeout.ms=120000',
    'linger.ms=20',
    'socket.timeout.ms=10000',
  ];
  const child = spawn('kcat', [
    ...['-P', '-q', '-E', '-b', load.bootstrapServers.join(','), '-t', load.topic, '-p', '0', '-K', '='],
    ...options.flatMap((option) => ['-X', option]),
  ]);
  let complaints = '';
  child.stderr.on('data', (bytes: Buffer) => {
    complaints = (complaints + bytes).slice(-2_000);
  });
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const values: string[] = [];
  while (!load.isOver() && child.exitCode === null) {
    const key = `${name}-0-0`;
    const value = `${key}:${values.length}`;
    values.push(value);
    load.ledger.unknown.add(value);
    child.stdin.write(`${key}=${value}\n`);
    await sleep(20);
  }
  child.stdin.end();
  const code = await ended;
  if (code !== 0 || /failed/i.test(complaints)) {
    load.ledger.fail([], name, `ended with ${code}: ${complaints.trim().split('\n').at(-1)}`);
    return;
  }
  for (const value of values) {
    load.ledger.unknown.delete(value);
    load.ledger.acknowledge([value], 0, -1);
  }
}
