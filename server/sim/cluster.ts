// The cluster of a run: the production controller and brokers, each in a simulated process of its own that can be killed, lose its
// power, be frozen, wiped, stopped in order and started again. A supervisor starts what ended by itself, as the real one does.
import type { Broker } from '../engine/broker/broker.ts';
import { startBroker } from '../engine/broker/start.ts';
import { startController } from '../engine/controller/start.ts';
import { type Address, CONTROLLER_ID, type RunningNode } from '../engine/node.ts';
import type { World } from '../kernel/world.ts';
import { BatchRegister, NodeLogs } from './checkers/logs.ts';
import type { IsCleaned } from './options.ts';
import { type DiskObserver, SimDisk } from './world/disk.ts';
import type { SimNet } from './world/net.ts';
import type { Prng } from './world/prng.ts';
import type { Owner, Scheduler } from './world/scheduler.ts';
import { Process, worldOf } from './world/world.ts';

export const CLUSTER_ID = 'BwcHBwAAAAAHBwcHBwcHBw';
const PORT = 9092;
const RETRY_MS = 500;

export interface SimNode {
  readonly id: number;
  /** "ctl", "b1", … */
  readonly name: string;
  readonly disk: SimDisk;
  readonly logs: NodeLogs;
  process: Process | null;
  generation: number;
  /** Set once its start has come to an end. */
  running: RunningNode | null;
  /** Should run: it is started again when its start fails. */
  isWanted: boolean;
  skewMs: number;
}
export interface ClusterOptions {
  readonly brokers: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly racks: readonly (string | null)[];
  readonly isCleaned: IsCleaned;
}
export interface ClusterParts {
  readonly scheduler: Scheduler;
  readonly net: SimNet;
  readonly prng: Prng;
  trace(node: string, what: string, text: string): void;
  onLog(node: SimNode, level: 'debug' | 'info' | 'warn' | 'error', message: string): void;
  onStarted(node: SimNode): void;
  onViolation(error: unknown): void;
  /** The node's disk lost something. */
  onDiskLoss(node: SimNode): void;
}

export class SimCluster {
  readonly controller: SimNode;
  readonly brokers: readonly SimNode[];
  readonly #options: ClusterOptions;
  readonly #parts: ClusterParts;
  readonly #owner: Owner = { name: 'sim', isDead: false, isFrozen: false };

  constructor(options: ClusterOptions, parts: ClusterParts) {
    this.#options = options;
    this.#parts = parts;
    const register = new BatchRegister();
    const node = (id: number, name: string): SimNode =>
      newNode(id, name, new NodeLogs(name, register, options.isCleaned), parts);
    this.controller = node(CONTROLLER_ID, 'ctl');
    this.brokers = Array.from({ length: options.brokers }, (_, i) => node(i + 1, `b${i + 1}`));
  }

  get nodes(): readonly SimNode[] {
    return [this.controller, ...this.brokers];
  }
  get bootstrap(): ReadonlyMap<number, Address> {
    return new Map(this.brokers.map(({ id, name }) => [id, { host: name, port: PORT }]));
  }
  broker(id: number): SimNode | undefined {
    return this.brokers[id - 1];
  }
  /** The broker's own parts, once it runs. */
  inside(node: SimNode): Broker | null {
    // A running broker is its own Broker: the simulation may look, and only looks.
    return node === this.controller ? null : (node.running as unknown as Broker | null);
  }

