// What every node knows of the cluster: the state that replaying the metadata log builds. Readers see this interface; only
// replay() in state.ts changes it. One object per node, changed in place record by record, so a thousand topics cost a thousand entries.

import type { ClientQuotasImage } from './client-quotas.ts';
import type { ScramCredentialsImage } from './scram-credentials.ts';

export interface BrokerListener {
  /** Kafka's name of the listener: "PLAINTEXT", "SASL_PLAINTEXT". */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** As Kafka numbers them: 0 PLAINTEXT, 2 SASL_PLAINTEXT. */
  readonly securityProtocol: number;
}

export interface BrokerImage {
  readonly id: number;
  /** The metadata offset of its registration. */
  readonly epoch: number;
  readonly incarnationId: string;
  /** Of the first listener, which is the one for other nodes. */
  readonly host: string;
  readonly port: number;
  readonly listeners: readonly BrokerListener[];
  readonly rack: string | null;
  readonly isFenced: boolean;
  readonly isShuttingDown: boolean;
  /** Ids of its log folders: another disk is another id. Empty when it did not say. */
  readonly logDirs: readonly string[];
}

export interface PartitionImage {
  readonly partition: number;
  /** −1: no leader. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  /** replicas[0] is the preferred leader. */
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
  /** Of the replicas, those that a reassignment brings in; empty while none is under way. */
  readonly addingReplicas: readonly number[];
  /** Of the replicas, those that leave when it is done. */
  readonly removingReplicas: readonly number[];
  /** Replicas out of sync that are known to have all that was committed, and may lead (KIP-966). */
  readonly eligibleLeaderReplicas: readonly number[];
  /** The last leader of a partition that nobody can lead without loss any more, for who must choose. */
  readonly lastKnownElr: readonly number[];
  /** The log folder each replica was last known to be in, in the order of `replicas`; the zero UUID where it is not known. */
  readonly directories: readonly string[];
}

export interface TopicImage {
  readonly name: string;
  /** Base64url UUID. */
  readonly topicId: string;
  /** Index = partition number. */
  readonly partitions: readonly PartitionImage[];
}

export type ConfigResource = 'topic' | 'broker' | 'group';

export interface MetadataImage {
  readonly clusterId: string;
  /** Offset of the last record applied, −1 before the first. */
  readonly offset: number;
  readonly brokers: ReadonlyMap<number, BrokerImage>;
  readonly topics: ReadonlyMap<string, TopicImage>;
  readonly topicsById: ReadonlyMap<string, TopicImage>;
  readonly clientQuotas: ClientQuotasImage;
  readonly scramCredentials: ScramCredentialsImage;
  /** Dynamic settings only. Resource name '' with 'broker' is the cluster-wide default. */
  configs(resource: ConfigResource, name: string): ReadonlyMap<string, string>;
  /** Resources of this type that have dynamic settings, with them. */
  allConfigs(resource: ConfigResource): ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** What one batch of metadata records changed, for whoever keeps something in step with the image. */
export interface MetadataDelta {
  readonly createdTopics: readonly TopicImage[];
  readonly deletedTopics: readonly TopicImage[];
  /** Partitions that are new or whose leader, epoch, replicas or in-sync replicas changed. */
  readonly changedPartitions: readonly { readonly topic: TopicImage; readonly partition: PartitionImage }[];
  readonly changedConfigs: readonly { readonly resource: ConfigResource; readonly name: string }[];
  readonly changedBrokers: readonly number[];
}
