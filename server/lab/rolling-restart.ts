// Restarts all brokers in turn, the way upgrades go: the next one only when every partition has a leader and all its replicas in
// sync. Run by lab.ts, which supplies the nodes, the readings and the clock. It never leaves a broker stopped by being cancelled.
import type { LabAction } from '../live/contract.ts';
import { countPartitions, type Placement } from './placement.ts';

const POLL_MS = 250;
/** In a row: one good reading may come from a broker that has not heard the news yet. */
const GOOD_READINGS = 2;
const WAIT_LIMIT_MS = 600_000;

export interface RollingOptions {
  readonly brokerIds: readonly number[];
  stop(id: number): Promise<void>;
  start(id: number): Promise<void>;
  /** A reading made after the call; rejects when no broker answers. */
  placement(): Promise<Placement>;
  nowMs(): number;
  sleep(delayMs: number): Promise<void>;
  isCancelled(): boolean;
  onProgress(progress: Omit<LabAction, 'isCancelling'>): void;
}
export type RollingOutcome =
  | { readonly kind: 'done' | 'cancelled'; readonly restarted: number }
  | { readonly kind: 'failed'; readonly restarted: number; readonly reason: string };

/** Never rejects. */
export async function restartAll(options: RollingOptions): Promise<RollingOutcome> {
  const { brokerIds, isCancelled } = options;
  const startedAtMs = options.nowMs();
  let done = 0;
  const progress = (step: LabAction['step'], brokerId: number, waitsForPartitions = 0) =>
    options.onProgress({
      kind: 'rollingRestart',
      startedAtMs,
      step,
      brokerId,
      done,
      total: brokerIds.length,
      waitsForPartitions,
    });
  try {
    for (const id of brokerIds) {
      progress('waiting', id);
      await untilReplicated(options, (left) => progress('waiting', id, left));
      if (isCancelled()) return { kind: 'cancelled', restarted: done };
      progress('stopping', id);
      await options.stop(id);
      progress('starting', id);
      await options.start(id);
      done += 1;
    }
    const last = brokerIds.at(-1) ?? 0;
    await untilReplicated(options, (left) => progress('waiting', last, left));
    return { kind: 'done', restarted: done };
  } catch (error) {
    return { kind: 'failed', restarted: done, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Resolves when all is in sync, or at once when cancelled. Throws after ten minutes. */
async function untilReplicated(options: RollingOptions, onLeft: (partitions: number) => void): Promise<void> {
  const endMs = options.nowMs() + WAIT_LIMIT_MS;
  let good = 0;
  for (;;) {
    if (options.isCancelled()) return;
    const left = await partitionsLeft(options);
    good = left === 0 ? good + 1 : 0;
    if (good >= GOOD_READINGS) return;
    if (options.nowMs() > endMs) {
      const what = left === null ? 'some broker is down' : `${left} partitions miss replicas`;
      throw new Error(`${what} for more than ${WAIT_LIMIT_MS / 60_000} minutes`);
    }
    onLeft(left ?? 0);
    await options.sleep(POLL_MS);
  }
}

/** null: not all brokers are up, or none answers. */
async function partitionsLeft({ brokerIds, placement }: RollingOptions): Promise<number | null> {
  const reading = await placement().catch(() => null);
  if (reading === null || brokerIds.some((id) => !reading.brokerIds.includes(id))) return null;
  return countPartitions(reading).underReplicated;
}
