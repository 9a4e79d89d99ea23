// The throttles that are set in the cluster, whoever set them: read now and then, and removed when a person asks. Held by
// reassignments.ts.
import type { GatewayContext } from '../../context.ts';
import { type FoundThrottles, findThrottles, setRates, setTopicLists } from './throttles.ts';

const MAX_AGE_MS = 15_000;

export class LeftThrottles {
  readonly #context: GatewayContext;
  #found: FoundThrottles | null = null;
  #foundAtMs = Number.NEGATIVE_INFINITY;

  constructor(context: GatewayContext) {
    this.#context = context;
  }

  /** Not read yet, or none: null. */
  get found(): FoundThrottles | null {
    if (this.#found === null) return null;
    const { brokers, topics } = this.#found;
    return brokers.length === 0 && topics.length === 0 ? null : this.#found;
  }

  /** The lowest rate of all brokers; null: none is throttled. */
  get bytesPerSecond(): number | null {
    const rates = (this.#found?.brokers ?? []).flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []);
    return rates.length === 0 ? null : Math.min(...rates);
  }

  /** Reads what is older than fifteen seconds. @throws ClusterError when a broker does not answer */
  async look(): Promise<void> {
    if (Date.now() - this.#foundAtMs < MAX_AGE_MS) return;
    this.#found = await findThrottles(this.#context);
    this.#foundAtMs = Date.now();
  }

  /** The next look reads anew. */
  outdate(): void {
    this.#foundAtMs = Number.NEGATIVE_INFINITY;
  }

  /** @throws ClusterError */
  async remove(): Promise<{ readonly brokers: number; readonly topics: number }> {
    const { brokers, topics } = await findThrottles(this.#context);
    await setTopicLists(this.#context, new Map(topics.map((topic) => [topic, null])));
    const ids = brokers.map(({ id }) => id);
    await setRates(this.#context, ids, null);
    this.#found = { brokers: [], topics: [] };
    this.#foundAtMs = Date.now();
    return { brokers: brokers.length, topics: topics.length };
  }
}
