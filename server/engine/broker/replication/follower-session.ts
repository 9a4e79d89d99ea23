// A follower's side of a fetch session (KIP-227; Kafka's FetchSessionHandler): what the leader knows that is asked, so that a request
// names only what changed. Begins anew, with everything, whenever the leader does not know it any more or an answer was lost. Used by
// Fetcher; pure.
import type { RequestInput, ResponseOf } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { fetch } from '../../../protocol/schema/01-fetch.ts';

type Request = RequestInput<typeof fetch>;

const NO_SESSION = 0;
/** The request begins a session: it names everything. */
const INITIAL_EPOCH = 0;
const MAX_EPOCH = 2147483647;

/** One partition as it is asked for. */
export interface Asked {
  readonly topicId: string;
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly fetchOffset: number;
  readonly lastFetchedEpoch: number;
  readonly logStartOffset: number;
  /** Not compared: the leader knows what it told. */
  readonly highWatermark: number;
  readonly partitionMaxBytes: number;
}

export const placeOf = (topicId: string, partition: number): string => `${topicId}/${partition}`;

export class FollowerSession<One extends Asked> {
  #id = NO_SESSION;
  #epoch = INITIAL_EPOCH;
  /** What the last request left the leader with, by place. */
  readonly #known = new Map<string, One>();
  /** What the next one changes; null: it is not asked for any more. */
  readonly #changes = new Map<string, One | null>();

  /** The next request names everything: each partition is to be asked for. */
  get isNew(): boolean {
    return this.#epoch === INITIAL_EPOCH;
  }
  /** How many partitions the next request asks for, named or not. */
  get size(): number {
    let size = this.#known.size;
    for (const [place, asked] of this.#changes) {
      if (asked === null) size--;
      else if (!this.#known.has(place)) size++;
    }
    return size;
  }

  ask(asked: One): void {
    const place = placeOf(asked.topicId, asked.partition);
    const known = this.#known.get(place);
    if (known === undefined || !isSame(known, asked)) this.#changes.set(place, asked);
    else {
      this.#changes.delete(place);
      this.#known.set(place, asked);
    }
  }
  forget(place: string): void {
    if (this.#known.has(place)) this.#changes.set(place, null);
    else this.#changes.delete(place);
  }
  /** As the last request asked for it. */
  askedAt(place: string): One | undefined {
    return this.#known.get(place);
  }
  /** It had its turn: where everything is named, the others come first. */
  toBack(place: string): void {
    const known = this.#known.get(place);
    if (known === undefined || !this.#known.delete(place)) return;
    this.#known.set(place, known);
  }

  /** The next request, which the leader is then taken to know. */
  next(): Required<Pick<Request, 'sessionId' | 'sessionEpoch' | 'topics' | 'forgottenTopicsData'>> {
    const named: One[] = [];
    const forgotten: One[] = [];
    for (const [place, asked] of this.#changes) {
      const known = this.#known.get(place);
      if (asked !== null) {
        this.#known.set(place, asked);
        named.push(asked);
      } else if (known !== undefined) {
        this.#known.delete(place);
        forgotten.push(known);
      }
    }
    this.#changes.clear();
    return {
      sessionId: this.#id,
      sessionEpoch: this.#epoch,
      topics: byTopic(this.isNew ? this.#known.values() : named, withoutTopic),
      forgottenTopicsData: this.isNew ? [] : byTopic(forgotten, ({ partition }) => partition),
    };
  }

  /** What the leader answered to the last request. 'anew': nothing was read, ask at once for everything. */
  answered({
    errorCode,
    sessionId,
  }: Pick<ResponseOf<typeof fetch>, 'errorCode' | 'sessionId'>): 'read' | 'anew' | 'refused' {
    if (errorCode !== ErrorCode.NONE) {
      const wasNew = this.isNew;
      this.lost();
      if (errorCode === ErrorCode.FETCH_SESSION_ID_NOT_FOUND) this.#id = NO_SESSION;
      return !wasNew && OF_SESSIONS.has(errorCode) ? 'anew' : 'refused';
    }
    const isHeld = sessionId !== NO_SESSION && (this.isNew || sessionId === this.#id);
    this.#id = sessionId;
    this.#epoch = isHeld ? after(this.#epoch) : INITIAL_EPOCH;
    return 'read';
  }
  /** No answer came: the leader may have gone on. The next request ends what it may hold. */
  lost(): void {
    this.#epoch = INITIAL_EPOCH;
  }
}

const OF_SESSIONS: ReadonlySet<number> = new Set([
  ErrorCode.FETCH_SESSION_ID_NOT_FOUND,
  ErrorCode.INVALID_FETCH_SESSION_EPOCH,
  ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR,
]);

const after = (epoch: number): number => (epoch === MAX_EPOCH ? 1 : epoch + 1);

function isSame(a: Asked, b: Asked): boolean {
  return (
    a.fetchOffset === b.fetchOffset &&
    a.currentLeaderEpoch === b.currentLeaderEpoch &&
    a.lastFetchedEpoch === b.lastFetchedEpoch &&
    a.logStartOffset === b.logStartOffset &&
    a.partitionMaxBytes === b.partitionMaxBytes
  );
}

function byTopic<One extends Asked, Shown>(asked: Iterable<One>, show: (one: One) => Shown) {
  return [...Map.groupBy(asked, ({ topicId }) => topicId)].map(([topicId, ofTopic]) => ({
    topicId,
    partitions: ofTopic.map(show),
  }));
}
const withoutTopic = (asked: Asked) => ({
  partition: asked.partition,
  currentLeaderEpoch: asked.currentLeaderEpoch,
  fetchOffset: asked.fetchOffset,
  lastFetchedEpoch: asked.lastFetchedEpoch,
  logStartOffset: asked.logStartOffset,
  highWatermark: asked.highWatermark,
  partitionMaxBytes: asked.partitionMaxBytes,
});
