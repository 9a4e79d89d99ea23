// Kafka Connect and MirrorMaker 2 as rows of `npm run interop`: what runs for months beside a cluster. Connect's workers form a group of a
// protocol of their own, keep all they know in compacted topics and write in transactions; MirrorMaker copies topics, their settings
// and where groups are.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningTool, startApacheKafka, startTool } from '../../support/apache-kafka.ts';
import { freePorts } from '../../support/server.ts';
import { type Check, createWorkbench, expect, type Workbench } from '../check.ts';
import { until } from '../support.ts';

const CLIENT = 'Kafka Connect';
const START_MS = 120_000;
const FLOW_MS = 90_000;
const FIRST_LINES = 3_000;
const ALL_LINES = 4_000;
const MIRRORED = 2_000;

const numbers = (from: number, upTo: number): string =>
  Array.from({ length: upTo - from + 1 }, (_, i) => `${from + i}\n`).join('');
const linesOf = (path: string): string[] => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []);

/** All values that read_committed readers see, sorted as numbers. */
async function committed(bench: Workbench, topic: string): Promise<number[]> {
  // Until nothing more comes, so that one record too many is seen: it says then that it waited in vain.
  const printed = await bench
    .tool('consumer.ConsoleConsumer', [
      ...['--topic', topic, '--from-beginning', '--isolation-level', 'read_committed', '--timeout-ms', '6000'],
    ])
    .catch((error: Error) => error.message);
  return printed
    .split('\n')
    .filter((line) => /^\d+$/.test(line))
    .map(Number)
    .sort((a, b) => a - b);
}

class Worker {
  readonly #tool: RunningTool;
  readonly #url: string;

