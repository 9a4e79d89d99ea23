// Entry of every node's thread: loads the node's code, starts it when told, stops it when told. Started by supervisor.ts only.
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { NetError, World } from '../../kernel/world.ts';
import { NO_FAULTS, type NodeFaults } from '../lab.ts';
import type { BrokerOptions, NodeOptions, RunningNode } from '../node.ts';
import type { FaultyNet } from './faults/faulty-net.ts';
import type { FromWorker, ToWorker, WorkerGiven } from './worker-messages.ts';

if (parentPort === null) throw new Error('worker.ts runs as a worker thread only');
const port = parentPort;
const { role, label, logLevel, frozenCell } = workerData as WorkerGiven;
const BUILT_IN_ERRORS: ReadonlySet<string> = new Set([
  'Error',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'AssertionError',
]);
const loading = load();
let running: Promise<RunningNode> | null = null;
let faults: NodeFaults = NO_FAULTS;

port.on('message', (message: ToWorker) => {
  if (message.type === 'start') void start(message.options, message.faults);
  else if (message.type === 'faults') void take(message.faults);
  else if (message.type === 'stop') void stop(message.timeoutMs);
  else if (message.type === 'freeze') freeze(message.number);
  else void tellClients(message.id);
});

/** As a process under SIGSTOP: nothing of this thread runs, while the system goes on accepting its connections. */
function freeze(number: number): void {
  if (Atomics.load(frozenCell, 0) !== number) return;
  say({ type: 'frozen', number });
  Atomics.wait(frozenCell, 0, number);
}

async function take(given: NodeFaults): Promise<void> {
  faults = given;
  (await loading).net.setLinks(faults.links);
  const node = await running?.catch(() => null);
  node?.lab?.setRules(faults.rules);
}

async function tellClients(id: number): Promise<void> {
  const node = await running?.catch(() => null);
  say({ type: 'clients', id, rows: node?.lab?.clients() ?? [] });
}

function say(message: FromWorker): void {
  port.postMessage(message);
}

type StartNode = (world: World, options: NodeOptions | BrokerOptions) => Promise<RunningNode>;

async function load(): Promise<{ world: World; startNode: StartNode; net: FaultyNet }> {
  const [{ createHostWorld }, { FaultyNet }, { slowDisk, blockThread }] = await Promise.all([
    import('./world.ts'),
    import('./faults/faulty-net.ts'),
    import('./faults/slow-disk.ts'),
  ]);
  const sound = createHostWorld({ label, logLevel, onLog: (line) => say({ type: 'log', line }) });
  const { timers } = sound;
  const net = new FaultyNet(sound);
  const disk = slowDisk({ disk: sound.disk, timers, block: blockThread, slowness: () => faults.disk });
  const world: World = { ...sound, net, disk };
  const startNode: StartNode =
    role === 'controller'
      ? (await import('../controller/start.ts')).startController
      : ((await import('../broker/start.ts')).startBroker as StartNode);
  world.log.debug(`code loaded ${Math.round(performance.now())} ms after the thread began`);
  return { world, startNode, net };
}

async function start(options: NodeOptions | BrokerOptions, given: NodeFaults): Promise<void> {
  try {
    faults = given;
    running = loading.then(({ world, startNode, net }) => {
      net.setLinks(faults.links);
      return startNode(world, options);
    });
    const node = await running;
    node.lab?.setRules(faults.rules);
    const { address } = node;
    say({ type: 'ready', address });
    (await loading).world.log.debug(`ready ${Math.round(performance.now())} ms after its thread began`);
    setImmediate(flushCompileCache);
  } catch (error) {
    say(describe(error));
    running = null;
  }
}

/** Errors with a name of their own were written for people; anything else is a bug and keeps its stack. */
function describe(error: unknown): FromWorker {
  if (!(error instanceof Error)) return { type: 'failed', message: String(error), code: null };
  const isBug = BUILT_IN_ERRORS.has(error.name);
  const { errno: code, port } = error.name === 'NetError' ? (error as NetError) : { errno: null, port: null };
  return { type: 'failed', message: isBug ? (error.stack ?? error.message) : error.message, code, port };
}

async function stop(timeoutMs: number): Promise<void> {
  const node = running === null ? null : await running.catch(() => null);
  try {
    await node?.stop(timeoutMs);
  } catch (error) {
    const message = `did not stop cleanly: ${error instanceof Error ? error.message : String(error)}`;
    say({ type: 'log', line: { level: 'error', label, message } });
  }
  say({ type: 'stopped' });
  // What a node left open must not keep its thread.
  setImmediate(() => process.exit(0));
}
