// Taking a broker's partitions away and giving them back. With one replica there is nobody else to lead, so "away" is leader −1
// while the replica stays in sync; coming back is the same leader in a new epoch.
import type { MetadataImage } from '../image.ts';
import { type MetadataRecord, record } from '../record.ts';
import { NO_LEADER } from '../state.ts';

/** The broker leads nothing once these are replayed. */
export function* resignations(image: MetadataImage, brokerId: number): Generator<MetadataRecord> {
  for (const topic of image.topics.values()) {
    for (const { partition, leader } of topic.partitions) {
      if (leader !== brokerId) continue;
      yield record('partitionChange', { partitionId: partition, topicId: topic.topicId, leader: NO_LEADER });
    }
  }
}

/** The broker leads every leaderless partition whose in-sync replicas include it (PartitionChangeBuilder.electAnyLeader). */
export function* elections(image: MetadataImage, brokerId: number): Generator<MetadataRecord> {
  for (const topic of image.topics.values()) {
    for (const { partition, leader, inSyncReplicas } of topic.partitions) {
      if (leader !== NO_LEADER || !inSyncReplicas.includes(brokerId)) continue;
      yield record('partitionChange', { partitionId: partition, topicId: topic.topicId, leader: brokerId });
    }
  }
}
