// Committed offsets of all groups of one shard: group → topic → partition. Changed only by replaying records (state.ts).

import type { Int64 } from '../../../kernel/int64.ts';
import { PendingOffsets } from './pending.ts';

export interface CommittedOffset {
  readonly offset: Int64;
  /** −1 when the consumer gave none. */
  readonly leaderEpoch: number;
  /** The consumer's own text, '' for none. */
  readonly metadata: string;
  readonly commitTimestampMs: number;
  /** −1: the group's retention decides. */
  readonly expireTimestampMs: number;
  /** ZERO_UUID when unknown: records of older versions. */
  readonly topicId: string;
}

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
