// The embedded cluster as one object: a data folder, a controller and brokers, each node in its own thread. main.ts starts it;
// everything else talks to it as to any Kafka cluster, and the lab stops and starts its nodes.

import type { ClusterLab, LabFaults, LabNode } from './cluster-lab.ts';
import { brokerProblem, portClash, portsPastTheEnd } from './cluster-ports.ts';
import type { DataFolder } from './host/data-folder.ts';
import { DataFolderError, openDataFolder } from './host/data-folder.ts';
import { FaultBoard } from './host/faults/fault-board.ts';
import { NodeSlot, NodeStateError } from './host/node-slot.ts';
import { NodeStartError } from './host/supervisor.ts';
import type { LogLevel, LogLine } from './host/world.ts';
import type { Address, NodeOptions } from './node.ts';
import { CONTROLLER_ID } from './node.ts';
import { faultyApis, nameOfError, problemWithFault } from './rpc/faults/fault-carriers.ts';

export type { ClusterLab, FaultyLink, LabFaults, LabNode, NodeState, RuleState } from './cluster-lab.ts';
export { NodeStateError } from './host/node-slot.ts';
export { NodeStartError } from './host/supervisor.ts';
export type { ClientRow, FaultAction, FaultOrder, FaultRule, LinkFault, SlowDisk } from './lab.ts';

export interface ClusterOptions {
  /**
   * How many a new data folder gets, from 1; ids are 1, 2, 3, … A known folder brings back the brokers it has: the number of its last
   * start, or the number there is, changes nothing, a higher one adds brokers, a lower one is refused.
   */
  readonly brokers: number;
  /** Where brokers listen; 0.0.0.0 or :: for every address, and then each client is told the address it dialled. */
  readonly host: string;
  /** Broker i listens on kafkaPort + i − 1; 0 gives each any free port. */
  readonly kafkaPort: number;
  /** Broker i listens on saslPort + i − 1 too, for clients that authenticate; 0 gives each any free port. None by default. */
  readonly saslPort?: number;
  /** Broker i is in racks[(i − 1) mod n]; none by default. */
  readonly racks?: readonly string[];
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** Static broker settings by Kafka's names, over laptopSettings. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLog: (line: LogLine) => void;
}
export interface Cluster {
  /** "127.0.0.1:9092", one for each broker there is now. */
  readonly bootstrapServers: readonly string[];
  /** The same of their second listeners; empty without. */
  readonly saslBootstrapServers: readonly string[];
  readonly clusterId: string;
  /** Ids of brokers whose threads run. */
  runningBrokers(): number[];
  readonly lab: ClusterLab;
  /** Orderly: brokers first, the controller last, then the folder is free. */
  close(): Promise<void>;
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
    // Whoever kills a broker to see what happens wants to see leadership go back, too.
    'leader.imbalance.check.interval.seconds': '30',
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
const MAX_BROKERS = 16;
const MAX_RACK_LENGTH = 64;

/** Resolves when every broker serves. Throws ClusterStartError; nothing is left running then. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const past = portsPastTheEnd(options);
  if (past !== null) throw new ClusterStartError(past);
  const cluster = new ThreadedCluster(options, openFolder(options));
  try {
    await cluster.start();
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
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
  readonly #options: ClusterOptions;
  readonly #folder: DataFolder;
  readonly #controller: NodeSlot;
  /** By id, lowest first. */
  readonly #brokers = new Map<number, NodeSlot>();
  readonly #listeners = new Set<(node: LabNode) => void>();
  readonly #faults: FaultBoard;
  #isGrowing = false;
  readonly lab: ClusterLab;
  #closed: Promise<void> | null = null;

