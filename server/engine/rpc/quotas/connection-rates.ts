// How fast connections come from each address that is held to a rate (connection_creation_rate, KIP-612; ConnectionQuotas). Asked by
// the listener for each new connection; keeps nothing of addresses that are not held.
import type { Clock } from '../../../kernel/world.ts';
import { QuotaRate } from './rate.ts';

/** Nobody is kept waiting for longer: one sample of the window. */
const MAX_WAIT_MS = 1000;
const MAX_ADDRESSES = 10_000;

export class ConnectionRates {
  readonly #clock: Clock;
  readonly #limitOf: (address: string) => number | null;
  readonly #rates = new Map<string, QuotaRate>();

  /** `limitOf`: connections a second, null for any number. */
  constructor(clock: Clock, limitOf: (address: string) => number | null) {
    this.#clock = clock;
    this.#limitOf = limitOf;
  }
  get size(): number {
    return this.#rates.size;
  }

  /** One more comes. 0: it is welcome; else it is not counted, and is to be closed after so many milliseconds. */
  enter(address: string): number {
    const limit = this.#limitOf(address);
    if (limit === null) {
      this.#rates.delete(address);
      return 0;
    }
    const nowMs = this.#clock.monotonicMs();
    const rate = this.#rateOf(address, nowMs);
    rate.record(1, nowMs);
    const waitMs = Math.min(rate.throttleMs(limit, nowMs), MAX_WAIT_MS);
    if (waitMs > 0) rate.record(-1, nowMs);
    return waitMs;
  }
  #rateOf(address: string, nowMs: number): QuotaRate {
    const known = this.#rates.get(address);
    if (known !== undefined) return known;
    if (this.#rates.size >= MAX_ADDRESSES) this.#makeRoom(nowMs);
    const rate = new QuotaRate();
    this.#rates.set(address, rate);
    return rate;
  }
  #makeRoom(nowMs: number): void {
    for (const [address, rate] of this.#rates) if (rate.isSpent(nowMs)) this.#rates.delete(address);
    const [oldest] = this.#rates.keys();
    if (this.#rates.size >= MAX_ADDRESSES && oldest !== undefined) this.#rates.delete(oldest);
  }
}
