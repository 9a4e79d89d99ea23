// The one mutable MetadataImage. replay() is its only writer: the controller and every broker feed it the same log and so hold
// the same state at the same offset. Replaying a record twice in a row changes nothing, which lets a snapshot be a run of
// ordinary records in the log.
import { ZERO_UUID } from '../../protocol/grammar.ts';
import { ClientQuotas } from './client-quotas.ts';
import { type Change, DeltaBuilder } from './delta.ts';
import type { BrokerImage, ConfigResource, MetadataDelta, MetadataImage, PartitionImage, TopicImage } from './image.ts';
import { changedPartition, partitionFrom } from './partition.ts';
import type { MetadataRecord, RecordBody } from './record.ts';
import { ScramCredentials } from './scram-credentials.ts';

interface MutableTopic extends TopicImage {
  readonly partitions: PartitionImage[];
}

export const NO_LEADER = -1;

/** Resource types as Kafka numbers them. */
export const RESOURCE_TYPE = { topic: 2, broker: 4, group: 32 } as const;
export function resourceOf(type: number): ConfigResource | null {
  if (type === RESOURCE_TYPE.topic) return 'topic';
  if (type === RESOURCE_TYPE.broker) return 'broker';
  return type === RESOURCE_TYPE.group ? 'group' : null;
}

const NO_CONFIGS: ReadonlyMap<string, string> = new Map();