  /** Threads begin to load their code at once, all together. */
  constructor(options: ClusterOptions, folder: DataFolder) {
    this.#options = options;
    this.#folder = folder;
    this.clusterId = folder.clusterId;
    this.#faults = new FaultBoard({
      nowMs: () => Date.now(),
      portOf: (id) => this.#find(id)?.address?.port ?? null,
      onChange: () => this.#tellFaults(),
    });
    this.#controller = this.#newSlot(CONTROLLER_ID, 'controller', 'controller');
    for (const { id } of folder.brokers()) this.#brokers.set(id, this.#newSlot(id, 'broker', `broker ${id}`));
    this.lab = this.#makeLab();
  }

  async start(): Promise<void> {
    const clash = portClash(this.#options, [...this.#brokers.keys()]);
    if (clash !== null) throw new ClusterStartError(clash);
    await this.#startAtFirst(this.#controller);
    await Promise.all([...this.#brokers.values()].map((slot) => this.#startAtFirst(slot)));
  }

  get bootstrapServers(): readonly string[] {
    return this.#shown(({ address }) => address);
  }
  get saslBootstrapServers(): readonly string[] {
    return this.#shown(({ address }) => address?.sasl ?? null);
  }
  #shown(addressOf: (slot: NodeSlot) => Address | null): readonly string[] {
    const host = isAnyAddress(this.#options.host) ? LOOPBACK : this.#options.host;
    const shown = host.includes(':') ? `[${host}]` : host;
    return [...this.#brokers.values()].flatMap((slot) => {
      const port = addressOf(slot)?.port;
      return port === undefined ? [] : [`${shown}:${port}`];
    });
  }

  #makeLab(): ClusterLab {
    return {
      nodes: () => this.#slots().map((slot) => this.#describe(slot)),
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
      addBroker: ({ rack }) => this.#addBroker(rack),
      removeBroker: async (id) => this.#removeBroker(this.#slot(id)),
      clients: async () => (await Promise.all([...this.#brokers.values()].map((slot) => slot.clients()))).flat(),
      faults: this.#labFaults(),
    };
  }

  #labFaults(): LabFaults {
    const board = this.#faults;
    return {
      get links() {
        return board.links;
      },
      diskOf: (id) => board.diskOf(id),
      rules: () => board.rules(),
      setLink: (from, to, fault) => board.setLink(this.#slot(from).id, this.#slot(to).id, fault),
      setDisk: (id, disk) => board.setDisk(this.#slot(id).id, disk),
      addRule: (order, durationMs) => {
        const problem = problemWithFault(order);
        if (problem !== null) throw new NodeStateError(problem);
        return board.addRule(order, durationMs).id;
      },
      endRule: (id) => board.endRule(id),
      endAll: () => board.endAll(),
      nameOfError,
      apis: faultyApis.map(({ name, namesTopics, carrier }) => ({
        name,
        namesTopics,
        carriesErrors: carrier !== null,
      })),
    };
  }

  runningBrokers(): number[] {
    return [...this.#brokers.values()].flatMap(({ id, state }) => (state === 'running' ? [id] : []));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }
  async #close(): Promise<void> {
    await Promise.all([...this.#brokers.values()].map((slot) => slot.close(STOP_TIMEOUT_MS)));
    await this.#controller.close(STOP_TIMEOUT_MS);
    this.#folder.release();
  }

  #newSlot(id: number, role: 'broker' | 'controller', label: string): NodeSlot {
    const { logLevel, onLog } = this.#options;
    const onChange = (slot: NodeSlot) => {
      // Others may know its port only now.
      if (slot.state === 'running' && this.#faults.links.length > 0) this.#tellFaults();
      for (const listener of this.#listeners) listener(this.#describe(slot));
    };
    return new NodeSlot({ id, role, label, logLevel, onLog, onChange });
  }

  #slots(): readonly NodeSlot[] {
    return [...this.#brokers.values(), this.#controller];
  }
  #tellFaults(): void {
    for (const slot of this.#slots()) slot.setFaults(this.#faults.faultsOf(slot.id));
  }

  #describe(slot: NodeSlot): LabNode {
    const { id, role, state, reason, address } = slot;
    const plain = address && { host: address.host, port: address.port };
    return { id, role, state, reason, address: plain, rack: this.#rackOf(slot) };
  }

  #find(id: number): NodeSlot | undefined {
    return id === CONTROLLER_ID ? this.#controller : this.#brokers.get(id);
  }
  #slot(id: number): NodeSlot {
    const slot = this.#find(id);
    if (slot === undefined) {
      throw new NodeStateError(`there is no broker ${id}: choose one of ${[...this.#brokers.keys()].join(', ')}`);
    }
    return slot;
  }

  async #addBroker(rack: string | null): Promise<number> {
    if (this.#closed !== null) throw new NodeStateError('the cluster is closing');
    if (this.#isGrowing) throw new NodeStateError('a broker is being added already: wait until it serves');
    if (this.#brokers.size >= MAX_BROKERS) throw new NodeStateError(`${MAX_BROKERS} brokers are the most there can be`);
    if (rack !== null && !isRack(rack)) {
      throw new NodeStateError(
        `"${rack}" is no name of a rack: use 1 to ${MAX_RACK_LENGTH} letters, digits, ".", "_" and "-"`,
      );
    }
    this.#isGrowing = true;
    const { id } = this.#folder.addBroker(rack);
    const slot = this.#newSlot(id, 'broker', `broker ${id}`);
    try {
      this.#brokers.set(id, slot);
      slot.setFaults(this.#faults.faultsOf(id));
      const clash = portClash(this.#options, [...this.#brokers.keys()]);
      if (clash !== null) throw new NodeStartError(clash, null);
      await this.#startNode(slot);
      return id;
    } catch (error) {
      await slot.close(STOP_TIMEOUT_MS);
      this.#brokers.delete(id);
      this.#folder.removeBroker(id, false);
      if (!(error instanceof NodeStartError)) throw error;
      throw new NodeStartError(brokerProblem(id, this.#listenOf(slot), error), error.code, error.port);
    } finally {
      this.#isGrowing = false;
    }
  }

  #removeBroker(slot: NodeSlot): void {
    if (slot.role === 'controller')
      throw new NodeStateError('the controller cannot be removed: the cluster has only one');
    if (this.#brokers.size === 1) throw new NodeStateError(`${slot.label} is the last one: a cluster needs a broker`);
    if (slot.state !== 'stopped' && slot.state !== 'failed') {
      throw new NodeStateError(`${slot.label} cannot be removed while it is ${slot.state}: stop it first`);
    }
    this.#brokers.delete(slot.id);
    this.#folder.removeBroker(slot.id, true);
    this.#faults.forget(slot.id);
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
    const saslListen = this.#saslListenOf(slot);
    const own = { controller, rack: this.#rackOf(slot), ...(saslListen && { saslListen }) };
    return slot.start({ ...options, ...own }, START_TIMEOUT_MS);
  }

  #settings(): Readonly<Record<string, string>> {
    const { racks = [], settings } = this.#options;
    return { ...laptopSettings(this.#brokers.size), ...(racks.length > 0 ? RACK_SETTINGS : {}), ...settings };
  }

  #rackOf({ role, id }: NodeSlot): string | null {
    if (role === 'controller') return null;
    const { racks = [] } = this.#options;
    const given = this.#folder.brokers().find((place) => place.id === id)?.rack ?? null;
    return given ?? racks[(id - 1) % racks.length] ?? null;
  }

  #listenOf({ role, id }: NodeSlot): Address {
    const { host, kafkaPort } = this.#options;
    if (role === 'controller') return { host: LOOPBACK, port: 0 };
    return { host, port: kafkaPort === 0 ? 0 : kafkaPort + id - 1 };
  }

  #saslListenOf({ id }: NodeSlot): Address | null {
    const { host, saslPort } = this.#options;
    if (saslPort === undefined) return null;
    return { host, port: saslPort === 0 ? 0 : saslPort + id - 1 };
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

const isRack = (text: string): boolean => new RegExp(`^[A-Za-z0-9._-]{1,${MAX_RACK_LENGTH}}$`).test(text);

function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
