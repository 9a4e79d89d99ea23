// A topic as Metadata and DescribeTopicPartitions show it: what the image says, with Kafka's error codes for what is not there.
import { ErrorCode } from '../../protocol/errors.ts';
import type { MetadataImage, PartitionImage } from '../metadata/image.ts';
import type { ListenerName } from '../rpc/handler.ts';
import { isLive } from './endpoints.ts';

/** Authorized operations that nobody asked for. */
export const NOT_ASKED = -2147483648;
/** KIP-430 bit sets without access control: every operation the resource knows. Bit = AclOperation code. */
const bits = (...codes: readonly number[]): number => codes.reduce((set, code) => set | (1 << code), 0);
/** READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS. */
export const TOPIC_OPERATIONS: number = bits(3, 4, 5, 6, 7, 8, 10, 11);
/** CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE. */
export const CLUSTER_OPERATIONS: number = bits(5, 7, 8, 9, 10, 11, 12);

export interface PartitionDescription {
  readonly errorCode: ErrorCode;
  readonly partitionIndex: number;
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly replicaNodes: readonly number[];
  readonly isrNodes: readonly number[];
  readonly offlineReplicas: readonly number[];
}

/** The client that asks, as far as it matters which leaders it can reach. */
export interface Asker {
  readonly listener: ListenerName;
  /** Older clients know LEADER_NOT_AVAILABLE alone. */
  readonly knowsListeners: boolean;
}

/** LEADER_NOT_AVAILABLE when nobody live leads it, LISTENER_NOT_FOUND when who leads it is not where this client came in. */
export function describePartition(
  image: MetadataImage,
  { partition, leader, leaderEpoch, replicas, inSyncReplicas }: PartitionImage,
  { listener, knowsListeners }: Asker,
): PartitionDescription {
  const isThere = (id: number): boolean =>
    isLive(image, id) && image.brokers.get(id)?.listeners.some(({ name }) => name === listener) === true;
  const isLed = isThere(leader);
  const absent =
    knowsListeners && isLive(image, leader) ? ErrorCode.LISTENER_NOT_FOUND : ErrorCode.LEADER_NOT_AVAILABLE;
  return {
    errorCode: isLed ? ErrorCode.NONE : absent,
    partitionIndex: partition,
    leaderId: isLed ? leader : -1,
    leaderEpoch,
    replicaNodes: replicas,
    isrNodes: inSyncReplicas,
    offlineReplicas: replicas.filter((id) => !isThere(id)),
  };
}
