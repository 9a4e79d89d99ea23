// The overview channel: health, totals, the ten-minute history, busiest topics and most lagging groups. No I/O.
import type { OverviewView } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { clusterHealth } from '../model/health.ts';
import { rounded, sumOrNull } from '../model/numbers.ts';
import { compareNullable } from '../model/order.ts';
import { brokerRows, roundedGroup, topicRow } from '../model/rows.ts';
import { CORE_INTERVAL_MS } from '../sampling/samplers.ts';

const BUSIEST_TOPICS = 5;
const LAGGING_GROUPS = 5;

/** null before the first attempt to reach the cluster has ended. */
export function overviewView(context: GatewayContext): OverviewView | null {
  const { metadata, figures, groups, options } = context;
  if (metadata.sampledAtMs === null && metadata.failure === null) return null;
  const problems = context.problems('metadata', 'ends', 'starts', 'sizes', 'groups', 'group details');
  const brokers = brokerRows(context);
  const topics = [...metadata.topics.values()];
  const isReached = metadata.failure === null;
  const inRecords = isReached
    ? sumOrNull(topics.map(({ name }) => figures.of(name)?.recordsPerSecond() ?? null))
    : null;
  const inBytes = isReached ? sumOrNull(topics.map(({ name }) => figures.of(name)?.bytesPerSecond() ?? null)) : null;
  const details = [...groups.details()].map(([, detail]) => detail);
  const isGroupsKnown = isReached && groups.listedAtMs !== null;
  const outRecords = isGroupsKnown ? (sumOrNull(details.map((detail) => detail.recordsPerSecond())) ?? 0) : null;
  const outBytes = isGroupsKnown ? (sumOrNull(details.map((detail) => detail.bytesPerSecond())) ?? 0) : null;
  return {
    freshness: { sampledAtMs: figures.endsSampledAtMs ?? metadata.sampledAtMs, intervalMs: CORE_INTERVAL_MS },
    problems,
    clusterId: metadata.clusterId,
    health: clusterHealth({
      clusterId: options.clusterId,
      bootstrapServers: options.bootstrapServers,
      metadata,
      minInSync: figures.minInSync,
      problems,
    }),
    brokersUp: brokers.filter(({ isUp }) => isUp).length,
    brokersKnown: brokers.length,
    topics: topics.length,
    partitions: metadata.partitionCount,
    groups: groups.listedAtMs === null ? null : groups.listings.size,
    sizeBytes: sumOrNull(brokers.map(({ sizeBytes }) => sizeBytes)),
    inRecordsPerSecond: rounded(inRecords),
    inBytesPerSecond: rounded(inBytes),
    outRecordsPerSecond: rounded(outRecords),
    outBytesPerSecondEstimate: rounded(outBytes),
    series: context.overviewRing.series(),
    brokers,
    busiestTopics: busiestTopics(context),
    laggingGroups: laggingGroups(context),
  };
}

function busiestTopics(context: GatewayContext) {
  return [...context.metadata.topics.values()]
    .filter(({ isInternal }) => !isInternal)
    .map((topic) => ({ topic, rate: context.figures.of(topic.name)?.recordsPerSecond() ?? null }))
    .filter(({ rate }) => rate !== null && rate > 0)
    .sort((left, right) => compareNullable(left.rate, right.rate, true))
    .slice(0, BUSIEST_TOPICS)
    .map(({ topic }) => topicRow(context, topic));
}

function laggingGroups(context: GatewayContext) {
  return [...context.groups.listings.values()]
    .map((listing) => ({ listing, lag: context.groups.detail(listing.groupId)?.totalLag() ?? null }))
    .filter(({ lag }) => lag !== null && lag > 0)
    .sort((left, right) => compareNullable(left.lag, right.lag, true))
    .slice(0, LAGGING_GROUPS)
    .map(({ listing }) => roundedGroup(context.groups.row(listing)));
}
