// Rows that several views show: a topic, a broker. Pure reading of the sampled state, no I/O.
import type { ClusterMetadata, TopicNode } from '../../client/metadata.ts';
import type { BrokerRow, Problem, TopicRow } from '../../live/contract.ts';
import type { Figures } from './figures.ts';
import { rounded } from './numbers.ts';
import { offlinePartitions, underReplicatedPartitions } from './partitions.ts';

/** What was last read of a cluster. */
interface Known {
  readonly metadata: ClusterMetadata;
  readonly figures: Figures;
  problems(...sources: readonly string[]): readonly Problem[];
}

export function topicRow(known: Pick<Known, 'figures'>, topic: TopicNode): TopicRow {
  const figures = known.figures.of(topic.name);
  return {
    name: topic.name,
    topicId: topic.topicId,
    isInternal: topic.isInternal,
    partitions: topic.partitions.length,
    replicationFactor: topic.partitions[0]?.replicas.length ?? 0,
    records: figures?.records() ?? null,
    sizeBytes: figures?.totalSizeBytes() ?? null,
    inRecordsPerSecond: rounded(figures?.recordsPerSecond() ?? null),
    inBytesPerSecond: rounded(figures?.bytesPerSecond() ?? null),
    offlinePartitions: offlinePartitions(topic),
    underReplicatedPartitions: underReplicatedPartitions(topic),
  };
}

/** Every broker ever seen, in order of id, with what it leads and holds. One pass over all partitions. */
export function brokerRows(known: Known): readonly BrokerRow[] {
  const { metadata, figures } = known;
  const tallies = new Map<
    number,
    { leaders: number; replicas: number; records: number | null; bytes: number | null }
  >();
  for (const id of metadata.knownBrokerIds) tallies.set(id, { leaders: 0, replicas: 0, records: null, bytes: null });
  for (const topic of metadata.topics.values()) {
    const ofTopic = figures.of(topic.name);
    for (const { partition, leader, replicas } of topic.partitions) {
      for (const replica of replicas) {
        const tally = tallies.get(replica);
        if (tally !== undefined) tally.replicas += 1;
      }
      const tally = leader === null ? undefined : tallies.get(leader);
      if (tally === undefined) continue;
      tally.leaders += 1;
      const rate = ofTopic?.partitionRate(partition) ?? null;
      if (rate === null) continue;
      tally.records = (tally.records ?? 0) + rate;
      const bytesPerRecord = ofTopic?.bytesPerRecord ?? null;
      if (rate === 0) tally.bytes ??= 0;
      else if (bytesPerRecord !== null) tally.bytes = (tally.bytes ?? 0) + rate * bytesPerRecord;
    }
  }
  const silent = new Set(known.problems('ends').map(({ brokerId }) => brokerId));
  return [...tallies]
    .sort(([left], [right]) => left - right)
    .map(([id, tally]) => {
      const endpoint = metadata.endpointOf(id);
      const isUp = metadata.brokers.has(id) && metadata.failure === null && !silent.has(id);
      return {
        id,
        host: endpoint?.host ?? '',
        port: endpoint?.port ?? 0,
        rack: endpoint?.rack ?? null,
        isUp,
        leaders: tally.leaders,
        replicas: tally.replicas,
        sizeBytes: isUp ? (figures.brokerSizeBytes.get(id) ?? null) : null,
        inRecordsPerSecond: isUp ? rounded(tally.records) : null,
        inBytesPerSecond: isUp ? rounded(tally.bytes) : null,
      };
    });
}

export function roundedGroup<Row extends { readonly lagChangePerSecond: number | null }>(row: Row): Row {
  return { ...row, lagChangePerSecond: rounded(row.lagChangePerSecond) };
}
