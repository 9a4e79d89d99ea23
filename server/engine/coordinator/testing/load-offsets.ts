// How long a broker takes to load 100,000 committed offsets from its disk: each was a commit of its own, so each is a batch of its
// own, and no compaction has helped. Run by hand: node server/engine/coordinator/testing/load-offsets.ts [commits]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZERO_UUID } from '../../../protocol/grammar.ts';
import { coordinatorStore } from '../../broker/offsets-store.ts';
import type { Replicas } from '../../broker/replicas.ts';
import { createHostWorld } from '../../host/world.ts';
import { PartitionLog } from '../../storage/log/log.ts';
import { DEFAULT_LOG_CONFIG } from '../../storage/log-config.ts';
import { GroupCoordinator } from '../group-coordinator.ts';
import { encodeRecord } from '../records.ts';
import type { CoordinatorStore } from '../store.ts';
import { SETTINGS } from './bench.ts';

const GROUPS = 1000;
const TOPIC = '__consumer_offsets';

export interface LoadFigures {
  readonly commits: number;
  readonly logBytes: number;
  /** From the moment the broker leads the partition until its groups are served. */
  readonly loadMs: number;
  /** What of it a processor worked: what an idle core would take. */
  readonly processorMs: number;
  /** The longest the broker served nobody meanwhile. */
  readonly longestPauseMs: number;
}

const world = createHostWorld({ label: 'load', logLevel: 'error', onLog: ({ message }) => console.error(message) });
const topicId = Buffer.from('orders'.padEnd(16, '.')).toString('base64url');

/** Writes `commits` positions of a thousand groups and loads them with a coordinator that knows nothing yet. */
export async function measureLoad(commits: number): Promise<LoadFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'barnabas-load-'));
  try {
    write(folder, commits);
    const log = open(folder);
    const figures = await load(log, commits);
    const { sizeBytes } = log;
    log.close();
    return { commits, logBytes: sizeBytes, ...figures };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function open(folder: string): PartitionLog {
  return PartitionLog.open(world, { folder, topic: TOPIC, partition: 0, topicId, config: DEFAULT_LOG_CONFIG });
}
function storeOver(log: PartitionLog): CoordinatorStore {
  const replica = { log };
  const replicas = {
    leaderFor: () => replica,
    hasEnoughInSync: () => true,
    whenCommitted: (_replica: unknown, _offset: number, done: (errorCode: number) => void) => done(0),
    append: (_replica: unknown, records: Buffer, origin: 'coordinator') =>
      log.appendAsLeader(records, { leaderEpoch: 0, nowMs: world.clock.nowMs(), origin }),
  };
  return coordinatorStore(world, replicas as unknown as Replicas, TOPIC);
}

function write(folder: string, commits: number): void {
  const log = open(folder);
  const store = storeOver(log);
  const nowMs = world.clock.nowMs();
  for (let i = 0; i < commits; i++) {
    const groupId = `group-${i % GROUPS}`;
    const committed = {
      offset: i,
      leaderEpoch: 0,
      metadata: '',
      commitTimestampMs: nowMs,
      expireTimestampMs: -1,
      topicId,
    };
    const partition = Math.floor(i / GROUPS);
    store.append(0, [encodeRecord({ kind: 'offset', groupId, topic: 'orders', partition, committed }, nowMs)]);
  }
  log.close();
}

async function load(log: PartitionLog, commits: number): Promise<Omit<LoadFigures, 'commits' | 'logBytes'>> {
  const partitions = Math.ceil(commits / GROUPS);
  const coordinator = new GroupCoordinator({
    world,
    store: storeOver(log),
    settings: (name) => SETTINGS[name] ?? '',
    groupSettings: (_groupId, name) => SETTINGS[`group.${name}`] ?? '',
    topics: {
      partitionsOf: (name) => (name === 'orders' ? partitions : 0),
      idOf: (name) => (name === 'orders' ? topicId : ZERO_UUID),
      nameOf: (id) => (id === topicId ? 'orders' : null),
      names: () => ['orders'],
    },
    partitionCount: () => 1,
  });
  const context = { apiVersion: 5, clientId: 'load', connection: { remoteHost: '127.0.0.1' } };
  const startMs = performance.now();
  const startUsage = process.cpuUsage();
  let beforeMs = startMs;
  let longestPauseMs = 0;
  coordinator.onLeader(0, 0);
  for (;;) {
    const { groups } = coordinator.listGroups({ statesFilter: [], typesFilter: [] }, context);
    longestPauseMs = Math.max(longestPauseMs, performance.now() - beforeMs);
    beforeMs = performance.now();
    if (groups !== undefined) {
      if (groups.length !== Math.min(commits, GROUPS)) throw new Error(`${groups.length} groups were loaded`);
      break;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  const loadMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(startUsage);
  coordinator.close();
  return { loadMs, processorMs: (user + system) / 1000, longestPauseMs };
}

if (import.meta.main) {
  for (let run = 0; run < 3; run++) {
    const figures = await measureLoad(Number(process.argv[2] ?? 100_000));
    const [loadMs, processorMs, pauseMs] = [figures.loadMs, figures.processorMs, figures.longestPauseMs].map(
      Math.round,
    );
    const size = `${figures.commits} commits in ${(figures.logBytes / 1e6).toFixed(1)} MB`;
    console.log(`${size}: loaded in ${loadMs} ms (${processorMs} ms of processor), longest pause ${pauseMs} ms`);
  }
}
