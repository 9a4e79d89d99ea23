// What a cluster of many partitions costs: three brokers, 1,000 topics × 3 partitions × 3 replicas. Prints the time until all are
// there, processor time while nothing happens (of the process and of each thread), single sends with acks=all, and stop and start on
// that data. No figure here passes or fails anything. Linux only: processor times come from /proc.
//   node e2e/bench/many-partitions.ts [--topics 1000] [--idle-seconds 20] [--sends 500] [--data-dir folder]
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Admin, ProduceAcks, Producer } from '@platformatic/kafka';
import { type RunningServer, startServer } from '../support/server.ts';

const { values: flags } = parseArgs({
  options: {
    topics: { type: 'string', default: '1000' },
    'idle-seconds': { type: 'string', default: '20' },
    sends: { type: 'string', default: '500' },
    /** Kept afterwards, and used as it is when it has the topics already. */
    'data-dir': { type: 'string' },
  },
});
const TOPICS = Number(flags.topics);
const IDLE_SECONDS = Number(flags['idle-seconds']);
const SENDS = Number(flags.sends);
const PARTITIONS = 3;
const REPLICAS = 3;
const TOPICS_PER_REQUEST = 100;
const SETTLE_MS = 10_000;
const WARM_UP_SENDS = 50;
/** sysconf(_SC_CLK_TCK) of every Linux there is. */
const TICKS_PER_SECOND = 100;

const topicName = (i: number): string => `many-${String(i).padStart(4, '0')}`;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const round = (n: number): number => Math.round(n * 100) / 100;

async function createTopics(server: RunningServer): Promise<void> {
  const admin = new Admin({ clientId: 'many', bootstrapBrokers: server.bootstrapServers.split(','), timeout: 60_000 });
  const known = new Set(await admin.listTopics());
  const missing = Array.from({ length: TOPICS }, (_, i) => topicName(i)).filter((name) => !known.has(name));
  for (let i = 0; i < missing.length; i += TOPICS_PER_REQUEST) {
    const topics = missing.slice(i, i + TOPICS_PER_REQUEST);
    await admin.createTopics({ topics, partitions: PARTITIONS, replicas: REPLICAS });
  }
  await admin.close();
}

/** Seconds of processor time so far by thread name, threads of one name together. */
function processorSeconds(processId: number): Map<string, number> {
  const seconds = new Map<string, number>();
  for (const task of readdirSync(`/proc/${processId}/task`)) {
    const stat = readFileSync(`/proc/${processId}/task/${task}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    seconds.set(name, (seconds.get(name) ?? 0) + ticks / TICKS_PER_SECOND);
  }
  return seconds;
}

/** Percent of one core. */
async function idleCost(server: RunningServer): Promise<Record<string, number>> {
  const before = processorSeconds(server.processId);
  const startMs = performance.now();
  await sleep(IDLE_SECONDS * 1000);
  const elapsedSeconds = (performance.now() - startMs) / 1000;
  const cost: Record<string, number> = { total: 0 };
  for (const [name, seconds] of processorSeconds(server.processId)) {
    const percent = (100 * (seconds - (before.get(name) ?? 0))) / elapsedSeconds;
    cost.total = (cost.total ?? 0) + percent;
    if (percent >= 0.5) cost[name] = round(percent);
  }
  cost.total = round(cost.total ?? 0);
  return cost;
}

async function sendLatency(server: RunningServer): Promise<{ p50Ms: number; p99Ms: number; maxMs: number }> {
  const bootstrapBrokers = server.bootstrapServers.split(',');
  const producer = new Producer({ clientId: 'many-producer', bootstrapBrokers });
  const latenciesMs: number[] = [];
  for (let i = 0; i < WARM_UP_SENDS + SENDS; i++) {
    const message = {
      topic: topicName((i * 7) % Math.min(TOPICS, 10)),
      partition: i % PARTITIONS,
      value: Buffer.alloc(100),
    };
    const startMs = performance.now();
    await producer.send({ messages: [message], acks: ProduceAcks.ALL });
    if (i >= WARM_UP_SENDS) latenciesMs.push(performance.now() - startMs);
  }
  await producer.close();
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) => round(latenciesMs[Math.floor(share * (latenciesMs.length - 1))] ?? Number.NaN);
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return Math.round(performance.now() - startMs);
}

const kept = flags['data-dir'];
const dataDir = kept ?? mkdtempSync(join(tmpdir(), 'barnabas-many-'));
let server = await startServer({ dataDir });
try {
  console.log(`first start: ready after ${server.readyMs} ms`);
  console.log(
    `${TOPICS} topics × ${PARTITIONS} × ${REPLICAS} there after ${await timed(() => createTopics(server))} ms`,
  );
  await sleep(SETTLE_MS);
  console.log(`idle, % of a core over ${IDLE_SECONDS} s: ${JSON.stringify(await idleCost(server))}`);
  console.log(`acks=all, one record at a time: ${JSON.stringify(await sendLatency(server))}`);
  console.log(`stop: ${await timed(() => server.stop())} ms`);
  server = await startServer({ dataDir });
  console.log(`start on that data: ready after ${server.readyMs} ms`);
  await sleep(SETTLE_MS);
  console.log(`idle again, % of a core: ${JSON.stringify(await idleCost(server))}`);
  console.log(`stop: ${await timed(() => server.stop())} ms`);
} finally {
  await server.kill();
  if (kept === undefined) rmSync(dataDir, { recursive: true, force: true });
}
