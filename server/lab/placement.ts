// What the cluster says of its partitions, and what changed between two such readings, grouped the way a person would tell it. Used
// by lab.ts. Pure.

/** One reading. Given by whoever can ask the cluster; never changed afterwards. */
export interface Placement {
  readonly sampledAtMs: number;
  /** Ids of the brokers that are up. */
  readonly brokerIds: readonly number[];
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly PartitionPlace[];
  }[];
  /** min.insync.replicas by topic, as far as it is known. */
  readonly minInSync?: ReadonlyMap<string, number>;
}
export interface PartitionPlace {
  readonly partition: number;
  /** null: none. */
  readonly leader: number | null;
  /** Grows with each election; null when the cluster does not tell. */
  readonly leaderEpoch: number | null;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
}

export type PlacementChange =
  | { readonly kind: 'brokerGone' | 'brokerBack'; readonly brokerId: number }
  /** `from` and `to` differ; null: no leader. */
  | {
      readonly kind: 'leader';
      readonly from: number | null;
      readonly to: number | null;
      readonly partitions: readonly string[];
    }
  /** 'electedAgain': the leader is who it was, but was elected in between. */
  | {
      readonly kind: 'electedAgain' | 'leftInSync' | 'joinedInSync';
      readonly brokerId: number;
      readonly partitions: readonly string[];
    };

/** Partitions that exist in both readings, brokers of either. Brokers first, then leaders, then replicas in sync. */
export function changesBetween(before: Placement, after: Placement): readonly PlacementChange[] {
  const leaders = new Groups<{ from: number | null; to: number | null }>();
  const again = new Groups<number>();
  const left = new Groups<number>();
  const joined = new Groups<number>();
  const known = new Map(before.topics.map((topic) => [topic.name, topic]));
  for (const { name, partitions } of after.topics) {
    const old = known.get(name);
    if (old === undefined) continue;
    for (const now of partitions) {
      const was = old.partitions[now.partition];
      if (was === undefined) continue;
      const place = `${name}-${now.partition}`;
      if (was.leader !== now.leader) {
        leaders.add(`${was.leader} ${now.leader}`, { from: was.leader, to: now.leader }, place);
      } else if (now.leader !== null && was.leaderEpoch !== now.leaderEpoch) {
        again.add(String(now.leader), now.leader, place);
      }
      for (const id of missingFrom(now.inSyncReplicas, was.inSyncReplicas)) left.add(String(id), id, place);
      for (const id of missingFrom(was.inSyncReplicas, now.inSyncReplicas)) joined.add(String(id), id, place);
    }
  }
  return [
    ...missingFrom(after.brokerIds, before.brokerIds).map((brokerId) => ({ kind: 'brokerGone', brokerId }) as const),
    ...missingFrom(before.brokerIds, after.brokerIds).map((brokerId) => ({ kind: 'brokerBack', brokerId }) as const),
    ...leaders.all().map(({ value, places }) => ({ kind: 'leader', ...value, partitions: places }) as const),
    ...again.all().map(({ value, places }) => ({ kind: 'electedAgain', brokerId: value, partitions: places }) as const),
    ...left.all().map(({ value, places }) => ({ kind: 'leftInSync', brokerId: value, partitions: places }) as const),
    ...joined
      .all()
      .map(({ value, places }) => ({ kind: 'joinedInSync', brokerId: value, partitions: places }) as const),
  ];
}

class Groups<T> {
  readonly #groups = new Map<string, { readonly value: T; readonly places: string[] }>();
  add(key: string, value: T, place: string): void {
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { value, places: [place] });
    else group.places.push(place);
  }
  all(): readonly { readonly value: T; readonly places: readonly string[] }[] {
    return [...this.#groups.values()];
  }
}

function missingFrom(list: readonly number[], wanted: readonly number[]): number[] {
  return wanted.filter((id) => !list.includes(id));
}

export interface PlacementCounts {
  readonly total: number;
  readonly leaderless: number;
  /** Fewer replicas in sync than assigned, or no leader. */
  readonly underReplicated: number;
}

export function countPartitions({ topics }: Placement): PlacementCounts {
  let total = 0;
  let leaderless = 0;
  let underReplicated = 0;
  for (const { partitions } of topics) {
    total += partitions.length;
    for (const { leader, replicas, inSyncReplicas } of partitions) {
      if (leader === null) leaderless += 1;
      if (leader === null || inSyncReplicas.length < replicas.length) underReplicated += 1;
    }
  }
  return { total, leaderless, underReplicated };
}

export interface BrokerShare {
  leaders: number;
  replicas: number;
  /** Partitions of which no other replica is in sync. */
  onlyReplicas: number;
}

/** What each broker leads and holds; brokers without a partition are missing. */
export function sharesOf({ topics }: Placement): ReadonlyMap<number, BrokerShare> {
  const shares = new Map<number, BrokerShare>();
  const shareOf = (id: number): BrokerShare => {
    const found = shares.get(id) ?? { leaders: 0, replicas: 0, onlyReplicas: 0 };
    shares.set(id, found);
    return found;
  };
  for (const { partitions } of topics) {
    for (const { leader, replicas, inSyncReplicas } of partitions) {
      for (const id of replicas) shareOf(id).replicas += 1;
      if (leader !== null) shareOf(leader).leaders += 1;
      const [only] = inSyncReplicas;
      if (inSyncReplicas.length === 1 && only !== undefined) shareOf(only).onlyReplicas += 1;
    }
  }
  return shares;
}
