// The channel of one group: members, lag per partition, history. No I/O.
import { unknownGroup } from '../../client/errors.ts';
import type { GroupView } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { rounded } from '../model/numbers.ts';
import { roundedGroup } from '../model/rows.ts';
import { FOCUS_INTERVAL_MS } from '../sampling/samplers.ts';

/** @throws ClusterError GROUP_ID_NOT_FOUND when the groups were listed and this one is not among them, CLUSTER_UNREACHABLE before */
export function groupView(context: GatewayContext, groupId: string): GroupView | null {
  const { groups } = context;
  context.refuseIfNeverRead();
  if (groups.listedAtMs === null && groups.listings.size === 0) return null;
  const listing = groups.listings.get(groupId);
  if (listing === undefined) {
    // A broker that did not answer may coordinate it; then it is not known to be gone.
    if (groups.listedAtMs === null || context.isExpected(groupId) || context.problems('groups').length > 0) return null;
    throw unknownGroup(groupId);
  }
  const detail = groups.detail(groupId);
  const sample = detail?.sample ?? null;
  if (detail === null || sample === null) return null;
  return {
    freshness: { sampledAtMs: sample.atMs, intervalMs: FOCUS_INTERVAL_MS },
    problems: context.problems('metadata', `group:${groupId}`),
    group: roundedGroup(groups.row(listing)),
    protocol: sample.protocol,
    epoch: sample.epoch,
    assignmentEpoch: sample.assignmentEpoch,
    members: sample.members,
    partitions: sample.partitions.map((row) => ({ ...row, outRecordsPerSecond: rounded(detail.partitionRate(row)) })),
    series: context.ring(`group:${groupId}`, ['lag', 'outRecords']).series(),
  };
}
