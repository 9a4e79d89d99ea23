// For how long cleaning a big compacted log keeps a broker's thread from everything else, on a real disk and in a real worker.
// Run by hand: node server/engine/storage/testing/clean-big-log.ts [megabytes] [codec: 0 none, 1 gzip, 3 lz4, 4 zstd]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { World } from '../../../kernel/world.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { createHostWorld } from '../../host/world.ts';
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../log-config.ts';
import { LogFolder } from '../log-folder.ts';

const KEYS_PER_MEGABYTE = 1000;
const RECORDS_PER_BATCH = 50;
const VALUE_BYTES = 200;
const MAX_SEGMENT_BYTES = 256 << 20;
const TICK_MS = 1000;
const FOLDER = { nodeId: 1, clusterId: 'ABCDEFGHIJKLMNOPQRSTUV' };

export interface CleaningFigures {
  readonly dirtyBytes: number;
  readonly leftBytes: number;
  readonly seconds: number;
  /** Of one turn of the event loop that belonged to the cleaner or to the tick that starts it and deletes what it replaced. */
  readonly longestTurnMs: number;
  readonly longestTurnProcessorMs: number;
  /** The longest that a timer of one millisecond was late. */
  readonly longestDelayMs: number;
  /** The same over as long a time before, while nothing was cleaned: what the machine does by itself. */
  readonly longestIdleDelayMs: number;
}
interface Task {
  readonly folder: string;
  readonly megabytes: number;
  readonly codec: number;
}

/** Fills a log and has it cleaned, in a worker of its own. */
export async function measureCleaning(megabytes: number, codec = 0): Promise<CleaningFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'barnabas-clean-'));
  try {
    const worker = new Worker(new URL(import.meta.url), { workerData: { folder, megabytes, codec } satisfies Task });
    return await new Promise<CleaningFigures>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Longest wall and processor time of what ran in one turn. */
class Turns {
  longestMs = 0;
  longestProcessorMs = 0;

  measured(run: () => void): void {
    const startMs = performance.now();
    const startUsage = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(startUsage);
    this.longestMs = Math.max(this.longestMs, performance.now() - startMs);
    this.longestProcessorMs = Math.max(this.longestProcessorMs, (user + system) / 1000);
  }
  around(world: World): World {
    const { timers } = world;
    const after = (delayMs: number, run: () => void) => timers.after(delayMs, () => this.measured(run));
    return { ...world, timers: { ...timers, after } };
  }
}

function fill(folder: LogFolder, world: World, { megabytes, codec }: Task): void {
  const segmentBytes = Math.min(MAX_SEGMENT_BYTES, megabytes * 200_000);
  const config: LogConfig = { ...DEFAULT_LOG_CONFIG, isDeleted: false, isCompacted: true, segmentBytes };
  const log = folder.create('compacted', 0, 'AAAAAAAAAAAAAAAAAAAAAA', { ...config, fileDeleteDelayMs: 2000 });
  const nowMs = world.clock.nowMs();
  const filler = Buffer.alloc(VALUE_BYTES / 2, 'v').toString();
  for (let number = 0; log.sizeBytes < megabytes * 1_000_000; ) {
    const records = Array.from({ length: RECORDS_PER_BATCH }, () => {
      const key = Buffer.from(
        `key-${Math.imul(number++, 0x9e3779b1) >>> 0}`.slice(0, 4) +
          ((number * 7919) % (KEYS_PER_MEGABYTE * megabytes)),
      );
      return { timestampMs: nowMs, key, value: Buffer.from(filler + String(Math.sin(number)).repeat(5)) };
    });
    const outcome = log.appendAsLeader(encodeBatch({ records, codec }, world.compression), {
      leaderEpoch: 0,
      nowMs,
      origin: 'client',
    });
    if (outcome.kind !== 'appended') throw new Error(JSON.stringify(outcome));
  }
}

async function delayOver(work: () => Promise<void>): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  delays.enable();
  await work();
  delays.disable();
  return Math.max(0, delays.max / 1e6 - 1);
}

async function clean(task: Task): Promise<CleaningFigures> {
  const turns = new Turns();
  const host = createHostWorld({ label: 'clean', logLevel: 'error', onLog: ({ message }) => console.error(message) });
  const folder = LogFolder.open(turns.around(host), {
    ...FOLDER,
    folder: task.folder,
    configOf: () => DEFAULT_LOG_CONFIG,
  });
  fill(folder, host, task);
  const log = [...folder.logs.values()][0];
  if (log === undefined) throw new Error('there is a log');
  await log.flush();
  const dirtyBytes = log.sizeBytes;
  let seconds = 0;
  const longestDelayMs = await delayOver(async () => {
    const startMs = performance.now();
    for (;;) {
      turns.measured(() => folder.tick(host.clock.nowMs()));
      if (!folder.cleaner.isCleaning && log.cleanedUpTo > 0 && folder.trashSize === 0) break;
      if (!folder.cleaner.isCleaning) seconds ||= (performance.now() - startMs) / 1000;
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  });
  const longestIdleDelayMs = await delayOver(() => new Promise((resolve) => setTimeout(resolve, 1000 * seconds)));
  const figures = { dirtyBytes, leftBytes: log.sizeBytes, seconds, longestDelayMs, longestIdleDelayMs };
  folder.close(false);
  return { ...figures, longestTurnMs: turns.longestMs, longestTurnProcessorMs: turns.longestProcessorMs };
}

if (!isMainThread) parentPort?.postMessage(await clean(workerData as Task));
else if (import.meta.main) {
  const figures = await measureCleaning(Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 0));
  const { dirtyBytes, leftBytes, seconds, longestTurnMs, longestTurnProcessorMs, longestDelayMs } = figures;
  const bytes = `${(dirtyBytes / 1e6).toFixed(0)} MB became ${(leftBytes / 1e6).toFixed(0)} MB`;
  console.log(`${bytes} in ${seconds.toFixed(1)} s, old files deleted`);
  console.log(`longest turn ${longestTurnMs.toFixed(1)} ms, ${longestTurnProcessorMs.toFixed(1)} ms of processor`);
  console.log(
    `longest delay of the event loop ${longestDelayMs.toFixed(1)} ms, ${figures.longestIdleDelayMs.toFixed(1)} ms without cleaning`,
  );
}
