// Apache Kafka's own producers and consumers as rows of `npm run interop`.
import { setTimeout as sleep } from 'node:timers/promises';
import { startTool } from '../../support/apache-kafka.ts';
import { type Check, expect, find, jsonLines, TOOLS, type Workbench } from '../check.ts';

const CLIENT = 'Apache Kafka clients';
const LINES = 2_000;

const property = (...pairs: readonly string[]) => pairs.flatMap((pair) => ['--command-property', pair]);

async function consoleRoundTrip(bench: Workbench, stem: string, more: readonly string[]): Promise<string> {
  const topic = await bench.topic(stem, 3);
  const lines = Array.from({ length: LINES }, (_, i) => `k${i % 50}\tvalue ${i} ${'x'.repeat(i % 200)}`);
  await bench.tool(
    'ConsoleProducer',
    ['--topic', topic, '--reader-property', 'parse.key=true', '--reader-property', 'key.separator=\t', ...more],
    { input: `${lines.join('\n')}\n` },
  );
  const printed = await bench.tool('consumer.ConsoleConsumer', [
    ...['--topic', topic, '--from-beginning', '--max-messages', String(LINES), '--timeout-ms', '30000'],
    ...['--formatter-property', 'print.key=true', '--formatter-property', 'key.separator=\t'],
  ]);
  const seen = printed.split('\n').filter((line) => line.startsWith('k'));
  expect(seen.length === LINES, `${LINES} lines were sent and ${seen.length} came back`);
  expect(seen.toSorted().join('\n') === lines.toSorted().join('\n'), 'other lines came back than were sent');
  return `${LINES} lines`;
}

async function verifiable(bench: Workbench, groupProtocol: 'classic' | 'consumer'): Promise<string> {
  const topic = await bench.topic('verifiable', 4);
  const produced = jsonLines(
    await bench.tool('VerifiableProducer', ['--topic', topic, '--max-messages', '5000', '--acks', '-1']),
  );
  const acked = produced.filter(({ name }) => name === 'producer_send_success').length;
  expect(acked === 5000, `5000 records were to be acknowledged, ${acked} were`);
  const consumed = jsonLines(
    await bench.tool('VerifiableConsumer', [
      ...['--topic', topic, '--group-id', bench.name('g'), '--max-messages', '5000', '--verbose'],
      ...['--group-protocol', groupProtocol],
    ]),
  );
  const values = new Set(consumed.filter(({ name }) => name === 'record_data').map(({ value }) => value));
  expect(values.size === 5000, `5000 records were to be read, ${values.size} different ones were`);
  return '5000 records acknowledged and read';
}

/** A group of two where one joins late: every record once, both have partitions. */
async function groupOfTwo(bench: Workbench, groupProtocol: 'classic' | 'consumer'): Promise<string> {
  const topic = await bench.topic('shared', 6);
  const group = bench.name('shared');
  const consume = (id: string) =>
    bench.tool('VerifiableConsumer', [
      ...['--topic', topic, '--group-id', group, '--max-messages', id === 'a' ? '4000' : '2000', '--verbose'],
      ...['--group-protocol', groupProtocol],
    ]);
  const first = consume('a');
  const second = consume('b');
  await sleep(4_000);
  await bench.tool('VerifiableProducer', ['--topic', topic, '--max-messages', '6000', '--throughput', '2000']);
  const outputs = (await Promise.all([first, second])).map(jsonLines);
  const seen = outputs.flatMap((lines) => lines.filter(({ name }) => name === 'record_data').map(({ value }) => value));
  expect(new Set(seen).size === 6000, `6000 records were to be read, ${new Set(seen).size} different ones were`);
  expect(
    outputs.every((lines) => lines.some(({ name }) => name === 'partitions_assigned')),
    'a member never got a partition',
  );
  return `6000 records, ${seen.length - new Set(seen).size} read twice at the hand-over`;
}

async function transactionalCopy(bench: Workbench): Promise<string> {
  const input = await bench.topic('copy-in', 1);
  const output = await bench.topic('copy-out', 1);
  await bench.tool('VerifiableProducer', ['--topic', input, '--max-messages', '3000']);
  const copied = await bench.java(`${TOOLS}.TransactionalMessageCopier`, [
    ...['--broker-list', bench.bootstrapServers, '--input-topic', input, '--input-partition', '0'],
    ...[
      '--output-topic',
      output,
      '--transactional-id',
      bench.name('copier'),
      '--consumer-group',
      bench.name('copiers'),
    ],
    ...['--transaction-size', '200', '--enable-random-aborts', '--use-group-metadata'],
  ]);
  find(copied, /"remaining":0\b/, 'the copier left records behind');
  // Until nothing more comes, so that one record too many is seen: it says then that it waited in vain.
  const read = await bench
    .tool('consumer.ConsoleConsumer', [
      ...['--topic', output, '--from-beginning', '--isolation-level', 'read_committed', '--timeout-ms', '8000'],
    ])
    .catch((error: Error) => error.message);
  find(read, /Processed a total of 3000 messages/, '3000 records were to be committed');
  const values = await committedValues(bench, output);
  expect(
    values.every((value, i) => value === String(i)),
    'the copied records are not in order',
  );
  return '3000 records copied in transactions of 200 with random aborts';
}

async function committedValues(bench: Workbench, topic: string): Promise<string[]> {
  const printed = jsonLines(
    await bench.tool('VerifiableConsumer', [
      ...['--topic', topic, '--group-id', bench.name('reader'), '--max-messages', '3000', '--verbose'],
      ...['--command-config', bench.file('committed.properties', 'isolation.level=read_committed\n')],
    ]),
  );
  return printed.filter(({ name }) => name === 'record_data').map(({ value }) => String(value));
}

