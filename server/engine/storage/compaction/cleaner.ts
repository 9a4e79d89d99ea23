// Cleans the compacted logs of a broker, the dirtiest first, in turns of a few milliseconds with pauses between (Kafka's LogCleaner).
// One log at a time, one offset map of bounded size. Woken by LogFolder's tick; must never block the broker.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { type CancelTimer, DiskError, type World } from '../../../kernel/world.ts';
import { type CleanedLog, type CleaningOutcome, cleanLog } from './clean-log.ts';
import { type Cleanable, cleanable } from './cleanable.ts';
import type { CleanerSettings } from './cleaner-settings.ts';

export interface CleanerLog extends CleanedLog {
  readonly endOffset: number;
  readonly lastStableOffset: number;
}
export interface CleanerOptions {
  readonly world: World;
  logs(): Iterable<CleanerLog>;
  /** A log was cleaned as far as `cleanedUpTo` says: to be written down. */
  onCleaned(): void;
  /** In force now. */
  settings(): CleanerSettings;
}

/** A turn ends with the batch during which this is over. */
const TURN_MS = 5;
/** Between turns: at most half the time is spent on cleaning. */
const PAUSE_MS = 5;
/** However slow the cleaner is to be: a changed rate is in force after this. */
const LONGEST_PAUSE_MS = 1000;

type Steps = ReturnType<typeof cleanLog>;

export class Cleaner {
  readonly #options: CleanerOptions;
  #running: Steps | null = null;
  #cancelTurn: CancelTimer = () => {};
  /** When it last looked for a log, on the monotonic clock. */
  #lookedMs = Number.NEGATIVE_INFINITY;
  /** Read and written beyond the allowed rate, at the time beside it on the monotonic clock. */
  #debtBytes = 0;
  #spentAtMs = 0;
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
    const { world, settings } = this.#options;
    const nowHereMs = world.clock.monotonicMs();
    if (this.#running !== null || this.#isClosed || nowHereMs - this.#lookedMs < settings().backoffMs) return;
    this.#lookedMs = nowHereMs;
    this.#startNext(nowMs);
  }
  close(): void {
    this.#isClosed = true;
    this.#cancelTurn();
    this.#running?.return(null);
    this.#running = null;
  }

  #startNext(nowMs: number): void {
    const { world, settings } = this.#options;
    const found = this.#dirtiest(nowMs);
    if (found === null) return;
    const { compression, log: say, random } = world;
    const seed = random.below(0x7fff_ffff);
    const steps = cleanLog(found.log, found.range, { compression, log: say, nowMs, settings: settings(), seed });
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

  /** After a pause, and not before all that was read and written is within log.cleaner.io.max.bytes.per.second. */
  #later(run: () => void): void {
    const { world } = this.#options;
    const waitMs = Math.min(Math.ceil(this.#spend(0, world.clock.monotonicMs())), LONGEST_PAUSE_MS);
    const next = waitMs < LONGEST_PAUSE_MS ? run : () => this.#later(run);
    this.#cancelTurn = world.timers.after(Math.max(PAUSE_MS, waitMs), next);
  }
  /** Takes note of what was read or written. Answers how long to wait until it is within the rate. */
  #spend(bytes: number, nowMs: number): number {
    const { ioBytesPerSecond } = this.#options.settings();
    const paidBytes = ((nowMs - this.#spentAtMs) / 1000) * ioBytesPerSecond;
    this.#debtBytes = Math.max(0, this.#debtBytes - paidBytes) + bytes;
    this.#spentAtMs = nowMs;
    return (this.#debtBytes / ioBytesPerSecond) * 1000;
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
        else if (typeof step.value !== 'number') next = this.#afterwards(log, steps, step.value);
        else {
          const nowMs = clock.monotonicMs();
          const isOver = this.#spend(step.value, nowMs) > PAUSE_MS || nowMs - startedMs >= TURN_MS;
          if (isOver) next = () => this.#later(() => this.#turn(log, steps));
        }
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
