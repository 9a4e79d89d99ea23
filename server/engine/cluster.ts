// The embedded cluster as one object: a data folder, a controller and brokers, each node in its own thread. main.ts starts it;
// everything else talks to it as to any Kafka cluster, and the lab stops and starts its nodes.

import type { DataFolder } from './host/data-folder.ts';
import { DataFolderError, openDataFolder } from './host/data-folder.ts';
import type { NodeState } from './host/node-slot.ts';
import { NodeSlot, NodeStateError } from './host/node-slot.ts';
import { NodeStartError } from './host/supervisor.ts';
import type { LogLevel, LogLine } from './host/world.ts';
import type { ClientRow } from './lab.ts';
import type { Address, NodeOptions } from './node.ts';
import { CONTROLLER_ID } from './node.ts';

export type { NodeState } from './host/node-slot.ts';
export { NodeStateError } from './host/node-slot.ts';
export type { ClientRow } from './lab.ts';

export interface ClusterOptions {
  /** From 1; broker ids are 1, 2, 3, … */
  readonly brokers: number;
  /** Where brokers listen; 0.0.0.0 or :: for every address, and then each client is told the address it dialled. */
  readonly host: string;
  /** Broker i listens on kafkaPort + i − 1; 0 gives each any free port. */
  readonly kafkaPort: number;
  /** Broker i is in racks[(i − 1) mod n]; none by default. */
  readonly racks?: readonly string[];
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** Static broker settings by Kafka's names, over laptopSettings. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLog: (line: LogLine) => void;
}
export interface Cluster {
  /** "127.0.0.1:9092", one for each broker. */
  readonly bootstrapServers: string[];
  readonly clusterId: string;
  /** Ids of brokers whose threads run. */
  runningBrokers(): number[];
  readonly lab: ClusterLab;
  /** Orderly: brokers first, the controller last, then the folder is free. */
  close(): Promise<void>;
}

export interface LabNode {
  /** Brokers from 1; the controller is 3000. */
  readonly id: number;
  readonly role: 'broker' | 'controller';
  readonly state: NodeState;
  readonly rack: string | null;
  /** Why it is not running; null while it is. */
  readonly reason: string | null;
  /** Where it listens, or did when it last ran. */
  readonly address: Address | null;
}

/** The nodes one by one, while the others run on. Each verb rejects with NodeStateError when it does not fit the node's state. */
export interface ClusterLab {
  /** The controller last. */
  nodes(): readonly LabNode[];
  /** Called after every change of a node's state. Returns the end of it. */
  onChange(listener: (node: LabNode) => void): () => void;
  /** Orderly: leaders move away first. A frozen node is thawed for it. */
  stop(id: number): Promise<void>;
  /** Ends its thread at once, as a crash would. */
  kill(id: number): Promise<void>;
  /** On the port it had. Rejects with NodeStartError, and the node is then failed. */
  start(id: number): Promise<void>;
  /** Nothing of it runs, while its sockets stay open. */
  freeze(id: number): Promise<void>;
  thaw(id: number): Promise<void>;
  /** Empties the folder of a broker that is stopped or failed. */
  wipe(id: number): Promise<void>;
  /** The connections of clients at all running brokers; a broker that does not answer within a second is left out. */
  clients(): Promise<readonly ClientRow[]>;
}

/** One clear line: what is wrong and how to mend it. */
export class ClusterStartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ClusterStartError';
  }
}

/** As Kafka's, but never more than there are brokers. */
const INTERNAL_REPLICATION_FACTOR = 3;

/** DIVERGES: Kafka's defaults fit a fleet. A group alone on a laptop need not wait 3 s, and one broker holds one copy. */
export function laptopSettings(brokers: number): Readonly<Record<string, string>> {
  return {
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.replication.factor': String(Math.min(INTERNAL_REPLICATION_FACTOR, brokers)),
    'transaction.state.log.replication.factor': String(Math.min(INTERNAL_REPLICATION_FACTOR, brokers)),
    'transaction.state.log.min.isr': brokers < INTERNAL_REPLICATION_FACTOR ? '1' : '2',
    'default.replication.factor': '1',
  };
}

/** With racks, a consumer that names its own reads from a replica there (KIP-392). */
const RACK_SETTINGS: Readonly<Record<string, string>> = {
  'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
};

