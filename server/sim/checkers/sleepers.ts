// Nobody sleeps while there is something for him (invariant 22), seen from inside after each event: a follower's place in a fetch session
// rests, or its fetch is parked, only while the leader's log ends where the follower asked from. Called for the broker whose event it was.
import type { Broker } from '../../engine/broker/broker.ts';
import { FetchSession } from '../../engine/broker/fetching/fetch-session.ts';
import { holds } from './violation.ts';

/** A follower's place at a partition that is led here. */
export interface Sleeper {
  readonly partition: string;
  readonly how: 'rests' | 'waits';
  readonly fetchOffset: number;
  readonly endOffset: number;
}

export function checkSleepers(name: string, sleepers: Iterable<Sleeper>): void {
  for (const { partition, how, fetchOffset, endOffset } of sleepers)
    holds(
      22,
      fetchOffset >= endOffset,
      () => `${name}: a follower of ${partition} ${how} at ${fetchOffset} of ${endOffset}`,
    );
}

/** Those of a broker that runs; who is held to a rate may have to wait. */
export function* sleepersOf({ replicas, controller }: Broker): Generator<Sleeper> {
  for (const { topic, partition, isLeader, log, resting } of replicas.all()) {
    if (!isLeader || resting.size === 0) continue;
    for (const { fetchOffset } of resting)
      yield { partition: `${topic}-${partition}`, how: 'rests', fetchOffset, endOffset: log.endOffset };
  }
  for (const { isFollower, session } of replicas.parked.all()) {
    if (!isFollower || !(session instanceof FetchSession)) continue;
    for (const { topicId, partition, fetchOffset, currentLeaderEpoch } of session.toRead()) {
      const topic = controller.image.topicsById.get(topicId)?.name ?? '';
      const replica = replicas.get(topic, partition);
      if (replica?.isLeader !== true || replica.isThrottledAsLeader) continue;
      if (replica.leaderEpoch !== currentLeaderEpoch) continue;
      yield { partition: `${topic}-${partition}`, how: 'waits', fetchOffset, endOffset: replica.log.endOffset };
    }
  }
}
