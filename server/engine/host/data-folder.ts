// The data folder of an embedded cluster: <folder>/broker-N and <folder>/controller, one cluster id for all, one process at a
// time. cluster.ts opens it before any node starts. It never looks into logs.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BrokerPlace,
  type Roster,
  readRoster,
  rosterFor,
  withBroker,
  withoutBroker,
  writeRoster,
} from './broker-roster.ts';
import { hostDisk } from './disk.ts';
import { hostRandom } from './world.ts';

/** `version` in meta.properties that this program reads and writes. */
const LAYOUT_VERSION = 1;
const LOCK_FILE = '.lock';

/** One line: what is wrong with the folder and how to mend it. */
export class DataFolderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DataFolderError';
  }
}

export interface DataFolder {
  readonly clusterId: string;
  readonly controllerFolder: string;
  /** Those it has now, lowest id first. */
  brokers(): readonly BrokerPlace[];
  brokerFolder(id: number): string;
  /** Remembers one more, under the next id. A null rack is what the command line gives it. */
  addBroker(rack: string | null): BrokerPlace;
  /** Forgets it and removes all it has kept; it must not run. One that never joined gives its id back. */
  removeBroker(id: number, hasJoined: boolean): void;
  /** Removes everything a broker has kept; it must not run. */
  wipeBroker(id: number): void;
  /** Lets another process use the folder. */
  release(): void;
}

/** Creates the folder when missing; `brokers` as rosterFor says. Throws DataFolderError; the folder is then not locked. */
export function openDataFolder(path: string, controllerId: number, brokers: number): DataFolder {
  try {
    mkdirSync(path, { recursive: true });
    lock(path);
  } catch (error) {
    throw unusable(path, error);
  }
  try {
    const found = foundBrokers(path);
    let roster = rosterOrRefusal(path, found, brokers);
    const clusterId = findClusterId(path, controllerId, found);
    writeRoster(path, roster);
    const change = (next: Roster) => {
      writeRoster(path, next);
      roster = next;
    };
    const brokerFolder = (id: number) => join(path, `broker-${id}`);
    const wipeBroker = (id: number) => rmSync(brokerFolder(id), { recursive: true, force: true, maxRetries: 5 });
    return {
      clusterId,
      controllerFolder: join(path, 'controller'),
      brokers: () => roster.brokers,
      brokerFolder,
      addBroker(rack) {
        change(withBroker(roster, rack));
        return roster.brokers.at(-1) as BrokerPlace;
      },
      removeBroker(id, hasJoined) {
        change(withoutBroker(roster, id, hasJoined));
        wipeBroker(id);
      },
      wipeBroker,
      release: () => rmSync(join(path, LOCK_FILE), { force: true }),
    };
  } catch (error) {
    rmSync(join(path, LOCK_FILE), { force: true });
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): unknown {
  if (error instanceof DataFolderError) return error;
  const code = (error as { code?: unknown; errno?: unknown }).code ?? (error as { errno?: unknown }).errno;
  if (typeof code !== 'string') return error;
  return new DataFolderError(
    `the data folder ${path} cannot be written (${code}): make it writable for this user, or choose another with --data-dir`,
  );
}

// ------------------------------------------------------------------------------------------------------------ identity

type Properties = ReadonlyMap<string, string>;

/** Ids of brokers that have a folder here. Throws DataFolderError when the folder is none of ours. */
function foundBrokers(path: string): readonly number[] {
  if (readProperties(path) !== null) {
    throw new DataFolderError(
      `${path} is the log folder of a single Kafka node, not a data folder of this program: choose another with --data-dir`,
    );
  }
  return readdirSync(path).flatMap((name) => {
    const match = /^broker-([1-9]\d*)$/.exec(name);
    return match !== null && readProperties(join(path, name)) !== null ? [Number(match[1])] : [];
  });
}

function rosterOrRefusal(path: string, found: readonly number[], asked: number): Roster {
  const before = readRosterOrRefusal(path);
  const roster = rosterFor(before, found, asked);
  if (roster !== 'tooFew') return roster;
  const count = before?.brokers.length ?? found.length;
  throw new DataFolderError(
    `the data folder ${path} has ${count} brokers and ${asked} were asked for, so partitions would be missing: start with --brokers ${count}, or choose another folder with --data-dir`,
  );
}
function readRosterOrRefusal(path: string): Roster | null {
  try {
    return readRoster(path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DataFolderError(
      `${join(path, 'brokers.json')} is not a list of brokers: put back the one that was there, or choose another folder with --data-dir`,
    );
  }
}

function findClusterId(path: string, controllerId: number, brokerIds: readonly number[]): string {
  const nodes = [
    { folder: join(path, 'controller'), nodeId: controllerId },
    ...brokerIds.toSorted((a, b) => a - b).map((nodeId) => ({ folder: join(path, `broker-${nodeId}`), nodeId })),
  ];
  let clusterId: string | null = null;
  for (const { folder, nodeId } of nodes) {
    const properties = readProperties(folder);
    if (properties === null) continue;
    checkProperties(folder, nodeId, properties);
    const found = properties.get('cluster.id') ?? '';
    if (clusterId !== null && found !== clusterId) {
      throw new DataFolderError(
        `${folder} belongs to cluster ${found}, its neighbours in ${path} to ${clusterId}: move it back, or choose another folder with --data-dir`,
      );
    }
    clusterId = found;
  }
  clusterId ??= hostRandom.uuid();
  if (readProperties(join(path, 'controller')) === null) writeProperties(path, controllerId, clusterId);
  return clusterId;
}

function checkProperties(folder: string, nodeId: number, properties: Properties): void {
  const version = Number(properties.get('version'));
  if (version > LAYOUT_VERSION) {
    throw new DataFolderError(
      `${folder} has layout version ${version} and this program knows ${LAYOUT_VERSION}: start the newer program, or choose another folder with --data-dir`,
    );
  }
  const isKnown = version === LAYOUT_VERSION && (properties.get('cluster.id') ?? '') !== '';
  if (!isKnown || properties.get('node.id') !== String(nodeId)) {
    throw new DataFolderError(
      `${folder} is not the folder of node ${nodeId} (see its meta.properties): move it away, or choose another folder with --data-dir`,
    );
  }
}

/** Kafka's meta.properties; null when there is none. */
function readProperties(folder: string): Properties | null {
  const bytes = hostDisk.read(join(folder, 'meta.properties'));
  if (bytes === null) return null;
  const entries = bytes
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.includes('=') && !line.startsWith('#'))
    .map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    });
  return new Map(entries);
}

