// What the cluster says of itself: brokers, topics, leaders and replicas. Read from any broker that answers, at first from
// the bootstrap servers. Everything else asks here where to send a request.
import { METADATA } from './apis.ts';
import { SOFT_DEADLINE_MS, withDeadline } from './asking/per-broker.ts';
import { addressOf, type Connections, type Endpoint, type Lane, type VersionRange } from './connections.ts';
import { ClusterError, invalidArgument, kafkaErrorName, reasonOf, unknownTopic } from './errors.ts';

export interface BrokerNode extends Endpoint {
  readonly id: number;
  readonly rack: string | null;
}

export interface PartitionNode {
  readonly partition: number;
  /** null: no leader. */
  readonly leader: number | null;
  readonly leaderEpoch: number | null;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
}

export interface TopicNode {
  readonly name: string;
  readonly topicId: string | null;
  readonly isInternal: boolean;
  /** Ordered by partition number; the index is the number. */
  readonly partitions: readonly PartitionNode[];
}

const NO_TOPIC_ID = '00000000-0000-0000-0000-000000000000';

export class ClusterMetadata {
  readonly #connections: Connections;
  readonly #bootstrap: readonly Endpoint[];
  #refreshing: Promise<void> | null = null;
  #lastGood: Endpoint | null = null;
  clusterId: string | null = null;
  brokers: ReadonlyMap<number, BrokerNode> = new Map();
  topics: ReadonlyMap<string, TopicNode> = new Map();
  apis: ReadonlyMap<number, VersionRange> = new Map();
  /** Every broker id seen since the start, in the list of brokers or among replicas; at most a few thousand. */
  readonly knownBrokerIds = new Set<number>();
  readonly #knownEndpoints = new Map<number, BrokerNode>();
  partitionCount = 0;
  sampledAtMs: number | null = null;
  /** Why the last attempt failed at every broker; null when it worked. */
  failure: string | null = null;

  constructor(connections: Connections, bootstrap: readonly Endpoint[]) {
    this.#connections = connections;
    this.#bootstrap = bootstrap;
  }

  /** Reads everything anew; calls that overlap share one request. @throws ClusterError DISCONNECTED when no broker answers */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Reads anew what is older than `maxAgeMs`. */
  async fresh(maxAgeMs: number): Promise<void> {
    if (this.sampledAtMs === null || this.failure !== null || Date.now() - this.sampledAtMs > maxAgeMs) {
      await this.refresh();
    }
  }

  /** @throws ClusterError UNKNOWN_TOPIC_OR_PARTITION, after having asked the cluster once more */
  async topic(name: string): Promise<TopicNode> {
    await this.fresh(10_000);
    const known = this.topics.get(name);
    if (known !== undefined) return known;
    await this.refresh();
    const topic = this.topics.get(name);
    if (topic === undefined) throw unknownTopic(name);
    return topic;
  }

  /** The last known address of a broker, also of one that is down. */
  endpointOf(brokerId: number): BrokerNode | null {
    return this.brokers.get(brokerId) ?? this.#knownEndpoints.get(brokerId) ?? null;
  }

  /** Any broker for a request that each of them answers. @throws ClusterError DISCONNECTED */
  anyBroker(): Endpoint {
    const endpoint = this.#candidates()[0];
    if (endpoint === undefined) throw new ClusterError('DISCONNECTED', 'No broker is known.', { isRetriable: true });
    return endpoint;
  }

  async #refresh(): Promise<void> {
    const failures: string[] = [];
    for (const endpoint of this.#candidates()) {
      try {
        await this.#readInTime(endpoint);
        this.#lastGood = endpoint;
        this.failure = null;
        return;
      } catch (error) {
        if (this.#lastGood === endpoint) this.#lastGood = null;
        failures.push(reasonOf(error));
      }
    }
    this.failure = failures[0] ?? 'no bootstrap server is given';
    throw new ClusterError('DISCONNECTED', `No broker of this cluster answers: ${this.failure}.`, {
      isRetriable: true,
    });
  }

