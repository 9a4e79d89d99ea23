// How many records are due now, for a producer that keeps a rate without ever piling up what it could not send. Pure.

/** What was missed for longer than this is given up: the producer falls behind instead of bursting. */
const CATCH_UP_MS = 250;

export class Pacing {
  readonly #perSecond: number;
  #fromMs: number;
  #issued = 0;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#fromMs = nowMs;
  }

  /** The number due at this moment; `take` says how many of them were really sent. */
  due(nowMs: number): number {
    const wanted = (this.#perSecond * (nowMs - this.#fromMs)) / 1_000;
    const most = Math.max(1, (this.#perSecond * CATCH_UP_MS) / 1_000);
    if (wanted - this.#issued > most) {
      this.#fromMs = nowMs - CATCH_UP_MS;
      this.#issued = (this.#perSecond * CATCH_UP_MS) / 1_000 - most;
    }
    return Math.floor((this.#perSecond * (nowMs - this.#fromMs)) / 1_000 - this.#issued + 1e-9);
  }

  take(count: number): void {
    this.#issued += count;
  }
}
