// Which replica a consumer is sent to (KIP-392): the leader, or an in-sync follower in the consumer's own rack that has what it
// asks for. Pure; the leader's Fetch asks it when replica.selector.class says so (Kafka's RackAwareReplicaSelector).

export const RACK_AWARE_SELECTOR = 'org.apache.kafka.common.replica.RackAwareReplicaSelector';

/** An in-sync follower that has the offset asked for, as its leader knows it. */
export interface ReadableFollower {
  readonly brokerId: number;
  readonly endOffset: number;
  readonly lastCaughtUpMs: number;
}

/**
 * The follower to read from, −1 for the leader: it is chosen when the consumer names no rack, stands in the leader's, or no
 * follower stands in its own. Of several, the one that is furthest, then the one caught up last, then the lowest id.
 */
export function closestReplica(
  clientRack: string,
  leaderRack: string | null,
  followers: Iterable<ReadableFollower>,
  rackOf: (brokerId: number) => string | null,
): number {
  if (clientRack === '' || clientRack === leaderRack) return -1;
  let closest: ReadableFollower | null = null;
  for (const follower of followers) {
    if (rackOf(follower.brokerId) !== clientRack) continue;
    if (closest === null || isCloser(follower, closest)) closest = follower;
  }
  return closest?.brokerId ?? -1;
}

function isCloser(a: ReadableFollower, b: ReadableFollower): boolean {
  if (a.endOffset !== b.endOffset) return a.endOffset > b.endOffset;
  if (a.lastCaughtUpMs !== b.lastCaughtUpMs) return a.lastCaughtUpMs > b.lastCaughtUpMs;
  return a.brokerId < b.brokerId;
}
