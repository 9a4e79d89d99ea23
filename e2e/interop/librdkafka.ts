// librdkafka's own integration tests, from a checkout named by LIBRDKAFKA in which they are built (./configure, make, make -C tests
// build): the client under kcat, confluent-kafka in Python, Go and .NET, and node-rdkafka. One row is one test with groups of one
// protocol, on a cluster that knew only that protocol: the tests look for topics by pattern, and would find each other's. What the
// checkout lists is what there is: a test of a later one shows up by itself, and one that does not apply needs its reason like one
// that fails.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { KAFKA_LIBS, KAFKA_VERSION } from '../support/apache-kafka.ts';
import { NotRun, type Suite, type Workbench } from './check.ts';

/** 0113 takes up to nine minutes. */
const TIMEOUT_MS = 20 * 60_000;
/** The newest that has no share groups: the tests ask by it what to leave out. */
const BROKER_VERSION = '4.1.0';
/** The suite's own deadlines are those of a quiet machine; its continuous integration triples them, too. */
const DEADLINES = 'test.timeout.multiplier=3';
const PROTOCOLS = ['classic', 'consumer'] as const;

/** What the suite sets its own clusters to, and Kafka's own delay: two members that start together are to meet in one generation. */
const SETTINGS = {
  'num.partitions': '4',
  'default.replication.factor': '3',
  'group.initial.rebalance.delay.ms': '3000',
};
const RACKS = ['RACK1', 'RACK2', 'RACK3'];
/** As the suite calls them; each test names those it is for. */
const SCENARIOS = [
  { scenario: 'default', suffix: '', settings: SETTINGS },
  {
    scenario: 'noautocreate',
    suffix: '-noautocreate',
    settings: { ...SETTINGS, 'auto.create.topics.enable': 'false' },
  },
] as const;

/** None where no checkout is given. */
export function librdkafkaSuites(checkout: string | undefined): readonly Suite[] {
  if (checkout === undefined) return [];
  const tests = resolve(checkout, 'tests');
  if (!existsSync(join(tests, 'test-runner'))) throw new Error(`build the tests first: make -C ${tests} build`);
  const source = readFileSync(join(tests, 'test.c'), 'utf8');
  return PROTOCOLS.flatMap((protocol) =>
    SCENARIOS.map(({ scenario, suffix, settings }) => ({
      checks: testNumbers(source, scenario).map((number) => ({
        id: `librdkafka-${protocol}-${number}${suffix}`,
        client: `librdkafka tests, ${protocol} groups`,
        run: (bench) => runOne({ tests, number, scenario, protocol, bench }),
      })),
      settings,
      racks: RACKS,
    })),
  );
}

/** Of the tests that want a cluster; local ones use librdkafka alone or with a mock cluster of its own, manual ones a person. */
function testNumbers(source: string, scenario: string): readonly string[] {
  const numbers = source.split('_TEST(').flatMap((entry) => {
    const [, number = '', flags = ''] = /^(\d{4})_\w+,\s*([\w|\s]+)/.exec(entry) ?? [];
    const scenarios = /\.scenario = "([\w,]+)"/.exec(entry)?.[1] ?? 'default';
    const isWanted = number !== '' && !/TEST_F_(LOCAL|MANUAL)/.test(flags) && scenarios.split(',').includes(scenario);
    return isWanted ? [number] : [];
  });
  return [...new Set(numbers)];
}

interface Order {
  readonly tests: string;
  readonly number: string;
  readonly scenario: string;
  readonly protocol: string;
  readonly bench: Workbench;
}

async function runOne({ tests, number, scenario, protocol, bench }: Order): Promise<string> {
  const config = `bootstrap.servers=${bench.bootstrapServers}\ntest.topic.random=true\n${DEADLINES}\n`;
  const startedMs = performance.now();
  const child = spawn('./test-runner', ['-p1', '-L'], {
    cwd: tests,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: '../src:../src-cpp',
      RDKAFKA_TEST_CONF: bench.file('librdkafka.conf', config),
      TESTS: number,
      TEST_SCENARIO: scenario,
      TEST_KAFKA_VERSION: BROKER_VERSION,
      TEST_CONSUMER_GROUP_PROTOCOL: protocol,
      KAFKA_PATH: kafkaFolder(bench),
      BROKERS: bench.bootstrapServers,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const gather = (bytes: Buffer) => {
    output = (output + String(bytes)).slice(-400_000);
  };
  child.stdout.on('data', gather);
  child.stderr.on('data', gather);
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const code = await new Promise<number | null>((settle, reject) => child.on('close', settle).on('error', reject));
  clearTimeout(timer);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(0);
  const plain = stripVTControlCharacters(output);
  const log = join(tmpdir(), `librdkafka-${protocol}-${number}.log`);
  if (code !== 0) writeFileSync(log, plain);
  return judge(plain, code, code === 0 ? `in ${seconds} s` : `in ${seconds} s (${log})`);
}

/** By the summary that the runner prints: a line for each test that ran or says why not. Also for failures that it goes on from. */
function judge(output: string, code: number | null, time: string): string {
  const rows = [...output.matchAll(/^\| *(\d{4}_\w+) *\| *(PASSED|FAILED|SKIPPED) *\|[^|]*\|(.*)$/gm)];
  const named = (state: string) => rows.filter((row) => row[2] === state).map(([, name]) => name);
  const failure = /failed at (.*):\s*###\n(.*)/.exec(output);
  if (code !== 0 || named('FAILED').length > 0) {
    const what = failure === null ? output.slice(-500) : `${failure[1]}: ${failure[2]}`;
    throw new Error(`${named('FAILED').join(', ') || 'the runner'} ended with ${code ?? 'a signal'} ${time}: ${what}`);
  }
  const passed = named('PASSED');
  if (passed.length === 0) throw new NotRun(rows.map((row) => row[3]?.trim()).join(', '));
  return `${passed.join(', ')} ${time}`;
}

/** What the tests take for an installation of Apache Kafka: its tools, and the jar their Java programs are compiled with. */
function kafkaFolder(bench: Workbench): string {
  const folder = join(bench.folder, 'kafka');
  if (existsSync(folder)) return folder;
  const bin = join(folder, 'bin');
  const libs = join(folder, 'libs');
  mkdirSync(bin, { recursive: true });
  mkdirSync(libs);
  const jar = `kafka-clients-${KAFKA_VERSION}.jar`;
  symlinkSync(resolve(KAFKA_LIBS, jar), join(libs, jar));
  const script = (name: string, mainClass: string) => {
    const line = `exec java -Xmx256m -cp "$CLASSPATH:${resolve(KAFKA_LIBS)}/*" ${mainClass} "$@"`;
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script('kafka-run-class.sh', '');
  script('kafka-topics.sh', 'org.apache.kafka.tools.TopicCommand');
  script('kafka-acls.sh', 'org.apache.kafka.tools.AclCommand');
  return folder;
}
