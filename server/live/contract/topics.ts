// Topics: one row, the list, and one topic with its partitions and groups.
import type { GroupRow } from './groups.ts';
import type { RowWindow, Sampled, Series } from './parts.ts';

export interface TopicRow {
  readonly name: string;
  readonly topicId: string | null;
  readonly isInternal: boolean;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Sum over partitions of end offset − start offset. */
  readonly records: number | null;
  readonly sizeBytes: number | null;
  readonly inRecordsPerSecond: number | null;
  readonly inBytesPerSecond: number | null;
  /** Partitions without a leader. */
  readonly offlinePartitions: number;
  readonly underReplicatedPartitions: number;
}

export type TopicSort = 'name' | 'partitions' | 'records' | 'size' | 'rate';
export interface TopicsParams extends RowWindow {
  readonly query: string;
  readonly sort: TopicSort;
  readonly descending: boolean;
  readonly includeInternal: boolean;
}
export interface TopicsView extends Sampled {
  /** All topics that exist (internal ones included), and those that match query and includeInternal. */
  readonly total: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly TopicRow[];
}

export interface PartitionRow {
  readonly partition: number;
  readonly leader: number | null;
  readonly leaderEpoch: number | null;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
  readonly startOffset: number | null;
  /** The high watermark, as ListOffsets latest gives it. */
  readonly endOffset: number | null;
  readonly sizeBytes: number | null;
  readonly inRecordsPerSecond: number | null;
}
export interface TopicGroupRow extends GroupRow {
  /** Lag of this group on this topic. */
  readonly topicLag: number | null;
}
export interface TopicView extends Sampled {
  readonly topic: TopicRow;
  readonly partitions: readonly PartitionRow[];
  /** min.insync.replicas, below which a partition refuses writes with acks=all; null: not read, because no replica is missing, or not told. */
  readonly minInSync: number | null;
  /** Groups with a committed offset or a member on this topic; null while they are being read. */
  readonly groups: readonly TopicGroupRow[] | null;
  /** Columns: inRecords, inBytes per second. */
  readonly series: Series;
}