  startAll(): void {
    for (const node of this.nodes) this.start(node);
  }
  start(node: SimNode): void {
    if (node.process !== null) return;
    node.isWanted = true;
    node.generation++;
    const { scheduler, net, prng, trace, onLog, onStarted } = this.#parts;
    const process = new Process(node.name);
    node.process = process;
    net.light(node.name);
    trace(node.name, 'start', `generation ${node.generation}`);
    const world = worldOf(process, {
      scheduler,
      net,
      prng: prng.fork(`${node.name} ${node.generation}`),
      disk: node.disk,
      skewMs: () => node.skewMs,
      onLog: (level, message) => onLog(node, level, message),
    });
    scheduler.after(process, 0, () => {
      this.#starting(node, world).then(
        (running) => {
          if (node.process !== process) return;
          node.running = running;
          trace(node.name, 'ready', '');
          onStarted(node);
        },
        (error: unknown) => {
          trace(node.name, 'failed', String(error instanceof Error ? error.message : error));
          this.ended(node);
        },
      );
    });
  }
  #starting(node: SimNode, world: World): Promise<RunningNode> {
    const { settings, racks } = this.#options;
    const common = { nodeId: node.id, clusterId: CLUSTER_ID, folder: node.name, settings };
    const listen = { host: node.name, port: PORT };
    if (node === this.controller) return startController(world, { ...common, listen });
    const controller = { host: this.controller.name, port: PORT };
    return startBroker(world, { ...common, listen, controller, rack: racks[node.id - 1] ?? null });
  }
  /** Its process ended by itself; it is started again if it should run. */
  ended(node: SimNode): void {
    if (node.process === null) return;
    this.#bury(node, false);
    if (!node.isWanted) return;
    this.#parts.scheduler.after(this.#owner, RETRY_MS, () => {
      if (node.isWanted) this.start(node);
    });
  }

  /** The process ends without a word; what it wrote stays. */
  kill(node: SimNode): void {
    node.isWanted = false;
    if (node.process === null) return;
    this.#parts.trace(node.name, 'kill', '');
    this.#bury(node, false);
  }
  /** The machine is dark: what was not flushed may be lost, each file by itself. */
  losePower(node: SimNode): void {
    node.isWanted = false;
    if (node.process !== null) this.#bury(node, true);
    const files = node.disk.losePower(this.#parts.prng.fork(`power ${node.name} ${node.generation}`));
    node.logs.rescan(node.disk);
    this.#parts.trace(node.name, 'power-loss', `${files} files are shorter`);
    this.#parts.onDiskLoss(node);
  }
  /** It comes back with an empty disk. */
  wipe(node: SimNode): void {
    this.kill(node);
    node.disk.wipe();
    node.logs.rescan(node.disk);
    this.#parts.trace(node.name, 'wipe', '');
    this.#parts.onDiskLoss(node);
  }
  freeze(node: SimNode): void {
    if (node.process === null) return;
    this.#parts.trace(node.name, 'freeze', '');
    this.#parts.scheduler.freeze(node.process);
  }
  thaw(node: SimNode): void {
    if (node.process?.isFrozen !== true) return;
    this.#parts.trace(node.name, 'thaw', '');
    this.#parts.scheduler.thaw(node.process);
  }
  /** In order, as SIGTERM does; started again by whoever asked. */
  stop(node: SimNode, onStopped: () => void): void {
    const { process, running } = node;
    node.isWanted = false;
    if (process === null || running === null) return;
    const { scheduler, trace } = this.#parts;
    trace(node.name, 'stop', '');
    scheduler.after(process, 0, () => {
      void running.stop(8000).then(() => {
        if (node.process !== process) return;
        trace(node.name, 'stopped', '');
        this.#bury(node, false);
        onStopped();
      });
    });
  }

  #bury(node: SimNode, isPowerGone: boolean): void {
    const gone = node.process;
    if (gone === null) return;
    gone.isDead = true;
    node.process = null;
    node.running = null;
    this.#parts.net.dropHost(gone, isPowerGone);
  }
}

function newNode(id: number, name: string, logs: NodeLogs, parts: ClusterParts): SimNode {
  const disk = new SimDisk();
  disk.observer = guarded(logs, parts.onViolation);
  return { id, name, disk, logs, process: null, generation: 0, running: null, isWanted: false, skewMs: 0 };
}

/** What a checker finds must not surface in the middle of the engine's write. */
function guarded(observer: DiskObserver, onViolation: (error: unknown) => void): DiskObserver {
  const guard =
    <A extends unknown[]>(run: (...values: A) => void) =>
    (...values: A): void => {
      try {
        run(...values);
      } catch (error) {
        onViolation(error);
      }
    };
  return {
    appended: guard((path, position, buffers) => observer.appended(path, position, buffers)),
    truncated: guard((path, size) => observer.truncated(path, size)),
    renamed: guard((from, to, content) => observer.renamed(from, to, content)),
    removed: guard((path) => observer.removed(path)),
  };
}
