// How fast bytes are copied, over the last ten seconds. Used by run.ts. Pure: the time is given.

const WINDOW_MS = 10_000;
const MIN_SPAN_MS = 1_500;

export class CopyRate {
  readonly #readings: { readonly atMs: number; readonly bytes: number }[] = [];

  push(atMs: number, bytes: number): void {
    this.#readings.push({ atMs, bytes });
    while (this.#readings.length > 2 && (this.#readings[1]?.atMs ?? atMs) <= atMs - WINDOW_MS) this.#readings.shift();
  }

  /** null: too few readings. Never negative. */
  bytesPerSecond(): number | null {
    const first = this.#readings[0];
    const last = this.#readings.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < MIN_SPAN_MS) return null;
    return Math.max(0, Math.round(((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs)));
  }
}
