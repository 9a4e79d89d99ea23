// The lab's channel, from the nodes, the faults, the timeline and what was read last. Called by lab.ts when something changed. No I/O.
import type { ClusterLab } from '../engine/cluster.ts';
import type { LabAction, LabNodeRow, LabView } from '../live/contract.ts';
import type { FaultDesk } from './fault-desk.ts';
import { guaranteeOf } from './guarantee.ts';
import { countPartitions, sharesOf } from './placement.ts';
import { type Readings, WATCHED_INTERVAL_MS } from './readings.ts';
import type { Timeline } from './timeline.ts';

export interface LabParts {
  readonly nodes: ClusterLab;
  readonly readings: Readings;
  readonly desk: FaultDesk;
  readonly timeline: Timeline;
  /** Since when a node is in its state. */
  sinceMs(nodeId: number): number;
}

export function labView({ nodes, readings, desk, timeline, sinceMs }: LabParts, action: LabAction | null): LabView {
  const { placement, problem } = readings;
  const shares = placement === null ? null : sharesOf(placement);
  // Before the events: a rule that ended by itself is told there.
  const faults = desk.rules();
  return {
    freshness: { sampledAtMs: placement?.sampledAtMs ?? null, intervalMs: WATCHED_INTERVAL_MS },
    problems: problem === null ? [] : [{ brokerId: null, sentence: problem }],
    nodes: nodes.nodes().map((node): LabNodeRow => {
      const share = shares === null ? null : (shares.get(node.id) ?? { leaders: 0, replicas: 0, onlyReplicas: 0 });
      return {
        id: node.id,
        role: node.role,
        state: node.state,
        sinceMs: sinceMs(node.id),
        reason: node.reason,
        address: node.address === null ? null : `${node.address.host}:${node.address.port}`,
        rack: node.rack,
        slowDisk: nodes.faults.diskOf(node.id),
        leaders: share?.leaders ?? null,
        replicas: share?.replicas ?? null,
        onlyReplicas: share?.onlyReplicas ?? null,
      };
    }),
    partitions: placement === null ? null : countPartitions(placement),
    action,
    guarantee: placement === null ? null : guaranteeOf(placement),
    links: desk.links,
    faults,
    faultApis: nodes.faults.apis,
    events: timeline.events,
  };
}
