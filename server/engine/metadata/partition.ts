// What the two records of a partition make of it. Used by replay, and by deciding, which must know what its records will do.
import type { PartitionImage } from './image.ts';
import type { RecordBody } from './record.ts';

/** PartitionChangeRecord.leader when the leader stays. */
export const NO_LEADER_CHANGE = -2;

export function partitionFrom(body: RecordBody<'partition'>): PartitionImage {
  return {
    partition: body.partitionId,
    leader: body.leader,
    leaderEpoch: body.leaderEpoch,
    partitionEpoch: body.partitionEpoch,
    replicas: body.replicas,
    inSyncReplicas: body.isr,
    addingReplicas: body.addingReplicas,
    removingReplicas: body.removingReplicas,
    eligibleLeaderReplicas: body.eligibleLeaderReplicas ?? [],
    lastKnownElr: body.lastKnownElr ?? [],
    directories: body.directories,
  };
}

/** Every leader written, "none" included, is a new leader epoch; every change a new partition epoch (PartitionRegistration.merge). */
export function changedPartition(before: PartitionImage, body: RecordBody<'partitionChange'>): PartitionImage {
  const isLeaderSet = body.leader !== NO_LEADER_CHANGE;
  return {
    partition: before.partition,
    leader: isLeaderSet ? body.leader : before.leader,
    leaderEpoch: isLeaderSet ? before.leaderEpoch + 1 : before.leaderEpoch,
    partitionEpoch: before.partitionEpoch + 1,
    replicas: body.replicas ?? before.replicas,
    inSyncReplicas: body.isr ?? before.inSyncReplicas,
    addingReplicas: body.addingReplicas ?? before.addingReplicas,
    removingReplicas: body.removingReplicas ?? before.removingReplicas,
    eligibleLeaderReplicas: body.eligibleLeaderReplicas ?? before.eligibleLeaderReplicas,
    lastKnownElr: body.lastKnownElr ?? before.lastKnownElr,
    directories: body.directories ?? before.directories,
  };
}
