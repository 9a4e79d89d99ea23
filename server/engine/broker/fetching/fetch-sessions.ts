// The fetch sessions of a broker (KIP-227): a client that has one sends only changes and gets only partitions with news. Used by the
// Fetch handler. Bounded: without room a client goes on without a session. Followers are never without one for the sake of consumers
// (Kafka's FetchSessionCache calls them privileged), and a follower has one: the next ends the one before.

import type { World } from '../../../kernel/world.ts';
import type { RequestOf } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { fetch } from '../../../protocol/schema/01-fetch.ts';
import type { FetchPartition, FollowerId, PartitionRead } from './fetch-read.ts';
import { FetchSession } from './fetch-session.ts';

type Request = RequestOf<typeof fetch>;

export const NO_SESSION = 0;
const INITIAL_EPOCH = 0;
const FINAL_EPOCH = -1;
const MAX_EPOCH = 2147483647;
/** A session unused for so long makes room for a new one (Kafka: min.incremental.fetch.session.eviction.ms). */
const EVICTION_MS = 120_000;

/** Who asks, and how it names topics. */
export interface Asking {
  readonly isById: boolean;
  /** null for consumers. */
  readonly follower: FollowerId | null;
}
export const CONSUMER_BY_NAME: Asking = { isById: false, follower: null };

export type FetchContext =
  | { readonly kind: 'refused'; readonly errorCode: ErrorCode }
  /** Everything asked is in the request; `wantsSession` when the client would like one. */
  | { readonly kind: 'full'; readonly asked: readonly FetchPartition[]; readonly wantsSession: boolean }
  | { readonly kind: 'incremental'; readonly session: FetchSession };

export class FetchSessions {
  readonly #world: World;
  readonly #maxSessions: number;
  /** Least recently used first. */
  readonly #sessions = new Map<number, FetchSession>();
  readonly #byFollower = new Map<number, FetchSession>();

  constructor(world: World, maxSessions: number) {
    this.#world = world;
    this.#maxSessions = maxSessions;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** What the request means (Kafka's FetchManager.newContext). A follower's session is of one incarnation. */
  open(request: Request, { isById, follower }: Asking): FetchContext {
    const { sessionId, sessionEpoch } = request;
    const session = this.#sessions.get(sessionId);
    if (sessionEpoch === INITIAL_EPOCH || sessionEpoch === FINAL_EPOCH) {
      if (session !== undefined) this.#end(session);
      return { kind: 'full', asked: [...partitionsOf(request)], wantsSession: sessionEpoch === INITIAL_EPOCH };
    }
    if (session === undefined || !isSame(session.follower, follower)) {
      return { kind: 'refused', errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND };
    }
    if (session.nextEpoch !== sessionEpoch) {
      return { kind: 'refused', errorCode: ErrorCode.INVALID_FETCH_SESSION_EPOCH };
    }
    if (session.isById !== isById) return { kind: 'refused', errorCode: ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR };
    this.#use(session);
    session.nextEpoch = sessionEpoch === MAX_EPOCH ? 1 : sessionEpoch + 1;
    update(session, request);
    return { kind: 'incremental', session };
  }

  /** A session that has been told `reads`, or null when there is no room or nothing to follow. */
  create(reads: readonly PartitionRead[], { isById, follower }: Asking): FetchSession | null {
    const before = follower === null ? undefined : this.#byFollower.get(follower.brokerId);
    if (before !== undefined) this.#end(before);
    if (reads.length === 0 || !this.#makeRoom(follower !== null)) return null;
    const session = new FetchSession({ id: this.#freeId(), isById, follower, nowMs: this.#world.clock.monotonicMs() });
    this.#sessions.set(session.id, session);
    if (follower !== null) this.#byFollower.set(follower.brokerId, session);
    session.told(reads);
    return session;
  }
  /** The incarnation that had one is gone: what it still asks is asked in full. */
  endOf({ brokerId, brokerEpoch }: FollowerId): void {
    const session = this.#byFollower.get(brokerId);
    if (session?.follower?.brokerEpoch === brokerEpoch) this.#end(session);
  }

  #end(session: FetchSession): void {
    session.end();
    this.#sessions.delete(session.id);
    const { follower } = session;
    if (follower !== null && this.#byFollower.get(follower.brokerId) === session) {
      this.#byFollower.delete(follower.brokerId);
    }
  }
  #use(session: FetchSession): void {
    session.lastFetchMs = this.#world.clock.monotonicMs();
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
  }
  #makeRoom(isPrivileged: boolean): boolean {
    if (this.#sessions.size < this.#maxSessions) return true;
    const [oldest] = this.#sessions.values();
    if (oldest === undefined) return false;
    const isStale = this.#world.clock.monotonicMs() - oldest.lastFetchMs >= EVICTION_MS;
    const leaving = isStale ? oldest : isPrivileged ? this.#oldestOfConsumers() : null;
    if (leaving === null) return false;
    this.#end(leaving);
    return true;
  }
  #oldestOfConsumers(): FetchSession | null {
    for (const session of this.#sessions.values()) if (session.follower === null) return session;
    return null;
  }
  #freeId(): number {
    for (;;) {
      const id = 1 + this.#world.random.below(MAX_EPOCH - 1);
      if (!this.#sessions.has(id)) return id;
    }
  }
}

const isSame = (a: FollowerId | null, b: FollowerId | null): boolean =>
  a?.brokerId === b?.brokerId && a?.brokerEpoch === b?.brokerEpoch;

function update(session: FetchSession, request: Request): void {
  for (const asked of partitionsOf(request)) session.follow(asked);
  for (const { topic, topicId, partitions } of request.forgottenTopicsData) {
    for (const partition of partitions) session.forget(`${topic}/${topicId}/${partition}`);
  }
}

function* partitionsOf(request: Request): Generator<FetchPartition> {
  for (const { topic, topicId, partitions } of request.topics) {
    for (const one of partitions) {
      const { partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, logStartOffset, highWatermark } = one;
      yield {
        topic,
        topicId,
        partition,
        currentLeaderEpoch,
        fetchOffset,
        lastFetchedEpoch,
        logStartOffset,
        highWatermark,
        maxBytes: one.partitionMaxBytes,
      };
    }
  }
}
