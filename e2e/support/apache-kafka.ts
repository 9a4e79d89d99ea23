// Apache Kafka and its tools for `npm run bench`, `interop` and `oracle`: fetched once with Maven into .cache/kafka, started as one
// combined node. Never part of npm test.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { freePorts } from './server.ts';

export const KAFKA_VERSION = '4.4.0';
/** Of what was not published with it: the file connectors, MirrorMaker and the tests of Streams. They run on their own, not on newer jars. */
export const OTHER_PARTS_VERSION = '4.3.1';
const CACHE = join('.cache', 'kafka', KAFKA_VERSION);
/** The folder of its jars once obtainKafka has been called. */
export const KAFKA_LIBS = join(CACHE, 'libs');
const OTHER_LIBS = join(CACHE, `libs-${OTHER_PARTS_VERSION}`);
const OTHER_MAIN_CLASSES = ['org.apache.kafka.streams.tests.', 'org.apache.kafka.connect.'];
/** When these are there, all is: what was fetched before one of them was wanted is fetched again. */
const TELLING_JARS = [
  ...['kafka-clients', 'kafka-tools', 'kafka_2.13'].map((one) => join(KAFKA_LIBS, `${one}-${KAFKA_VERSION}.jar`)),
  ...['connect-mirror', 'connect-file'].map((one) => join(OTHER_LIBS, `${one}-${OTHER_PARTS_VERSION}.jar`)),
  ...['kafka-clients', 'kafka-streams'].map((one) => join(OTHER_LIBS, `${one}-${OTHER_PARTS_VERSION}-test.jar`)),
];

const kafka = (artifact: string, version: string, classifier = ''): string =>
  `<dependency><groupId>org.apache.kafka</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${
    classifier === '' ? '' : `<classifier>${classifier}</classifier>`
  }</dependency>`;
const SILENT_LOG =
  '<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>';
const POMS: readonly (readonly [folder: string, dependencies: readonly string[]])[] = [
  [KAFKA_LIBS, [...['kafka_2.13', 'kafka-tools'].map((one) => kafka(one, KAFKA_VERSION)), SILENT_LOG]],
  [
    OTHER_LIBS,
    [
      ...['kafka-streams', 'connect-runtime', 'connect-json', 'connect-mirror', 'connect-file'].map((one) =>
        kafka(one, OTHER_PARTS_VERSION),
      ),
      ...['kafka-streams', 'kafka-clients'].map((one) => kafka(one, OTHER_PARTS_VERSION, 'test')),
      '<dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter-api</artifactId><version>5.13.1</version></dependency>',
      '<dependency><groupId>org.hamcrest</groupId><artifactId>hamcrest</artifactId><version>3.0</version></dependency>',
      SILENT_LOG,
    ],
  ],
];
const pomOf = (dependencies: readonly string[]): string =>
  `<project><modelVersion>4.0.0</modelVersion><groupId>barnabas</groupId><artifactId>kafka-peer</artifactId>
<version>1</version><packaging>pom</packaging><dependencies>
${dependencies.join('\n')}
</dependencies></project>
`;

const isFetched = (): boolean => TELLING_JARS.every((path) => existsSync(path));

/** Makes sure the jars are there; throws with one clear line when Java or Maven is missing. */
export function obtainKafka(): void {
  for (const [command, flag, debian] of [
    ['java', '-version', 'openjdk-17-jre-headless'],
    ['mvn', '-v', 'maven'],
  ] as const) {
    if (command === 'mvn' && isFetched()) continue;
    if (spawnSync(command, [flag]).status !== 0) {
      throw new Error(
        `Apache Kafka’s tools need ${command}: install it (Debian: apt-get install ${debian}) and run it again`,
      );
    }
  }
  if (isFetched()) return;
  console.log(`fetching Apache Kafka ${KAFKA_VERSION} into ${CACHE} …`);
  for (const [folder, dependencies] of POMS) fetchInto(folder, dependencies);
}
function fetchInto(folder: string, dependencies: readonly string[]): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'pom.xml'), pomOf(dependencies));
  const output = `-DoutputDirectory=${basename(folder)}`;
  const goal = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', output];
  const { status } = spawnSync('mvn', goal, { cwd: CACHE, stdio: 'inherit' });
  if (status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new Error('Maven could not fetch Apache Kafka: see its lines above');
}

/** Arguments of `java` that run one of Kafka's classes. */
function javaArgs(mainClass: string, args: readonly string[], heap = '512m'): string[] {
  const libs = OTHER_MAIN_CLASSES.some((start) => mainClass.startsWith(start)) ? OTHER_LIBS : KAFKA_LIBS;
  return [`-Xmx${heap}`, '-XX:+UseSerialGC', '-cp', `${libs}/*`, mainClass, ...args];
}

/** Runs a tool to its end and gives what it printed. */
export async function runTool(
  mainClass: string,
  args: readonly string[],
  timeoutMs: number,
  input: string | null = null,
): Promise<string> {
  const child = spawn('java', javaArgs(mainClass, args), { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes));
  child.stderr.on('data', (bytes: Buffer) => (output += bytes));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  if (code === null) throw new Error(`${mainClass} did not end within ${timeoutMs / 1000} s: ${output.slice(-800)}`);
  if (code !== 0) throw new Error(`${mainClass} ended with ${code}: ${output.slice(-800)}`);
  return output;
}

/** A tool that runs until it is stopped. */
export interface RunningTool {
  /** The last of what it printed. */
  output(): string;
  stop(): Promise<void>;
}
export function startTool(mainClass: string, args: readonly string[]): RunningTool {
  const child = spawn('java', javaArgs(mainClass, args), { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (bytes: Buffer) => {
    output = (output + bytes).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return { output: () => output, stop: () => end(child) };
}

export interface Peer {
  readonly name: string;
  readonly bootstrapServers: string;
  /** From spawn until a client could connect and get an answer. */
  readonly readyMs: number;
  readonly processId: number;
  stop(): Promise<void>;
}

/** `settings` are lines of its properties file. */
export async function startApacheKafka(settings: readonly string[] = []): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-peer-'));
  const port = await freePorts(2);
  const controllerPort = port + 1;
  const properties = join(folder, 'kraft.properties');
  writeFileSync(
    properties,
    `process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=${join(folder, 'data')}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
${settings.join('\n')}
`,
  );
  const startedMs = performance.now();
  const id = (await runTool('kafka.tools.StorageTool', ['random-uuid'], 30_000)).trim();
  await runTool('kafka.tools.StorageTool', ['format', '--standalone', '-t', id, '-c', properties], 30_000);
  const child = spawn('java', javaArgs('kafka.Kafka', [properties], '1g'), { stdio: 'ignore' });
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  await waitForPort(port, child).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const readyMs = performance.now() - startedMs;
  return {
    name: `Apache Kafka ${KAFKA_VERSION}`,
    bootstrapServers: `127.0.0.1:${port}`,
    readyMs,
    processId: child.pid ?? 0,
    stop,
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await closed;
  clearTimeout(timer);
}

async function waitForPort(port: number, child: ChildProcess): Promise<void> {
  const untilMs = performance.now() + 60_000;
  while (performance.now() < untilMs) {
    const ended = child.exitCode ?? child.signalCode;
    if (ended !== null) throw new Error(`the process ended with ${ended} before it listened`);
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      }).on('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing listens on port ${port} after 60 s`);
}