export class MetadataState implements MetadataImage {
  readonly clusterId: string;
  readonly clientQuotas = new ClientQuotas();
  readonly scramCredentials = new ScramCredentials();
  #offset = -1;
  #nextProducerId = 0;
  readonly #brokers = new Map<number, BrokerImage>();
  readonly #topics = new Map<string, MutableTopic>();
  readonly #topicsById = new Map<string, MutableTopic>();
  readonly #configs: Record<ConfigResource, Map<string, Map<string, string>>> = {
    topic: new Map(),
    broker: new Map(),
    group: new Map(),
  };
  #delta = new DeltaBuilder();

  constructor(clusterId: string) {
    this.clusterId = clusterId;
  }

  get offset(): number {
    return this.#offset;
  }
  /** The first producer id of the next block. */
  get nextProducerId(): number {
    return this.#nextProducerId;
  }
  get brokers(): ReadonlyMap<number, BrokerImage> {
    return this.#brokers;
  }
  get topics(): ReadonlyMap<string, TopicImage> {
    return this.#topics;
  }
  get topicsById(): ReadonlyMap<string, TopicImage> {
    return this.#topicsById;
  }
  configs(resource: ConfigResource, name: string): ReadonlyMap<string, string> {
    return this.#configs[resource].get(name) ?? NO_CONFIGS;
  }
  /** Resources of this type that have dynamic settings, with them. */
  allConfigs(resource: ConfigResource): ReadonlyMap<string, ReadonlyMap<string, string>> {
    return this.#configs[resource];
  }

  /** What changed since the last call. */
  takeDelta(): MetadataDelta {
    const delta = this.#delta.build();
    this.#delta = new DeltaBuilder();
    return delta;
  }

  /** Applies one record, in order of offset. A record about something that is not there changes nothing. */
  replay(record: MetadataRecord, offset: number): void {
    this.#offset = offset;
    switch (record.kind) {
      case 'registerBroker':
        this.#registerBroker(record.body);
        return;
      case 'unregisterBroker':
        this.#brokers.delete(record.body.brokerId);
        this.#changed({ kind: 'broker', id: record.body.brokerId });
        return;
      case 'brokerRegistrationChange':
        this.#changeRegistration(record.body);
        return;
      case 'fenceBroker':
        this.#changeBroker(record.body.id, { isFenced: true });
        return;
      case 'unfenceBroker':
        this.#changeBroker(record.body.id, { isFenced: false });
        return;
      case 'topic':
        this.#addTopic(record.body);
        return;
      case 'partition':
        this.#setPartition(record.body);
        return;
      case 'partitionChange':
        this.#changePartition(record.body);
        return;
      case 'removeTopic':
        this.#removeTopic(record.body.topicId);
        return;
      case 'config':
        this.#setConfig(record.body);
        return;
      case 'producerIds':
        this.#nextProducerId = record.body.nextProducerId;
        return;
      case 'clientQuota':
        this.clientQuotas.replay(record.body);
        return;
      case 'userScramCredential':
        this.scramCredentials.replay(record.body);
        return;
      case 'removeUserScramCredential':
        this.scramCredentials.remove(record.body);
        return;
      case 'featureLevel':
      case 'noOp':
        return;
    }
  }

  /** Forgets everything, as if each thing had been removed; the log is read again from a snapshot afterwards. */
  clear(): void {
    for (const topic of [...this.#topics.values()]) this.#removeTopic(topic.topicId);
    for (const id of [...this.#brokers.keys()]) {
      this.#brokers.delete(id);
      this.#changed({ kind: 'broker', id });
    }
    for (const [resource, byName] of Object.entries(this.#configs) as [ConfigResource, Map<string, unknown>][]) {
      for (const name of [...byName.keys()]) {
        byName.delete(name);
        this.#changed({ kind: 'config', resource, name });
      }
    }
    this.clientQuotas.clear();
    this.scramCredentials.clear();
    this.#nextProducerId = 0;
    this.#offset = -1;
  }

  #changed(change: Change): void {
    this.#delta.add(change);
  }

  #registerBroker(body: RecordBody<'registerBroker'>): void {
    const endPoint = body.endPoints[0];
    this.#brokers.set(body.brokerId, {
      id: body.brokerId,
      epoch: body.brokerEpoch,
      incarnationId: body.incarnationId,
      host: endPoint?.host ?? '',
      port: endPoint?.port ?? 0,
      listeners: body.endPoints.map(({ name, host, port, securityProtocol }) => ({
        name,
        host,
        port,
        securityProtocol,
      })),
      rack: body.rack,
      isFenced: body.fenced,
      isShuttingDown: body.inControlledShutdown,
      logDirs: body.logDirs,
    });
    this.#changed({ kind: 'broker', id: body.brokerId });
  }

  #changeRegistration(body: RecordBody<'brokerRegistrationChange'>): void {
    const change: { isFenced?: boolean; isShuttingDown?: boolean } = {};
    if (body.fenced !== 0) change.isFenced = body.fenced > 0;
    if (body.inControlledShutdown !== 0) change.isShuttingDown = body.inControlledShutdown > 0;
    this.#changeBroker(body.brokerId, change);
  }
  #changeBroker(id: number, change: Partial<BrokerImage>): void {
    const broker = this.#brokers.get(id);
    if (broker === undefined) return;
    this.#brokers.set(id, { ...broker, ...change });
    this.#changed({ kind: 'broker', id });
  }

  #addTopic(body: RecordBody<'topic'>): void {
    if (body.topicId === ZERO_UUID || this.#topicsById.has(body.topicId)) return;
    const topic: MutableTopic = { name: body.name, topicId: body.topicId, partitions: [] };
    this.#topics.set(topic.name, topic);
    this.#topicsById.set(topic.topicId, topic);
    this.#changed({ kind: 'topicCreated', topic });
  }
  #setPartition(body: RecordBody<'partition'>): void {
    const topic = this.#topicsById.get(body.topicId);
    if (topic === undefined || body.partitionId < 0 || body.partitionId > topic.partitions.length) return;
    topic.partitions[body.partitionId] = partitionFrom(body);
    this.#changed({ kind: 'partition', topic, partition: body.partitionId });
  }
  #changePartition(body: RecordBody<'partitionChange'>): void {
    const topic = this.#topicsById.get(body.topicId);
    const before = topic?.partitions[body.partitionId];
    if (topic === undefined || before === undefined) return;
    topic.partitions[body.partitionId] = changedPartition(before, body);
    this.#changed({ kind: 'partition', topic, partition: body.partitionId });
  }
  #removeTopic(topicId: string): void {
    const topic = this.#topicsById.get(topicId);
    if (topic === undefined) return;
    this.#topics.delete(topic.name);
    this.#topicsById.delete(topicId);
    if (this.#configs.topic.delete(topic.name)) this.#changed({ kind: 'config', resource: 'topic', name: topic.name });
    this.#changed({ kind: 'topicDeleted', topic });
  }

  #setConfig(body: RecordBody<'config'>): void {
    const resource = resourceOf(body.resourceType);
    if (resource === null) return;
    const byName = this.#configs[resource];
    const configs = byName.get(body.resourceName) ?? new Map<string, string>();
    if (body.value === null) configs.delete(body.name);
    else configs.set(body.name, body.value);
    if (configs.size === 0) byName.delete(body.resourceName);
    else byName.set(body.resourceName, configs);
    this.#changed({ kind: 'config', resource, name: body.resourceName });
  }
}
