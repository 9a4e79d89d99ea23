// The rate that client quotas bound, measured as Kafka does (common.metrics.stats.Rate over SampledStat): eleven samples of at least
// one second, a window never taken shorter than ten of them. Pure: moments are handed in, from a clock that never goes back.

const SAMPLE_MS = 1000;
/** quota.window.num. */
export const QUOTA_SAMPLES = 11;
const EXPIRY_MS = QUOTA_SAMPLES * SAMPLE_MS;
/** One more than is counted: a sample that overlaps the window is kept. */
const MAX_SAMPLES = QUOTA_SAMPLES + 1;

interface Sample {
  readonly startedMs: number;
  lastMs: number;
  value: number;
}

export class QuotaRate {
  /** Oldest first. */
  readonly #samples: Sample[] = [];

  record(value: number, nowMs: number): void {
    const current = this.#samples[this.#samples.length - 1];
    if (current !== undefined && nowMs - current.startedMs < SAMPLE_MS) {
      current.value += value;
      current.lastMs = nowMs;
      return;
    }
    this.#samples.push({ startedMs: nowMs, lastMs: nowMs, value });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }

  perSecond(nowMs: number): number {
    this.#purge(nowMs);
    const total = this.#samples.reduce((sum, { value }) => sum + value, 0);
    return (total * 1000) / this.#windowMs(nowMs);
  }

  /** How long nothing may come for the rate to be back at the limit (QuotaUtils.throttleTime); 0 while it is kept. */
  throttleMs(limit: number, nowMs: number): number {
    const rate = this.perSecond(nowMs);
    return rate > limit ? Math.round(((rate - limit) / limit) * this.#windowMs(nowMs)) : 0;
  }

  /** Nothing of it counts any more. */
  isSpent(nowMs: number): boolean {
    this.#purge(nowMs);
    return this.#samples.length === 0;
  }

  #purge(nowMs: number): void {
    while (nowMs - (this.#samples[0]?.lastMs ?? nowMs) >= EXPIRY_MS) this.#samples.shift();
  }
  /** Since the oldest sample began, as if ten whole ones had passed at least. */
  #windowMs(nowMs: number): number {
    const elapsedMs = nowMs - (this.#samples[0]?.startedMs ?? nowMs);
    const missing = QUOTA_SAMPLES - 1 - Math.floor(elapsedMs / SAMPLE_MS);
    return Math.max(1, elapsedMs + Math.max(0, missing) * SAMPLE_MS);
  }
}
