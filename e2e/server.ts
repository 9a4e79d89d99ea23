// Starts the real program for a test, on free ports with data that is thrown away, and stops it again. Called by *.e2e.ts and
// interop tests. It waits for /api/health, never for a sleep to be long enough.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const startLimitMs = 60_000;
const stopLimitMs = 15_000;
const pollMs = 25;

export interface RunningServer {
  readonly url: string;
  readonly bootstrapServers: string[];
  /** Everything it printed so far. */
  output(): string;
  /** SIGTERM, or the signal given; resolves with the exit code. Safe to call twice. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface StartServerOptions {
  /** Default 3. */
  readonly brokers?: number;
  /** More flags; --data-dir among them takes the place of --ephemeral. */
  readonly flags?: readonly string[];
}

/** Throws with the program's output when it ends early or is not ready within a minute. */
export async function startServer({ brokers = 3, flags = [] }: StartServerOptions = {}): Promise<RunningServer> {
  const isExternal = flags.some((flag) => flag.startsWith('--bootstrap-servers'));
  const hasDataDir = flags.some((flag) => flag.startsWith('--data-dir'));
  const own = isExternal ? [] : ['--brokers', String(brokers), '--kafka-port', String(await freePorts(brokers))];
  const args = [
    '--disable-warning=ExperimentalWarning',
    join('server', 'main.ts'),
    '--http-port',
    '0',
    ...own,
    ...(hasDataDir || isExternal ? [] : ['--ephemeral']),
    ...flags,
  ];
  // Not under npm as far as the program is concerned: it ends when it is told to, not when npm does.
  const { npm_lifecycle_event: _, ...environment } = process.env;
  const child = spawn(process.execPath, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const gather = (chunk: Buffer) => {
    output = (output + String(chunk)).slice(-200_000);
  };
  child.stdout.on('data', gather);
  child.stderr.on('data', gather);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const killWithTests = () => child.kill('SIGKILL');
  process.once('exit', killWithTests);

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    const code = await exited;
    clearTimeout(timer);
    process.removeListener('exit', killWithTests);
    return code;
  }

  const deadlineMs = Date.now() + startLimitMs;
  while (Date.now() < deadlineMs && child.exitCode === null && child.signalCode === null) {
    const address = /ready: dashboard (\S+)/.exec(output)?.[1];
    const health = address && (await readHealth(address));
    if (health) return { url: health.address, bootstrapServers: health.bootstrapServers, output: () => output, stop };
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const code = await stop('SIGKILL');
  throw new Error(`the server did not get ready (exit code ${code}):\n${output}`);
}

async function readHealth(address: string): Promise<{ address: string; bootstrapServers: string[] } | null> {
  const response = await fetch(`${address}/api/health`).catch(() => null);
  return response?.ok ? ((await response.json()) as { address: string; bootstrapServers: string[] }) : null;
}

/** The first of `count` neighbouring free ports. Below the ephemeral range, so that outgoing connections do not take them. */
async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const servers = await Promise.all(Array.from({ length: count }, (_, index) => tryListen(first + index)));
    const areFree = servers.every((server) => server !== null);
    await Promise.all(servers.map((server) => server && once(server.close(), 'close')));
    if (areFree) return first;
  }
  throw new Error(`no ${count} neighbouring free ports found between 20000 and 30000`);
}

async function tryListen(port: number): Promise<Server | null> {
  const server = createServer().listen(port, '127.0.0.1');
  return once(server, 'listening').then(
    () => server,
    () => null,
  );
}
