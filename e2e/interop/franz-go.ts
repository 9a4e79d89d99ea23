// franz-go's own test suite of its client (pkg/kgo), from a checkout named by FRANZ_GO: every test of it that talks to a cluster is
// a row, run with one replica and with as many as there can be. Its chained groups and transactions are the hardest tests there
// are: they must lose nothing, double nothing and keep the order of each key. FRANZ_GO_RUNS repeats each test (1), KGO_TEST_RECORDS
// sets the records of each of their variants (50000).
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, expect, NotRun, type Workbench } from './check.ts';

const TIMEOUT_MS = 15 * 60_000;
const KEPT_OUTPUT = 400_000;
const RECORDS = process.env.KGO_TEST_RECORDS ?? '50000';
const RUNS = Number(process.env.FRANZ_GO_RUNS ?? '1');
const PASSWORD = 'wonderland';

/** How the suite reaches the cluster it is given: a test that calls none of these has a cluster of its own making, or none. */
const REACHES_THE_CLUSTER =
  /\b(newTestClient|tmpTopic|tmpTopicPartitions|getSeedBrokers|testClientOpts|adm)\(|\bscramSeeds\b/;

/** What the suite knows of the cluster once any test has asked it for a topic. A test that looks before must not be the first. */
const LOOKS_AT_ABILITIES = /\ballow(848|Share|StaticMembership)\b/;
const ASKS_FIRST = 'TestIssue325';

/** None where no checkout is given. */
export function franzGoChecks(checkout: string | undefined): readonly Check[] {
  if (checkout === undefined) return [];
  if (!Number.isInteger(RUNS) || RUNS < 1) throw new Error(`FRANZ_GO_RUNS must be a whole number from 1 on`);
  const suite = join(checkout, 'pkg', 'kgo');
  let prepared: Promise<Prepared> | null = null;
  return clusterTests(suite).map((test) => ({
    id: `franz-go-${test.name}`,
    client: 'franz-go pkg/kgo',
    run: async (bench) => {
      prepared ??= prepare(suite, bench);
      const { program, user } = await prepared;
      const factors = [...new Set([1, bench.replicationFactor])];
      const seen: string[] = [];
      for (const factor of factors) {
        const runs: string[] = [];
        for (let run = 1; run <= RUNS; run++) runs.push(await goTest({ suite, program, user, test, bench, factor }));
        seen.push(`factor ${factor}: ${runs.join(', ')}`);
      }
      return seen.join('; ');
    },
  }));
}

interface SuiteTest {
  readonly name: string;
  readonly mustNotBeFirst: boolean;
}

/** The suite's tests that talk to the cluster, as its files tell them. */
function clusterTests(suite: string): SuiteTest[] {
  const tests = readdirSync(suite)
    .filter((name) => name.endsWith('_test.go'))
    .sort()
    .flatMap((name) => [...readFileSync(join(suite, name), 'utf8').matchAll(/^func (Test\w+)\([\s\S]*?^}/gm)])
    .filter(([source]) => REACHES_THE_CLUSTER.test(source))
    .map(([source, name = '']) => {
      const looks = source.search(LOOKS_AT_ABILITIES);
      return { name, mustNotBeFirst: looks !== -1 && looks < source.search(REACHES_THE_CLUSTER) };
    });
  expect(
    [ASKS_FIRST, 'TestGroupETL'].every((wanted) => tests.some(({ name }) => name === wanted)),
    `${suite} is not the suite of franz-go’s client`,
  );
  return tests;
}

interface Prepared {
  /** The compiled suite. */
  readonly program: string;
  /** Made for the tests of authentication. */
  readonly user: string;
}

/** Once for all rows. */
async function prepare(suite: string, bench: Workbench): Promise<Prepared> {
  const program = join(bench.folder, 'kgo.test');
  const { code, output } = await run('go', ['test', '-c', '-o', program, '.'], suite);
  expect(code === 0, `go test -c ended with ${code}`, output);
  const user = bench.name('alice');
  const credential = `SCRAM-SHA-256=[iterations=8192,password=${PASSWORD}]`;
  const entity = ['--entity-type', 'users', '--entity-name', user];
  await bench.tool('ConfigCommand', ['--alter', ...entity, '--add-config', credential]);
  return { program, user };
}

interface OneRun extends Prepared {
  readonly suite: string;
  readonly test: SuiteTest;
  readonly bench: Workbench;
  readonly factor: number;
}

/** Rejects unless the test ran and all of it passed: what the suite skips has not passed. */
async function goTest({ suite, program, user, test, bench, factor }: OneRun): Promise<string> {
  const startedMs = performance.now();
  const { name, mustNotBeFirst } = test;
  // One at a time, and the variants of a test after the other tests: so the other one has asked by then.
  const which = mustNotBeFirst ? [`-test.run=^(${ASKS_FIRST}|${name})$`, '-test.parallel=1'] : [`-test.run=^${name}$`];
  const { code, output } = await run(program, [...which, '-test.timeout=14m', '-test.v'], suite, {
    KGO_SEEDS: bench.bootstrapServers,
    KGO_TEST_RF: String(factor),
    KGO_TEST_RECORDS: RECORDS,
    KGO_TEST_MAX_TOPIC_PARTS: '8',
    KGO_TEST_SCRAM: `${user}:${PASSWORD}:256`,
    KGO_TEST_SCRAM_SEEDS: bench.saslBootstrapServers,
  });
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
  const [passed, failed, skipped] = ['PASS', 'FAIL', 'SKIP'].map((word) => count(output, word, name));
  expect(
    code === 0 && failed === 0,
    `factor ${factor}: ended with ${code}, ${passed} passed, ${failed} failed`,
    output,
  );
  if (skipped !== 0) throw new NotRun(`factor ${factor}: the suite skips it`);
  expect(passed !== 0, `factor ${factor}: nothing ran`, output);
  const variants = count(output, 'PASS', `${name}/`);
  return variants === 0 ? `${seconds} s` : `${variants} variants in ${seconds} s`;
}

function count(output: string, word: string, name: string): number {
  return output.match(new RegExp(`^ *--- ${word}: ${name}\\b`, 'gm'))?.length ?? 0;
}

/** The exit code, null when it had to be killed, and the end of what was printed. */
async function run(
  program: string,
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const gather = (bytes: Buffer) => {
    output = (output + String(bytes)).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', gather);
  child.stderr.on('data', gather);
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  clearTimeout(timer);
  return { code, output };
}
