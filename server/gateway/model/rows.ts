// Rows that several views show: a topic, a broker. Pure reading of the sampled state, no I/O.

import { offlinePartitions, type TopicNode, underReplicatedPartitions } from '../../client/metadata.ts';
import type { BrokerRow, TopicRow } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { roundRate } from './numbers.ts';

export function topicRow(context: GatewayContext, topic: TopicNode): TopicRow {
  const figures = context.figures.of(topic.name);
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
export function brokerRows(context: GatewayContext): readonly BrokerRow[] {
  const { metadata, figures } = context;
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
  const silent = new Set(context.problems('ends').map(({ brokerId }) => brokerId));
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

export function rounded(value: number | null): number | null {
  return value === null ? null : roundRate(value);
}

/** Order by a number that may be unknown: the unknown come last either way. */
export function compareNullable(left: number | null, right: number | null, isDescending: boolean): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  return isDescending ? right - left : left - right;
}

export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
