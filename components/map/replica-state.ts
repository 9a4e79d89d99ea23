// What a replica is, as the map, its table and its sentences say it: one place, so that they never disagree. Pure.
import type { MapBroker, MapPartition } from '../../server/live/contract.ts';

/** 'lagging': out of sync though its broker is up. 'offline': its broker is down. */
export type ReplicaState = 'leader' | 'inSync' | 'lagging' | 'offline';

export interface Replica {
  readonly broker: number;
  readonly state: ReplicaState;
  /** The leader, also when it is down and no other was elected yet. */
  readonly isLeader: boolean;
  readonly behindRecords: number | null;
  readonly outSinceMs: number | null;
}

export const isUpOf = (brokers: readonly MapBroker[]): ReadonlyMap<number, boolean> =>
  new Map(brokers.map(({ id, isUp }) => [id, isUp]));

export function replicasOf(partition: MapPartition, isUp: ReadonlyMap<number, boolean>): readonly Replica[] {
  return partition.replicas.map((broker, index) => {
    const isLeader = partition.leader === broker;
    const state =
      isUp.get(broker) === false
        ? 'offline'
        : isLeader
          ? 'leader'
          : partition.inSyncReplicas.includes(broker)
            ? 'inSync'
            : 'lagging';
    const behindRecords = partition.behindRecords[index] ?? null;
    return { broker, state, isLeader, behindRecords, outSinceMs: partition.outSinceMs[index] ?? null };
  });
}

export type PartitionState = 'ok' | 'underReplicated' | 'leaderless';

export function partitionState(partition: MapPartition, isUp: ReadonlyMap<number, boolean>): PartitionState {
  if (partition.leader === null || isUp.get(partition.leader) === false) return 'leaderless';
  return replicasOf(partition, isUp).every(({ state }) => state === 'leader' || state === 'inSync')
    ? 'ok'
    : 'underReplicated';
}

/** A, B, … by place among the drawn topics. */
export const letterOf = (index: number): string => String.fromCharCode(65 + index);
/** "orders-3", as Kafka's logs and tools name a partition. */
export const nameOf = (topic: string, partition: number): string => `${topic}-${partition}`;
