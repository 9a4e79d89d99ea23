// Asks several brokers at once without letting a silent one hold up the rest: after a soft deadline its answer is missing
// and a problem says so, and it is not asked again through the same gate until it has answered.
import type { Problem } from '../../live/contract.ts';
import { reasonOf } from '../errors.ts';

export const SOFT_DEADLINE_MS = 1_500;
/** A broker that was silent the last time does not hold up the others again. */
const SUSPECT_DEADLINE_MS = 100;

/** Brokers that did not answer in time, with the moment since when. */
export type Suspects = Map<number, number>;

export class BrokerGate {
  readonly #waiting = new Map<number, number>();
  readonly #suspects: Suspects;

  /** `suspects` may be shared by several gates: what one learns spares the others the wait. */
  constructor(suspects: Suspects = new Map()) {
    this.#suspects = suspects;
  }

  /**
   * Runs `ask` for each broker. Answers arrive through `ask` itself, even late ones. The result lists the brokers that
   * did not answer in time or failed.
   */
  async askAll(
    brokerIds: Iterable<number>,
    what: string,
    ask: (brokerId: number) => Promise<void>,
  ): Promise<readonly Problem[]> {
    const problems = await Promise.all([...brokerIds].map((brokerId) => this.#askOne(brokerId, what, ask)));
    return problems.filter((problem) => problem !== null);
  }

  async #askOne(brokerId: number, what: string, ask: (brokerId: number) => Promise<void>): Promise<Problem | null> {
    const since = this.#waiting.get(brokerId);
    if (since !== undefined) return silent(brokerId, what, Date.now() - (this.#suspects.get(brokerId) ?? since));
    this.#waiting.set(brokerId, Date.now());
    const asked = ask(brokerId)
      .then(
        () => {
          this.#suspects.delete(brokerId);
          return null;
        },
        (error: unknown) => failed(brokerId, what, error),
      )
      .finally(() => this.#waiting.delete(brokerId));
    const deadlineMs = this.#suspects.has(brokerId) ? SUSPECT_DEADLINE_MS : SOFT_DEADLINE_MS;
    return withDeadline(asked, deadlineMs, () => {
      const silentSince = this.#suspects.get(brokerId) ?? Date.now() - deadlineMs;
      this.#suspects.set(brokerId, silentSince);
      return silent(brokerId, what, Date.now() - silentSince);
    });
  }
}

/** The value of the promise, or what `late` gives when it takes longer. The promise must not reject. */
export function withDeadline<T>(promise: Promise<T>, deadlineMs: number, late: () => T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(late()), deadlineMs);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      () => {
        clearTimeout(timer);
        resolve(late());
      },
    );
  });
}

function silent(brokerId: number, what: string, forMs: number): Problem {
  return {
    brokerId,
    sentence: `Broker ${brokerId} has not answered for ${Math.max(1, Math.round(forMs / 1000))} s, so ${what} that it holds are missing.`,
  };
}

function failed(brokerId: number, what: string, error: unknown): Problem {
  return {
    brokerId,
    sentence: `Broker ${brokerId} does not answer, so ${what} that it holds are missing: ${reasonOf(error)}.`,
  };
}