async function perf(bench: Workbench): Promise<string> {
  const topic = await bench.topic('perf', 6);
  const sent = await bench.tool('ProducerPerformance', [
    ...['--topic', topic, '--num-records', '200000', '--record-size', '100', '--throughput', '-1'],
  ]);
  const rate = find(sent, /200000 records sent, ([\d.]+) records\/sec/, 'not all records were sent')[1];
  const read = await bench.tool('ConsumerPerformance', ['--topic', topic, '--num-records', '200000', '--hide-header']);
  const fields = find(read, /^\d{4}-\d\d-\d\d .*, .*$/m, 'no figures')[0].split(',');
  expect(Number(fields[4]) >= 200_000, `200000 records were to be read`, read);
  return `${Math.round(Number(rate))} records/s in, ${Math.round(Number(fields[5]))} records/s out`;
}

async function transactionalPerf(bench: Workbench): Promise<string> {
  const topic = await bench.topic('txn-perf', 3);
  const sent = await bench.tool('ProducerPerformance', [
    ...['--topic', topic, '--num-records', '20000', '--record-size', '100', '--throughput', '-1'],
    ...['--transactional-id', bench.name('perf'), '--transaction-duration-ms', '100'],
  ]);
  find(sent, /20000 records sent/, 'not all records were sent');
  return '20000 records in transactions of 100 ms';
}

async function endToEnd(bench: Workbench): Promise<string> {
  const topic = await bench.topic('latency', 1);
  const printed = await bench.java(`${TOOLS}.EndToEndLatency`, [bench.bootstrapServers, topic, '2000', 'all', '100']);
  return find(printed, /Percentiles: 50th = (\S+), 99th = (\S+)/, 'no percentiles')[0];
}

async function compatibility(bench: Workbench): Promise<string> {
  const topic = await bench.topic('compat', 1);
  const supported = ['offsets-for-times', 'cluster-id', 'create-topics', 'describe-configs', 'idempotent-producer'];
  const printed = await bench.tool('ClientCompatibilityTest', [
    ...['--topic', topic, '--num-cluster-nodes', String(bench.brokers)],
    ...supported.flatMap((feature) => [`--${feature}-supported`, 'true']),
    // Both clusters run without an authorizer.
    ...['--describe-acls-supported', 'true', '--expect-record-too-large-exception', 'false'],
  ]);
  find(printed, /SUCCESS/, 'it did not succeed');
  return 'SUCCESS';
}

async function streams(bench: Workbench): Promise<string> {
  const settings = [
    `bootstrap.servers=${bench.bootstrapServers}`,
    'processing.guarantee=exactly_once_v2',
    `state.dir=${bench.folder}/streams`,
    `replication.factor=${bench.replicationFactor}`,
    'application.id=SmokeTest',
    'commit.interval.ms=500',
    'session.timeout.ms=10000',
  ];
  const file = bench.file('streams.properties', `${settings.join('\n')}\n`);
  const main = 'org.apache.kafka.streams.tests.StreamsSmokeTest';
  for (const topic of [
    'data',
    'echo',
    'max',
    'min',
    'min-suppressed',
    'min-raw',
    'dif',
    'sum',
    'sws-raw',
    'sws-suppressed',
    'cnt',
    'avg',
    'tagg',
    'fk',
  ]) {
    const shape = ['--partitions', '5', '--replication-factor', String(bench.replicationFactor)];
    await bench.tool('TopicCommand', ['--create', '--if-not-exists', '--topic', topic, ...shape]);
  }
  // It processes until it is stopped.
  const client = startTool(main, [file, 'process']);
  try {
    const driver = await bench.java(main, [file, 'run'], { timeoutMs: 240_000 });
    find(driver, /ALL-RECORDS-DELIVERED/, 'not all records were delivered');
    find(driver, /^SUCCESS$/m, 'the driver does not say SUCCESS');
  } finally {
    await client.stop();
  }
  return 'SUCCESS';
}

export const clientChecks: readonly Check[] = [
  { id: 'client-compatibility', client: CLIENT, run: compatibility },
  { id: 'console', client: CLIENT, run: (bench) => consoleRoundTrip(bench, 'console', []) },
  ...['gzip', 'snappy', 'lz4', 'zstd'].map(
    (codec): Check => ({
      id: `console-${codec}`,
      client: CLIENT,
      run: (bench) => consoleRoundTrip(bench, codec, ['--compression-codec', codec]),
    }),
  ),
  {
    id: 'console-acks-1',
    client: CLIENT,
    run: (bench) => consoleRoundTrip(bench, 'acks-1', property('acks=1', 'enable.idempotence=false', 'linger.ms=0')),
  },
  { id: 'verifiable-classic', client: CLIENT, run: (bench) => verifiable(bench, 'classic') },
  { id: 'verifiable-consumer', client: CLIENT, run: (bench) => verifiable(bench, 'consumer') },
  { id: 'group-classic', client: CLIENT, run: (bench) => groupOfTwo(bench, 'classic') },
  { id: 'group-consumer', client: CLIENT, run: (bench) => groupOfTwo(bench, 'consumer') },
  { id: 'transactional-copier', client: CLIENT, run: transactionalCopy },
  { id: 'perf', client: CLIENT, run: perf },
  { id: 'perf-transactional', client: CLIENT, run: transactionalPerf },
  { id: 'end-to-end-latency', client: CLIENT, run: endToEnd },
  { id: 'streams-smoke-exactly-once', client: 'Kafka Streams', run: streams },
];
