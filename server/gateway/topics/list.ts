// The list of topics as a page asks for it. No I/O.
import type { TopicNode } from '../../client/metadata.ts';
import type { TopicsParams, TopicsView } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { topicRow } from '../model/rows.ts';
import { CORE_INTERVAL_MS } from '../sampling/samplers.ts';
import { byNumber, byText, inTurn, type Order, searching, windowed } from '../windowed.ts';

/** null before the first attempt to reach the cluster has ended. */
export function topicsView(context: GatewayContext, params: TopicsParams): TopicsView | null {
  const { metadata, figures } = context;
  if (metadata.sampledAtMs === null && metadata.failure === null) return null;
  const matches = searching(params.query);
  return {
    freshness: { sampledAtMs: figures.endsSampledAtMs ?? metadata.sampledAtMs, intervalMs: CORE_INTERVAL_MS },
    problems: context.problems('metadata', 'ends', 'starts', 'sizes'),
    ...windowed(
      {
        all: metadata.topics.values(),
        keeps: ({ name, isInternal }) => (params.includeInternal || !isInternal) && matches(name),
        order: orderOf(context, params),
        row: (topic) => topicRow(context, topic),
      },
      params,
    ),
  };
}

function orderOf({ figures }: GatewayContext, { sort, descending }: TopicsParams): Order<TopicNode> {
  const nameOf = ({ name }: TopicNode) => name;
  if (sort === 'name') return byText(nameOf, descending);
  const key = ({ name, partitions }: TopicNode): number | null => {
    const ofTopic = figures.of(name);
    if (sort === 'partitions') return partitions.length;
    if (sort === 'records') return ofTopic?.records() ?? null;
    if (sort === 'size') return ofTopic?.totalSizeBytes() ?? null;
    return ofTopic?.recordsPerSecond() ?? null;
  };
  return inTurn(byNumber(key, descending), byText(nameOf));
}
