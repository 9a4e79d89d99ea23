// Which partitions change when brokers go, stop or come back. What becomes of each is decided by Elections.
import type { ControllerView } from '../../decision.ts';
import type { PartitionImage } from '../../image.ts';
import type { MetadataRecord } from '../../record.ts';
import { NO_LEADER } from '../../state.ts';
import { activeBrokers, Elections } from './partition-change.ts';

/**
 * Once these are replayed the brokers lead nothing and are in sync nowhere. They stay eligible where too few others were in sync,
 * unless `unproven`: then what they held may be lost.
 */
export function* departures(
  view: ControllerView,
  gone: ReadonlySet<number>,
  { unproven = false }: { readonly unproven?: boolean } = {},
): Generator<MetadataRecord> {
  const elections = new Elections(view, activeBrokers(view, { gone }));
  const isGone = (id: number) => gone.has(id);
  const isAffected = ({ inSyncReplicas, eligibleLeaderReplicas }: PartitionImage) =>
    inSyncReplicas.some(isGone) || (unproven && eligibleLeaderReplicas.some(isGone));
  for (const topic of view.state.topics.values()) {
    for (const partition of topic.partitions) {
      if (!isAffected(partition)) continue;
      const inSyncReplicas = partition.inSyncReplicas.filter((id) => !gone.has(id));
      const change = elections.change(topic, partition, { inSyncReplicas, ...(unproven ? { unproven: gone } : {}) });
      if (change !== null) yield change.record;
    }
  }
}

/**
 * What a stopping broker can hand over: leadership where another replica can take it, and its place in sync. What it alone has it
 * leads until it is gone.
 * DIVERGES: Kafka takes that away too as soon as the broker wants to stop.
 */
export function* handovers(view: ControllerView, brokerId: number): Generator<MetadataRecord> {
  const elections = new Elections(view, activeBrokers(view, { gone: [brokerId] }));
  for (const topic of view.state.topics.values()) {
    for (const partition of topic.partitions) {
      if (!partition.inSyncReplicas.includes(brokerId)) continue;
      const inSyncReplicas = partition.inSyncReplicas.filter((id) => id !== brokerId);
      const change = elections.change(topic, partition, { inSyncReplicas }, 'clean');
      if (change !== null && change.after.leader !== NO_LEADER) yield change.record;
    }
  }
}

/** The leaderless partitions that have a leader again with this broker back (ReplicationControlManager.handleBrokerUnfenced). */
export function* returns(view: ControllerView, brokerId: number): Generator<MetadataRecord> {
  yield* leaderless(view, activeBrokers(view, { back: brokerId }));
}

/** The leaderless partitions that the active brokers can lead. */
export function* leaderless(view: ControllerView, active: ReadonlySet<number>): Generator<MetadataRecord> {
  const elections = new Elections(view, active);
  for (const topic of view.state.topics.values()) {
    for (const partition of topic.partitions) {
      if (partition.leader !== NO_LEADER) continue;
      const change = elections.change(topic, partition);
      if (change !== null && change.after.leader !== NO_LEADER) yield change.record;
    }
  }
}
