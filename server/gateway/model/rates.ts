// Pure arithmetic of rates from counters that are read now and then. Called by the samplers; it knows no clock.

/** Two readings closer than this say nothing about a rate per second. */
export const RATE_WINDOW_MS = 900;

/**
 * A counter's rate over a sliding window, from at most `capacity` readings. A counter that falls starts anew
 * (the topic was made again), so a rate is never negative.
 */
export class RateWindow {
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  readonly #windowMs: number;
  #count = 0;
  #next = 0;

  constructor(windowMs: number, capacity = 32) {
    this.#windowMs = windowMs;
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  push(timeMs: number, value: number): void {
    if (this.#count > 0 && value < this.#at(this.#count - 1).value) this.reset();
    if (this.#count > 0 && timeMs <= this.#at(this.#count - 1).timeMs) return;
    // Readings closer than the spacing are merged, so that the readings kept always span the window.
    const spacingMs = (this.#windowMs * 2) / this.#times.length;
    if (this.#count > 1 && this.#at(this.#count - 1).timeMs - this.#at(this.#count - 2).timeMs < spacingMs)
      this.#dropNewest();
    this.#times[this.#next] = timeMs;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#times.length;
    this.#count = Math.min(this.#count + 1, this.#times.length);
  }

  reset(): void {
    this.#count = 0;
    this.#next = 0;
  }

  /** Units per second between the newest reading and the oldest one within the window; null with too little history. */
  perSecond(): number | null {
    if (this.#count < 2) return null;
    const newest = this.#at(this.#count - 1);
    for (let index = 0; index < this.#count - 1; index += 1) {
      const reading = this.#at(index);
      const isLastChance = index === this.#count - 2;
      if (newest.timeMs - reading.timeMs > this.#windowMs && !isLastChance) continue;
      const elapsedMs = newest.timeMs - reading.timeMs;
      if (elapsedMs < Math.min(RATE_WINDOW_MS, this.#windowMs)) return null;
      return ((newest.value - reading.value) * 1000) / elapsedMs;
    }
    return null;
  }

  #dropNewest(): void {
    this.#next = (this.#next + this.#times.length - 1) % this.#times.length;
    this.#count -= 1;
  }

  #at(index: number): { timeMs: number; value: number } {
    const capacity = this.#times.length;
    const slot = (this.#next - this.#count + index + capacity * 2) % capacity;
    return { timeMs: this.#times[slot] ?? Number.NaN, value: this.#values[slot] ?? Number.NaN };
  }
}

/** Like RateWindow for a value that rises and falls (lag): change per second, positive is growing. */
export class ChangeWindow {
  readonly #readings: { timeMs: number; value: number }[] = [];
  readonly #windowMs: number;
  readonly #leastMs: number;

  /** No change is told from readings less than `leastMs` apart. */
  constructor(windowMs: number, leastMs = RATE_WINDOW_MS) {
    this.#windowMs = windowMs;
    this.#leastMs = leastMs;
  }

  push(timeMs: number, value: number): void {
    this.#readings.push({ timeMs, value });
    while (this.#readings.length > 64 || (this.#readings[1]?.timeMs ?? timeMs) < timeMs - this.#windowMs) {
      this.#readings.shift();
    }
  }

  reset(): void {
    this.#readings.length = 0;
  }

  perSecond(): number | null {
    const oldest = this.#readings[0];
    const newest = this.#readings.at(-1);
    if (oldest === undefined || newest === undefined) return null;
    const elapsedMs = newest.timeMs - oldest.timeMs;
    return elapsedMs < this.#leastMs ? null : ((newest.value - oldest.value) * 1000) / elapsedMs;
  }
}
