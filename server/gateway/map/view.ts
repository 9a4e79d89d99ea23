// The map channel: chosen topics with a bounded number of partitions, the brokers that hold them, the groups that read them, who
// writes to them, and what changed. No I/O.
import type { TopicNode } from '../../client/metadata.ts';
import {
  MAP_LIMITS,
  type MapBroker,
  type MapGroup,
  type MapParams,
  type MapPartition,
  type MapProducer,
  type MapProducers,
  type MapTopic,
  type MapView,
} from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import type { GroupDetail } from '../model/groups.ts';
import { orNull, rounded } from '../model/numbers.ts';
import { compareText } from '../model/order.ts';
import { brokerRows } from '../model/rows.ts';
import { CORE_INTERVAL_MS } from '../sampling/samplers.ts';
import { chooseTopics } from './choose.ts';
import type { LiveMap } from './map.ts';

/** @throws ClusterError CLUSTER_UNREACHABLE while the cluster was never read */
export function mapView(context: GatewayContext, map: LiveMap, params: MapParams, owner: object): MapView | null {
  const { metadata, figures, groups } = context;
  context.refuseIfNeverRead();
  if (metadata.sampledAtMs === null) return null;
  const topics = drawnTopics(context, map, params);
  const drawn = new Map(topics.map(({ name, drawn: count }) => [name, count]));
  const partitions = topics.flatMap((topic) => partitionsOf(context, map, topic));
  const readers = readersOf(context, drawn);
  const shownGroups = readers.slice(0, MAP_LIMITS.groups);
  map.draw(owner, {
    partitions: topics.map(({ name, drawn: count }) => ({
      topic: name,
      partitions: Array.from({ length: count }, (_, at) => at),
    })),
    groupIds: shownGroups.map(({ groupId }) => groupId),
  });
  return {
    freshness: { sampledAtMs: figures.endsSampledAtMs ?? metadata.sampledAtMs, intervalMs: CORE_INTERVAL_MS },
    problems: context.problems('metadata', 'ends', 'groups', 'group details'),
    topicCount: metadata.topics.size,
    partitionCount: metadata.partitionCount,
    brokerCount: metadata.knownBrokerIds.size,
    groupCount: groups.isComplete ? readers.length : null,
    missingTopics: params.topics.filter((name) => !metadata.topics.has(name)),
    topics,
    partitions,
    brokers: drawnBrokers(context, partitions),
    groups: shownGroups.map(({ groupId, detail }) => groupOf(context, groupId, detail, drawn)),
    producers: producersOf(map, drawn),
    events: map.history.events,
  };
}

function drawnTopics(context: GatewayContext, map: LiveMap, params: MapParams): readonly MapTopic[] {
  const { metadata, figures } = context;
  function* candidates() {
    for (const { name, isInternal, partitions } of metadata.topics.values()) {
      const recordsPerSecond = figures.of(name)?.recordsPerSecond() ?? null;
      yield { name, isInternal, partitions: partitions.length, recordsPerSecond };
    }
  }
  const chosen = params.topics.length > 0 ? params.topics : map.unchosen(candidates());
  return chooseTopics(candidates(), chosen, MAP_LIMITS).flatMap(({ name, drawn }) => {
    const topic = metadata.topics.get(name);
    return topic === undefined ? [] : [topicOf(context, topic, drawn)];
  });
}

function topicOf(context: GatewayContext, { name, isInternal, partitions }: TopicNode, drawn: number): MapTopic {
  const rest = partitions.slice(drawn);
  return {
    name,
    isInternal,
    partitions: partitions.length,
    drawn,
    restLeaderless: rest.filter(({ leader }) => leader === null).length,
    restUnderReplicated: rest.filter(({ replicas, inSyncReplicas }) => inSyncReplicas.length < replicas.length).length,
    inRecordsPerSecond: rounded(context.figures.of(name)?.recordsPerSecond() ?? null),
  };
}