  constructor(bench: Workbench, group: string, port: number) {
    const replicas = String(bench.replicationFactor);
    const settings = [
      `bootstrap.servers=${bench.bootstrapServers}`,
      `group.id=${group}`,
      'key.converter=org.apache.kafka.connect.storage.StringConverter',
      'value.converter=org.apache.kafka.connect.storage.StringConverter',
      ...['config', 'offset', 'status'].flatMap((what) => [
        `${what}.storage.topic=${group}-${what}`,
        `${what}.storage.replication.factor=${replicas}`,
      ]),
      'offset.flush.interval.ms=1000',
      'exactly.once.source.support=enabled',
      // Tasks of a worker that went are taken over at once.
      'scheduled.rebalance.max.delay.ms=0',
      `listeners=http://127.0.0.1:${port}`,
      'plugin.discovery=service_load',
    ];
    const file = bench.file(`worker-${port}.properties`, `${settings.join('\n')}\n`);
    this.#url = `http://127.0.0.1:${port}`;
    this.#tool = startTool('org.apache.kafka.connect.cli.ConnectDistributed', [file]);
  }
  async ask<T>(path: string, body?: object): Promise<T | null> {
    const options = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const headers = { 'content-type': 'application/json' };
    try {
      const answer = await fetch(this.#url + path, { ...options, headers, signal: AbortSignal.timeout(30_000) });
      return answer.ok ? ((await answer.json()) as T) : null;
    } catch {
      // Not there yet, or no more.
      return null;
    }
  }
  async isRunning(connector: string, tasks: number): Promise<boolean> {
    const status = await this.ask<{ tasks: { state: string }[] }>(`/connectors/${connector}/status`);
    return status?.tasks.length === tasks && status.tasks.every(({ state }) => state === 'RUNNING');
  }
  stop(): Promise<void> {
    return this.#tool.stop();
  }
}

/** Lines of a file into a topic in transactions, out of it into another file by two tasks, and over to the second worker. */
async function distributed(bench: Workbench): Promise<string> {
  const [group, topic] = [bench.name('connect'), bench.name('lines')];
  const source = bench.file('connect-in.txt', numbers(1, FIRST_LINES));
  const sink = join(bench.folder, 'connect-out.txt');
  const port = await freePorts(2);
  const workers = [new Worker(bench, group, port), new Worker(bench, group, port + 1)] as const;
  try {
    const [first, second] = workers;
    for (const worker of workers) {
      await until('a worker serves', START_MS, async () => (await worker.ask('/connectors')) !== null);
    }
    const lines = { 'connector.class': 'FileStreamSource', file: source, topic, 'exactly.once.support': 'requested' };
    const out = { 'connector.class': 'FileStreamSink', file: sink, topics: topic, 'tasks.max': '2' };
    const overrides = { 'consumer.override.isolation.level': 'read_committed' };
    const made = async (name: string, config: object) =>
      until(`${name} is made`, START_MS, async () => (await first.ask('/connectors', { name, config })) !== null);
    await made('lines', { ...lines, 'tasks.max': '1' });
    await until('the source runs', START_MS, () => second.isRunning('lines', 1));
    await made('out', { ...out, ...overrides });
    await until('all lines are through', FLOW_MS, () => linesOf(sink).length >= FIRST_LINES);
    await first.stop();
    appendFileSync(source, numbers(FIRST_LINES + 1, ALL_LINES));
    await until('the other worker took over', FLOW_MS, () => new Set(linesOf(sink)).size === ALL_LINES);
    await until('everything runs there', FLOW_MS, async () => {
      return (await second.isRunning('lines', 1)) && (await second.isRunning('out', 2));
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  const values = await committed(bench, topic);
  expect(values.length === ALL_LINES, `${ALL_LINES} records were to be committed, ${values.length} are`);
  expect(
    values.every((value, i) => value === i + 1),
    'other records are committed than lines were written',
  );
  return `${ALL_LINES} lines, each committed once, over two workers of which one was stopped`;
}

/** Out of Apache Kafka into this cluster: what somebody does who moves. */
async function mirror(bench: Workbench): Promise<string> {
  const peer = await startApacheKafka();
  const { bench: source, close } = createWorkbench(peer.bootstrapServers);
  try {
    return await mirrorFrom(source, bench);
  } finally {
    close();
    await peer.stop();
  }
}

async function mirrorFrom(source: Workbench, target: Workbench): Promise<string> {
  const topic = await source.topic('moving', 3, ['retention.ms=123456789']);
  const group = source.name('movers');
  await source.tool('VerifiableProducer', ['--topic', topic, '--max-messages', String(MIRRORED)]);
  await source.tool('VerifiableConsumer', ['--topic', topic, '--group-id', group, '--max-messages', '1200']);
  const file = target.file('mirror.properties', `${mirrorSettings(source, target, topic, group).join('\n')}\n`);
  const tool = startTool('org.apache.kafka.connect.mirror.MirrorMaker', [file]);
  const copy = `old.${topic}`;
  // What is asked for may not be there yet.
  const seen = (name: string, args: readonly string[]) =>
    target.tool(name, args).catch((error: Error) => error.message);
  try {
    await until('the copy has all records', START_MS + FLOW_MS, async () => {
      const printed = await seen('GetOffsetShell', ['--topic', copy]);
      const ends = [...printed.matchAll(/:\d+:(\d+)$/gm)].map(([, end]) => Number(end));
      return ends.reduce((sum, end) => sum + end, 0) >= MIRRORED;
    });
    await until('the copy has partitions and settings', FLOW_MS, async () => {
      const described = await seen('TopicCommand', ['--describe', '--topic', copy]);
      return /PartitionCount: 3\b/.test(described) && /retention\.ms=123456789/.test(described);
    });
    await until('the group has offsets here', FLOW_MS, async () => {
      const described = await seen('consumer.group.ConsumerGroupCommand', ['--describe', '--group', group]);
      return new RegExp(`${copy}\\s+\\d+\\s+[1-9]\\d*\\s`).test(described);
    });
  } finally {
    await tool.stop();
  }
  const values = await committed(target, copy);
  expect(values.length === MIRRORED, `${MIRRORED} records were to be copied once, ${values.length} are`);
  expect(
    values.every((value, i) => value === i),
    'other records were copied than were written',
  );
  return `${MIRRORED} records out of Apache Kafka, each committed once, with partitions, settings and the offsets of a group`;
}

function mirrorSettings(source: Workbench, target: Workbench, topic: string, group: string): string[] {
  const replicas = String(target.replicationFactor);
  return [
    'clusters=old, new',
    `old.bootstrap.servers=${source.bootstrapServers}`,
    `new.bootstrap.servers=${target.bootstrapServers}`,
    'old->new.enabled=true',
    'new->old.enabled=false',
    'new->old.emit.heartbeats.enabled=false',
    `old->new.topics=${topic}`,
    `old->new.groups=${group}`,
    'emit.heartbeats.enabled=false',
    `replication.factor=${replicas}`,
    'offset-syncs.topic.replication.factor=1',
    `checkpoints.topic.replication.factor=${replicas}`,
    ...['offset', 'status', 'config'].flatMap((what) => [
      `new.${what}.storage.replication.factor=${replicas}`,
      `old.${what}.storage.replication.factor=1`,
    ]),
    'sync.group.offsets.enabled=true',
    'sync.group.offsets.interval.seconds=2',
    'emit.checkpoints.interval.seconds=2',
    'refresh.topics.interval.seconds=5',
    'refresh.groups.interval.seconds=5',
    'sync.topic.configs.interval.seconds=5',
    'offset.lag.max=0',
    'new.exactly.once.source.support=enabled',
  ];
}

export const connectChecks: readonly Check[] = [
  { id: 'connect-distributed', client: CLIENT, run: distributed },
  { id: 'mirror-maker', client: CLIENT, run: mirror },
];
