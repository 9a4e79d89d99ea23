// One cluster as a Kafka client: where to send what, in which version, and what a refusal means. Everything that speaks to a
// cluster stands on it; it knows no view of the dashboard and keeps nothing but connections, metadata and who was silent. How a
// connection is made (address, version, one day TLS and login) is settled inside, so that callers never change for it. Any number of
// clients may be open at once: nothing is shared between them.
import type { ApiFamily } from './apis.ts';
import { askAnyBroker } from './asking/any-broker.ts';
import type { Asking } from './asking/asking.ts';
import { askController } from './asking/controller.ts';
import { type Coordinator, type CoordinatorKind, findCoordinator } from './asking/coordinator.ts';
import { type Asked, askLeader, brokerNode, leaderOf } from './asking/leader.ts';
import { BrokerGate, type Suspects } from './asking/per-broker.ts';
import { Connections, type Lane, parseEndpoint } from './connections.ts';
import { type ConsumerSettings, type GroupConsumer, openConsumer } from './consumer.ts';
import { type BrokerNode, ClusterMetadata } from './metadata.ts';
import { type FetchAnswer, type FetchRequest, fetchFrom } from './records/fetch.ts';
import { type OffsetAnswer, type OffsetsWanted, readOffsets } from './records/offsets.ts';
import { produceBatch, type Writing } from './records/produce.ts';
import { createTopic, type NewTopic } from './topics.ts';

export interface ClientOptions {
  /** host:port, [::1]:9092 or host; any of them is where it begins. */
  readonly bootstrapServers: readonly string[];
  /** What brokers see in each request. */
  readonly clientId?: string;
  /** Takes lines for the program's log. */
  log(line: string): void;
}

/** Opens no connection yet. @throws ClusterError INVALID_ARGUMENT for a malformed bootstrap server */
export function createClient(options: ClientOptions): KafkaClient {
  return new KafkaClient(options);
}

export class KafkaClient implements Asking {
  readonly connections: Connections;
  readonly metadata: ClusterMetadata;
  readonly suspects: Suspects = new Map();
  readonly log: (line: string) => void;

  constructor({ bootstrapServers, clientId, log }: ClientOptions) {
    this.connections = new Connections(clientId);
    this.metadata = new ClusterMetadata(this.connections, bootstrapServers.map(parseEndpoint));
    this.log = log;
  }

  /** What every broker knows; a silent one is left for the next. @throws ClusterError of the last one asked */
  askAny<Args extends unknown[], Response>(family: ApiFamily<Args, Response>, ...args: Args): Promise<Response> {
    return askAnyBroker(this, family, ...args);
  }

  /** What only the controller can do. @throws ClusterError */
  askController<Args extends unknown[], Response>(family: ApiFamily<Args, Response>, ...args: Args): Promise<Response> {
    return askController(this, family, ...args);
  }

  /** What the leader of a partition knows. @throws ClusterError UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE, DISCONNECTED */
  askLeader<Args extends unknown[], Response>(
    asked: Asked,
    family: ApiFamily<Args, Response>,
    ...args: Args
  ): Promise<Response> {
    return askLeader(this, asked, family, ...args);
  }

  /** What one broker knows, which must be up. @throws ClusterError BROKER_NOT_AVAILABLE, DISCONNECTED */
  askBroker<Args extends unknown[], Response>(
    brokerId: number,
    lane: Lane,
    family: ApiFamily<Args, Response>,
    ...args: Args
  ): Promise<Response> {
    return this.connections.request(this.broker(brokerId), lane, family, ...args);
  }

  /** For questions to many brokers at once, where a silent one must not hold up the rest. What one gate learns spares the others the wait. */
  gate(): BrokerGate {
    return new BrokerGate(this.suspects);
  }

  /** @throws ClusterError BROKER_NOT_AVAILABLE */
  broker(brokerId: number): BrokerNode {
    return brokerNode(this.metadata, brokerId);
  }

  /** @throws ClusterError UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE */
  leader(asked: Omit<Asked, 'lane'>): Promise<BrokerNode> {
    return leaderOf(this.metadata, asked);
  }

  /** `what` begins the sentence when it is not found. @throws ClusterError */
  coordinator(kind: CoordinatorKind, key: string, what?: string): Promise<Coordinator> {
    return findCoordinator(this, kind, key, what);
  }

  /** Start and end offsets, or offsets by time. @throws ClusterError when a leader does not answer */
  offsets(wanted: OffsetsWanted): Promise<readonly OffsetAnswer[]> {
    return readOffsets(this, wanted);
  }

  /** Batches as bytes from one leader. @throws ClusterError when it does not answer */
  fetch(leader: number, lane: Lane, request: FetchRequest): Promise<FetchAnswer> {
    return fetchFrom(this, leader, lane, request);
  }

  /** One batch to one partition, confirmed by all in-sync replicas; the offset of its first record. @throws ClusterError */
  produce(writing: Writing): Promise<number> {
    return produceBatch(this, writing);
  }

  /** @throws ClusterError INVALID_ARGUMENT, or Kafka's */
  createTopic(topic: NewTopic): Promise<void> {
    return createTopic(this, topic);
  }

  /** A member of a consumer group, with connections of its own that its close() ends. */
  consumer(settings: ConsumerSettings): GroupConsumer {
    return openConsumer(this.metadata, settings);
  }

  /** Ends every connection; what is asked afterwards is refused as CLOSED. */
  close(): Promise<void> {
    return this.connections.close();
  }
}