function partitionsOf(context: GatewayContext, map: LiveMap, { name, drawn }: MapTopic): readonly MapPartition[] {
  const figures = context.figures.of(name);
  const nodes = context.metadata.topics.get(name)?.partitions.slice(0, drawn) ?? [];
  return nodes.map(({ partition, leader, leaderEpoch, replicas, inSyncReplicas }) => ({
    topic: name,
    partition,
    leader,
    leaderEpoch,
    replicas,
    inSyncReplicas,
    endOffset: orNull(figures?.end[partition]),
    inRecordsPerSecond: rounded(figures?.partitionRate(partition) ?? null),
    behindRecords: replicas.map((broker) => map.reader.behind(name, partition, leader, broker)),
    outSinceMs: replicas.map((broker) => map.history.outSinceMs(name, partition, broker)),
  }));
}

/** Those that hold a drawn partition first, then the others while there is room; in order of id. */
function drawnBrokers(context: GatewayContext, partitions: readonly MapPartition[]): readonly MapBroker[] {
  const holders = new Set(partitions.flatMap(({ replicas }) => replicas));
  const rows = brokerRows(context);
  const kept = [...rows.filter(({ id }) => holders.has(id)), ...rows.filter(({ id }) => !holders.has(id))];
  return kept
    .slice(0, MAP_LIMITS.brokers)
    .sort((left, right) => left.id - right.id)
    .map(({ id, host, port, rack, isUp, leaders, replicas, inRecordsPerSecond }) => {
      return { id, address: host === '' ? '' : `${host}:${port}`, rack, isUp, leaders, replicas, inRecordsPerSecond };
    });
}

interface Reader {
  readonly groupId: string;
  readonly detail: GroupDetail;
}

/** Groups with a commit or a member on a drawn topic: those with members first, then by lag, then by name. */
function readersOf({ groups }: GatewayContext, drawn: ReadonlyMap<string, number>): readonly Reader[] {
  const found: (Reader & { readonly hasMembers: boolean; readonly lag: number })[] = [];
  for (const [groupId, detail] of groups.details()) {
    if (!groups.listings.has(groupId) || ![...detail.topics()].some((name) => drawn.has(name))) continue;
    const hasMembers = (detail.sample?.members.length ?? 0) > 0;
    found.push({ groupId, detail, hasMembers, lag: detail.totalLag() ?? 0 });
  }
  return found.sort(
    (left, right) =>
      Number(right.hasMembers) - Number(left.hasMembers) ||
      right.lag - left.lag ||
      compareText(left.groupId, right.groupId),
  );
}

function groupOf(
  context: GatewayContext,
  groupId: string,
  detail: GroupDetail,
  drawn: ReadonlyMap<string, number>,
): MapGroup {
  const listing = context.groups.listings.get(groupId);
  const row = listing === undefined ? null : context.groups.row(listing);
  const members = [...(detail.sample?.members ?? [])].sort((left, right) => compareText(left.memberId, right.memberId));
  return {
    groupId,
    state: row?.state ?? '',
    members: members
      .slice(0, MAP_LIMITS.members)
      .map(({ memberId, clientId, host }) => ({ memberId, clientId, host: host.replace(/^\//, '') })),
    memberCount: row?.members ?? null,
    totalLag: detail.wholeLag(),
    outRecordsPerSecond: rounded(detail.recordsPerSecond()),
    partitions: (detail.sample?.partitions ?? [])
      .filter(({ topic, partition }) => partition < (drawn.get(topic) ?? 0))
      .map((each) => ({
        topic: each.topic,
        partition: each.partition,
        memberId: each.memberId,
        lag: each.lag,
        outRecordsPerSecond: rounded(detail.partitionRate(each)),
      })),
  };
}

function producersOf({ reader }: LiveMap, drawn: ReadonlyMap<string, number>): MapProducers {
  if (!reader.servesProducers) return { source: 'unknown', rows: [], total: 0 };
  const ids = [...reader.producers.values()].filter(({ topics }) => [...topics].some((name) => drawn.has(name)));
  const rows = ids
    .sort((left, right) => Number(left.producerId) - Number(right.producerId))
    .slice(0, MAP_LIMITS.producers)
    .map(({ producerId, epoch, brokers, topics }): MapProducer => {
      return {
        key: producerId,
        name: `producer id ${producerId}`,
        note: `epoch ${epoch}`,
        brokers: [...brokers].sort((left, right) => left - right),
        topics: [...topics].filter((name) => drawn.has(name)).sort(compareText),
        recordsPerSecond: null,
      };
    });
  return { source: 'ids', rows, total: ids.length };
}
