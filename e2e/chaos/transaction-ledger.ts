// What became of each transaction and what readers of committed records saw of it: the second judge of a chaos run. Pure bookkeeping,
// no client in it.
import { Failures } from './failures.ts';
import { MAX_VIOLATIONS } from './ledger.ts';

/** 'unknown': its commit was asked for and never answered, so it may be there whole or not at all. */
type Fate = 'aborted' | 'unknown' | 'committed';
interface Transaction {
  readonly values: readonly string[];
  fate: Fate;
}

export interface SeenRecord {
  /** "<topic>/<partition>/<offset>" */
  readonly place: string;
  readonly value: string;
}

export class TransactionLedger {
  /** Why transactions came to nothing, with how often. */
  readonly failures = new Failures();
  readonly #transactions = new Map<string, Transaction>();

  /** No name twice, and no value in two of them. Until its commit is asked for nothing of it may ever be seen. */
  begin(name: string, values: readonly string[]): void {
    this.#transactions.set(name, { values, fate: 'aborted' });
  }

  /** To be called before the request leaves. */
  askCommit(name: string): void {
    this.#become(name, 'unknown');
  }

  committed(name: string): void {
    this.#become(name, 'committed');
  }

  count(fate: Fate): number {
    return [...this.#transactions.values()].filter((transaction) => transaction.fate === fate).length;
  }

  /**
   * One sentence for each thing that is wrong with what one reader saw, from the first offset on until every transaction had ended.
   * A record that it read again is the same one; a value at two places is there twice.
   */
  judge(reader: string, seen: Iterable<SeenRecord>): readonly string[] {
    const violations: string[] = [];
    const placesOf = new Map<string, Set<string>>();
    for (const { place, value } of seen) placesOf.set(value, (placesOf.get(value) ?? new Set()).add(place));
    for (const [name, { values, fate }] of this.#transactions) {
      const there = values.filter((value) => placesOf.has(value));
      const isWhole = there.length === values.length;
      const share = `${there.length} of its ${values.length} records`;
      if (fate === 'committed' && !isWhole) violations.push(`${name} was committed and ${reader} saw ${share}`);
      if (fate === 'aborted' && there.length > 0) violations.push(`${name} was aborted and ${reader} saw ${share}`);
      if (fate === 'unknown' && there.length > 0 && !isWhole)
        violations.push(`${reader} saw ${name} in part: ${share}`);
      for (const value of there) {
        const places = placesOf.get(value) ?? new Set();
        if (places.size > 1) violations.push(`${reader} saw ${value} at ${[...places].join(' and ')}`);
        placesOf.delete(value);
      }
    }
    for (const value of placesOf.keys()) violations.push(`${reader} saw ${value}, which nobody sent`);
    return violations.slice(0, MAX_VIOLATIONS);
  }

  #become(name: string, fate: Fate): void {
    const transaction = this.#transactions.get(name);
    if (transaction === undefined) throw new Error(`${name} never began`);
    transaction.fate = fate;
  }
}
