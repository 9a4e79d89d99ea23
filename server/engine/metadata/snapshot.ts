// The fewest records that rebuild a state: what a new metadata log begins with, and the shape two states are compared in.
import type { QuotaEntity } from './client-quotas.ts';
import type { ConfigResource } from './image.ts';
import { type MetadataRecord, record } from './record.ts';
import { type MetadataState, RESOURCE_TYPE } from './state.ts';

/** Replayed into an empty state, the records give an equal one (the offset aside). Sorted, so equal states give equal records. */
export function* snapshot(state: MetadataState): Generator<MetadataRecord> {
  for (const broker of [...state.brokers.values()].sort((a, b) => a.id - b.id)) {
    yield record('registerBroker', {
      brokerId: broker.id,
      incarnationId: broker.incarnationId,
      brokerEpoch: broker.epoch,
      endPoints: [...broker.listeners],
      rack: broker.rack,
      fenced: broker.isFenced,
      inControlledShutdown: broker.isShuttingDown,
      logDirs: [...broker.logDirs],
    });
  }
  for (const name of [...state.topics.keys()].sort()) yield* topicRecords(state, name);
  for (const resource of ['topic', 'broker', 'group'] as const) yield* configRecords(state, resource);
  for (const { entity, values } of state.clientQuotas.all) yield* quotaRecords(entity, values);
  for (const credential of state.scramCredentials.all) yield record('userScramCredential', credential);
  if (state.nextProducerId > 0) yield record('producerIds', { brokerId: -1, nextProducerId: state.nextProducerId });
}

function* quotaRecords(entity: QuotaEntity, values: ReadonlyMap<string, number>): Generator<MetadataRecord> {
  for (const [key, value] of [...values].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const parts = [...entity].sort(([a], [b]) => (a < b ? -1 : 1));
    yield record('clientQuota', {
      entity: parts.map(([entityType, entityName]) => ({ entityType, entityName })),
      key,
      value,
    });
  }
}

function* topicRecords(state: MetadataState, name: string): Generator<MetadataRecord> {
  const topic = state.topics.get(name);
  if (topic === undefined) return;
  yield record('topic', { name, topicId: topic.topicId });
  for (const partition of topic.partitions) {
    yield record('partition', {
      partitionId: partition.partition,
      topicId: topic.topicId,
      replicas: [...partition.replicas],
      isr: [...partition.inSyncReplicas],
      addingReplicas: [...partition.addingReplicas],
      removingReplicas: [...partition.removingReplicas],
      eligibleLeaderReplicas: someOrNull(partition.eligibleLeaderReplicas),
      lastKnownElr: someOrNull(partition.lastKnownElr),
      directories: [...partition.directories],
      leader: partition.leader,
      leaderEpoch: partition.leaderEpoch,
      partitionEpoch: partition.partitionEpoch,
    });
  }
}

/** Kafka leaves out what is empty. */
const someOrNull = (ids: readonly number[]): number[] | null => (ids.length === 0 ? null : [...ids]);

function* configRecords(state: MetadataState, resource: ConfigResource): Generator<MetadataRecord> {
  const resourceType = RESOURCE_TYPE[resource];
  const byName = state.allConfigs(resource);
  for (const resourceName of [...byName.keys()].sort()) {
    for (const [name, value] of [...(byName.get(resourceName) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield record('config', { resourceType, resourceName, name, value });
    }
  }
}
