// A chaos run from start to verdict: the real program, other people's clients, faults at random, then every acknowledged record is
// looked for. Used by run.ts (as long as one likes) and by the interop tests (briefly).
import { until } from '../interop/support.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { breakNodes, type FaultKind, heal } from './faults.ts';
import { Ledger } from './ledger.ts';
import { connectLive, type LiveClient } from './live-client.ts';
import { hasKcat, type Load, produceWithKafkajs, produceWithKcat, produceWithPlatformatic } from './producers.ts';
import { chanceOf } from './random.ts';
import { clientOf, type ReadingGroup, readWholeLog, startGroup } from './readers.ts';
import { TransactionLedger } from './transaction-ledger.ts';
import {
  type CommittedReader,
  produceTransactions,
  readCommitted,
  TRANSACTION_TOPICS,
  TRANSACTIONAL_PRODUCERS,
} from './transactions.ts';

const TOPIC = 'chaos';
const BROKERS = 3;
const PARTITIONS = 6;
const CATCH_UP_MS = 60_000;
const DRAIN_MS = 120_000;

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly faults: readonly FaultKind[];
  /** Done first, in this order; the rest at random. */
  readonly opening?: readonly FaultKind[];
  /** How long a node stays down or frozen, at most. */
  readonly longestFaultMs: number;
  /** Default 3. */
  readonly replicationFactor?: number;
  readonly log: (line: string) => void;
}
export interface ChaosFigures {
  readonly acknowledged: number;
  readonly unknown: number;
  /** Why sends failed for good, with how often. */
  readonly failures: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  /** Elections of leaders of the topic's partitions. */
  readonly elections: number;
  readonly longestGapMs: number;
  /** Records that are in the log twice: a violation. */
  readonly duplicates: number;
  /** Records that some member of the group read more than once: allowed. */
  readonly readAgain: number;
  readonly rebalances: number;
  readonly transactions: {
    readonly committed: number;
    readonly aborted: number;
    readonly unknown: number;
    /** Why transactions came to nothing, with how often. */
    readonly failures: Readonly<Record<string, number>>;
  };
  readonly violations: readonly string[];
}

export async function runChaos(options: ChaosOptions): Promise<ChaosFigures> {
  const server = await startServer({ brokers: BROKERS });
  const live = await connectLive(server.url);
  try {
    return await run(server, live, options);
  } catch (error) {
    options.log(server.output().split('\n').slice(-40).join('\n'));
    throw error;
  } finally {
    live.close();
    await server.stop();
  }
}

async function run(server: RunningServer, live: LiveClient, options: ChaosOptions): Promise<ChaosFigures> {
  const { seconds, seed, faults: kinds, longestFaultMs: longestMs, log } = options;
  const bootstrapServers = server.bootstrapServers.split(',');
  await createTopics(bootstrapServers, options.replicationFactor ?? BROKERS);
  const ledger = new Ledger();
  const transactionLedger = new TransactionLedger();
  const [group, committedReader] = await Promise.all([
    startGroup(TOPIC, bootstrapServers, ledger),
    readCommitted('chaos-committed', bootstrapServers),
  ]);
  const endMs = performance.now() + seconds * 1_000;
  const isOver = () => performance.now() > endMs;
  const load: Load = { topic: TOPIC, partitions: PARTITIONS, bootstrapServers, ledger, isOver };
  const producers = [
    produceWithKafkajs('kafkajs-1', load),
    produceWithKafkajs('kafkajs-2', load),
    produceWithPlatformatic('platformatic', load),
    ...(hasKcat ? [produceWithKcat('kcat', load)] : []),
  ];
  const transactions = Array.from({ length: TRANSACTIONAL_PRODUCERS }, (_, partition) => {
    const chance = chanceOf(seed + 1 + partition);
    return produceTransactions(partition, { bootstrapServers, ledger: transactionLedger, chance, isOver });
  });
  const faults = await breakNodes({
    live,
    chance: chanceOf(seed),
    brokers: BROKERS,
    kinds,
    opening: options.opening ?? [],
    longestMs,
    isOver,
    log,
  });
  log('faults are over; waiting for everything to be in sync');
  await heal(live);
  await inTime('producers end', DRAIN_MS, Promise.all(producers));
  log(`acknowledged ${ledger.acknowledged.size}; the group has read ${ledger.seen.size}`);
  const lastValues = (await inTime('transactional producers end', DRAIN_MS, Promise.all(transactions))).flat();

  const [ofGroup, ofTransactions] = await Promise.all([
    judgeGroup(group, ledger).finally(() => group.close()),
    judgeTransactions(committedReader, bootstrapServers, transactionLedger, lastValues),
  ]);
  const verdict = ledger.judge(await readWholeLog(TOPIC, bootstrapServers));
  return {
    acknowledged: ledger.acknowledged.size,
    unknown: ledger.unknown.size,
    failures: ledger.failures.toJSON(),
    faults,
    elections: await countElections(live),
    longestGapMs: Math.round(ledger.longestGapMs),
    duplicates: verdict.duplicates,
    readAgain: ledger.readAgain,
    rebalances: group.rebalances(),
    transactions: {
      committed: transactionLedger.count('committed'),
      aborted: transactionLedger.count('aborted'),
      unknown: transactionLedger.count('unknown'),
      failures: transactionLedger.failures.toJSON(),
    },
    violations: [...ofGroup, ...verdict.violations, ...ofTransactions],
  };
}

