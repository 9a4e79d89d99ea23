// Starts the real program for a test, on free ports with data that is thrown away, and stops it again. Called by *.e2e.ts and
// interop tests. It waits for /api/health, never for a sleep to be long enough.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const startLimitMs = 60_000;
const stopLimitMs = 15_000;
const pollMs = 25;
const PORTS_EACH = 100;
const OWN_PORTS = 20_000 + (process.pid % 100) * PORTS_EACH;

export interface RunningServer {
  readonly url: string;
  /** host:port, separated by commas. */
  readonly bootstrapServers: string;
  /** The same of the listeners with SASL; empty without them. */
  readonly saslBootstrapServers: string;
  /** From the start of the program to its ready line, as it says itself. */
  readonly readyMs: number;
  readonly processId: number;
  /** Everything it printed lately. */
  output(): string;
  /** SIGTERM. Throws when the program does not end with exit code 0; does nothing when it has ended before. */
  stop(): Promise<void>;
  /** SIGKILL: nothing gets a chance to be put in order. */
  kill(): Promise<void>;
}

export interface StartServerOptions {
  /** Default 3. */
  readonly brokers?: number;
  /** A folder the test owns; without it data is ephemeral. */
  readonly dataDir?: string;
  /** Brokers listen for clients that authenticate, too. */
  readonly hasSasl?: boolean;
  /** More flags, such as --bootstrap-servers. */
  readonly flags?: readonly string[];
}

/** Throws with the program's output when it ends early or is not ready within a minute. */
export async function startServer({
  brokers = 3,
  dataDir,
  hasSasl = false,
  flags = [],
}: StartServerOptions = {}): Promise<RunningServer> {
  const isExternal = flags.some((flag) => flag.startsWith('--bootstrap-servers'));
  const own: string[] = [];
  if (!isExternal) {
    const first = await freePorts(hasSasl ? 2 * brokers : brokers);
    own.push('--brokers', String(brokers), '--kafka-port', String(first));
    if (hasSasl) own.push('--sasl-port', String(first + brokers));
  }
  const args = [
    '--disable-warning=ExperimentalWarning',
    join('server', 'main.ts'),
    '--http-port',
    '0',
    ...own,
    ...(dataDir !== undefined ? ['--data-dir', dataDir] : isExternal ? [] : ['--ephemeral']),
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

  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (!hasEnded()) child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    const code = await exited;
    clearTimeout(timer);
    process.removeListener('exit', killWithTests);
    return code;
  }

  const deadlineMs = Date.now() + startLimitMs;
  while (Date.now() < deadlineMs && !hasEnded()) {
    const address = /ready: dashboard (\S+)/.exec(output)?.[1];
    const health = address && (await readHealth(address));
    if (health) {
      return {
        url: health.address,
        bootstrapServers: health.bootstrapServers.join(','),
        saslBootstrapServers: health.saslBootstrapServers.join(','),
        readyMs: health.readyMs,
        processId: child.pid ?? 0,
        output: () => output,
        async stop() {
          if (hasEnded()) return;
          const code = await end('SIGTERM');
          if (code !== 0) throw new Error(`the server ended with ${code} after SIGTERM:\n${output}`);
        },
        async kill() {
          await end('SIGKILL');
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const code = await end('SIGKILL');
  throw new Error(`the server did not get ready (exit code ${code}):\n${output}`);
}

interface Health {
  readonly address: string;
  readonly bootstrapServers: string[];
  readonly saslBootstrapServers: string[];
  readonly readyMs: number;
}

async function readHealth(address: string): Promise<Health | null> {
  const response = await fetch(`${address}/api/health`).catch(() => null);
  return response?.ok ? ((await response.json()) as Health) : null;
}

/**
 * The first of `count` neighbouring free ports. Below the ephemeral range, so that outgoing connections do not take them, and in a
 * part of it that is this process's own, so that test files that run at once do not take what another is about to use.
 */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const first = OWN_PORTS + Math.floor(Math.random() * (PORTS_EACH - count));
    const servers = await Promise.all(Array.from({ length: count }, (_, index) => tryListen(first + index)));
    const areFree = servers.every((server) => server !== null);
    await Promise.all(servers.map((server) => server && once(server.close(), 'close')));
    if (areFree) return first;
  }
  throw new Error(`no ${count} neighbouring free ports found from ${OWN_PORTS} on`);
}

async function tryListen(port: number): Promise<Server | null> {
  const server = createServer().listen(port, '127.0.0.1');
  return once(server, 'listening').then(
    () => server,
    () => null,
  );
}
