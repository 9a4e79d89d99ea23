// The composition root: command line → cluster (embedded or external) → gateway → bridge → live hub → HTTP and Next, and the
// ordered way back. Run by npm start, npm run dev and the tests; imported by nobody. Everything that is started is started
// here; modules are loaded late so that the compile cache covers them and slow ones load side by side.
import { mkdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { announceToNext, type Config, helpText, readOwnCommandLine } from './config.ts';
import type { ClusterLab } from './engine/cluster.ts';
import type { ClusterGateway } from './gateway/gateway.ts';
import { createLog, type Log } from './log.ts';
import { type Started, stopAll } from './shutdown.ts';

const root = resolve(import.meta.dirname, '..');
enableCompileCache(join(root, 'node_modules', '.cache', 'barnabas'));

const stopLimitMs = 10_000;
const parentCheckMs = 500;

/** Wrong use or surroundings: one line that says what is wrong and how to mend it, and no stack. */
class StartError extends Error {}

const explainedErrors = new Set(['ListenError', 'ClusterStartError']);

const commandLine = readOwnCommandLine();
switch (commandLine.action) {
  case 'help':
    console.log(helpText());
    break;
  case 'version':
    console.log(`barnabas ${await readVersion()}`);
    break;
  case 'refuse':
    console.error(`barnabas: ${commandLine.sentence}`);
    process.exitCode = 1;
    break;
  case 'run':
    await run(commandLine.config);
}

async function run(config: Config): Promise<void> {
  const log = createLog(config.logLevel, Date.now, { out: console.log, err: console.error });
  const started: Started[] = [];
  let isStopping = false;

  async function stop(reason: string, exitCode: number): Promise<void> {
    if (isStopping) process.exit(1); // Asked twice: the person does not want to wait.
    isStopping = true;
    log.info('barnabas', `${reason}: stopping`);
    const isClean = await stopAll(started, { limitMs: stopLimitMs, onProblem: (line) => log.error('barnabas', line) });
    process.exit(isClean ? exitCode : 1);
  }
  function fail(error: unknown): void {
    log.error('barnabas', error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (isStopping) return;
    void stop('unexpected error', 1);
  }
  process.on('SIGTERM', () => void stop('SIGTERM', 0));
  process.on('SIGINT', () => void stop('SIGINT', 0));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  if (config.endsWithParent) stopWithParent(() => void stop('npm has ended', 0));

  try {
    await start(config, log, started);
  } catch (error) {
    if (isStopping) return;
    if (isExplained(error)) console.error(`barnabas: ${error.message}`);
    else log.error('barnabas', error instanceof Error ? (error.stack ?? error.message) : String(error));
    isStopping = true;
    await stopAll(started, { limitMs: stopLimitMs, onProblem: (line) => log.error('barnabas', line) });
    process.exit(1);
  }
}

/** Errors whose message was written for a person: by the class's name, since their modules are loaded late. */
function isExplained(error: unknown): error is Error {
  return error instanceof StartError || (error instanceof Error && explainedErrors.has(error.constructor.name));
}

async function start(config: Config, log: Log, started: Started[]): Promise<void> {
  const onError = (source: string) => (line: string) => log.error(source, line);
  const { listen } = await import('./http.ts');
  const { host, httpPort: port, isDev } = config;
  const server = await listen({ host, port, isDev, onError: onError('http') });
  started.push({ name: 'HTTP server', stop: () => server.close() });

  const dataDir = await prepareDataDir(config, started);
  const version = readVersion();
  const pages = preparePages(isDev, host, server.port);
  pages.catch(() => undefined); // Reported where it is awaited; the cluster may fail first.
  const opened = await openCluster(config, dataDir, log, started);
  const { gateway: plain, lab: nodes, bootstrapServers, saslBootstrapServers, clusterId } = opened;
  const gateway = await layLab(config, plain, nodes, started);
  const gateways = new Map([[gateway.summary().id, gateway]]);

  const [{ provideServices }, { createHub }, { peek }] = await Promise.all([
    import('./bridge.ts'),
    import('./live/hub.ts'),
    import('./live/peek.ts'),
  ]);
  const serverVersion = await version;
  provideServices({
    version: serverVersion,
    clusters: () => [...gateways.values()].map((each) => each.summary()),
    peek: async (id, channel, params, timeoutMs) => {
      const found = gateways.get(id);
      return found ? peek(found, channel, params, timeoutMs) : null;
    },
  });
  const hub = createHub({ gateways, serverVersion, onBug: onError('live') });
  const { app, hotReload } = await pages;
  started.push({ name: 'pages', stop: () => app.close() }, { name: 'live hub', stop: () => hub.close() });

  const readyMs = Math.round(performance.now());
  const { address } = server;
  const mode = config.bootstrapServers ? 'external' : 'embedded';
  const shownDataDir = config.bootstrapServers ? null : dataDir;
  const brokers = { clusterId, bootstrapServers, saslBootstrapServers };
  const facts = { version: serverVersion, address, mode, ...brokers, dataDir: shownDataDir, readyMs };
  server.serve({
    page: app.getRequestHandler(),
    live: hub.upgrade,
    hotReload: isDev ? hotReload : null,
    health: () => ({ status: 'ready', ...facts }),
  });
  const data = shownDataDir === null ? '' : ` · data ${shownDataDir}${config.isEphemeral ? ' (removed on exit)' : ''}`;
  const sasl = saslBootstrapServers.length === 0 ? '' : ` · with SASL ${saslBootstrapServers.join(',')}`;
  console.log(
    `ready: dashboard ${address} · bootstrap servers ${bootstrapServers.join(',')}${sasl}${data} · ${readyMs} ms`,
  );
}

async function prepareDataDir(config: Config, started: Started[]): Promise<string> {
  if (config.bootstrapServers) return '';
  if (config.isEphemeral) {
    const path = await mkdtemp(join(tmpdir(), 'barnabas-'));
    started.push({ name: 'temporary data', stop: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) });
    return path;
  }
  const path = resolve(config.dataDir);
  try {
    makeFolder(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new StartError(`the data folder ${path} cannot be made (${code}): choose another with --data-dir`);
  }
  return path;
}

/** One level at a time: where the system answers ENOENT for a folder it will not make, Node's recursive way never ends. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
}

async function openCluster(config: Config, dataDir: string, log: Log, started: Started[]) {
  // Loaded while the brokers start: the client library is the slowest module of all.
  const loading = import('./gateway/create.ts');
  loading.catch(() => undefined);
  const { bootstrapServers, saslBootstrapServers, clusterId, lab } = config.bootstrapServers
    ? { bootstrapServers: [...config.bootstrapServers], saslBootstrapServers: [], clusterId: null, lab: null }
    : await startEmbedded(config, dataDir, log, started);
  const { createGateway } = await loading;
  const mode = config.bootstrapServers ? 'external' : 'embedded';
  const gateway = await createGateway({
    clusterId: mode === 'embedded' ? 'local' : 'external',
    name: mode === 'embedded' ? 'Local cluster' : (bootstrapServers[0] ?? 'External cluster'),
    mode,
    bootstrapServers,
    log: (line) => log.warn('gateway', line.replace(/^gateway: /, '')),
  });
  started.push({ name: 'gateway', stop: () => gateway.close() });
  return { gateway, bootstrapServers, saslBootstrapServers, clusterId, lab };
}

/** The nodes of the embedded cluster can be stopped, killed and started from the dashboard, unless it is marked production. */
async function layLab(
  { isProduction }: Config,
  gateway: ClusterGateway,
  nodes: ClusterLab | null,
  started: Started[],
): Promise<ClusterGateway> {
  const { withLab, withoutLab, PRODUCTION_SENTENCE, EXTERNAL_SENTENCE } = await import('./live/with-lab.ts');
  if (nodes === null) return withoutLab(gateway, EXTERNAL_SENTENCE);
  if (isProduction) return withoutLab(gateway, PRODUCTION_SENTENCE);
  const { createLab } = await import('./lab/lab.ts');
  const lab = createLab({
    nodes,
    placement: (maxAgeMs) => gateway.placement(maxAgeMs),
    unregister: (brokerId) => gateway.unregisterBroker(brokerId),
  });
  started.push({ name: 'lab', stop: () => lab.close() });
  return withLab(gateway, lab);
}

async function startEmbedded(config: Config, dataDir: string, log: Log, started: Started[]) {
  const { startCluster } = await import('./engine/cluster.ts');
  const { brokers, host, kafkaPort, saslPort, racks, settings, logLevel } = config;
  const cluster = await startCluster({
    brokers,
    host,
    kafkaPort,
    ...(saslPort !== null && { saslPort }),
    racks,
    settings,
    dataDir,
    logLevel,
    onLog: ({ level, label, message }) => log[level](label, message),
  });
  started.push({ name: 'cluster', stop: () => cluster.close() });
  return cluster;
}

/**
 * Next, ready to answer. It adds its own upgrade listener to the server it is given, and that listener ends every socket
 * whose path matches a page: so it is given one that never listens, and gets only what hotReload() hands over.
 */
async function preparePages(isDev: boolean, hostname: string, port: number) {
  announceToNext(isDev);
  const [{ default: next }, { createServer }, { existsSync }] = await Promise.all([
    import('next'),
    import('node:http'),
    import('node:fs'),
  ]);
  if (!isDev && !existsSync(join(root, '.next', 'BUILD_ID'))) {
    throw new StartError('the pages are not built yet: start with npm start, which builds them');
  }
  const upgrades = createServer();
  const app = next({ dev: isDev, dir: root, hostname, port, httpServer: upgrades });
  await app.prepare();
  const hotReload = (...upgrade: readonly unknown[]) => upgrades.emit('upgrade', ...upgrade);
  return { app, hotReload };
}

async function readVersion(): Promise<string> {
  const { default: manifest } = await import('../package.json', { with: { type: 'json' } });
  return manifest.version;
}

/** npm runs this under a shell that does not pass SIGTERM on; without this the server would outlive npm. */
function stopWithParent(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, parentCheckMs);
  timer.unref();
}
