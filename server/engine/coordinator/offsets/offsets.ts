// Committed offsets of all groups of one shard: group → topic → partition. Changed only by replaying records (state.ts).
import type { CommittedOffset } from './committed-offset.ts';
import { PendingOffsets } from './pending.ts';

type ByPartition = Map<number, CommittedOffset>;
type ByTopic = Map<string, ByPartition>;

export class Offsets {
  readonly pending = new PendingOffsets();
  readonly #groups = new Map<string, ByTopic>();

  get(groupId: string, topic: string, partition: number): CommittedOffset | null {
    return this.#groups.get(groupId)?.get(topic)?.get(partition) ?? null;
  }
  has(groupId: string): boolean {
    return this.#groups.has(groupId);
  }
  groupIds(): IterableIterator<string> {
    return this.#groups.keys();
  }
  topics(groupId: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.#groups.get(groupId) ?? NO_TOPICS;
  }

  set(groupId: string, topic: string, partition: number, committed: CommittedOffset): void {
    const topics = this.#groups.get(groupId) ?? new Map<string, ByPartition>();
    this.#groups.set(groupId, topics);
    const partitions = topics.get(topic) ?? new Map<number, CommittedOffset>();
    topics.set(topic, partitions);
    partitions.set(partition, committed);
  }
  delete(groupId: string, topic: string, partition: number): void {
    const topics = this.#groups.get(groupId);
    const partitions = topics?.get(topic);
    if (topics === undefined || partitions === undefined) return;
    partitions.delete(partition);
    if (partitions.size === 0) topics.delete(topic);
    if (topics.size === 0) this.#groups.delete(groupId);
  }
}

const NO_TOPICS: ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> = new Map();
