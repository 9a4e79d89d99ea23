// Fetch sessions (KIP-227): which partitions a client follows is kept here, so that it sends only changes and gets only partitions
// with news. Used by the Fetch handler. Bounded: without room a client goes on without a session.

import type { World } from '../../kernel/world.ts';
import type { RequestOf } from '../../protocol/codec.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import type { fetch } from '../../protocol/schema/01-fetch.ts';
import type { FetchPartition, PartitionRead } from './fetch-read.ts';

type Request = RequestOf<typeof fetch>;

export const NO_SESSION = 0;
const INITIAL_EPOCH = 0;
const FINAL_EPOCH = -1;
const MAX_EPOCH = 2147483647;
/** A session unused for so long makes room for a new one (Kafka: min.incremental.fetch.session.eviction.ms). */
const EVICTION_MS = 120_000;

/** A followed partition and what the client was last told of it. */
interface Followed {
  asked: FetchPartition;
  sentHighWatermark: number;
  sentLogStartOffset: number;
}

export interface FetchSession {
  readonly id: number;
  readonly isById: boolean;
  /** What the next request must carry. */
  nextEpoch: number;
  lastUsedMs: number;
  /** In the order in which partitions are served: those that gave data go to the back. */
  readonly followed: Map<string, Followed>;
}

export type FetchContext =
  | { readonly kind: 'refused'; readonly errorCode: ErrorCode }
  /** Everything asked is in the request; `wantsSession` when the client would like one. */
  | { readonly kind: 'full'; readonly asked: readonly FetchPartition[]; readonly wantsSession: boolean }
  | { readonly kind: 'incremental'; readonly session: FetchSession };

const keyOf = (partition: FetchPartition): string => `${partition.topic}/${partition.topicId}/${partition.partition}`;

export class FetchSessions {
  readonly #world: World;
  readonly #maxSessions: number;
  /** Least recently used first. */
  readonly #sessions = new Map<number, FetchSession>();

  constructor(world: World, maxSessions: number) {
    this.#world = world;
    this.#maxSessions = maxSessions;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** What the request means (Kafka's FetchManager.newContext). */
  open(request: Request, isById: boolean): FetchContext {
    const { sessionId, sessionEpoch } = request;
    if (sessionEpoch === INITIAL_EPOCH || sessionEpoch === FINAL_EPOCH) {
      this.#sessions.delete(sessionId);
      return { kind: 'full', asked: partitionsOf(request), wantsSession: sessionEpoch === INITIAL_EPOCH };
    }
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return { kind: 'refused', errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND };
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
  create(reads: readonly PartitionRead[], isById: boolean): FetchSession | null {
    if (reads.length === 0 || !this.#makeRoom()) return null;
    const followed = new Map<string, Followed>();
    for (const read of reads) followed.set(keyOf(read.asked), toldOf(read));
    const session = { id: this.#freeId(), isById, nextEpoch: 1, lastUsedMs: this.#world.clock.monotonicMs(), followed };
    this.#sessions.set(session.id, session);
    return session;
  }

  #use(session: FetchSession): void {
    session.lastUsedMs = this.#world.clock.monotonicMs();
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
  }
  #makeRoom(): boolean {
    if (this.#sessions.size < this.#maxSessions) return true;
    for (const [id, oldest] of this.#sessions) {
      if (this.#world.clock.monotonicMs() - oldest.lastUsedMs < EVICTION_MS) return false;
      this.#sessions.delete(id);
      return true;
    }
    return false;
  }
  #freeId(): number {
    for (;;) {
      const id = 1 + this.#world.random.below(MAX_EPOCH - 1);
      if (!this.#sessions.has(id)) return id;
    }
  }
}

export function followedOf(session: FetchSession): FetchPartition[] {
  return Array.from(session.followed.values(), (followed) => followed.asked);
}

/** Only what the client does not know yet; remembers that it knows it now. Partitions that gave data go to the back. */
export function newsOf(session: FetchSession, reads: readonly PartitionRead[]): PartitionRead[] {
  const news: PartitionRead[] = [];
  for (const read of reads) {
    const key = keyOf(read.asked);
    const followed = session.followed.get(key);
    if (followed === undefined || !isNews(followed, read)) continue;
    news.push(read);
    const told = toldOf(read);
    followed.sentHighWatermark = told.sentHighWatermark;
    followed.sentLogStartOffset = told.sentLogStartOffset;
    if (read.records.length > 0) {
      session.followed.delete(key);
      session.followed.set(key, followed);
    }
  }
  return news;
}

function isNews(followed: Followed, read: PartitionRead): boolean {
  return (
    read.records.length > 0 ||
    read.errorCode !== ErrorCode.NONE ||
    read.divergingEpoch !== null ||
    read.preferredReadReplica !== -1 ||
    read.highWatermark !== followed.sentHighWatermark ||
    read.logStartOffset !== followed.sentLogStartOffset
  );
}

function toldOf(read: PartitionRead): Followed {
  // After an error the next answer must come whatever it is.
  const isSettled = read.errorCode === ErrorCode.NONE && read.divergingEpoch === null;
  return {
    asked: read.asked,
    sentHighWatermark: isSettled ? read.highWatermark : -1,
    sentLogStartOffset: read.logStartOffset,
  };
}

function update(session: FetchSession, request: Request): void {
  for (const asked of partitionsOf(request)) {
    const key = keyOf(asked);
    const followed = session.followed.get(key);
    if (followed === undefined) session.followed.set(key, { asked, sentHighWatermark: -1, sentLogStartOffset: -1 });
    else followed.asked = asked;
  }
  for (const { topic, topicId, partitions } of request.forgottenTopicsData) {
    for (const partition of partitions) session.followed.delete(`${topic}/${topicId}/${partition}`);
  }
}

function partitionsOf(request: Request): FetchPartition[] {
  const asked: FetchPartition[] = [];
  for (const { topic, topicId, partitions } of request.topics) {
    for (const one of partitions) {
      const { partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, logStartOffset, highWatermark } = one;
      asked.push({
        topic,
        topicId,
        partition,
        currentLeaderEpoch,
        fetchOffset,
        lastFetchedEpoch,
        logStartOffset,
        highWatermark,
        maxBytes: one.partitionMaxBytes,
      });
    }
  }
  return asked;
}