/** Recovery after a crash reads logs: it may take its time. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 8_000;
const LOOPBACK = '127.0.0.1';

/** Resolves when every broker serves. Throws ClusterStartError; nothing is left running then. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  checkPorts(options);
  const cluster = new ThreadedCluster(options, openFolder(options));
  try {
    await cluster.start();
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}

function checkPorts({ kafkaPort, brokers }: ClusterOptions): void {
  if (kafkaPort > 0 && kafkaPort + brokers - 1 > 65_535) {
    throw new ClusterStartError(
      `${brokers} brokers from port ${kafkaPort} on would need ports past 65535: choose a lower --kafka-port`,
    );
  }
}

function openFolder({ dataDir, brokers }: ClusterOptions): DataFolder {
  try {
    return openDataFolder(dataDir, CONTROLLER_ID, brokers);
  } catch (error) {
    throw error instanceof DataFolderError ? new ClusterStartError(error.message) : error;
  }
}

class ThreadedCluster implements Cluster {
  readonly clusterId: string;
  bootstrapServers: string[] = [];
  readonly #options: ClusterOptions;
  readonly #folder: DataFolder;
  readonly #controller: NodeSlot;
  readonly #brokers: readonly NodeSlot[];
  readonly #listeners = new Set<(node: LabNode) => void>();
  readonly lab: ClusterLab = {
    nodes: () => [...this.#brokers, this.#controller].map((slot) => this.#describe(slot)),
    onChange: (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
    stop: async (id) => this.#slot(id).stop(STOP_TIMEOUT_MS),
    kill: async (id) => this.#slot(id).kill(),
    start: async (id) => {
      await this.#startNode(this.#slot(id));
    },
    freeze: async (id) => this.#slot(id).freeze(),
    thaw: async (id) => this.#slot(id).thaw(),
    wipe: async (id) => this.#wipe(this.#slot(id)),
    clients: async () => (await Promise.all(this.#brokers.map((slot) => slot.clients()))).flat(),
  };
  #closed: Promise<void> | null = null;

  /** Threads begin to load their code at once, all together. */
  constructor(options: ClusterOptions, folder: DataFolder) {
    this.#options = options;
    this.#folder = folder;
    this.clusterId = folder.clusterId;
    this.#controller = this.#newSlot(CONTROLLER_ID, 'controller', 'controller');
    this.#brokers = Array.from({ length: options.brokers }, (_, i) =>
      this.#newSlot(i + 1, 'broker', `broker ${i + 1}`),
    );
  }

  async start(): Promise<void> {
    await this.#startAtFirst(this.#controller);
    const addresses = await Promise.all(this.#brokers.map((slot) => this.#startAtFirst(slot)));
    const host = isAnyAddress(this.#options.host) ? LOOPBACK : this.#options.host;
    this.bootstrapServers = addresses.map(({ port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  }

  runningBrokers(): number[] {
    return this.#brokers.filter(({ state }) => state === 'running').map(({ id }) => id);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }
  async #close(): Promise<void> {
    await Promise.all(this.#brokers.map((slot) => slot.close(STOP_TIMEOUT_MS)));
    await this.#controller.close(STOP_TIMEOUT_MS);
    this.#folder.release();
  }

  #newSlot(id: number, role: 'broker' | 'controller', label: string): NodeSlot {
    const { logLevel, onLog } = this.#options;
    const onChange = (slot: NodeSlot) => {
      for (const listener of this.#listeners) listener(this.#describe(slot));
    };
    return new NodeSlot({ id, role, label, logLevel, onLog, onChange });
  }

  #describe(slot: NodeSlot): LabNode {
    const { id, role, state, reason, address } = slot;
    return { id, role, state, reason, address, rack: this.#rackOf(slot) };
  }

  #slot(id: number): NodeSlot {
    const slot = id === CONTROLLER_ID ? this.#controller : this.#brokers[id - 1];
    if (slot === undefined)
      throw new NodeStateError(`there is no broker ${id}: choose one from 1 to ${this.#brokers.length}`);
    return slot;
  }

  async #startAtFirst(slot: NodeSlot): Promise<Address> {
    try {
      return await this.#startNode(slot);
    } catch (error) {
      if (!(error instanceof NodeStartError)) throw error;
      if (slot.role === 'controller') throw new ClusterStartError(`the controller: ${error.message}`);
      throw new ClusterStartError(brokerProblem(slot.id, this.#listenOf(slot), error));
    }
  }

  async #startNode(slot: NodeSlot): Promise<Address> {
    if (this.#closed !== null) throw new NodeStateError('the cluster is closing');
    const options: NodeOptions = {
      nodeId: slot.id,
      clusterId: this.clusterId,
      listen: this.#listenOf(slot),
      folder: this.#folderOf(slot),
      settings: this.#settings(),
    };
    if (slot.role === 'controller') return slot.start(options, START_TIMEOUT_MS);
    const controller = this.#controller.address;
    if (controller === null) throw new NodeStateError('the controller has not been started yet');
    return slot.start({ ...options, controller, rack: this.#rackOf(slot) }, START_TIMEOUT_MS);
  }

  #settings(): Readonly<Record<string, string>> {
    const { brokers, racks = [], settings } = this.#options;
    return { ...laptopSettings(brokers), ...(racks.length > 0 ? RACK_SETTINGS : {}), ...settings };
  }

  #rackOf({ role, id }: NodeSlot): string | null {
    const { racks = [] } = this.#options;
    return role === 'broker' ? (racks[(id - 1) % racks.length] ?? null) : null;
  }

  #listenOf({ role, id }: NodeSlot): Address {
    const { host, kafkaPort } = this.#options;
    if (role === 'controller') return { host: LOOPBACK, port: 0 };
    return { host, port: kafkaPort === 0 ? 0 : kafkaPort + id - 1 };
  }

  #folderOf({ role, id }: NodeSlot): string {
    return role === 'controller' ? this.#folder.controllerFolder : this.#folder.brokerFolder(id);
  }

  #wipe(slot: NodeSlot): void {
    if (slot.role === 'controller') {
      throw new NodeStateError('the controller cannot be wiped: the cluster would forget every topic');
    }
    if (slot.state !== 'stopped' && slot.state !== 'failed') {
      throw new NodeStateError(`${slot.label} cannot be wiped while it is ${slot.state}: stop it first`);
    }
    this.#folder.wipeBroker(slot.id);
  }
}

function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function brokerProblem(id: number, listen: Address, { code, message }: NodeStartError): string {
  const place = `port ${listen.port} on ${listen.host}`;
  switch (code) {
    case 'EADDRINUSE':
      return `${place} is taken (wanted by broker ${id}): stop what uses it, or choose other ports with --kafka-port`;
    case 'EACCES':
      return `${place} may not be used by this user (wanted by broker ${id}): choose ports from 1024 on with --kafka-port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${listen.host} is not an address of this machine: choose another with --host`;
    default:
      return `broker ${id}: ${message}`;
  }
}
