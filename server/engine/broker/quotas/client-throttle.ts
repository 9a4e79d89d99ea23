// Holds clients to their quotas (KIP-13, KIP-124, KIP-219; ClientQuotaManager, ClientRequestQuotaManager): bytes written, bytes read, and
// the share of the broker's one thread that their requests take. Asked by the listener after each request and by the fetch handler;
// it says for how long the client's connection is then not read, and does nothing itself. What goes between nodes is not held.
import type { Clock } from '../../../kernel/world.ts';
import type { QuotaClient, QuotaKey, QuotaLimits } from '../../metadata/quota-limits.ts';
import type { RequestQuotas, ServedRequest } from '../../rpc/handler.ts';
import { NO_RESPONSE } from '../../rpc/handler.ts';
import { QUOTA_SAMPLES, QuotaRate } from '../../rpc/quotas/rate.ts';

const PRODUCE = 0;
const FETCH = 1;
const WRITE_TXN_MARKERS = 27;
/** A thread that is busy for a whole second has spent 100 per cent of it. */
const PERCENT_PER_MS = 0.1;
/** One sample: Kafka holds nobody longer for its share of time. */
const MAX_REQUEST_THROTTLE_MS = 1000;
/** Rates are looked through for spent ones at this many, and dropped when there are twice as many all the same. */
const MANY_RATES = 5000;

export class ClientThrottle implements RequestQuotas {
  readonly #clock: Clock;
  readonly #limits: QuotaLimits;
  readonly #rates = new Map<string, QuotaRate>();

  constructor(clock: Clock, limits: QuotaLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Whether the time that requests take need be known. */
  get isTimed(): boolean {
    return this.#limits.has('request_percentage');
  }

  charge({ apiKey, user, clientId, requestBytes, busyMs, answer }: ServedRequest): number {
    const said = (answer as { readonly throttleTimeMs?: number }).throttleTimeMs ?? 0;
    if (apiKey === FETCH || apiKey === WRITE_TXN_MARKERS) return said;
    const client = { user, clientId };
    const producedMs = apiKey === PRODUCE ? this.#record('producer_byte_rate', client, requestBytes) : 0;
    // Without an answer (acks=0) a client is held for what it wrote only.
    const requestMs = answer === NO_RESPONSE ? 0 : this.#spend(client, busyMs);
    return Math.max(said, producedMs, requestMs);
  }

  spent(client: QuotaClient, busyMs: number): void {
    this.#record('request_percentage', client, busyMs * PERCENT_PER_MS);
  }

  /**
   * A consumer is about to be given so many bytes, for which the broker worked so long: ms to wait before it may have them, and
   * then it is given none.
   */
  chargeFetch(client: QuotaClient, bytes: number, busyMs: number): number {
    const requestMs = this.#spend(client, busyMs);
    const bytesMs = this.#record('consumer_byte_rate', client, bytes);
    const throttleMs = Math.max(requestMs, bytesMs);
    if (throttleMs > 0) this.#record('consumer_byte_rate', client, -bytes);
    return throttleMs;
  }
  /** More than this at once would be held back whatever came before. */
  maxFetchBytes(client: QuotaClient): number {
    const held = this.#limits.of('consumer_byte_rate', client);
    return held === null ? Number.POSITIVE_INFINITY : Math.floor(held.limit * (QUOTA_SAMPLES - 1));
  }

  #spend(client: QuotaClient, busyMs: number): number {
    const throttleMs = this.#record('request_percentage', client, busyMs * PERCENT_PER_MS);
    return Math.min(throttleMs, MAX_REQUEST_THROTTLE_MS);
  }

  #record(key: QuotaKey, client: QuotaClient, value: number): number {
    const held = this.#limits.of(key, client);
    if (held === null) return 0;
    const nowMs = this.#clock.monotonicMs();
    const rate = this.#rateOf(`${key} ${held.holder}`, nowMs);
    rate.record(value, nowMs);
    return rate.throttleMs(held.limit, nowMs);
  }

  #rateOf(holder: string, nowMs: number): QuotaRate {
    let rate = this.#rates.get(holder);
    if (rate === undefined) {
      if (this.#rates.size >= MANY_RATES) this.#forgetSpent(nowMs);
      rate = new QuotaRate();
      this.#rates.set(holder, rate);
    }
    return rate;
  }
  #forgetSpent(nowMs: number): void {
    for (const [holder, rate] of this.#rates) if (rate.isSpent(nowMs)) this.#rates.delete(holder);
    if (this.#rates.size >= 2 * MANY_RATES) this.#rates.clear();
  }
}
