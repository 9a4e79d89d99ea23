// The throttle of one run: rates on the brokers concerned, and the list of replicas of each topic that moves now. One for each run, so
// that nothing of an earlier one is set again. Held by reassignments.ts.
import { toClusterError } from '../../../client/errors.ts';
import type { GatewayContext } from '../../context.ts';
import type { Run, RunMove } from '../running/run.ts';
import { setRates, setTopicLists, throttledReplicas } from './throttles.ts';

export class RunThrottle {
  readonly #context: GatewayContext;
  readonly #brokers = new Set<number>();
  /** Topic lists as they were set last. */
  #lists: ReadonlyMap<string, readonly [string, string]> = new Map();

  constructor(context: GatewayContext) {
    this.#context = context;
  }

  /** On every broker that sends or gets a copy. A broker that refuses: nothing stays throttled. @throws ClusterError */
  async setRates(run: Run, bytesPerSecond: number): Promise<void> {
    const concerned = new Set(
      run.moves.filter(({ adding }) => adding.length > 0).flatMap(({ from, to }) => [...from, ...to]),
    );
    const up = [...concerned].filter((id) => this.#context.metadata.brokers.has(id));
    for (const id of up) this.#brokers.add(id);
    try {
      await setRates(this.#context, up, bytesPerSecond);
    } catch (error) {
      await this.remove().catch(() => run.warn('A throttle could not be removed again.'));
      run.throttleBytesPerSecond = null;
      throw error;
    }
    run.throttleBytesPerSecond = bytesPerSecond;
  }

  /**
   * Keeps the throttled replicas of topics to what moves now: a replica that arrived is held back no longer. A list that cannot be
   * removed is a warning, and tried again; the run goes on without that.
   * @throws ClusterError when a list cannot be set: `next` would move unthrottled
   */
  async follow(run: Run, next: readonly RunMove[] = []): Promise<void> {
    if (this.#brokers.size === 0) return;
    const wanted = throttledReplicas([...run.moving(), ...next]);
    const changed = new Map(
      [...wanted].filter(([topic, list]) => this.#lists.get(topic)?.join(' ') !== list.join(' ')),
    );
    if (changed.size > 0) await setTopicLists(this.#context, changed);
    const gone = new Map([...this.#lists].filter(([topic]) => !wanted.has(topic)));
    this.#lists = new Map([...gone, ...wanted]);
    if (gone.size === 0) return;
    try {
      await setTopicLists(this.#context, new Map([...gone.keys()].map((topic) => [topic, null])));
      this.#lists = wanted;
    } catch (error) {
      run.warn(toClusterError(error, 'Removing the throttle of what arrived failed').message);
    }
  }

  /** @throws ClusterError; what could not be removed is tried again by the next call */
  async remove(): Promise<void> {
    const topics = new Map([...this.#lists.keys()].map((topic) => [topic, null] as const));
    await setTopicLists(this.#context, topics);
    this.#lists = new Map();
    const up = [...this.#brokers].filter((id) => this.#context.metadata.brokers.has(id));
    await setRates(this.#context, up, null);
    this.#brokers.clear();
  }
}
