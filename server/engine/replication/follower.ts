// What a follower makes of its leader's words: where to cut its log when histories part (KIP-101, KIP-595), and how far it may
// believe records committed. Pure; the broker's fetcher carries it out on the log.

export interface EpochEnd {
  readonly epoch: number;
  readonly endOffset: number;
}
/** The follower's own log. */
export interface FollowerLog {
  readonly endOffset: number;
  /** The largest epoch not above `epoch` and where it ends; −1 and −1 when there is none. */
  endOffsetForEpoch(epoch: number): EpochEnd;
}

/**
 * Where the log must end before the follower fetches again. `leader` is the largest epoch the leader knows that is not above the
 * follower's last, and where it ends there. When the follower does not know that epoch it cuts to the end of the one below and
 * asks again: each round cuts at least one epoch. AbstractFetcherThread.getOffsetTruncationState.
 */
export function truncationOffset(log: FollowerLog, leader: EpochEnd): number {
  const own = log.endOffsetForEpoch(leader.epoch);
  if (own.epoch === -1) return Math.min(leader.endOffset, log.endOffset);
  if (own.epoch !== leader.epoch) return Math.min(own.endOffset, log.endOffset);
  return Math.min(own.endOffset, leader.endOffset, log.endOffset);
}

/** What is known to be committed: never less than before, never past the log's end. */
export function followerHighWatermark(highWatermark: number, leaderHighWatermark: number, endOffset: number): number {
  return Math.min(Math.max(highWatermark, leaderHighWatermark), endOffset);
}
