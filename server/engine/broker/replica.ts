// One partition as this broker holds it: its log, who leads it under which epoch, what is committed, and who waits for it. Made
// and changed by Replicas only; handlers read it.
import { DiskError, type Log } from '../../kernel/world.ts';
import type { LeaderState } from '../replication/leader.ts';
import type { PartitionLog } from '../storage/log/log.ts';
import type { EpochEnd } from '../storage/outcome.ts';
import type { ParkedPartition, Resting } from './fetching/parked.ts';
import { CommitQueue } from './replication/commit-queue.ts';

export class Replica {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly log: PartitionLog;
  /** −1: nobody. */
  leader = -1;
  leaderEpoch = -1;
  /** While this broker leads it. */
  leadership: LeaderState | null = null;
  /** Consumers see what is below it; it goes down only when records are cut that were never committed. */
  highWatermark = 0;
  /** What a follower's leader said last; the own high watermark otherwise. */
  leaderHighWatermark = 0;
  /** Named in leader.replication.throttled.replicas and follower.replication.throttled.replicas. */
  isThrottledAsLeader = false;
  isThrottledAsFollower = false;
  /** Bytes from the high watermark to the end of the log, for those who wait for a number of them. */
  uncommittedBytes = 0;
  /** Consumers' fetches that wait for committed bytes of this partition. */
  readonly parked: Set<ParkedPartition> = new Set();
  /** Those of read_committed consumers, that wait for stable bytes; and how far it was stable when that was looked at last. */
  readonly parkedStable: Set<ParkedPartition> = new Set();
  stable = { offset: 0, isWhole: true };
  /** Followers' fetches that wait for any bytes of it. */
  readonly parkedFollowers: Set<ParkedPartition> = new Set();
  /** Places in followers' fetch sessions that have no news of it: whoever makes some rouses them, by way of ParkedFetches. */
  readonly resting: Set<Resting> = new Set();
  /** Start of the log when followers were told to look at it last. */
  notedStartOffset = 0;
  readonly commits = new CommitQueue();
  /** Who waits for the records up to an offset to be gone from all live replicas. */
  readonly deletions = new CommitQueue();

  constructor(log: PartitionLog) {
    this.topic = log.topic;
    this.topicId = log.topicId;
    this.partition = log.partition;
    this.log = log;
  }

  get isLeader(): boolean {
    return this.leadership !== null;
  }
  /**
   * The largest epoch that is not above `epoch` and where it ends; null when the disk would not say. The epoch that still runs
   * reaches to the end of the log, even before its first record.
   */
  endOfEpoch(epoch: number, say: Log): EpochEnd | null {
    if (epoch === this.leaderEpoch) return { epoch, endOffset: this.log.endOffset };
    try {
      return this.log.endOffsetForEpoch(epoch);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      say.error(`leader epochs of ${this.topic}-${this.partition}: ${error.message}`);
      return null;
    }
  }
  /** Bytes that a high watermark of `offset` makes visible, judged by the share of offsets: batches are not looked at. */
  bytesUpTo(offset: number): number {
    const { endOffset } = this.log;
    if (offset >= endOffset) return this.uncommittedBytes;
    const share = (offset - this.highWatermark) / (endOffset - this.highWatermark);
    return Math.round(this.uncommittedBytes * share);
  }
}
