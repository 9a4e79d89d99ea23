// npm run bench: the same other people's clients against Barnabas and against Apache Kafka, one after the other on this machine,
// and the ratios between them. No figure here passes or fails anything. --write keeps the table in e2e/bench/RESULTS.md.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isInstalled, run } from '../interop/support.ts';
import { KAFKA_VERSION, obtainKafka, type Peer, runTool, startApacheKafka } from '../support/apache-kafka.ts';
import { startServer } from '../support/server.ts';

const { values: flags } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    records: { type: 'string', default: '5000000' },
    runs: { type: 'string', default: '3' },
  },
});
const RECORDS = Number(flags.records);
const RUNS = Number(flags.runs);
const TOOL_TIMEOUT_MS = 300_000;
const TOOLS = 'org.apache.kafka.tools';
const LINES = Math.min(RECORDS, 3_000_000);

interface Figures {
  readonly readyMs: number;
  readonly idleMegabytes: number;
  /** Records per second, one figure a run. */
  readonly produced: readonly number[];
  readonly producedLarge: readonly number[];
  readonly consumed: readonly number[];
  /** Empty where kcat is not installed. */
  readonly producedByKcat: readonly number[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

async function startBarnabas(): Promise<Peer> {
  const server = await startServer();
  return {
    name: 'Barnabas',
    bootstrapServers: server.bootstrapServers.split(',')[0] ?? '',
    readyMs: server.readyMs,
    processId: server.processId,
    stop: server.stop,
  };
}

function residentMegabytes(processId: number): number {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

async function produce(peer: Peer, topic: string, recordBytes: number, records: number): Promise<number> {
  const output = await runTool(
    `${TOOLS}.ProducerPerformance`,
    [
      ...[
        '--topic',
        topic,
        '--num-records',
        String(records),
        '--record-size',
        String(recordBytes),
        '--throughput',
        '-1',
      ],
      ...['--producer-props', `bootstrap.servers=${peer.bootstrapServers}`, 'acks=1', 'enable.idempotence=false'],
      ...['batch.size=262144', 'linger.ms=5', 'buffer.memory=134217728'],
    ],
    TOOL_TIMEOUT_MS,
  );
  const rate =
    /([\d.]+) records\/sec \([\d.]+ MB\/sec\), [\d.]+ ms avg latency, [\d.]+ ms max latency, \d+ ms 50th/.exec(output);
  if (rate === null) throw new Error(`no total in the tool's output: ${output.slice(-500)}`);
  return Number(rate[1]);
}

/** librdkafka by way of kcat, from a file of 100-byte lines; the wall time of the whole process counts. */
async function produceWithKcat(peer: Peer, topic: string, file: string, records: number): Promise<number> {
  const settings = ['acks=1', 'linger.ms=5', 'batch.size=1000000', 'queue.buffering.max.messages=2000000'];
  const flags = settings.flatMap((setting) => ['-X', setting]);
  const startMs = performance.now();
  const { code, stderr } = await run('kcat', ['-b', peer.bootstrapServers, '-P', '-t', topic, '-p', '0', ...flags], {
    inputFile: file,
    timeoutMs: TOOL_TIMEOUT_MS,
  });
  if (code !== 0) throw new Error(`kcat ended with ${code}: ${stderr}`);
  return records / ((performance.now() - startMs) / 1000);
}

async function consume(peer: Peer, topic: string, records: number): Promise<number> {
  const output = await runTool(
    `${TOOLS}.ConsumerPerformance`,
    [
      '--bootstrap-server',
      peer.bootstrapServers,
      '--topic',
      topic,
      '--num-records',
      String(records),
      '--timeout',
      '60000',
    ],
    TOOL_TIMEOUT_MS,
  );
  // The line of figures begins with the times of start and end; fetch.nMsg.sec, the rate without joining the group, is its last.
  const figures = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}, .*$/m.exec(output)?.[0] ?? '';
  const columns = figures.split(',').map((cell) => cell.trim());
  const rate = Number(columns.at(-1));
  if (figures === '' || !Number.isFinite(rate)) throw new Error(`no rate in the tool's output: ${output.slice(-500)}`);
  return rate;
}

async function latency(peer: Peer): Promise<{ p50Ms: number; p99Ms: number; p999Ms: number }> {
  const script = new URL('./latency.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, peer.bootstrapServers, 'bench-latency', '10000', '15'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes));
  await new Promise((resolve) => child.on('close', resolve));
  const result = JSON.parse(output) as {
    p50Ms: number;
    p99Ms: number;
    p999Ms: number;
    failed: number;
    measured: number;
  };
  if (result.failed > 0 || result.measured === 0) throw new Error(`latency run went wrong: ${output}`);
  return result;
}

async function measure(start: () => Promise<Peer>): Promise<Figures & { name: string }> {
  const peer = await start();
  try {
    console.log(`${peer.name}: ready after ${Math.round(peer.readyMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 8000));
    const idleMegabytes = residentMegabytes(peer.processId);
    await create(peer, 'bench', 1);
    await produce(peer, 'bench', 100, Math.min(RECORDS, 1_000_000));
    const [produced, consumed, producedLarge]: [number[], number[], number[]] = [[], [], []];
    for (let run = 0; run < RUNS; run++) produced.push(await produce(peer, 'bench', 100, RECORDS));
    for (let run = 0; run < RUNS; run++) consumed.push(await consume(peer, 'bench', RECORDS));
    const producedByKcat: number[] = [];
    if (isInstalled('kcat')) {
      await create(peer, 'bench-kcat', 1);
      for (let run = 0; run < RUNS; run++) producedByKcat.push(await produceWithKcat(peer, 'bench-kcat', lines, LINES));
    }
    await create(peer, 'bench-1k', 1);
    for (let run = 0; run < RUNS; run++) producedLarge.push(await produce(peer, 'bench-1k', 1000, RECORDS / 10));
    const times = await latency(peer);
    const figures = {
      name: peer.name,
      readyMs: peer.readyMs,
      idleMegabytes,
      produced,
      consumed,
      producedByKcat,
      producedLarge,
      ...times,
    };
    console.log(JSON.stringify(figures));
    return figures;
  } finally {
    await peer.stop();
  }
}

async function create(peer: Peer, topic: string, partitions: number): Promise<void> {
  const args = [
    '--bootstrap-server',
    peer.bootstrapServers,
    '--create',
    '--topic',
    topic,
    '--partitions',
    String(partitions),
  ];
  await runTool(`${TOOLS}.TopicCommand`, [...args, '--replication-factor', '1'], 60_000);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function table(ours: Figures, theirs: Figures): string {
  const rows: [string, number, number, (n: number) => string][] = [
    ['Ready (fresh data folder), ms', ours.readyMs, theirs.readyMs, (n) => n.toFixed(0)],
    ['Resident memory idle, MB', ours.idleMegabytes, theirs.idleMegabytes, (n) => n.toFixed(0)],
    ['Produce 100 B, acks=1, 1 partition, records/s', median(ours.produced), median(theirs.produced), thousands],
    [
      'Produce 1,000 B, acks=1, 1 partition, records/s',
      median(ours.producedLarge),
      median(theirs.producedLarge),
      thousands,
    ],
    [
      'Produce 100 B with librdkafka (kcat), acks=1, 1 partition, records/s',
      median(ours.producedByKcat),
      median(theirs.producedByKcat),
      thousands,
    ],
    ['Consume 100 B, 1 partition, records/s', median(ours.consumed), median(theirs.consumed), thousands],
    ['Produce to consume at 10,000 records/s, p50 ms', ours.p50Ms, theirs.p50Ms, (n) => n.toFixed(2)],
    ['… p99 ms', ours.p99Ms, theirs.p99Ms, (n) => n.toFixed(2)],
    ['… p99.9 ms', ours.p999Ms, theirs.p999Ms, (n) => n.toFixed(2)],
  ];
  const body = rows.map(([name, a, b, show]) => `| ${name} | ${show(a)} | ${show(b)} | ${(a / b).toFixed(2)} |`);
  return ['| Figure | Barnabas | Apache Kafka | ratio |', '|---|---:|---:|---:|', ...body].join('\n');
}
const thousands = (n: number): string => Math.round(n).toLocaleString('en-US');

obtainKafka();
const folder = mkdtempSync(join(tmpdir(), 'barnabas-bench-'));
const lines = join(folder, 'lines.txt');
writeFileSync(lines, `${'x'.repeat(100)}\n`.repeat(LINES));
const ours = await measure(startBarnabas);
const theirs = await measure(startApacheKafka);
rmSync(folder, { recursive: true, force: true });
const result = table(ours, theirs);
console.log(`\n${result}\n`);
if (flags.write) {
  const text = `# Benchmarks

Measured by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'},
Node ${process.version}; Apache Kafka ${KAFKA_VERSION} (one combined node, 1 GB heap) and Barnabas (three brokers and the dashboard in
one process) one after the other on the same machine. Clients are Apache Kafka's \`ProducerPerformance\` and
\`ConsumerPerformance\` (${thousands(RECORDS)} records a run, median of ${RUNS}; 256 KiB batches, linger 5 ms) and, for the time from produce to
consume, \`@platformatic/kafka\` at a fixed 10,000 records/s of 100 bytes. The client shares the processors with the server. Trust the
ratios, not the figures.

${result}

All runs, records per second: produce 100 B ours ${ours.produced.map(thousands).join(' / ')}, theirs ${theirs.produced.map(thousands).join(' / ')};
consume ours ${ours.consumed.map(thousands).join(' / ')}, theirs ${theirs.consumed.map(thousands).join(' / ')}.
`;
  writeFileSync('e2e/bench/RESULTS.md', text);
}
