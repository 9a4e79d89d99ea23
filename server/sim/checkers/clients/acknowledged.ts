// What producers were told: every acknowledged record is on all in-sync replicas at once (10), and at the end it is where it was said
// to be, once if its producer is idempotent, in the order it was sent. Nothing is there that nobody sent.
import { type Place, placeOf } from '../../place.ts';
import { holds } from '../violation.ts';

export interface Acknowledgement {
  readonly topic: string;
  readonly partition: number;
  readonly values: readonly string[];
  readonly baseOffset: number;
  readonly acks: number;
  readonly isIdempotent: boolean;
}
export interface AcknowledgedOptions {
  /** Which in-sync replicas lack the record at `offset`, by the metadata and their disks; excused ones are left out. */
  lacking(topic: string, partition: number, offset: number): readonly number[];
  isDeleted(topic: string): boolean;
}
export interface ReadRecord {
  readonly offset: number;
  readonly value: string;
}

export class Acknowledged {
  readonly #options: AcknowledgedOptions;
  readonly #tried = new Map<string, Set<string>>();
  readonly #kept = new Map<string, Acknowledgement[]>();
  /** Idempotent producers, by partition: their records keep their order. */
  readonly #ordered = new Set<string>();
  /** Records acknowledged with acks=all. */
  count = 0;

  constructor(options: AcknowledgedOptions) {
    this.#options = options;
  }

  tried(topic: string, partition: number, values: readonly string[], isIdempotent: boolean): void {
    const key = `${topic}-${partition}`;
    if (isIdempotent) for (const value of values) this.#ordered.add(sourceOf(value));
    const tried = this.#tried.get(key) ?? new Set();
    this.#tried.set(key, tried);
    for (const value of values) tried.add(value);
  }
  acknowledged(ack: Acknowledgement): void {
    const { topic, partition, values, baseOffset, acks } = ack;
    if (acks !== -1) return;
    const key = `${topic}-${partition}`;
    const kept = this.#kept.get(key) ?? [];
    this.#kept.set(key, kept);
    kept.push(ack);
    this.count += values.length;
    const missing = this.#options.lacking(topic, partition, baseOffset + values.length - 1);
    holds(
      10,
      missing.length === 0 || this.#options.isDeleted(topic),
      () => `${key}: offset ${baseOffset + values.length - 1} is acknowledged; brokers ${missing}, in sync, lack it`,
    );
  }

  partitions(): Place[] {
    return [...this.#tried.keys()].map(placeOf);
  }

  /** The whole partition as a consumer reads it at the end; `startOffset` is where it begins. */
  checkFinal(topic: string, partition: number, startOffset: number, records: readonly ReadRecord[]): void {
    const key = `${topic}-${partition}`;
    const byOffset = new Map(records.map(({ offset, value }) => [offset, value]));
    const counts = new Map<string, number>();
    for (const { value, offset } of records) {
      holds(17, this.#tried.get(key)?.has(value) === true, () => `${key}: nobody sent ${value}, read at ${offset}`);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const last = new Map<string, number>();
    for (const { values, baseOffset, isIdempotent } of this.#kept.get(key) ?? []) {
      for (const [i, value] of values.entries()) {
        const offset = baseOffset + i;
        if (offset < startOffset) continue;
        const there = byOffset.get(offset);
        holds(
          10,
          there === value,
          () => `${key}: ${value} was acknowledged at ${offset}; ${there ?? 'nothing'} is there`,
        );
        const times = counts.get(value) ?? 0;
        holds(
          10,
          !isIdempotent || times === 1,
          () => `${key}: ${value} of an idempotent producer is there ${times} times`,
        );
      }
    }
    for (const { value, offset } of records) {
      const source = sourceOf(value);
      if (!this.#ordered.has(source)) continue;
      const number = Number(value.slice(source.length + 1));
      const before = last.get(source) ?? -1;
      holds(10, number > before, () => `${key}: ${value} at ${offset} stands behind number ${before}`);
      last.set(source, number);
    }
  }
}

const sourceOf = (value: string): string => value.slice(0, value.lastIndexOf('#'));
