// A clock and timers that move only when a test says so. Due timers run in order of time, then of setting.
import { Heap } from './heap.ts';
import type { CancelTimer, Clock, Timers } from './world.ts';

interface Entry {
  readonly dueMs: number;
  readonly sequence: number;
  run: (() => void) | null;
}

export class VirtualTime implements Clock, Timers {
  #nowMs: number;
  #sequence = 0;
  readonly #startMs: number;
  readonly #soon: Array<() => void> = [];
  readonly #heap = new Heap<Entry>((a, b) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence));

  constructor(startMs: number = 1_700_000_000_000) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }
  monotonicMs(): number {
    return this.#nowMs - this.#startMs;
  }
  after(delayMs: number, run: () => void): CancelTimer {
    const entry: Entry = { dueMs: this.#nowMs + Math.max(0, delayMs), sequence: this.#sequence++, run };
    this.#heap.push(entry);
    return () => {
      entry.run = null;
    };
  }
  soon(run: () => void): void {
    this.#soon.push(run);
  }

  /** Runs what soon() was given, and what that gives in turn, up to a bound. */
  runSoon(): void {
    for (let i = 0; i < 100_000; i++) {
      const run = this.#soon.shift();
      if (run === undefined) return;
      run();
    }
    throw new Error('soon() never comes to rest');
  }
  /** Moves the clock, stopping at each timer on the way. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    this.runSoon();
    for (let top = this.#heap.peek(); top !== undefined && top.dueMs <= endMs; top = this.#heap.peek()) {
      this.#heap.pop();
      this.#nowMs = Math.max(this.#nowMs, top.dueMs);
      const { run } = top;
      top.run = null;
      run?.();
      this.runSoon();
    }
    this.#nowMs = endMs;
  }
}
