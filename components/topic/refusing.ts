// Whether a partition takes writes with acks=all: it has a leader and enough replicas in sync. Pure.
import type { PartitionRow } from '../../server/live/contract.ts';

/** `minInSync` null: not known, so nothing is claimed. A partition without a leader refuses everything, and is told as that. */
export function isRefusing(
  { leader, inSyncReplicas }: Pick<PartitionRow, 'leader' | 'inSyncReplicas'>,
  minInSync: number | null,
): boolean {
  return leader !== null && minInSync !== null && inSyncReplicas.length < minInSync;
}
