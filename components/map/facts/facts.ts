// The rows of the table beside the map: the same facts, sortable. Pure.
import type { MapBroker, MapGroup, MapPartition, MapProducer, MapView } from '../../../server/live/contract.ts';
import { isUpOf, nameOf, type PartitionState, partitionState, type Replica, replicasOf } from '../replica-state.ts';

export interface PartitionFact extends MapPartition {
  readonly name: string;
  readonly state: PartitionState;
  readonly followers: readonly Replica[];
  /** The most that a follower is behind; null: unknown. */
  readonly mostBehind: number | null;
  /** Summed over the groups that read it; null: none does, or none can be compared. */
  readonly lag: number | null;
}

export function partitionFacts(view: MapView): readonly PartitionFact[] {
  const isUp = isUpOf(view.brokers);
  const lags = new Map<string, number>();
  for (const { partitions } of view.groups) {
    for (const { topic, partition, lag } of partitions) {
      if (lag !== null) lags.set(nameOf(topic, partition), (lags.get(nameOf(topic, partition)) ?? 0) + lag);
    }
  }
  return view.partitions.map((partition) => {
    const name = nameOf(partition.topic, partition.partition);
    const followers = replicasOf(partition, isUp).filter(({ isLeader }) => !isLeader);
    const known = followers.flatMap(({ behindRecords }) => (behindRecords === null ? [] : [behindRecords]));
    const mostBehind = followers.length === 0 ? 0 : known.length === 0 ? null : Math.max(...known);
    return {
      ...partition,
      name,
      state: partitionState(partition, isUp),
      followers,
      mostBehind,
      lag: lags.get(name) ?? null,
    };
  });
}

export interface Sort {
  readonly by: string;
  readonly isDescending: boolean;
}
type Key = string | number | null;

const states: readonly PartitionState[] = ['ok', 'underReplicated', 'leaderless'];
const partitionKeys: Readonly<Record<string, (row: PartitionFact) => Key>> = {
  leader: ({ leader }) => leader,
  state: ({ state }) => states.indexOf(state),
  rate: ({ inRecordsPerSecond }) => inRecordsPerSecond,
  end: ({ endOffset }) => endOffset,
  behind: ({ mostBehind }) => mostBehind,
  lag: ({ lag }) => lag,
};
const brokerKeys: Readonly<Record<string, (row: MapBroker) => Key>> = {
  id: ({ id }) => id,
  rack: ({ rack }) => rack,
  leaders: ({ leaders }) => leaders,
  replicas: ({ replicas }) => replicas,
  rate: ({ inRecordsPerSecond }) => inRecordsPerSecond,
};
const groupKeys: Readonly<Record<string, (row: MapGroup) => Key>> = {
  name: ({ groupId }) => groupId,
  state: ({ state }) => state,
  members: ({ memberCount }) => memberCount,
  lag: ({ totalLag }) => totalLag,
  rate: ({ outRecordsPerSecond }) => outRecordsPerSecond,
};
const producerKeys: Readonly<Record<string, (row: MapProducer) => Key>> = {
  name: ({ name }) => name,
  rate: ({ recordsPerSecond }) => recordsPerSecond,
};

export const sortPartitions = (rows: readonly PartitionFact[], sort: Sort) => sorted(rows, partitionKeys, sort);
export const sortBrokers = (rows: readonly MapBroker[], sort: Sort) => sorted(rows, brokerKeys, sort);
export const sortGroups = (rows: readonly MapGroup[], sort: Sort) => sorted(rows, groupKeys, sort);
export const sortProducers = (rows: readonly MapProducer[], sort: Sort) => sorted(rows, producerKeys, sort);

/** Stable, the unknown last either way; a key that is not there leaves the order of the map, descending reversed. */
function sorted<T>(
  rows: readonly T[],
  keys: Readonly<Record<string, (row: T) => Key>>,
  { by, isDescending }: Sort,
): readonly T[] {
  const keyOf = keys[by];
  if (keyOf === undefined) return isDescending ? rows.toReversed() : rows;
  return rows.toSorted((left, right) => {
    const [a, b] = [keyOf(left), keyOf(right)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const order = a < b ? -1 : a > b ? 1 : 0;
    return isDescending ? -order : order;
  });
}
