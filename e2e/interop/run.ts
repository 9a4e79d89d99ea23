// npm run interop: other people's clients and tools against a fresh cluster, judged one by one, as a table in RESULTS.md.
// What has passed once is in passing.json and must pass from then on; what does not pass has its reason in reasons.json.
// --only <text> runs some checks, --against kafka runs them on Apache Kafka itself (do the checks ask for the right thing?),
// --write keeps the table and adds what newly passes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KAFKA_VERSION, obtainKafka, startApacheKafka } from '../apache-kafka.ts';
import { startServer } from '../server.ts';
import { type Check, createWorkbench } from './check.ts';
import { franzGoChecks } from './franz-go.ts';
import { adminChecks } from './kafka/admin.ts';
import { clientChecks } from './kafka/clients.ts';
import { connectChecks } from './kafka/connect.ts';
import { dumpAll } from './kafka/files.ts';
import { saslChecks } from './kafka/sasl.ts';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    against: { type: 'string', default: 'barnabas' },
    brokers: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});

interface Outcome {
  readonly id: string;
  readonly client: string;
  readonly hasPassed: boolean;
  /** What was seen, or what was wrong. */
  readonly note: string;
  readonly seconds: number;
}

const here = import.meta.dirname;
const read = <T>(name: string): T => JSON.parse(readFileSync(join(here, name), 'utf8')) as T;

async function judge({ id, client }: Pick<Check, 'id' | 'client'>, run: () => Promise<string>): Promise<Outcome> {
  const startedMs = performance.now();
  const outcome = await run().then(
    (note) => ({ hasPassed: true, note }),
    (error: unknown) => ({ hasPassed: false, note: error instanceof Error ? error.message : String(error) }),
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  const { hasPassed, note } = outcome;
  console.log(
    `${hasPassed ? 'pass' : 'FAIL'}  ${id.padEnd(32)} ${seconds.toFixed(1).padStart(6)} s  ${note.slice(0, hasPassed ? 120 : 1_500)}`,
  );
  return { id, client, hasPassed, note, seconds };
}

async function runAll(): Promise<Outcome[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'barnabas-interop-data-'));
  try {
    return await runOn(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function runOn(dataDir: string): Promise<Outcome[]> {
  const isOurs = flags.against !== 'kafka';
  const cluster = isOurs
    ? await startServer({ brokers: Number(flags.brokers), dataDir, hasSasl: true })
    : await startApacheKafka();
  const sasl = 'saslBootstrapServers' in cluster ? cluster.saslBootstrapServers : '';
  const { bench, close } = createWorkbench(cluster.bootstrapServers, sasl);
  const outcomes: Outcome[] = [];
  try {
    const asked = isOurs ? saslChecks : [];
    const checks = [
      ...clientChecks,
      ...connectChecks,
      ...asked,
      ...adminChecks,
      ...franzGoChecks(process.env.FRANZ_GO),
    ];
    for (const check of checks.filter(({ id }) => id.includes(flags.only))) {
      outcomes.push(await judge(check, () => check.run(bench)));
    }
  } finally {
    close();
    await cluster.stop();
  }
  const files = { id: 'files-dumped', client: 'DumpLogSegments' };
  if (isOurs && files.id.includes(flags.only)) outcomes.push(await judge(files, () => dumpAll(dataDir)));
  return outcomes;
}

function table(outcomes: readonly Outcome[], reasons: Readonly<Record<string, string>>): string {
  const clients = [...new Set(outcomes.map(({ client }) => client))];
  const summary = clients.map((client) => {
    const own = outcomes.filter((outcome) => outcome.client === client);
    const version = client.startsWith('franz-go') ? 'main' : KAFKA_VERSION;
    return `| ${client} | ${version} | ${own.length} | ${own.filter(({ hasPassed }) => hasPassed).length} |`;
  });
  const rows = outcomes.map(({ id, hasPassed, note }) => {
    const text = hasPassed ? note : (reasons[id] ?? 'no reason known yet');
    return `| ${id} | ${hasPassed ? 'passed' : 'failed'} | ${text.replaceAll('|', '\\|').replaceAll('\n', ' ')} |`;
  });
  return `# Other people’s clients against Barnabas

Written by \`npm run interop -- --write\` (three brokers, factor 3). Each row that has passed once is in \`passing.json\` and must
pass from then on.

| client | version | checks | passed |
|---|---|---|---|
${summary.join('\n')}

| check | outcome | what was seen, or why not |
|---|---|---|
${rows.join('\n')}
`;
}

obtainKafka();
const outcomes = await runAll();
const passing = new Set(read<string[]>('passing.json'));
const reasons = read<Record<string, string>>('reasons.json');
const passed = outcomes.filter(({ hasPassed }) => hasPassed);
const failed = outcomes.filter(({ hasPassed }) => !hasPassed);
const lost = failed.filter(({ id }) => passing.has(id));
const unexplained = failed.filter(({ id }) => !passing.has(id) && reasons[id] === undefined);
console.log(`${passed.length} of ${outcomes.length} passed`);
if (flags.write && flags.against !== 'kafka' && flags.only === '') {
  for (const { id } of passed) passing.add(id);
  writeFileSync(join(here, 'passing.json'), `${JSON.stringify([...passing].sort(), null, 2)}\n`);
  writeFileSync(join(here, 'RESULTS.md'), table(outcomes, reasons));
}
for (const { id } of lost) console.log(`${id} has passed before and must pass`);
for (const { id } of unexplained) console.log(`${id} failed and reasons.json does not say why`);
if (lost.length + unexplained.length > 0) process.exitCode = 1;
