// What transactional producers were told and what read_committed readers were given (invariant 11): a transaction is seen whole or not
// at all, never if it was aborted, and what was once read stays what is read; a fenced producer is told nothing good any more.
import { holds } from '../violation.ts';

export type TransactionEnd = 'committed' | 'aborted' | 'unknown';
interface Transaction {
  end: TransactionEnd;
  /** Acknowledged values, by partition. */
  readonly values: Map<string, string[]>;
}
export interface ReadValue {
  readonly offset: number;
  readonly value: string;
}

export class Transactions {
  readonly #transactions = new Map<string, Transaction>();
  /** What readers were given, by reader and partition. */
  readonly #read = new Map<string, { readonly partition: string; position: number; readonly values: ReadValue[] }>();
  committedCount = 0;

  /** Values are "<transaction>#<number>". A write of it was acknowledged. */
  wrote(transaction: string, partition: string, values: readonly string[]): void {
    const known = this.#transactions.get(transaction) ?? { end: 'unknown', values: new Map<string, string[]>() };
    this.#transactions.set(transaction, known);
    known.values.set(partition, [...(known.values.get(partition) ?? []), ...values]);
  }
  ended(transaction: string, end: TransactionEnd): void {
    const known = this.#transactions.get(transaction);
    if (end === 'committed') this.committedCount++;
    if (known !== undefined) known.end = end;
  }
  /** A request of a producer that a newer one had replaced before it was sent. */
  zombie(name: string, what: string, isAccepted: boolean): void {
    holds(11, !isAccepted, () => `${name}: ${what} of a producer that a newer one had replaced was accepted`);
  }
  /** A page of a partition: `records` without those of aborted transactions, up to `nextOffset`. */
  read(
    reader: string,
    partition: string,
    page: {
      readonly records: readonly ReadValue[];
      readonly nextOffset: number;
      readonly lastStableOffset: number;
      readonly highWatermark: number;
    },
  ): void {
    const { records, nextOffset, lastStableOffset, highWatermark } = page;
    holds(
      11,
      lastStableOffset <= highWatermark,
      () => `${partition}: stable up to ${lastStableOffset}, high watermark ${highWatermark}`,
    );
    holds(
      11,
      nextOffset <= lastStableOffset || records.length === 0,
      () => `${reader}: ${partition} gave records up to ${nextOffset}, stable up to ${lastStableOffset}`,
    );
    const key = `${reader} ${partition}`;
    const known = this.#read.get(key) ?? { partition, position: 0, values: [] };
    this.#read.set(key, known);
    for (const { offset, value } of records) {
      const end = this.#transactions.get(nameOf(value))?.end;
      holds(11, end !== 'aborted', () => `${reader}: ${partition} gave ${value} at ${offset}, which was aborted`);
      known.values.push({ offset, value });
    }
    known.position = Math.max(known.position, nextOffset);
  }

  /** `finals`: each partition as a read_committed reader gets it when all is over. */
  checkFinal(finals: ReadonlyMap<string, readonly ReadValue[]>): void {
    this.#checkWhole(finals);
    for (const [key, { partition, position, values }] of this.#read) {
      const all = finals.get(partition) ?? [];
      const wanted = textOf(all.filter(({ offset }) => offset < position));
      const given = textOf(values);
      holds(11, given === wanted, () => `${key} was given ${given} up to ${position}; there is ${wanted}`);
    }
  }
  #checkWhole(finals: ReadonlyMap<string, readonly ReadValue[]>): void {
    const counts = new Map<string, number>();
    for (const [partition, values] of finals)
      for (const { value } of values)
        counts.set(`${partition} ${value}`, (counts.get(`${partition} ${value}`) ?? 0) + 1);
    for (const [name, { end, values }] of this.#transactions) {
      const seen = [...values].flatMap(([partition, those]) =>
        those.map((value) => counts.get(`${partition} ${value}`) ?? 0),
      );
      const isWhole = seen.every((count) => count === 1);
      const isGone = seen.every((count) => count === 0);
      const isRight = end === 'committed' ? isWhole : end === 'aborted' ? isGone : isWhole || isGone;
      holds(11, isRight, () => `transaction ${name} is ${end}; its acknowledged records are seen ${seen.join()} times`);
    }
  }
}
const nameOf = (value: string): string => value.slice(0, value.lastIndexOf('#'));
const textOf = (values: readonly ReadValue[]): string =>
  values.map(({ offset, value }) => `${offset} ${value}`).join(', ');
