// What the map remembers: the reading before, the log of what changed, and since when a replica is out of sync. Fed by map.ts with
// every new reading; bounded, and without a clock of its own.
import { MAP_LIMITS, type MapEvent } from '../../live/contract.ts';
import {
  type Change,
  changesBetween,
  groupChange,
  isRebalancing,
  replicaKey,
  type Seen,
  type SeenGroup,
} from './changes.ts';

/** Replicas out of sync that are remembered with their time. */
const MAX_OUT = 20_000;
const MAX_GROUPS = 100;

export class MapHistory {
  #events: readonly MapEvent[] = [];
  #lastId = 0;
  #seen: Seen | null = null;
  readonly #outSinceMs = new Map<string, number>();
  readonly #groups = new Map<string, SeenGroup>();

  /** Newest last; a new array after each change. */
  get events(): readonly MapEvent[] {
    return this.#events;
  }

  /** When it was seen to leave those in sync; null: it is in sync, or it left unseen. */
  outSinceMs(topic: string, partition: number, broker: number): number | null {
    return this.#outSinceMs.get(replicaKey(topic, partition, broker)) ?? null;
  }

  take(seen: Seen, atMs: number): void {
    const before = this.#seen;
    this.#seen = seen;
    if (before === null) return;
    const { events, left, joined } = changesBetween(before, seen);
    for (const key of left) if (this.#outSinceMs.size < MAX_OUT) this.#outSinceMs.set(key, atMs);
    for (const key of joined) this.#outSinceMs.delete(key);
    if (events.some(({ kind }) => kind === 'topic')) this.#forgetGone(seen);
    this.#add(events, atMs);
  }

  /** A group that is looked at for the first time is no news. */
  takeGroup(group: SeenGroup, atMs: number): void {
    const before = this.#groups.get(group.groupId);
    const change = before === undefined ? null : groupChange(before, group);
    // While it rebalances nobody reads: the assignment before stays what the next one is compared with.
    const isBusy = isRebalancing(group.state);
    this.#groups.delete(group.groupId);
    this.#groups.set(group.groupId, isBusy && before !== undefined ? { ...before, state: group.state } : group);
    for (const oldest of this.#groups.keys()) {
      if (this.#groups.size <= MAX_GROUPS) break;
      this.#groups.delete(oldest);
    }
    if (change !== null) this.#add([change], atMs);
  }

  #forgetGone({ topics }: Seen): void {
    for (const key of this.#outSinceMs.keys()) {
      const name = key.slice(key.indexOf('/', key.indexOf('/') + 1) + 1);
      if (!topics.has(name)) this.#outSinceMs.delete(key);
    }
  }

  #add(changes: readonly Change[], atMs: number): void {
    if (changes.length === 0) return;
    const events = changes.map((change) => {
      this.#lastId += 1;
      return { id: this.#lastId, atMs, ...change };
    });
    this.#events = [...this.#events, ...events].slice(-MAP_LIMITS.events);
  }
}
