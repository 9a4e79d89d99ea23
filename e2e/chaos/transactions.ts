// Transactions under fire: producers that write to two topics in each, abort some, and take their id over again after every failure;
// and a reader of committed records. By kafkajs: it asks for a new epoch without naming the old one, so that an id can be had back
// after anything, and repeats a send with the same sequence. Each producer has a partition of its own, because kafkajs's reader
// lets aborted records through where transactions interleave in one partition.
import type { Producer } from 'kafkajs';
import { until } from '../interop/support.ts';
import type { Chance } from './random.ts';
import { clientOf } from './readers.ts';
import type { SeenRecord, TransactionLedger } from './transaction-ledger.ts';

export const TRANSACTION_TOPICS = ['chaos-debits', 'chaos-credits'] as const;
export const TRANSACTIONAL_PRODUCERS = 2;

const RECORDS_PER_TOPIC = 2;
/** One in so many is aborted on purpose. */
const ABORTED_IN = 4;
const TRANSACTION_TIMEOUT_MS = 20_000;
const PAUSE_MS = 20;
const PAUSE_AFTER_FAILURE_MS = 200;
const READ_TIMEOUT_MS = 60_000;
const sleep = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

export interface TransactionLoad {
  readonly bootstrapServers: readonly string[];
  readonly ledger: TransactionLedger;
  readonly chance: Chance;
  isOver(): boolean;
}

/**
 * Runs until it is over, and then until one more transaction is committed: whatever was open before has an end then. Gives the values
 * of that last one, behind which nothing follows in its partitions.
 */
export async function produceTransactions(partition: number, load: TransactionLoad): Promise<readonly string[]> {
  const { ledger, chance } = load;
  const transactionalId = `chaos-transactions-${partition}`;
  const kafka = clientOf(transactionalId, load.bootstrapServers);
  let producer: Producer | null = null;
  let last: readonly string[] | null = null;
  for (let turn = 0; last === null; turn++) {
    const isLast = load.isOver();
    const name = `${transactionalId}:${turn}`;
    const messagesOf = new Map(TRANSACTION_TOPICS.map((topic) => [topic, messages(`${name}:${topic}`, partition)]));
    const values = [...messagesOf.values()].flat().map(({ value }) => value);
    ledger.begin(name, values);
    try {
      producer ??= await open(kafka.producer({ transactionalId, ...SETTINGS }));
      const transaction = await producer.transaction();
      for (const [topic, batch] of messagesOf) await transaction.send({ topic, messages: batch, acks: -1 });
      if (!isLast && chance.below(ABORTED_IN) === 0) await transaction.abort();
      else {
        ledger.askCommit(name);
        await transaction.commit();
        ledger.committed(name);
        if (isLast) last = values;
      }
      await sleep(PAUSE_MS);
    } catch (error) {
      ledger.failures.add('kafkajs', error);
      await producer?.disconnect().catch(() => undefined);
      producer = null;
      await sleep(PAUSE_AFTER_FAILURE_MS);
    }
  }
  await producer?.disconnect().catch(() => undefined);
  return last;
}

const SETTINGS = { idempotent: true, maxInFlightRequests: 1, transactionTimeout: TRANSACTION_TIMEOUT_MS } as const;

async function open(producer: Producer): Promise<Producer> {
  await producer.connect();
  return producer;
}

const messages = (stem: string, partition: number) =>
  Array.from({ length: RECORDS_PER_TOPIC }, (_, i) => ({ key: stem, value: `${stem}:${i}`, partition }));

export interface CommittedReader {
  /** By place: what is read again is the same record. */
  readonly seen: ReadonlyMap<string, SeenRecord>;
  /** Resolves when all of `values` were seen; throws when that takes too long. */
  readUntil(values: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Reads both topics from the start, committed records only, as long as it is open. */
export async function readCommitted(name: string, bootstrapServers: readonly string[]): Promise<CommittedReader> {
  const consumer = clientOf(name, bootstrapServers).consumer({
    groupId: name,
    readUncommitted: false,
    sessionTimeout: 10_000,
    rebalanceTimeout: 10_000,
    heartbeatInterval: 500,
    maxWaitTimeInMs: 500,
  });
  const seen = new Map<string, SeenRecord>();
  const seenValues = new Set<string>();
  await consumer.connect();
  await consumer.subscribe({ topics: [...TRANSACTION_TOPICS], fromBeginning: true });
  await consumer.run({
    autoCommitInterval: 500,
    eachMessage: async ({ topic, partition, message }) => {
      const place = `${topic}/${partition}/${message.offset}`;
      const value = String(message.value);
      seen.set(place, { place, value });
      seenValues.add(value);
    },
  });
  return {
    seen,
    async readUntil(values) {
      const isDone = () => values.every((value) => seenValues.has(value));
      await until(`${name} has read to the end`, READ_TIMEOUT_MS, isDone);
    },
    close: () => consumer.disconnect().catch(() => undefined),
  };
}
