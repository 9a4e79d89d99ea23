// Offsets that are past their time, and groups with nothing left. Run by the shard every offsets.retention.check.interval.ms.
// Semantics: OffsetMetadataManager.cleanupExpiredOffsets, ClassicGroup.offsetExpirationCondition (KIP-211).
import type { ClassicGroup } from '../group/classic/group.ts';
import { CONSUMER_PROTOCOL_TYPE, isSubscribedTo, subscribedTopics } from '../group/classic/group.ts';
import type { ConsumerGroup } from '../group/consumer/group.ts';
import { subscribedNames } from '../group/consumer/group.ts';
import { tombstones } from '../group/consumer/migrate.ts';
import type { CoordinatorRecord } from '../records.ts';
import type { CommittedOffset, Offsets } from './offsets.ts';

/** Tombstones for one group: its expired offsets, and the group itself when it is empty and none are left. */
export function expire(group: ClassicGroup, offsets: Offsets, retentionMs: number, nowMs: number): CoordinatorRecord[] {
  const { groupId } = group;
  const records: CoordinatorRecord[] = [];
  const baseOf = retentionBase(group);
  const subscribed = subscribedTopics(group);
  let isAnyLeft = false;
  for (const [topic, partitions] of offsets.topics(groupId)) {
    const isKept = baseOf === null || isSubscribedTo(group, subscribed, topic);
    for (const [partition, committed] of partitions) {
      const isPending = offsets.pending.has(groupId, topic, partition);
      if (isKept || isPending || !isExpired(committed, baseOf(committed), retentionMs, nowMs)) isAnyLeft = true;
      else records.push({ kind: 'offset', groupId, topic, partition, committed: null });
    }
  }
  const isDone =
    !isAnyLeft && !offsets.pending.hasGroup(groupId) && group.state === 'Empty' && group.pendingIds.size === 0;
  if (isDone) records.push({ kind: 'group', groupId, metadata: null });
  return records;
}

/** The same for a group of the consumer protocol: retention counts from the commit, and topics subscribed to are kept. */
export function expireConsumer(
  group: ConsumerGroup,
  offsets: Offsets,
  retentionMs: number,
  nowMs: number,
): CoordinatorRecord[] {
  const { groupId } = group;
  const records: CoordinatorRecord[] = [];
  const subscribed = subscribedNames(group);
  let isAnyLeft = false;
  for (const [topic, partitions] of offsets.topics(groupId)) {
    for (const [partition, committed] of partitions) {
      const isPending = offsets.pending.has(groupId, topic, partition);
      const isKept = isPending || subscribed.has(topic);
      const isDue = !isKept && isExpired(committed, committed.commitTimestampMs, retentionMs, nowMs);
      if (isDue) records.push({ kind: 'offset', groupId, topic, partition, committed: null });
      else isAnyLeft = true;
    }
  }
  const isDone = !isAnyLeft && !offsets.pending.hasGroup(groupId) && group.members.size === 0;
  if (isDone) records.push(...tombstones(group));
  return records;
}

/** From when retention counts: the end of the group's last member, or the commit; null when nothing expires now. */
function retentionBase(group: ClassicGroup): ((committed: CommittedOffset) => number) | null {
  const sinceCommit = (committed: CommittedOffset) => committed.commitTimestampMs;
  if (group.protocolType === null) return sinceCommit;
  if (group.state === 'Empty') {
    return group.stateTimestampMs < 0 ? sinceCommit : () => group.stateTimestampMs;
  }
  const isAware = group.protocolType === CONSUMER_PROTOCOL_TYPE && subscribedTopics(group) !== null;
  return group.state === 'Stable' && isAware ? sinceCommit : null;
}

function isExpired(committed: CommittedOffset, baseMs: number, retentionMs: number, nowMs: number): boolean {
  if (committed.expireTimestampMs >= 0) return nowMs >= committed.expireTimestampMs;
  return nowMs - baseMs >= retentionMs;
}
