// Positions committed within transactions that are still open (KIP-98, OffsetMetadataManager's pending transactional offsets): they
// count once a marker commits the transaction, unless the group committed another way since, and are dropped when it is aborted.
// Part of Offsets; changed by replaying records only.
import type { CommittedOffset } from './committed-offset.ts';

export interface PendingOffset {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** null: a plain commit came after it. It counts no more, but still is not stable. */
  committed: CommittedOffset | null;
  /** Grows from one to the next, as their places in the log do. */
  readonly order: number;
}

const keyOf = (groupId: string, topic: string, partition: number): string =>
  JSON.stringify([groupId, topic, partition]);

export class PendingOffsets {
  readonly #byProducer = new Map<number, Map<string, PendingOffset>>();
  /** How many transactions hold a position for the key, and how many keys a group has. */
  readonly #counts = new Map<string, number>();
  readonly #groups = new Map<string, number>();
  #nextOrder = 0;

  get isEmpty(): boolean {
    return this.#byProducer.size === 0;
  }
  has(groupId: string, topic: string, partition: number): boolean {
    return !this.isEmpty && this.#counts.has(keyOf(groupId, topic, partition));
  }
  hasGroup(groupId: string): boolean {
    return this.#groups.has(groupId);
  }
  /** Keys of a group that have no stable position, by topic. */
  of(groupId: string): PendingOffset[] {
    if (!this.hasGroup(groupId)) return [];
    return [...this.#byProducer.values()].flatMap((offsets) =>
      [...offsets.values()].filter((one) => one.groupId === groupId),
    );
  }

  add(producerId: number, added: Omit<PendingOffset, 'order'>): void {
    const offset = { ...added, order: this.#nextOrder++ };
    const key = keyOf(offset.groupId, offset.topic, offset.partition);
    const offsets = this.#byProducer.get(producerId) ?? new Map<string, PendingOffset>();
    this.#byProducer.set(producerId, offsets);
    if (!offsets.has(key)) {
      count(this.#counts, key, 1);
      count(this.#groups, offset.groupId, 1);
    }
    offsets.set(key, offset);
  }
  /** A commit counts that was written later than what is pending from before `order`: a plain one later than all. */
  supersede(groupId: string, topic: string, partition: number, order = Number.POSITIVE_INFINITY): void {
    if (!this.has(groupId, topic, partition)) return;
    const key = keyOf(groupId, topic, partition);
    for (const offsets of this.#byProducer.values()) {
      const pending = offsets.get(key);
      if (pending !== undefined && pending.order < order) pending.committed = null;
    }
  }
  /** The producer's transaction ended: what it held is pending no more. */
  take(producerId: number): Iterable<PendingOffset> {
    const offsets = this.#byProducer.get(producerId);
    if (offsets === undefined) return [];
    this.#byProducer.delete(producerId);
    for (const [key, { groupId }] of offsets) {
      count(this.#counts, key, -1);
      count(this.#groups, groupId, -1);
    }
    return offsets.values();
  }
}

function count(counts: Map<string, number>, key: string, change: number): void {
  const next = (counts.get(key) ?? 0) + change;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}
