// The live map: what is drawn, and what is left out.
import type { HealthLevel, Sampled } from './parts.ts';

export interface MapParams {
  /** Chosen topics, at most MAP_LIMITS.topics; none: those with most traffic. */
  readonly topics: readonly string[];
}
/** What is drawn at most; what is left out is counted in the view. */
export const MAP_LIMITS = {
  topics: 8,
  partitions: 60,
  brokers: 24,
  groups: 6,
  members: 6,
  producers: 8,
  events: 50,
} as const;
export interface MapTopic {
  readonly name: string;
  readonly isInternal: boolean;
  /** All of its partitions; `drawn` of them, from 0 on, are in the view. */
  readonly partitions: number;
  readonly drawn: number;
  /** Of those that are not drawn. */
  readonly restLeaderless: number;
  readonly restUnderReplicated: number;
  readonly inRecordsPerSecond: number | null;
}
export interface MapPartition {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number | null;
  readonly leaderEpoch: number | null;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
  readonly endOffset: number | null;
  readonly inRecordsPerSecond: number | null;
  /** For each of `replicas`: records its log lacks of the leader's; null when one of the two did not tell. */
  readonly behindRecords: readonly (number | null)[];
  /** For each of `replicas`: when it was seen to leave those in sync; null when it is in sync or left unseen. */
  readonly outSinceMs: readonly (number | null)[];
}
export interface MapBroker {
  readonly id: number;
  readonly address: string;
  readonly rack: string | null;
  readonly isUp: boolean;
  /** Of the whole cluster, not of what is drawn. */
  readonly leaders: number;
  readonly replicas: number;
  readonly inRecordsPerSecond: number | null;
}
export interface MapGroup {
  readonly groupId: string;
  readonly state: string;
  /** At most MAP_LIMITS.members of memberCount. */
  readonly members: readonly { readonly memberId: string; readonly clientId: string; readonly host: string }[];
  readonly memberCount: number | null;
  /** Of the whole group. */
  readonly totalLag: number | null;
  readonly outRecordsPerSecond: number | null;
  /** Drawn partitions that it reads or has committed to. */
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly memberId: string | null;
    readonly lag: number | null;
    readonly outRecordsPerSecond: number | null;
  }[];
}
export interface MapProducer {
  readonly key: string;
  /** The client's id, or "producer id 4001" where only that is known. */
  readonly name: string;
  /** What Kafka or the broker knows beside the name: "kafkajs 2.2.4", "epoch 0". */
  readonly note: string;
  readonly brokers: readonly number[];
  /** Drawn topics that it wrote to. */
  readonly topics: readonly string[];
  /** To all topics together; null: not known. */
  readonly recordsPerSecond: number | null;
}
export interface MapProducers {
  /** 'connections': from the brokers of this process. 'ids': producer ids that Kafka serves (DescribeProducers). 'unknown': it does not tell. */
  readonly source: 'connections' | 'ids' | 'unknown';
  /** At most MAP_LIMITS.producers of `total`. */
  readonly rows: readonly MapProducer[];
  readonly total: number;
}
export type MapEventKind = 'broker' | 'leader' | 'inSync' | 'group' | 'topic';
export interface MapEvent {
  /** Rises by one. */
  readonly id: number;
  readonly atMs: number;
  readonly kind: MapEventKind;
  readonly level: HealthLevel;
  /** "Broker 1 now leads orders-0, which broker 2 led." */
  readonly sentence: string;
}
export interface MapView extends Sampled {
  /** In the whole cluster. */
  readonly topicCount: number;
  readonly partitionCount: number;
  readonly brokerCount: number;
  /** Groups that read drawn topics; null while they are being read. */
  readonly groupCount: number | null;
  /** Chosen topics that do not exist. */
  readonly missingTopics: readonly string[];
  readonly topics: readonly MapTopic[];
  readonly partitions: readonly MapPartition[];
  readonly brokers: readonly MapBroker[];
  readonly groups: readonly MapGroup[];
  readonly producers: MapProducers;
  /** Newest last, at most MAP_LIMITS.events. */
  readonly events: readonly MapEvent[];
}
