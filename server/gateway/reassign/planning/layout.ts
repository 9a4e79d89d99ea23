// Where replicas lie while a plan is worked out: brokers and partitions by index, with counts and bytes per broker kept in
// step. Used by the planner's steps (spread, drain, resize, leaders). Pure, and never goes outside what it was given.
import { assert } from '../../../kernel/assert.ts';

export interface PlacedBroker {
  readonly id: number;
  readonly rack: string | null;
  readonly isUp: boolean;
}

export interface PlacedPartition {
  readonly topic: string;
  readonly partition: number;
  /** The first is the preferred leader. */
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
  readonly leader: number | null;
  /** Bytes of the leader's log; null: not known. */
  readonly sizeBytes: number | null;
}

export interface Placement {
  readonly brokers: readonly PlacedBroker[];
  readonly partitions: readonly PlacedPartition[];
}

/** One partition under planning. Brokers are indices into Layout.brokers. */
export interface Spot {
  readonly source: PlacedPartition;
  readonly before: readonly number[];
  replicas: number[];
  readonly bytes: number;
  readonly topic: number;
}

export class Layout {
  /** In order of id. */
  readonly brokers: readonly PlacedBroker[];
  /** In order of topic and partition. */
  readonly spots: readonly Spot[];
  readonly replicaCounts: number[];
  readonly byteCounts: number[];
  readonly #indexOf: ReadonlyMap<number, number>;
  readonly #racks: readonly number[];
  /** Replicas of a topic on a broker: key topic × brokers + broker. */
  readonly #ofTopic: Int32Array;

  constructor({ brokers, partitions }: Placement) {
    const ids = new Map(brokers.map((broker) => [broker.id, broker]));
    for (const { replicas } of partitions) {
      for (const id of replicas) if (!ids.has(id)) ids.set(id, { id, rack: null, isUp: false });
    }
    this.brokers = [...ids.values()].sort((left, right) => left.id - right.id);
    this.#indexOf = new Map(this.brokers.map(({ id }, index) => [id, index]));
    this.#racks = racksOf(this.brokers);
    const topics = new Map<string, number>();
    for (const { topic } of partitions) if (!topics.has(topic)) topics.set(topic, topics.size);
    this.#ofTopic = new Int32Array(topics.size * this.brokers.length);
    this.replicaCounts = this.brokers.map(() => 0);
    this.byteCounts = this.brokers.map(() => 0);
    this.spots = [...partitions].sort(inOrder).map((source) => {
      const before = source.replicas.map((id) => this.indexOf(id));
      const spot: Spot = {
        source,
        before,
        replicas: [...before],
        bytes: source.sizeBytes ?? 0,
        topic: topics.get(source.topic) ?? 0,
      };
      for (const broker of before) this.#tally(spot, broker, 1);
      return spot;
    });
  }

  indexOf(id: number): number {
    const index = this.#indexOf.get(id);
    assert(index !== undefined, `broker ${id} is part of the layout`);
    return index;
  }

  idOf(index: number): number {
    const broker = this.brokers[index];
    assert(broker !== undefined, 'a broker has an index of the layout');
    return broker.id;
  }

  isUp(index: number): boolean {
    return this.brokers[index]?.isUp ?? false;
  }

  /** Indices of brokers that are up: the only ones that get new replicas. */
  targets(): number[] {
    return this.brokers.flatMap(({ isUp }, index) => (isUp ? [index] : []));
  }

  replicasAt(index: number): number {
    return this.replicaCounts[index] ?? 0;
  }

  bytesAt(index: number): number {
    return this.byteCounts[index] ?? 0;
  }

  topicReplicasAt(spot: Spot, broker: number): number {
    return this.#ofTopic[spot.topic * this.brokers.length + broker] ?? 0;
  }

  /** Puts `added` in the place of `removed`, so that its place in the order (leader or follower) stays. */
  replace(spot: Spot, removed: number, added: number): void {
    assert(!spot.replicas.includes(added), 'a partition has one replica on a broker at most');
    spot.replicas = spot.replicas.map((broker) => (broker === removed ? added : broker));
    this.#tally(spot, removed, -1);
    this.#tally(spot, added, 1);
  }

  add(spot: Spot, added: number): void {
    assert(!spot.replicas.includes(added), 'a partition has one replica on a broker at most');
    spot.replicas.push(added);
    this.#tally(spot, added, 1);
  }

  drop(spot: Spot, removed: number): void {
    spot.replicas = spot.replicas.filter((broker) => broker !== removed);
    this.#tally(spot, removed, -1);
  }

  /** How many different racks the replicas lie in, with `removed` gone and `added` there. A broker without a rack is one of its own. */
  racks(spot: Spot, removed: number | null = null, added: number | null = null): number {
    const racks = new Set<number>();
    for (const broker of spot.replicas) if (broker !== removed) racks.add(this.#racks[broker] ?? -1);
    if (added !== null) racks.add(this.#racks[added] ?? -1);
    return racks.size;
  }

  /** True when moving one replica neither doubles it on a broker nor brings two into one rack. */
  canMove(spot: Spot, from: number, to: number): boolean {
    return !spot.replicas.includes(to) && this.racks(spot, from, to) >= this.racks(spot);
  }

  /**
   * The broker for one more replica of a partition: in a rack of its own where there is one, then the one that holds the fewest
   * replicas, the fewest of this topic, the fewest bytes. Null: each of `targets` has one already.
   */
  choose(spot: Spot, targets: readonly number[], removed: number | null = null): number | null {
    let best: { broker: number; rank: readonly number[] } | null = null;
    for (const broker of targets) {
      if (spot.replicas.includes(broker)) continue;
      const rank = [
        -this.racks(spot, removed, broker),
        this.replicasAt(broker),
        this.topicReplicasAt(spot, broker),
        this.bytesAt(broker),
      ];
      if (best === null || compareRanks(rank, best.rank) < 0) best = { broker, rank };
    }
    return best?.broker ?? null;
  }

  #tally(spot: Spot, broker: number, sign: 1 | -1): void {
    this.replicaCounts[broker] = this.replicasAt(broker) + sign;
    this.byteCounts[broker] = this.bytesAt(broker) + sign * spot.bytes;
    const key = spot.topic * this.brokers.length + broker;
    this.#ofTopic[key] = (this.#ofTopic[key] ?? 0) + sign;
  }
}

/** By the first place where they differ: negative when `left` comes first. */
export function compareRanks(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < left.length; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The same brokers in the same order. */
export function isSame(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((broker, index) => broker === right[index]);
}

function inOrder(left: PlacedPartition, right: PlacedPartition): number {
  if (left.topic !== right.topic) return left.topic < right.topic ? -1 : 1;
  return left.partition - right.partition;
}

/** A number for each rack; brokers without one are alone in theirs. */
function racksOf(brokers: readonly PlacedBroker[]): readonly number[] {
  const numbers = new Map<string, number>();
  return brokers.map(({ rack }, index) => {
    if (rack === null) return -2 - index;
    const known = numbers.get(rack) ?? numbers.size;
    numbers.set(rack, known);
    return known;
  });
}
