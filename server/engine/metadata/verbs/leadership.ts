// Who leads a partition, and who stays in sync, when brokers go, stop or come back (PartitionChangeBuilder). All elections of the
// cluster are decided here; leader and partition epochs follow from replaying the records.
import { type ControllerView, usableBrokers } from '../decision.ts';
import type { PartitionImage, TopicImage } from '../image.ts';
import { type MetadataRecord, record } from '../record.ts';
import { topicSetting } from '../settings.ts';
import { NO_LEADER } from '../state.ts';

/** What a partition is to become. */
export interface Election {
  readonly leader: number;
  readonly inSyncReplicas: readonly number[];
}

/** Which brokers may lead and be in sync once the records are replayed. */
export function activeBrokers(
  view: ControllerView,
  change: { gone?: Iterable<number>; back?: number } = {},
): Set<number> {
  const active = new Set(usableBrokers(view.state));
  for (const id of change.gone ?? []) active.delete(id);
  if (change.back !== undefined) active.add(change.back);
  return active;
}

/** unclean.leader.election.enable of each topic, looked up once. */
export class UncleanTopics {
  readonly #view: ControllerView;
  readonly #known = new Map<string, boolean>();
  constructor(view: ControllerView) {
    this.#view = view;
  }
  has(topic: string): boolean {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const { state, settings } = this.#view;
    const isAllowed = topicSetting(state, settings, topic, 'unclean.leader.election.enable').toLowerCase() === 'true';
    this.#known.set(topic, isAllowed);
    return isAllowed;
  }
}

/**
 * The partition with only active brokers in sync, led by its leader if that one is among them, else by the first in replica order.
 * With none left it has no leader and its in-sync replicas stay as they are, since nobody else has all that was acknowledged;
 * unless `isUnclean`: then the first active replica leads and alone is in sync, whatever it lacks.
 */
export function electAny(partition: PartitionImage, active: ReadonlySet<number>, isUnclean: boolean): Election {
  const alive = partition.inSyncReplicas.filter((id) => active.has(id));
  if (alive.includes(partition.leader)) return { leader: partition.leader, inSyncReplicas: alive };
  const next = partition.replicas.find((id) => alive.includes(id));
  if (next !== undefined) return { leader: next, inSyncReplicas: alive };
  const unclean = isUnclean ? partition.replicas.find((id) => active.has(id)) : undefined;
  if (unclean !== undefined) return { leader: unclean, inSyncReplicas: [unclean] };
  return { leader: NO_LEADER, inSyncReplicas: partition.inSyncReplicas };
}

/** The record that makes it so, or null when it is so already. */
export function changeRecord(topic: TopicImage, before: PartitionImage, after: Election): MetadataRecord | null {
  const hasNewLeader = after.leader !== before.leader;
  const hasNewInSync = !sameReplicas(after.inSyncReplicas, before.inSyncReplicas);
  if (!hasNewLeader && !hasNewInSync) return null;
  return record('partitionChange', {
    partitionId: before.partition,
    topicId: topic.topicId,
    ...(hasNewLeader ? { leader: after.leader } : {}),
    ...(hasNewInSync ? { isr: [...after.inSyncReplicas] } : {}),
  });
}
export function sameReplicas(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}

/** Once these are replayed the brokers lead nothing, and are in sync only where nobody else is. */
export function* departures(view: ControllerView, gone: ReadonlySet<number>): Generator<MetadataRecord> {
  const active = activeBrokers(view, { gone });
  const unclean = new UncleanTopics(view);
  for (const topic of view.state.topics.values()) {
    for (const partition of topic.partitions) {
      if (!partition.inSyncReplicas.some((id) => gone.has(id))) continue;
      const change = changeRecord(topic, partition, electAny(partition, active, unclean.has(topic.name)));
      if (change !== null) yield change;
    }
  }
}

/**
 * What a stopping broker can hand over: leadership where another replica is in sync, and its place among those. What it alone has
 * it leads until it is gone.
 * DIVERGES: Kafka takes that away too as soon as the broker wants to stop.
 */
export function* handovers(view: ControllerView, brokerId: number): Generator<MetadataRecord> {
  const active = activeBrokers(view, { gone: [brokerId] });
  for (const topic of view.state.topics.values()) {
    for (const partition of topic.partitions) {
      if (!partition.inSyncReplicas.includes(brokerId)) continue;
      const after = electAny(partition, active, false);
      const change = after.leader === NO_LEADER ? null : changeRecord(topic, partition, after);
      if (change !== null) yield change;
    }
  }
}

/** The leaderless partitions that have a leader again with this broker back (ReplicationControlManager.handleBrokerUnfenced). */
export function* returns(view: ControllerView, brokerId: number): Generator<MetadataRecord> {
  yield* leaderless(view, activeBrokers(view, { back: brokerId }));
}

/** The leaderless partitions that the active brokers can lead. */
export function* leaderless(view: ControllerView, active: ReadonlySet<number>): Generator<MetadataRecord> {
  const unclean = new UncleanTopics(view);
  for (const topic of view.state.topics.values()) {
    for (const partition of topic.partitions) {
      if (partition.leader !== NO_LEADER) continue;
      const change = changeRecord(topic, partition, electAny(partition, active, unclean.has(topic.name)));
      if (change !== null) yield change;
    }
  }
}
