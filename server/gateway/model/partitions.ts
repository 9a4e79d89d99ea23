// What the replicas of a topic's partitions say of it. Pure. Read by rows, health and the readers of settings.
import type { TopicNode } from '../../client/metadata.ts';

export function offlinePartitions(topic: TopicNode): number {
  return topic.partitions.filter(({ leader }) => leader === null).length;
}

/** They have a leader, and yet refuse writes with acks=all: fewer replicas are in sync than min.insync.replicas asks for. */
export function refusingPartitions(topic: Pick<TopicNode, 'partitions'>, minInSync: number | undefined): number {
  if (minInSync === undefined) return 0;
  return topic.partitions.filter(({ leader, inSyncReplicas }) => leader !== null && inSyncReplicas.length < minInSync)
    .length;
}

export function underReplicatedPartitions(topic: TopicNode): number {
  return topic.partitions.filter(({ replicas, inSyncReplicas }) => inSyncReplicas.length < replicas.length).length;
}
