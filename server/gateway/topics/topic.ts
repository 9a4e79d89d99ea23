// The channel of one topic: its partitions, its groups and its history. No I/O.
import { unknownTopic } from '../../client/errors.ts';
import type { TopicGroupRow, TopicView } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { orNull, rounded } from '../model/numbers.ts';
import { compareNullable } from '../model/order.ts';
import { roundedGroup, topicRow } from '../model/rows.ts';
import { FOCUS_INTERVAL_MS } from '../sampling/samplers.ts';

/** A page cannot show more; the most lagging come first. */
const MAX_GROUPS = 500;

/** @throws ClusterError UNKNOWN_TOPIC_OR_PARTITION when the cluster was read and has no such topic, CLUSTER_UNREACHABLE before that */
export function topicView(context: GatewayContext, name: string): TopicView | null {
  const { metadata, figures } = context;
  context.refuseIfNeverRead();
  if (metadata.sampledAtMs === null) return null;
  const topic = metadata.topics.get(name);
  if (topic === undefined) throw unknownTopic(name);
  const ofTopic = figures.of(name);
  return {
    freshness: { sampledAtMs: figures.endsSampledAtMs ?? metadata.sampledAtMs, intervalMs: FOCUS_INTERVAL_MS },
    problems: context.problems('metadata', `topic:${name}`, 'group details'),
    topic: topicRow(context, topic),
    partitions: topic.partitions.map((node) => ({
      partition: node.partition,
      leader: node.leader,
      leaderEpoch: node.leaderEpoch,
      replicas: node.replicas,
      inSyncReplicas: node.inSyncReplicas,
      startOffset: orNull(ofTopic?.start[node.partition]),
      endOffset: orNull(ofTopic?.end[node.partition]),
      sizeBytes: orNull(ofTopic?.sizeBytes[node.partition]),
      inRecordsPerSecond: rounded(ofTopic?.partitionRate(node.partition) ?? null),
    })),
    minInSync: figures.minInSync.get(name) ?? null,
    groups: topicGroups(context, name),
    series: context.ring(`topic:${name}`, ['inRecords', 'inBytes']).series(),
  };
}

/** null until every listed group was read once. */
export function topicGroups(context: GatewayContext, name: string): readonly TopicGroupRow[] | null {
  const { groups } = context;
  if (!groups.isComplete) return null;
  const rows: TopicGroupRow[] = [];
  for (const [groupId, detail] of groups.details()) {
    const listing = groups.listings.get(groupId);
    if (listing === undefined || !detail.topics().has(name)) continue;
    rows.push({ ...roundedGroup(groups.row(listing)), topicLag: detail.topicLag(name) });
  }
  return rows.sort((left, right) => compareNullable(left.topicLag, right.topicLag, true)).slice(0, MAX_GROUPS);
}
