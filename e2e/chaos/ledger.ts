// What producers were promised and what was found: the judge of a chaos run. Pure bookkeeping, no client in it.
import { Failures } from './failures.ts';

export interface Found {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: string;
}
interface Promised {
  readonly partition: number;
  /** −1: the broker did not say. */
  readonly offset: number;
}

/** Enough to see what is wrong; more would hide it. */
export const MAX_VIOLATIONS = 20;

/** Values are "<key>:<number>", and numbers of one key rise in the order in which they were sent. */
export class Ledger {
  readonly acknowledged = new Map<string, Promised>();
  /** Sent, but the client never learned whether they were written: each may be there or not. */
  readonly unknown = new Set<string>();
  /** Why sends failed for good, with how often. */
  readonly failures = new Failures();
  #lastAckMs = performance.now();
  longestGapMs = 0;
  /** Values as members of the group saw them, with how often. */
  readonly seen = new Map<string, number>();

  acknowledge(values: readonly string[], partition: number, baseOffset: number): void {
    values.forEach((value, index) => {
      this.acknowledged.set(value, { partition, offset: baseOffset < 0 ? -1 : baseOffset + index });
    });
    const nowMs = performance.now();
    this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#lastAckMs);
    this.#lastAckMs = nowMs;
  }

  fail(values: readonly string[], client: string, error: unknown): void {
    for (const value of values) this.unknown.add(value);
    this.failures.add(client, error);
  }

  see(value: string): void {
    this.seen.set(value, (this.seen.get(value) ?? 0) + 1);
  }

  /** Records that some member read more than once: allowed, at least once is the promise. */
  get readAgain(): number {
    let count = 0;
    for (const times of this.seen.values()) count += times - 1;
    return count;
  }

  unseen(): string[] {
    return [...this.acknowledged.keys()].filter((value) => !this.seen.has(value));
  }

  /** Judges the log, given whole and in order per partition. One sentence for each thing that is wrong. */
  judge(log: readonly Found[]): { readonly violations: readonly string[]; readonly duplicates: number } {
    const violations: string[] = [];
    const say = (sentence: string) => {
      if (violations.length < MAX_VIOLATIONS) violations.push(sentence);
    };
    const places = new Map<string, Found>();
    const lastOfKey = new Map<string, number>();
    let duplicates = 0;
    for (const record of log) {
      const { value, key, partition, offset } = record;
      const first = places.get(value);
      if (first !== undefined) {
        duplicates += 1;
        say(`${value} is there twice: at ${first.partition}/${first.offset} and ${partition}/${offset}`);
        continue;
      }
      places.set(value, record);
      if (!this.acknowledged.has(value)) {
        if (!this.unknown.has(value)) say(`${value} at ${partition}/${offset} was never sent`);
        continue;
      }
      const number = Number(value.slice(value.lastIndexOf(':') + 1));
      const last = lastOfKey.get(`${partition} ${key}`) ?? -1;
      if (number <= last) say(`${key} is out of order: ${number} at ${partition}/${offset} comes after ${last}`);
      lastOfKey.set(`${partition} ${key}`, Math.max(number, last));
    }
    for (const [value, promised] of this.acknowledged) {
      const found = places.get(value);
      if (found === undefined) say(`${value} was acknowledged at ${promised.partition}/${promised.offset} and is lost`);
      else if (found.partition !== promised.partition || (promised.offset >= 0 && found.offset !== promised.offset)) {
        say(
          `${value} was acknowledged at ${promised.partition}/${promised.offset} and is at ${found.partition}/${found.offset}`,
        );
      }
    }
    return { violations, duplicates };
  }
}