  /** A frozen broker must not hold up the others: after this time the next one is asked. */
  async #readInTime(endpoint: Endpoint): Promise<void> {
    const failure = await withDeadline(
      this.#readFrom(endpoint, 'control').then(
        () => null,
        (error: unknown) => error,
      ),
      SOFT_DEADLINE_MS,
      () => new ClusterError('DISCONNECTED', `${addressOf(endpoint)} does not answer in time`, { isRetriable: true }),
    );
    if (failure !== null) throw failure;
  }

  /** The one that answered last, the brokers that are up, the bootstrap servers, the brokers of old. At most 12. */
  #candidates(): readonly Endpoint[] {
    const all: Endpoint[] = [...this.brokers.values(), ...this.#bootstrap, ...this.#knownEndpoints.values()];
    if (this.#lastGood !== null) all.unshift(this.#lastGood);
    const byAddress = new Map<string, Endpoint>();
    for (const endpoint of all) if (!byAddress.has(addressOf(endpoint))) byAddress.set(addressOf(endpoint), endpoint);
    return [...byAddress.values()].slice(0, 12);
  }

  async #readFrom(endpoint: Endpoint, lane: Lane): Promise<void> {
    const answer = await this.#connections.request(endpoint, lane, METADATA, null, false, false);
    this.apis = await this.#connections.apis(endpoint);
    this.clusterId = answer.clusterId ?? null;
    this.brokers = new Map(
      answer.brokers
        .map(({ nodeId, host, port, rack }) => ({ id: nodeId, host, port, rack: rack ?? null }))
        .sort((left, right) => left.id - right.id)
        .map((broker) => [broker.id, broker]),
    );
    for (const broker of this.brokers.values()) {
      this.knownBrokerIds.add(broker.id);
      this.#knownEndpoints.set(broker.id, broker);
    }
    const topics = new Map<string, TopicNode>();
    let partitionCount = 0;
    for (const topic of answer.topics) {
      if (topic.name == null || kafkaErrorName(topic.errorCode) === 'UNKNOWN_TOPIC_OR_PARTITION') continue;
      const partitions = topic.partitions.map(toPartition).sort((left, right) => left.partition - right.partition);
      for (const { replicas } of partitions) for (const id of replicas) this.knownBrokerIds.add(id);
      partitionCount += partitions.length;
      topics.set(topic.name, {
        name: topic.name,
        topicId: topic.topicId === NO_TOPIC_ID ? null : topic.topicId,
        isInternal: topic.isInternal || topic.name.startsWith('__'),
        partitions,
      });
    }
    this.topics = topics;
    this.partitionCount = partitionCount;
    this.sampledAtMs = Date.now();
  }
}

function toPartition(answer: {
  partitionIndex: number;
  leaderId: number;
  leaderEpoch: number;
  replicaNodes: readonly number[];
  isrNodes: readonly number[];
}): PartitionNode {
  return {
    partition: answer.partitionIndex,
    leader: answer.leaderId < 0 ? null : answer.leaderId,
    leaderEpoch: answer.leaderEpoch < 0 ? null : answer.leaderEpoch,
    replicas: answer.replicaNodes,
    inSyncReplicas: answer.isrNodes,
  };
}

/** @throws ClusterError INVALID_ARGUMENT for a partition that the topic does not have */
export function chosenPartitions(topic: TopicNode, partitions: readonly number[] | null): readonly number[] {
  if (partitions === null) return topic.partitions.map(({ partition }) => partition);
  for (const partition of partitions) {
    if (topic.partitions[partition] === undefined) {
      throw invalidArgument(
        `${topic.name} has no partition ${partition}: it has ${topic.partitions.length}, counted from 0.`,
      );
    }
  }
  return [...new Set(partitions)];
}