async function createTopics(bootstrapServers: readonly string[], replicationFactor: number): Promise<void> {
  const admin = clientOf('setup', bootstrapServers).admin();
  await admin.connect();
  const configEntries = [{ name: 'min.insync.replicas', value: String(Math.min(2, replicationFactor)) }];
  const shape = { replicationFactor, configEntries };
  const transactional = TRANSACTION_TOPICS.map((topic) => ({
    topic,
    numPartitions: TRANSACTIONAL_PRODUCERS,
    ...shape,
  }));
  const topics = [{ topic: TOPIC, numPartitions: PARTITIONS, ...shape }, ...transactional];
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();
}

/** A leader's epoch begins at 0 and grows by one with each election. */
async function countElections(live: LiveClient): Promise<number> {
  const { partitions } = await live.read('topic', { name: TOPIC });
  return partitions.reduce((sum, { leaderEpoch }) => sum + (leaderEpoch ?? 0), 0);
}

/** Once nothing breaks any more: the group reads on to the end, and each partition has one owner. */
async function judgeGroup(group: ReadingGroup, ledger: Ledger): Promise<readonly string[]> {
  const violations: string[] = [];
  const isCaughtUp = () => ledger.unseen().length === 0;
  await until('the group has read everything', CATCH_UP_MS, isCaughtUp).catch(() => {
    const unseen = ledger.unseen();
    violations.push(
      `the group never read ${unseen.length} acknowledged records, such as ${unseen.slice(0, 3).join(', ')}`,
    );
  });
  const isOwnedOnce = () => {
    const all = group.owned().flat();
    return all.length === PARTITIONS && new Set(all).size === PARTITIONS;
  };
  await until('each partition has one owner', CATCH_UP_MS, isOwnedOnce).catch(() => {
    violations.push(`partitions by member are ${JSON.stringify(group.owned())}: not each with one owner`);
  });
  return violations;
}

/** What the reader saw that lived through all of it, and what one sees that took no part. */
async function judgeTransactions(
  lived: CommittedReader,
  bootstrapServers: readonly string[],
  ledger: TransactionLedger,
  lastValues: readonly string[],
): Promise<readonly string[]> {
  const after = await readCommitted('chaos-committed-after', bootstrapServers);
  const violations: string[] = [];
  for (const [name, reader] of [
    ['the reader', lived],
    ['the reader afterwards', after],
  ] as const) {
    await reader.readUntil(lastValues).catch((error: Error) => violations.push(error.message));
    violations.push(...ledger.judge(name, reader.seen.values()));
    await reader.close();
  }
  return violations;
}

async function inTime<T>(what: string, timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${timeoutMs} ms: ${what}`)), timeoutMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
