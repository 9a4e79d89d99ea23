// What a compacted topic must keep (invariant 20): of each key the newest acknowledged record, or a newer one; a tombstone at least so
// long that no older value comes back. Numbers of a key grow in the order its one writer wrote them.
import { holds } from '../violation.ts';

export interface KeyedRecord {
  readonly offset: number;
  readonly key: string;
  readonly number: number;
  readonly isTombstone: boolean;
}
interface Written {
  /** Of all that was tried: whether it is a tombstone, by number. */
  readonly tried: Map<number, boolean>;
  acknowledged: number;
}

export class Newest {
  /** By partition and key. */
  readonly #keys = new Map<string, Map<string, Written>>();

  tried(partition: string, { key, number, isTombstone }: Omit<KeyedRecord, 'offset'>): void {
    const keys = this.#keys.get(partition) ?? new Map<string, Written>();
    this.#keys.set(partition, keys);
    const written = keys.get(key) ?? { tried: new Map<number, boolean>(), acknowledged: -1 };
    keys.set(key, written);
    written.tried.set(number, isTombstone);
  }
  acknowledged(partition: string, { key, number }: Pick<KeyedRecord, 'key' | 'number'>): void {
    const written = this.#keys.get(partition)?.get(key);
    if (written !== undefined) written.acknowledged = Math.max(written.acknowledged, number);
  }

  /** All records of a partition, as `who` has them; without `keepsTombstones` their time may be over. */
  check(who: string, partition: string, records: readonly KeyedRecord[], keepsTombstones: boolean): void {
    const newest = new Map<string, KeyedRecord>();
    for (const record of records) {
      const { key, number, offset, isTombstone } = record;
      const tried = this.#keys.get(partition)?.get(key)?.tried.get(number);
      holds(17, tried === isTombstone, () => `${who}: ${partition} has ${key}=${number} at ${offset}; nobody sent it`);
      const before = newest.get(key);
      const isBehind = before === undefined || (before.number < number && before.offset < offset);
      holds(20, isBehind, () => `${who}: ${partition} has ${key}=${number} at ${offset} behind ${before?.number}`);
      newest.set(key, record);
    }
    for (const [key, { tried, acknowledged }] of this.#keys.get(partition) ?? []) {
      const number = newest.get(key)?.number ?? -1;
      const mayBeGone = !keepsTombstones && [...tried].some(([one, isTombstone]) => isTombstone && one >= acknowledged);
      const isKept = number >= acknowledged || (number === -1 && mayBeGone);
      holds(20, isKept, () => `${who}: of ${key} in ${partition}, ${acknowledged} was acknowledged, ${number} is left`);
    }
  }
}
