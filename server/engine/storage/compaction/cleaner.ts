// Cleans the compacted logs of a broker, the dirtiest first, in turns of a few milliseconds with pauses between (Kafka's LogCleaner).
// One log at a time, one offset map of bounded size. Woken by LogFolder's tick; must never block the broker.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { type CancelTimer, DiskError, type World } from '../../../kernel/world.ts';
import { type CleanedLog, type CleaningOutcome, cleanLog } from './clean-log.ts';
import { type Cleanable, cleanable } from './cleanable.ts';

export interface CleanerLog extends CleanedLog {
  readonly endOffset: number;
  readonly lastStableOffset: number;
}
export interface CleanerOptions {
  readonly world: World;
  logs(): Iterable<CleanerLog>;
  /** A log was cleaned as far as `cleanedUpTo` says: to be written down. */
  onCleaned(): void;
  /** log.cleaner.backoff.ms. */
  backoffMs(): number;
  /** log.cleaner.dedupe.buffer.size. */
  mapBytes(): number;
}

/** A turn ends with the batch during which this is over. */
const TURN_MS = 5;
/** Between turns: at most half the time is spent on cleaning. */
const PAUSE_MS = 5;

type Steps = ReturnType<typeof cleanLog>;

export class Cleaner {
  readonly #options: CleanerOptions;
  #running: Steps | null = null;
  #cancelTurn: CancelTimer = () => {};
  #dueMs = 0;
  #isClosed = false;
  /** The longest turn so far, for measurements. */
  longestTurnMs = 0;

  constructor(options: CleanerOptions) {
    this.#options = options;
  }
  get isCleaning(): boolean {
    return this.#running !== null;
  }

  /** Looks for a log to clean when it is time. Call about once a second. */
  tick(nowMs: number): void {
    const { world, backoffMs } = this.#options;
    const sinceMs = world.clock.monotonicMs();
    if (this.#running !== null || this.#isClosed || sinceMs < this.#dueMs) return;
    this.#dueMs = sinceMs + backoffMs();
    this.#startNext(nowMs);
  }
  close(): void {
    this.#isClosed = true;
    this.#cancelTurn();
    this.#running?.return(null);
    this.#running = null;
  }

  #startNext(nowMs: number): void {
    const { world, mapBytes } = this.#options;
    const found = this.#dirtiest(nowMs);
    if (found === null) return;
    const { compression, log: say, random } = world;
    const seed = random.below(0x7fff_ffff);
    const steps = cleanLog(found.log, found.range, { compression, log: say, nowMs, mapBytes: mapBytes(), seed });
    this.#running = steps;
    this.#later(() => this.#turn(found.log, steps));
  }
  #dirtiest(nowMs: number): { readonly log: CleanerLog; readonly range: Cleanable } | null {
    let best: { readonly log: CleanerLog; readonly range: Cleanable } | null = null;
    for (const log of this.#options.logs()) {
      const range = cleanable(log, nowMs);
      if (range?.isWanted === true && (best === null || range.dirtyRatio > best.range.dirtyRatio))
        best = { log, range };
    }
    return best;
  }

  #later(run: () => void): void {
    this.#cancelTurn = this.#options.world.timers.after(PAUSE_MS, run);
  }
  #turn(log: CleanerLog, steps: Steps): void {
    if (this.#running !== steps) return;
    const { clock } = this.#options.world;
    const startedMs = clock.monotonicMs();
    let next: (() => void) | null = null;
    try {
      while (next === null) {
        const step = steps.next();
        if (step.done === true) next = () => this.#done(log, step.value);
        else if (step.value !== null) next = this.#afterwards(log, steps, step.value);
        else if (clock.monotonicMs() - startedMs >= TURN_MS) next = () => this.#later(() => this.#turn(log, steps));
      }
    } catch (error) {
      next = () => this.#failed(log, error);
    }
    this.longestTurnMs = Math.max(this.longestTurnMs, clock.monotonicMs() - startedMs);
    next();
  }
  #afterwards(log: CleanerLog, steps: Steps, wait: Promise<void>): () => void {
    return () => this.#await(log, steps, wait);
  }
  #await(log: CleanerLog, steps: Steps, wait: Promise<void>): void {
    wait.then(
      () => this.#turn(log, steps),
      (error: unknown) => {
        if (this.#running !== steps) return;
        steps.return(null);
        this.#failed(log, error);
      },
    );
  }
  #done(log: CleanerLog, outcome: CleaningOutcome | null): void {
    const { world, onCleaned } = this.#options;
    this.#running = null;
    if (outcome === null) return;
    const { keys, readBytes, writtenBytes } = outcome;
    world.log.debug(
      `${log.label}: cleaned up to ${log.cleanedUpTo}: ${keys} keys, ${readBytes} bytes became ${writtenBytes}`,
    );
    onCleaned();
    // As long as there is something to do, no time is lost.
    if (!this.#isClosed) this.#startNext(world.clock.nowMs());
  }
  /** The disk would not, or the log was cut, deleted or closed meanwhile: another time. */
  #failed(log: CleanerLog, error: unknown): void {
    this.#running = null;
    if (!(error instanceof DiskError || error instanceof DecodeError)) throw error;
    this.#options.world.log.warn(`cleaning of ${log.label} was given up: ${error.message}`);
  }
}
