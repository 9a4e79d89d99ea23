// npm run interop: other people's clients and tools against fresh clusters, judged one by one, as a table in RESULTS.md.
// What has passed once is in passing.json and must pass from then on; what does not pass has its reason in reasons.json.
// --only <text> runs some checks, --against kafka runs them on Apache Kafka itself (do the checks ask for the right thing?),
// --write keeps the table, with the rows it had of what did not run this time, and adds what newly passes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { obtainKafka, startApacheKafka } from '../support/apache-kafka.ts';
import { startServer } from '../support/server.ts';
import { type Check, createWorkbench, NotRun, type Suite } from './check.ts';
import { franzGoChecks } from './franz-go.ts';
import { adminChecks } from './kafka/admin.ts';
import { clientChecks } from './kafka/clients.ts';
import { connectChecks } from './kafka/connect.ts';
import { dumpAll } from './kafka/files.ts';
import { saslChecks } from './kafka/sasl.ts';
import { librdkafkaSuites } from './librdkafka.ts';
import { ownChecks } from './own.ts';
import { type Row, readRows, table } from './results.ts';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    against: { type: 'string', default: 'barnabas' },
    brokers: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});

const MARKS = { passed: 'pass', failed: 'FAIL', 'not run': 'none' } as const;
const here = import.meta.dirname;
const read = <T>(name: string): T => JSON.parse(readFileSync(join(here, name), 'utf8')) as T;

async function judge({ id, client }: Pick<Check, 'id' | 'client'>, run: () => Promise<string>): Promise<Row> {
  const startedMs = performance.now();
  const row = await run().then(
    (note): Row => ({ id, client, outcome: 'passed', note }),
    (error: unknown): Row => ({
      id,
      client,
      outcome: error instanceof NotRun ? 'not run' : 'failed',
      note: error instanceof Error ? error.message : String(error),
    }),
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  const note = row.note.slice(0, row.outcome === 'failed' ? 1_500 : 120);
  console.log(`${MARKS[row.outcome]}  ${id.padEnd(32)} ${seconds.toFixed(1).padStart(6)} s  ${note}`);
  return row;
}

const isOurs = flags.against !== 'kafka';

function suites(): readonly Suite[] {
  const asked = isOurs ? saslChecks : [];
  const kafkas = [...clientChecks, ...connectChecks, ...asked, ...adminChecks, ...(isOurs ? ownChecks : [])];
  const first = [...kafkas, ...franzGoChecks(process.env.FRANZ_GO)];
  return [{ checks: first, settings: {}, racks: [] }, ...librdkafkaSuites(process.env.LIBRDKAFKA)];
}

/** Each suite on a cluster of its own; of the files of the first, too. */
async function runAll(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [index, suite] of suites().entries()) {
    const dataDir = mkdtempSync(join(tmpdir(), 'barnabas-interop-data-'));
    try {
      rows.push(...(await runSuite(suite, dataDir)));
      const files = { id: 'files-dumped', client: 'DumpLogSegments' };
      if (isOurs && index === 0 && files.id.includes(flags.only)) rows.push(await judge(files, () => dumpAll(dataDir)));
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
  return rows;
}

async function runSuite(suite: Suite, dataDir: string): Promise<Row[]> {
  const checks = suite.checks.filter(({ id }) => id.includes(flags.only));
  if (checks.length === 0) return [];
  const cluster = await start(suite, dataDir);
  const sasl = 'saslBootstrapServers' in cluster ? cluster.saslBootstrapServers : '';
  const { bench, close } = createWorkbench(cluster.bootstrapServers, sasl);
  const rows: Row[] = [];
  try {
    for (const check of checks) rows.push(await judge(check, () => check.run(bench)));
  } finally {
    close();
    await cluster.stop();
  }
  return rows;
}

function start({ settings, racks }: Suite, dataDir: string) {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  // One broker is all there is of it: it cannot hold three replicas.
  if (!isOurs) return startApacheKafka(lines.filter((line) => !line.startsWith('default.replication.factor=')));
  const given = lines.length > 0 ? ['--settings', lines.join(',')] : [];
  const standing = racks.length > 0 ? ['--racks', racks.join(',')] : [];
  return startServer({ brokers: Number(flags.brokers), dataDir, hasSasl: true, flags: [...given, ...standing] });
}

obtainKafka();
const rows = await runAll();
const passing = new Set(read<string[]>('passing.json'));
const reasons = read<Record<string, string>>('reasons.json');
const passed = rows.filter(({ outcome }) => outcome === 'passed');
const others = rows.filter(({ outcome }) => outcome !== 'passed');
const lost = others.filter(({ id }) => passing.has(id));
const unexplained = others.filter(({ id }) => !passing.has(id) && reasons[id] === undefined);
console.log(`${passed.length} of ${rows.length} passed`);
if (flags.write && isOurs) {
  for (const { id } of passed) passing.add(id);
  writeFileSync(join(here, 'passing.json'), `${JSON.stringify([...passing].sort(), null, 2)}\n`);
  const explained = rows.map((row) => (row.outcome === 'passed' ? row : { ...row, note: reasons[row.id] ?? row.note }));
  const results = join(here, 'RESULTS.md');
  writeFileSync(results, table(readRows(readFileSync(results, 'utf8')), explained));
}
for (const { id } of lost) console.log(`${id} has passed before and must pass`);
for (const { id } of unexplained) console.log(`${id} did not pass and reasons.json does not say why`);
if (lost.length + unexplained.length > 0) process.exitCode = 1;
