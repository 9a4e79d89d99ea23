// What is committed: the batches below the highest high watermark that any replica ever showed. Once there, a batch is there for
// ever (invariant 5), whoever shows it; and an acknowledged record is on every in-sync replica (10).
import { placeOf } from '../place.ts';
import type { SeenBatch, SeenLog } from './logs.ts';
import { holds } from './violation.ts';

export class Committed {
  readonly #partitions = new Map<string, Map<number, SeenBatch>>();
  readonly #ends = new Map<string, number>();
  /** Batches taken down as committed, by all partitions. */
  count = 0;

  /** Up to where some replica has shown the partition to be committed. */
  endOf(partition: string): number {
    return this.#ends.get(partition) ?? 0;
  }
  /** `node` shows that everything below `upTo` is committed; it had shown that below `from` before. */
  shown(node: string, partition: string, log: SeenLog, { from, upTo }: { from: number; upTo: number }): void {
    this.#ends.set(partition, Math.max(this.endOf(partition), upTo));
    let known = this.#partitions.get(partition);
    if (known === undefined) {
      known = new Map();
      this.#partitions.set(partition, known);
    }
    for (let offset = Math.max(from, log.startOffset); offset < upTo; ) {
      const batch = log.at(offset);
      holds(
        3,
        batch !== undefined,
        () => `${partition} on ${node} shows ${upTo} as committed, has nothing at ${offset}`,
      );
      const before = known.get(batch.baseOffset);
      if (before === undefined) {
        known.set(batch.baseOffset, batch);
        this.count++;
      } else {
        const isSame = before.crc === batch.crc && before.epoch === batch.epoch;
        holds(
          5,
          isSame,
          () =>
            `${partition}: the batch at ${batch.baseOffset}, committed in epoch ${before.epoch}, is another one of epoch ${batch.epoch} on ${node}`,
        );
      }
      offset = batch.lastOffset + 1;
    }
  }
  forgetTopic(topic: string): void {
    for (const partition of [...this.#partitions.keys()]) {
      if (placeOf(partition).topic !== topic) continue;
      this.#partitions.delete(partition);
      this.#ends.delete(partition);
    }
  }
}
