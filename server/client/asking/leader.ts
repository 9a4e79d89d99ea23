// The broker that leads a partition, and the one with an id: where a question about them goes. Called through KafkaClient.leader,
// askLeader and broker.
import type { ApiFamily } from '../apis.ts';
import type { Lane } from '../connections.ts';
import { ClusterError, kafkaError, unknownTopic } from '../errors.ts';
import type { BrokerNode, ClusterMetadata } from '../metadata.ts';
import type { Asking } from './asking.ts';

const LEADER_NOT_AVAILABLE = 5;
const BROKER_NOT_AVAILABLE = 8;

export interface Asked {
  readonly topic: string;
  readonly partition: number;
  readonly lane: Lane;
  /** Begins the sentence when there is no leader: "Reading partition 0 of orders failed". */
  readonly what: string;
}

/** @throws ClusterError UNKNOWN_TOPIC_OR_PARTITION, or LEADER_NOT_AVAILABLE */
export async function leaderOf(
  metadata: ClusterMetadata,
  { topic, partition, what }: Omit<Asked, 'lane'>,
): Promise<BrokerNode> {
  const node = (await metadata.topic(topic)).partitions[partition];
  if (node === undefined) throw unknownTopic(topic);
  const broker = node.leader === null ? null : metadata.endpointOf(node.leader);
  if (broker === null) throw kafkaError(LEADER_NOT_AVAILABLE, what);
  return broker;
}

/** Error codes of partitions are in the answer. @throws ClusterError as leaderOf, or when the leader does not answer */
export async function askLeader<Args extends unknown[], Response>(
  { metadata, connections }: Pick<Asking, 'metadata' | 'connections'>,
  { lane, ...asked }: Asked,
  family: ApiFamily<Args, Response>,
  ...args: Args
): Promise<Response> {
  return connections.request(await leaderOf(metadata, asked), lane, family, ...args);
}

/** The broker with this id, which must be up. @throws ClusterError BROKER_NOT_AVAILABLE */
export function brokerNode(metadata: ClusterMetadata, brokerId: number): BrokerNode {
  const broker = metadata.brokers.get(brokerId);
  if (broker !== undefined) return broker;
  const up = [...metadata.brokers.keys()].join(', ');
  throw new ClusterError('BROKER_NOT_AVAILABLE', `Broker ${brokerId} is not up. Brokers that are: ${up}.`, {
    code: BROKER_NOT_AVAILABLE,
    isRetriable: true,
  });
}
