// When the lab asks the cluster where its partitions are: twice a second while somebody looks or something is done, seldom otherwise,
// never for more than a tenth of the time. Held by lab.ts. It decides nothing.
import type { LabClock } from './clock.ts';
import { countPartitions, type Placement } from './placement.ts';

export const WATCHED_INTERVAL_MS = 500;
const UNWATCHED_INTERVAL_MS = 1_000;
/** Above this many partitions nothing is read while nobody looks and nothing is done. */
const SMALL_CLUSTER_PARTITIONS = 1_000;
const SELDOM_MS = 10_000;
/** Readings take at most this share of the time. */
const MOST_SHARE = 0.1;

export interface ReadingsOptions {
  readonly clock: LabClock;
  /** A reading at most `maxAgeMs` old; rejects when no broker answers. */
  readonly read: (maxAgeMs: number) => Promise<Placement>;
  readonly isWatched: () => boolean;
  readonly onLook: () => void;
  /** A newer reading than before; null before the first. */
  readonly onReading: (before: Placement | null, now: Placement) => void;
  readonly onProblem: () => void;
}

export class Readings {
  readonly #options: ReadingsOptions;
  placement: Placement | null = null;
  /** Why the last attempt failed; null when it worked. */
  problem: string | null = null;
  /** What is known is old, however new. */
  #isOutdated = false;
  #isClosed = false;
  #cancelLook: () => void = () => undefined;
  #looking: Promise<void> | null = null;

  constructor(options: ReadingsOptions) {
    this.#options = options;
  }

  lookNow(): void {
    this.#lookIn(0);
  }

  /** A node changed: the next look reads anew. */
  outdate(): void {
    this.#isOutdated = true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelLook();
    await this.#looking;
  }

  #lookIn(delayMs: number): void {
    if (this.#isClosed) return;
    this.#cancelLook();
    this.#cancelLook = this.#options.clock.after(delayMs, () => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
      });
    });
  }

  async #look(): Promise<void> {
    const { clock, read, onLook, onProblem } = this.#options;
    const startedAtMs = clock.nowMs();
    onLook();
    try {
      const maxAgeMs = this.#isOutdated ? 0 : WATCHED_INTERVAL_MS / 2;
      this.#isOutdated = false;
      const reading = await read(maxAgeMs);
      this.problem = null;
      this.#take(reading);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      onProblem();
    }
    const tookMs = clock.nowMs() - startedAtMs;
    this.#lookIn(Math.max(this.#intervalMs(), this.problem === null ? tookMs / MOST_SHARE : 0));
  }

  #take(reading: Placement): void {
    const before = this.placement;
    if (before !== null && reading.sampledAtMs <= before.sampledAtMs) return;
    this.placement = reading;
    this.#options.onReading(before, reading);
  }

  #intervalMs(): number {
    if (this.#options.isWatched()) return WATCHED_INTERVAL_MS;
    const partitions = this.placement === null ? 0 : countPartitions(this.placement).total;
    return partitions <= SMALL_CLUSTER_PARTITIONS ? UNWATCHED_INTERVAL_MS : SELDOM_MS;
  }
}
