// Permits for what is rare and comes in bursts: changes of partitions (KIP-599, common.metrics.stats.TokenBucket). It fills at the
// quota's rate up to eleven seconds' worth and may go below nothing; while it is below, the quota is exceeded.
import { QUOTA_SAMPLES } from './rate.ts';

export class TokenBucket {
  #tokens: number;
  #updatedMs: number;

  /** Full. */
  constructor(perSecond: number, nowMs: number) {
    this.#tokens = perSecond * QUOTA_SAMPLES;
    this.#updatedMs = nowMs;
  }

  take(permits: number, perSecond: number, nowMs: number): void {
    this.#refill(perSecond, nowMs);
    this.#tokens -= permits;
  }
  /** How long until it is not below nothing any more. */
  throttleMs(perSecond: number, nowMs: number): number {
    this.#refill(perSecond, nowMs);
    return this.#tokens < 0 ? Math.round((-this.#tokens / perSecond) * 1000) : 0;
  }
  /** As good as a new one. */
  isFull(perSecond: number, nowMs: number): boolean {
    this.#refill(perSecond, nowMs);
    return this.#tokens >= perSecond * QUOTA_SAMPLES;
  }

  #refill(perSecond: number, nowMs: number): void {
    const most = perSecond * QUOTA_SAMPLES;
    this.#tokens = Math.min(most, this.#tokens + (perSecond * (nowMs - this.#updatedMs)) / 1000);
    this.#updatedMs = nowMs;
  }
}
