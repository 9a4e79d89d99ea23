// Runs one sampler again and again, never twice at once, so seldom that it takes less than a tenth of the time.

const LONGEST_PAUSE_MS = 10_000;
/** A single slow run (a cold broker, a collected heap) says nothing: the fastest of the last few counts. */
const REMEMBERED_RUNS = 3;

export interface JobOptions {
  /** Wanted distance between two starts; null: not wanted now, look again when woken. */
  intervalMs(): number | null;
  run(): Promise<void>;
  /** Something did not answer: the time it took says nothing about load, and recovery must not wait. */
  isTroubled(): boolean;
  onError(error: unknown): void;
}

export class Job {
  readonly #options: JobOptions;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isClosed = false;
  #isWoken = false;
  readonly #tookMs: number[] = [];

  constructor(options: JobOptions) {
    this.#options = options;
  }

  /** Runs as soon as possible, then at its interval. */
  wake(): void {
    if (this.#isClosed) return;
    if (this.#running !== null) {
      this.#isWoken = true;
      return;
    }
    this.#schedule(0);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = this.#run().finally(() => {
        this.#running = null;
        this.#scheduleNext();
      });
    }, delayMs);
    this.#timer.unref();
  }

  /** How long a run takes without disturbance; 0 while too few are known, for the first ones connect. */
  get tookMs(): number {
    return this.#tookMs.length < REMEMBERED_RUNS ? 0 : Math.min(...this.#tookMs);
  }

  async #run(): Promise<void> {
    const startedAtMs = performance.now();
    try {
      await this.#options.run();
    } catch (error) {
      this.#options.onError(error);
    }
    this.#tookMs.push(performance.now() - startedAtMs);
    if (this.#tookMs.length > REMEMBERED_RUNS) this.#tookMs.shift();
  }

  #scheduleNext(): void {
    if (this.#isClosed) return;
    if (this.#isWoken) {
      this.#isWoken = false;
      this.#schedule(20);
      return;
    }
    const intervalMs = this.#options.intervalMs();
    if (intervalMs !== null)
      this.#schedule(this.#options.isTroubled() ? Math.min(intervalMs, 1_000) : pauseMs(intervalMs, this.tookMs));
  }
}

/** The pause after a run: keeps the interval, and keeps the share of sampling below a tenth. */
export function pauseMs(intervalMs: number, tookMs: number): number {
  return Math.min(Math.max(intervalMs - tookMs, tookMs * 9, 10), Math.max(LONGEST_PAUSE_MS, intervalMs));
}
