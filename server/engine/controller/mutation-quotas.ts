// Holds clients to their controller_mutation_rate (KIP-599, ControllerMutationQuotaManager): partitions made and removed. Asked by
// handlers.ts per request. Newer clients are refused what goes beyond; older ones get it and are told to wait.
import type { Clock } from '../../kernel/world.ts';
import type { Permits } from '../metadata/decision.ts';
import type { QuotaClient, QuotaLimit, QuotaLimits } from '../metadata/quota-limits.ts';
import { TokenBucket } from '../rpc/quotas/token-bucket.ts';

/** Buckets are looked through for full ones at this many, and dropped when there are twice as many all the same. */
const MANY_BUCKETS = 5000;

/** What one request may change, and what its answer then says. */
export interface RequestPermits extends Permits {
  readonly throttleTimeMs: number;
}

export class MutationQuotas {
  readonly #clock: Clock;
  readonly #limits: QuotaLimits;
  readonly #buckets = new Map<string, { readonly bucket: TokenBucket; limit: number }>();

  constructor(clock: Clock, limits: QuotaLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** null: the client is not held. */
  permits(client: QuotaClient, isStrict: boolean): RequestPermits | null {
    const held = this.#limits.of('controller_mutation_rate', client);
    if (held === null) return null;
    const bucket = this.#bucketOf(held);
    const nowMs = () => this.#clock.monotonicMs();
    let throttleTimeMs = 0;
    return {
      take: (partitions) => {
        if (isStrict) {
          const beforeMs = bucket.throttleMs(held.limit, nowMs());
          if (beforeMs > 0) {
            throttleTimeMs = beforeMs;
            return false;
          }
        }
        bucket.take(partitions, held.limit, nowMs());
        if (!isStrict) throttleTimeMs = bucket.throttleMs(held.limit, nowMs());
        return true;
      },
      get throttleTimeMs() {
        return throttleTimeMs;
      },
    };
  }

  #bucketOf({ holder, limit }: QuotaLimit): TokenBucket {
    const nowMs = this.#clock.monotonicMs();
    let known = this.#buckets.get(holder);
    if (known === undefined) {
      if (this.#buckets.size >= MANY_BUCKETS) this.#forgetFull(nowMs);
      known = { bucket: new TokenBucket(limit, nowMs), limit };
      this.#buckets.set(holder, known);
    }
    known.limit = limit;
    return known.bucket;
  }
  #forgetFull(nowMs: number): void {
    for (const [holder, { bucket, limit }] of this.#buckets) {
      if (bucket.isFull(limit, nowMs)) this.#buckets.delete(holder);
    }
    if (this.#buckets.size >= 2 * MANY_BUCKETS) this.#buckets.clear();
  }
}
