// One fetch session (KIP-227): the partitions a client follows, what it was last told of each, and, of a follower, which of them
// need a look at all. A follower's place rests once it has everything and knows everything; whoever makes news of the partition
// rouses it by way of ParkedFetches, so that a fetch costs what changed and not what is followed. Made and ended by FetchSessions.
import { ErrorCode } from '../../../protocol/errors.ts';
import type { FetchClock } from '../../replication/leader.ts';
import type { Replica } from '../replica.ts';
import type { FetchPartition, FollowerId, PartitionRead } from './fetch-read.ts';
import type { FetchingSession, ParkedFetch, Resting } from './parked.ts';

export const keyOf = ({ topic, topicId, partition }: FetchPartition): string => `${topic}/${topicId}/${partition}`;

/** A followed partition and what the client was last told of it; −1 where the next answer must come whatever it is. */
class Place implements Resting {
  readonly key: string;
  readonly session: FetchSession;
  asked: FetchPartition;
  sentHighWatermark = -1;
  sentLogStartOffset = -1;
  /** Where it rests; null while it is looked at with each fetch. */
  restsAt: Replica | null = null;

  constructor(session: FetchSession, asked: FetchPartition) {
    this.session = session;
    this.key = keyOf(asked);
    this.asked = asked;
  }
  get maxBytes(): number {
    return this.asked.maxBytes;
  }
  get fetchOffset(): number {
    return this.asked.fetchOffset;
  }
  rouse(): void {
    this.session.rouse(this);
  }
}

export class FetchSession implements FetchingSession, FetchClock {
  readonly id: number;
  readonly isById: boolean;
  readonly follower: FollowerId | null;
  /** What the next request must carry. */
  nextEpoch = 1;
  lastFetchMs: number;
  waiting: ParkedFetch | null = null;
  #isEnded = false;
  /** In the order in which partitions are served: those that gave data go to the back. */
  readonly #places = new Map<string, Place>();
  /** Those that are looked at with each fetch, in the same order; of a consumer all. */
  readonly #restless = new Set<Place>();

  constructor(o: { id: number; isById: boolean; follower: FollowerId | null; nowMs: number }) {
    this.id = o.id;
    this.isById = o.isById;
    this.follower = o.follower;
    this.lastFetchMs = o.nowMs;
  }

  /** How many partitions are followed. */
  get size(): number {
    return this.#places.size;
  }
  /** How many of them need no look. */
  get restingCount(): number {
    return this.#places.size - this.#restless.size;
  }
  /** What may have news, in the order of serving. */
  toRead(): FetchPartition[] {
    return Array.from(this.#restless, ({ asked }) => asked);
  }

  /** The client names a partition, for the first time or with another offset, epoch or limit. */
  follow(asked: FetchPartition): void {
    const key = keyOf(asked);
    let place = this.#places.get(key);
    if (place === undefined) {
      place = new Place(this, asked);
      this.#places.set(key, place);
      this.#restless.add(place);
      return;
    }
    this.#wake(place);
    // In another epoch it begins anew, and may not have taken what it was told in the one before.
    if (place.asked.currentLeaderEpoch !== asked.currentLeaderEpoch) place.sentHighWatermark = -1;
    place.asked = asked;
  }
  forget(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#wake(place);
    this.#places.delete(key);
    this.#restless.delete(place);
  }
  /** Nothing is noted for it any more: another session counts. */
  end(): void {
    this.#isEnded = true;
    for (const place of this.#places.values()) this.#wake(place);
  }

  /** Only what the client does not know yet; remembers that it knows it now. Partitions that gave data go to the back. */
  newsOf(reads: readonly PartitionRead[]): PartitionRead[] {
    const news: PartitionRead[] = [];
    for (const read of reads) {
      const place = this.#places.get(keyOf(read.asked));
      if (place === undefined) continue;
      if (isNews(place, read)) {
        news.push(read);
        this.#told(place, read);
      }
      this.#letRest(place, read);
      // It knows by now, and does not name the partition again for that.
      const { sentHighWatermark, asked } = place;
      if (asked.highWatermark < sentHighWatermark) place.asked = { ...asked, highWatermark: sentHighWatermark };
    }
    return news;
  }
  /** At the beginning, when everything is told. */
  told(reads: readonly PartitionRead[]): void {
    for (const read of reads) {
      this.follow(read.asked);
      const place = this.#places.get(keyOf(read.asked));
      if (place === undefined) continue;
      this.#told(place, read, false);
      this.#letRest(place, read);
    }
  }
  #told(place: Place, read: PartitionRead, isRotating = true): void {
    // After an error the next answer must come whatever it is.
    const isSettled = read.errorCode === ErrorCode.NONE && read.divergingEpoch === null;
    place.sentHighWatermark = isSettled ? read.highWatermark : -1;
    place.sentLogStartOffset = read.logStartOffset;
    if (!isRotating || read.records.length === 0) return;
    this.#places.delete(place.key);
    this.#places.set(place.key, place);
    if (this.#restless.delete(place)) this.#restless.add(place);
  }

  /** A follower's place that nothing but a change of the partition could give news to. */
  #letRest(place: Place, read: PartitionRead): void {
    const { replica, asked } = read;
    if (this.follower === null || this.#isEnded || replica === null || place.asked !== asked) return;
    if (read.errorCode !== ErrorCode.NONE || read.divergingEpoch !== null || read.records.length > 0) return;
    const { log, highWatermark, leadership } = replica;
    const isAtEnd = asked.fetchOffset === log.endOffset && highWatermark === log.endOffset;
    const isTold = place.sentHighWatermark === highWatermark && place.sentLogStartOffset === log.startOffset;
    if (!isAtEnd || !isTold || asked.currentLeaderEpoch !== replica.leaderEpoch) return;
    if (leadership?.rest(this.follower.brokerId, this, log.endOffset) !== true) return;
    place.restsAt = replica;
    replica.resting.add(place);
    this.#restless.delete(place);
  }
  #wake(place: Place): void {
    if (place.restsAt === null) return;
    place.restsAt.resting.delete(place);
    this.rouse(place);
  }
  /** The partition is to be looked at with the next answer. */
  rouse(place: Place): void {
    if (place.restsAt === null || this.follower === null) return;
    place.restsAt.leadership?.rouse(this.follower.brokerId, this);
    place.restsAt = null;
    this.#restless.add(place);
  }
}

function isNews(place: Place, read: PartitionRead): boolean {
  return (
    read.records.length > 0 ||
    read.errorCode !== ErrorCode.NONE ||
    read.divergingEpoch !== null ||
    read.preferredReadReplica !== -1 ||
    read.highWatermark !== place.sentHighWatermark ||
    read.logStartOffset !== place.sentLogStartOffset
  );
}