function writeProperties(path: string, controllerId: number, clusterId: string): void {
  const folder = join(path, 'controller');
  hostDisk.makeFolder(folder);
  const lines = [`cluster.id=${clusterId}`, `directory.id=${hostRandom.uuid()}`, `node.id=${controllerId}`];
  hostDisk.replace(join(folder, 'meta.properties'), `${[...lines, `version=${LAYOUT_VERSION}`].join('\n')}\n`);
}

// ---------------------------------------------------------------------------------------------------------------- lock

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one with the same number; '' where it cannot be known. */
  readonly startedAt: string;
}

/** Throws DataFolderError while another living process holds the folder; the lock of a dead one is taken over. */
function lock(path: string): void {
  const file = join(path, LOCK_FILE);
  const mine = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) } satisfies Holder);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder !== null && isAlive(holder)) throw inUse(path, holder.pid);
    rmSync(file, { force: true });
  }
  throw inUse(path, readHolder(file)?.pid ?? 0);
}

function inUse(path: string, pid: number): DataFolderError {
  return new DataFolderError(
    `the data folder ${path} is in use by process ${pid}: stop that one, or choose another folder with --data-dir`,
  );
}

function readHolder(file: string): Holder | null {
  const text = hostDisk.read(file)?.toString('utf8') ?? '';
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    const pid = Number(value?.pid);
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, startedAt: String(value?.startedAt ?? '') } : null;
  } catch {
    return null; // A lock that was cut short holds nothing.
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return now !== ENDED && (startedAt === '' || now === '' || now === startedAt);
}

const ENDED = 'ended';

/** Clock ticks from boot to the start of the process, on Linux; ENDED for one that only waits to be collected by its parent. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? ENDED : (fields[19] ?? '');
  } catch {
    return ''; // Not Linux, or the process is gone.
  }
}
