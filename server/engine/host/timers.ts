// One heap and one setTimeout for all timers of a node: thousands of parked fetches cost thousands of heap entries, not
// thousands of timers of the runtime. Used by world.ts.
import { Heap } from '../../kernel/heap.ts';
import type { CancelTimer, Timers } from '../../kernel/world.ts';

interface Entry {
  readonly dueMs: number;
  /** Breaks ties: first set, first run. */
  readonly sequence: number;
  /** null once it ran or was cancelled. */
  run: (() => void) | null;
}
/** The longest delay setTimeout takes. */
const MAX_DELAY_MS = 2_147_483_647;
/** Cancelled entries are swept out when they are this many and more than half of all. */
const SWEEP_FROM = 4_096;

const newHeap = () => new Heap<Entry>((a, b) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence));

export class HeapTimers implements Timers {
  readonly #monotonicMs: () => number;
  #heap = newHeap();
  #live = 0;
  #sequence = 0;
  #alarm: NodeJS.Timeout | null = null;
  #alarmMs = Number.POSITIVE_INFINITY;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  after(delayMs: number, run: () => void): CancelTimer {
    const entry: Entry = { dueMs: this.#monotonicMs() + Math.max(0, delayMs), sequence: this.#sequence++, run };
    this.#heap.push(entry);
    this.#live++;
    if (entry.dueMs < this.#alarmMs) this.#setAlarm(entry.dueMs);
    return () => this.#cancel(entry);
  }

  soon(run: () => void): void {
    setImmediate(run);
  }

  /** Timers that will run: for tests. */
  get liveCount(): number {
    return this.#live;
  }

  #cancel(entry: Entry): void {
    if (entry.run === null) return;
    entry.run = null;
    this.#live--;
    if (this.#live === 0) this.#clear();
    else if (this.#heap.size > SWEEP_FROM && this.#heap.size > 2 * this.#live) this.#sweep();
  }

  #sweep(): void {
    const kept = newHeap();
    for (let entry = this.#heap.pop(); entry !== undefined; entry = this.#heap.pop()) {
      if (entry.run !== null) kept.push(entry);
    }
    this.#heap = kept;
  }

  #clear(): void {
    if (this.#alarm !== null) clearTimeout(this.#alarm);
    this.#alarm = null;
    this.#alarmMs = Number.POSITIVE_INFINITY;
    this.#heap = newHeap();
  }

  #setAlarm(dueMs: number): void {
    if (this.#alarm !== null) clearTimeout(this.#alarm);
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(1, Math.ceil(dueMs - this.#monotonicMs())));
    this.#alarmMs = dueMs;
    this.#alarm = setTimeout(() => this.#ring(), delayMs);
  }

  #ring(): void {
    this.#alarm = null;
    this.#alarmMs = Number.POSITIVE_INFINITY;
    try {
      this.#runDue(this.#monotonicMs());
    } finally {
      const next = this.#heap.peek();
      if (this.#live === 0) this.#clear();
      else if (next !== undefined && next.dueMs < this.#alarmMs) this.#setAlarm(next.dueMs);
    }
  }

  /** Those set while running wait for the next turn, even with a delay of 0. */
  #runDue(nowMs: number): void {
    const sequenceEnd = this.#sequence;
    for (let top = this.#heap.peek(); top !== undefined && top.dueMs <= nowMs; top = this.#heap.peek()) {
      if (top.sequence >= sequenceEnd) break;
      this.#heap.pop();
      const { run } = top;
      if (run === null) continue;
      top.run = null;
      this.#live--;
      run();
    }
  }
}
