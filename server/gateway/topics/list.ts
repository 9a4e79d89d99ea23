// The list channels: topics, groups and brokers, each a window of rows over an index in memory. No I/O.

import type { TopicNode } from '../../client/metadata.ts';
import type {
  BrokersView,
  GroupRow,
  GroupsParams,
  GroupsView,
  TopicSort,
  TopicsParams,
  TopicsView,
} from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import type { GroupListing } from '../model/groups.ts';
import { brokerRows, compareNullable, compareText, topicRow } from '../model/rows.ts';
import { roundedGroup } from '../overview/view.ts';
import { CORE_INTERVAL_MS } from '../sampling/samplers.ts';

const MAX_WINDOW_ROWS = 200;

export function topicsView(context: GatewayContext, params: TopicsParams): TopicsView | null {
  const { metadata, figures } = context;
  if (metadata.sampledAtMs === null && metadata.failure === null) return null;
  const query = params.query.trim().toLowerCase();
  const matching = [...metadata.topics.values()].filter(
    (topic) => (params.includeInternal || !topic.isInternal) && topic.name.toLowerCase().includes(query),
  );
  sortTopics(context, matching, params);
  return {
    freshness: { sampledAtMs: figures.endsSampledAtMs ?? metadata.sampledAtMs, intervalMs: CORE_INTERVAL_MS },
    problems: context.problems('metadata', 'ends', 'starts', 'sizes'),
    total: metadata.topics.size,
    matching: matching.length,
    offset: params.offset,
    rows: windowOf(matching, params).map((topic) => topicRow(context, topic)),
  };
}

function sortTopics(context: GatewayContext, topics: TopicNode[], { sort, descending }: TopicsParams): void {
  if (sort === 'name') {
    topics.sort((left, right) =>
      descending ? compareText(right.name, left.name) : compareText(left.name, right.name),
    );
    return;
  }
  const keys = new Map(topics.map((topic) => [topic, topicSortKey(context, topic, sort)]));
  topics.sort(
    (left, right) =>
      compareNullable(keys.get(left) ?? null, keys.get(right) ?? null, descending) ||
      compareText(left.name, right.name),
  );
}

function topicSortKey(context: GatewayContext, topic: TopicNode, sort: TopicSort): number | null {
  const figures = context.figures.of(topic.name);
  if (sort === 'partitions') return topic.partitions.length;
  if (sort === 'records') return figures?.records() ?? null;
  if (sort === 'size') return figures?.totalSizeBytes() ?? null;
  return figures?.recordsPerSecond() ?? null;
}

export function groupsView(context: GatewayContext, params: GroupsParams): GroupsView | null {
  const { groups, metadata } = context;
  if (groups.listedAtMs === null && metadata.failure === null && groups.listings.size === 0) return null;
  const query = params.query.trim().toLowerCase();
  const matching = [...groups.listings.values()].filter(({ groupId }) => groupId.toLowerCase().includes(query));
  sortGroups(context, matching, params);
  return {
    freshness: { sampledAtMs: groups.listedAtMs, intervalMs: CORE_INTERVAL_MS },
    problems: context.problems('metadata', 'groups', 'group details'),
    total: groups.listings.size,
    matching: matching.length,
    offset: params.offset,
    rows: windowOf(matching, params).map((listing) => roundedGroup(groups.row(listing))),
  };
}

function sortGroups(context: GatewayContext, listings: GroupListing[], { sort, descending }: GroupsParams): void {
  const byName = (left: GroupListing, right: GroupListing) => compareText(left.groupId, right.groupId);
  const sign = descending ? -1 : 1;
  if (sort === 'name') {
    listings.sort((left, right) => sign * byName(left, right));
    return;
  }
  if (sort === 'state') {
    listings.sort((left, right) => sign * compareText(left.state, right.state) || byName(left, right));
    return;
  }
  const key = (row: GroupRow) => (sort === 'lag' ? row.totalLag : row.members);
  const keys = new Map(listings.map((listing) => [listing, key(context.groups.row(listing))]));
  listings.sort(
    (left, right) =>
      compareNullable(keys.get(left) ?? null, keys.get(right) ?? null, descending) || byName(left, right),
  );
}

export function brokersView(context: GatewayContext): BrokersView | null {
  const { metadata } = context;
  if (metadata.sampledAtMs === null && metadata.failure === null) return null;
  return {
    freshness: { sampledAtMs: metadata.sampledAtMs, intervalMs: CORE_INTERVAL_MS },
    problems: context.problems('metadata', 'ends', 'sizes'),
    rows: brokerRows(context),
  };
}

function windowOf<Row>(rows: readonly Row[], { offset, limit }: { offset: number; limit: number }): readonly Row[] {
  const start = Math.max(0, offset);
  return rows.slice(start, start + Math.min(Math.max(0, limit), MAX_WINDOW_ROWS));
}
