// One thing of the cluster that is read whole, again and again while somebody looks: its newest value, when it was read, and why
// that failed. What is kept is one answer of the cluster. Made by the readers of quotas and users.
import { reasonOf, toClusterError } from '../../client/errors.ts';
import type { Freshness, Problem } from '../../live/contract.ts';
import { Job } from './job.ts';
import type { Sampled } from './sampled.ts';
import { Watchers } from './watchers.ts';

/** A change was just made: the broker that is asked may hear of it a moment later. */
const QUICK_INTERVAL_MS = 250;
const QUICK_FOR_MS = 1_500;
const OLD_AFTER_INTERVALS = 3;

export interface PolledOptions<T> {
  readonly intervalMs: number;
  /** Begins the sentence when reading fails: "Reading the quotas failed". */
  readonly failed: string;
  read(): Promise<T>;
  onChange(): void;
}

export class Polled<T> {
  readonly #context: Sampled;
  readonly #options: PolledOptions<T>;
  readonly #job: Job;
  readonly #watchers = new Watchers();
  #quickUntilMs = 0;
  #sampledAtMs: number | null = null;
  #value: T | null = null;
  problems: readonly Problem[] = [];

  constructor(context: Sampled, options: PolledOptions<T>) {
    this.#context = context;
    this.#options = options;
    this.#job = new Job({
      intervalMs: () => this.#intervalMs(),
      run: () => this.#read(),
      isTroubled: () => this.problems.length > 0,
      onError: (error) => context.log(`gateway: ${options.failed}: ${reasonOf(error)}`),
    });
  }

  /** The newest good answer stays when a later reading fails; null before the first. */
  get value(): T | null {
    return this.#value;
  }
  get freshness(): Freshness {
    return { sampledAtMs: this.#sampledAtMs, intervalMs: this.#options.intervalMs };
  }
  /** Nothing is known, not even why. */
  get isBlank(): boolean {
    return this.#value === null && this.problems.length === 0;
  }

  /** Somebody looks; the result ends it. What was read long before anybody looked is not shown: it would pass for what is so now. */
  watchBegan(): () => void {
    if (!this.#watchers.areThere && this.#isOld) this.#forget();
    const end = this.#watchers.began();
    this.#job.wake();
    return end;
  }

  /** Reads at once, and a few times more soon after. */
  refreshNow(): void {
    this.#quickUntilMs = Date.now() + QUICK_FOR_MS;
    this.#job.wake();
  }

  close(): Promise<void> {
    return this.#job.close();
  }

  get #isOld(): boolean {
    return Date.now() - (this.#sampledAtMs ?? 0) > OLD_AFTER_INTERVALS * this.#options.intervalMs;
  }
  #forget(): void {
    this.#value = null;
    this.#sampledAtMs = null;
    this.problems = [];
  }

  #intervalMs(): number | null {
    if (!this.#watchers.areThere) return null;
    return Date.now() < this.#quickUntilMs ? QUICK_INTERVAL_MS : this.#options.intervalMs;
  }

  async #read(): Promise<void> {
    if (!this.#watchers.areThere) return;
    try {
      this.#value = await this.#options.read();
      this.#sampledAtMs = Date.now();
      this.problems = [];
    } catch (error) {
      // No broker at all: said once, by the metadata.
      const { failure } = this.#context.metadata;
      const told = toClusterError(error, this.#options.failed);
      const isWhole = failure !== null || told.message.startsWith(this.#options.failed);
      const sentence = isWhole ? told.message : `${this.#options.failed}: ${told.message}`;
      this.problems = [{ brokerId: null, sentence }];
    }
    this.#options.onChange();
  }
}
