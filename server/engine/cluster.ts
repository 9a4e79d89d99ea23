// The embedded cluster as one object: a data folder, a controller and brokers, each node in its own thread. main.ts starts it;
// everything else talks to it as to any Kafka cluster.

import type { DataFolder } from './host/data-folder.ts';
import { DataFolderError, openDataFolder } from './host/data-folder.ts';
import { NodeStartError, NodeThread } from './host/supervisor.ts';
import type { LogLevel, LogLine } from './host/world.ts';
import type { Address } from './node.ts';
import { CONTROLLER_ID } from './node.ts';

export interface ClusterOptions {
  /** From 1; broker ids are 1, 2, 3, … */
  readonly brokers: number;
  /** Where brokers listen; 0.0.0.0 or :: for every address, and then each client is told the address it dialled. */
  readonly host: string;
  /** Broker i listens on kafkaPort + i − 1; 0 gives each any free port. */
  readonly kafkaPort: number;
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** Static broker settings by Kafka's names, over LAPTOP_SETTINGS. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLog: (line: LogLine) => void;
}
export interface Cluster {
  /** "127.0.0.1:9092", one for each broker. */
  readonly bootstrapServers: string[];
  readonly clusterId: string;
  /** Ids of brokers whose threads run. */
  runningBrokers(): number[];
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

/** DIVERGES: Kafka's defaults fit a fleet. One machine has no second copy to wait for, and a group alone need not wait 3 s. */
export const LAPTOP_SETTINGS: Readonly<Record<string, string>> = {
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.replication.factor': '1',
  'default.replication.factor': '1',
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
  readonly #controller: NodeThread;
  readonly #brokers: readonly { readonly id: number; readonly thread: NodeThread }[];
  #closed: Promise<void> | null = null;

  /** Threads begin to load their code at once, all together. */
  constructor(options: ClusterOptions, folder: DataFolder) {
    this.#options = options;
    this.#folder = folder;
    this.clusterId = folder.clusterId;
    this.#controller = this.#thread('controller', 'controller');
    this.#brokers = Array.from({ length: options.brokers }, (_, i) => ({
      id: i + 1,
      thread: this.#thread('broker', `broker ${i + 1}`),
    }));
  }

  async start(): Promise<void> {
    const controller = await this.#startController();
    const addresses = await Promise.all(this.#brokers.map(({ id }) => this.#startBroker(id, controller)));
    const host = isAnyAddress(this.#options.host) ? LOOPBACK : this.#options.host;
    this.bootstrapServers = addresses.map(({ port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  }

  runningBrokers(): number[] {
    return this.#brokers.filter(({ thread }) => thread.isRunning).map(({ id }) => id);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }
  async #close(): Promise<void> {
    await Promise.all(this.#brokers.map(({ thread }) => thread.stop(STOP_TIMEOUT_MS)));
    await this.#controller.stop(STOP_TIMEOUT_MS);
    this.#folder.release();
  }

  #thread(role: 'broker' | 'controller', label: string): NodeThread {
    const { logLevel, onLog } = this.#options;
    const onDown = (reason: string) => onLog({ level: 'error', label, message: `ended unexpectedly: ${reason}` });
    return new NodeThread({ role, label, logLevel, onLog, onDown });
  }

  #settings(): Readonly<Record<string, string>> {
    return { ...LAPTOP_SETTINGS, ...this.#options.settings };
  }

  async #startController(): Promise<Address> {
    try {
      return await this.#controller.start(
        {
          nodeId: CONTROLLER_ID,
          clusterId: this.clusterId,
          listen: { host: LOOPBACK, port: 0 },
          folder: this.#folder.controllerFolder,
          settings: this.#settings(),
        },
        START_TIMEOUT_MS,
      );
    } catch (error) {
      throw error instanceof NodeStartError ? new ClusterStartError(`the controller: ${error.message}`) : error;
    }
  }

  async #startBroker(id: number, controller: Address): Promise<Address> {
    const { host, kafkaPort } = this.#options;
    const listen = { host, port: kafkaPort === 0 ? 0 : kafkaPort + id - 1 };
    const thread = this.#brokers[id - 1]?.thread as NodeThread;
    try {
      return await thread.start(
        {
          nodeId: id,
          clusterId: this.clusterId,
          listen,
          folder: this.#folder.brokerFolder(id),
          settings: this.#settings(),
          controller,
          rack: null,
        },
        START_TIMEOUT_MS,
      );
    } catch (error) {
      throw error instanceof NodeStartError ? new ClusterStartError(brokerProblem(id, listen, error)) : error;
    }
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
