// Offsets that are past their time, and groups with nothing left. Run by the shard every offsets.retention.check.interval.ms.
// Semantics: OffsetMetadataManager.cleanupExpiredOffsets (KIP-211).
import type { CoordinatorRecord } from '../records.ts';
import type { CommittedOffset } from './committed-offset.ts';
import { type AnyGroup, holderOf } from './holder.ts';
import type { Offsets } from './offsets.ts';

/** Tombstones for one group: its expired offsets, and the group itself when it is empty and none are left. */
export function expire(group: AnyGroup, offsets: Offsets, retentionMs: number, nowMs: number): CoordinatorRecord[] {
  const holder = holderOf(group);
  const { groupId } = holder;
  const records: CoordinatorRecord[] = [];
  const baseOf = holder.retentionBase();
  const isSubscribed = holder.subscription();
  let isAnyLeft = offsets.pending.hasGroup(groupId);
  for (const [topic, partitions] of offsets.topics(groupId)) {
    const isKept = baseOf === null || isSubscribed(topic);
    for (const [partition, committed] of partitions) {
      const isPending = offsets.pending.has(groupId, topic, partition);
      if (isKept || isPending || !isExpired(committed, baseOf(committed), retentionMs, nowMs)) isAnyLeft = true;
      else records.push({ kind: 'offset', groupId, topic, partition, committed: null });
    }
  }
  if (!isAnyLeft && holder.isIdle) records.push(...holder.end());
  return records;
}

function isExpired(committed: CommittedOffset, baseMs: number, retentionMs: number, nowMs: number): boolean {
  if (committed.expireTimestampMs >= 0) return nowMs >= committed.expireTimestampMs;
  return nowMs - baseMs >= retentionMs;
}
