// The one clock and the one queue of a run: pops the earliest event, sets the clock, runs it, lets every promise come to rest,
// tells the observer. Events belong to an owner, who can be frozen (its events wait) or dead (they never run).
import { Heap } from '../../kernel/heap.ts';

/** Taken before anything can replace it: one turn of the loop ends only when no promise is left to run. */
const nextTurn = setImmediate;

export interface Owner {
  readonly name: string;
  isDead: boolean;
  isFrozen: boolean;
}
interface Event {
  dueMs: number;
  order: number;
  readonly owner: Owner;
  run: (() => void) | null;
}

const isBefore = (a: Event, b: Event): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

export class Scheduler {
  /** Virtual milliseconds since the run began. */
  nowMs = 0;
  /** Events run so far. */
  count = 0;
  /** Called after each event, with its owner. */
  onEvent: (owner: Owner) => void = () => {};
  /** An event threw: the owner's process would have ended. */
  onThrow: (owner: Owner, error: unknown) => void = (_, error) => {
    throw error;
  };
  readonly #heap = new Heap<Event>(isBefore);
  readonly #waiting = new Map<Owner, Event[]>();
  #order = 0;

  /** Runs `run` in `delayMs`; the answer cancels it. */
  after(owner: Owner, delayMs: number, run: () => void): () => void {
    const event: Event = { dueMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, owner, run };
    this.#heap.push(event);
    return () => {
      event.run = null;
    };
  }

  freeze(owner: Owner): void {
    owner.isFrozen = true;
  }
  /** What fell due meanwhile runs now, in its order. */
  thaw(owner: Owner): void {
    owner.isFrozen = false;
    for (const event of this.#waiting.get(owner) ?? []) {
      // The same event: what runs before it may still cancel it.
      event.dueMs = this.nowMs;
      event.order = this.#order++;
      this.#heap.push(event);
    }
    this.#waiting.delete(owner);
  }

  /** Runs events until `isDone`, asked after each, or until the clock would pass `endMs`. Answers isDone's last word. */
  async runUntil(endMs: number, isDone: () => boolean = () => false): Promise<boolean> {
    await settle();
    for (;;) {
      if (isDone()) return true;
      const event = this.#heap.peek();
      if (event === undefined || event.dueMs > endMs) {
        this.nowMs = Math.max(this.nowMs, endMs);
        return isDone();
      }
      this.#heap.pop();
      await this.#run(event);
    }
  }

  async #run(event: Event): Promise<void> {
    const { run, owner } = event;
    if (run === null || owner.isDead) return;
    this.nowMs = Math.max(this.nowMs, event.dueMs);
    if (owner.isFrozen) {
      const waiting = this.#waiting.get(owner);
      if (waiting === undefined) this.#waiting.set(owner, [event]);
      else waiting.push(event);
      return;
    }
    event.run = null;
    this.count++;
    try {
      run();
    } catch (error) {
      this.onThrow(owner, error);
    }
    await settle();
    this.onEvent(owner);
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(resolve);
  });
}
