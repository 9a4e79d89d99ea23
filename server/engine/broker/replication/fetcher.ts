// Copies partitions from one leader: fetches what comes next over one connection, for ever, and gives each answer to whoever
// owns the logs (Kafka's ReplicaFetcherThread). One request is in flight; its size bounds the memory. A request names only what
// changed since the one before (KIP-227): idle partitions cost nothing. It never touches a log.
import { DiskError, type World } from '../../../kernel/world.ts';
import type { ResponseOf } from '../../../protocol/codec.ts';
import { errorName } from '../../../protocol/errors.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import type { Address } from '../../node.ts';
import { type Connection, ConnectionError, connect } from '../../rpc/connection.ts';
import { Pause } from '../link/line.ts';
import type { Replica } from '../replica.ts';
import { type Asked, FollowerSession, placeOf } from './follower-session.ts';

export type FetchedPartition = ResponseOf<typeof fetch>['responses'][number]['partitions'][number];

/** What the follower did with an answer. 'failed': ask again later. */
export type Taken = 'records' | 'nothing' | 'failed';

export interface FetcherOptions {
  readonly world: World;
  readonly nodeId: number;
  readonly leaderId: number;
  /** Null while the leader is not known to be anywhere. */
  address(): Address | null;
  brokerEpoch(): number;
  /** Any could be held back now. */
  isHoldingBack(): boolean;
  /** Its copying takes more than its share: not to be asked for now. */
  isHeldBack(replica: Replica): boolean;
  /** Carries out what the leader answered for a replica whose log ended at `fetchOffset` when it was asked. */
  take(replica: Replica, answer: FetchedPartition, fetchOffset: number): Taken;
}

/** Kafka's replica.fetch.* defaults. */
const VERSION = 18;
const MAX_WAIT_MS = 500;
const MIN_BYTES = 1;
const MAX_PARTITION_BYTES = 1_048_576;
const MAX_RESPONSE_BYTES = 10_485_760;
const BACKOFF_MS = 1000;
/** A partition that failed is asked for again after this, then twice as long, up to BACKOFF_MS: its leader may be about to know. */
const FIRST_BACKOFF_MS = 50;
/** Who is held back is looked at again after this. */
const HELD_BACK_MS = 100;
/** All are looked at after this: retention may have moved the start of a log, which nobody tells the fetcher. */
const LOOK_MS = 5000;
const CONNECT_TIMEOUT_MS = 5000;
const TIMEOUT_MS = 30_000;

interface Followed {
  readonly replica: Replica;
  readonly place: string;
  /** The epoch it follows in: answers to older questions are dropped. */
  readonly leaderEpoch: number;
  notBeforeMs: number;
  backoffMs: number;
}
/** A question, and whose it is. */
interface Question extends Asked {
  readonly followed: Followed;
}

export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #followed = new Map<Replica, Followed>();
  readonly #session = new FollowerSession<Question>();
  /** What to ask of them may have changed, or they are not asked for now. */
  readonly #toLook = new Set<Followed>();
  #lookAtAllMs = Number.NEGATIVE_INFINITY;
  readonly #pause: Pause;
  #connection: Connection | null = null;
  /** A request is at the leader, who may keep it for a while. */
  #isWaiting = false;
  #hasNews = false;
  #isStopped = false;

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#pause = new Pause(options.world);
  }

  get size(): number {
    return this.#followed.size;
  }

  follow(replica: Replica): void {
    this.leave(replica);
    const { leaderEpoch } = replica;
    const place = placeOf(replica.topicId, replica.partition);
    const followed = { replica, place, leaderEpoch, notBeforeMs: 0, backoffMs: FIRST_BACKOFF_MS };
    this.#followed.set(replica, followed);
    this.#toLook.add(followed);
    if (this.#hasNews) return;
    this.#hasNews = true;
    // What is asked for now must not wait until the leader has something of the rest.
    void Promise.resolve().then(() => {
      this.#hasNews = false;
      if (this.#isWaiting) this.#disconnect();
      this.#pause.wake();
    });
  }
  leave(replica: Replica): void {
    const followed = this.#followed.get(replica);
    if (followed === undefined) return;
    this.#followed.delete(replica);
    this.#toLook.delete(followed);
    this.#session.forget(followed.place);
  }
  stop(): void {
    this.#isStopped = true;
    this.#followed.clear();
    this.#toLook.clear();
    this.#disconnect();
    this.#pause.wake();
  }

  /** Resolves when stopped; rejects only for a bug. */
  async run(): Promise<void> {
    const { world, leaderId } = this.#options;
    while (!this.#isStopped) {
      this.#look();
      if (this.#session.size === 0) {
        await this.#pause.wait(this.#idleMs());
        continue;
      }
      try {
        const connection = await this.#connect();
        if (this.#isStopped) return;
        this.#take(await this.#fetch(connection));
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        this.#session.lost();
        if (this.#isStopped) return;
        // Cut short by follow(): asked again at once.
        if (this.#connection === null && error.reason === 'closed') continue;
        this.#disconnect();
        world.log.debug(`fetch from broker ${leaderId}: ${error.message}`);
        await this.#pause.wait(BACKOFF_MS);
      }
    }
  }

  /** Asks for what may be asked for, as it is now. */
  #look(): void {
    const nowMs = this.#options.world.clock.monotonicMs();
    const isAll = this.#session.isNew || nowMs >= this.#lookAtAllMs || this.#options.isHoldingBack();
    if (isAll) this.#lookAtAllMs = nowMs + LOOK_MS;
    const looked = [...(isAll ? this.#followed.values() : this.#toLook)];
    this.#toLook.clear();
    for (const followed of looked) {
      const question = this.#questionOf(followed, nowMs);
      if (question !== null) this.#session.ask(question);
      else {
        this.#session.forget(followed.place);
        this.#toLook.add(followed);
      }
    }
  }
  /** Null when it is not to be asked for now. */
  #questionOf(followed: Followed, nowMs: number): Question | null {
    const { replica, leaderEpoch, notBeforeMs } = followed;
    if (notBeforeMs > nowMs || this.#options.isHeldBack(replica)) return null;
    const lastFetchedEpoch = this.#epochOf(followed, nowMs);
    if (lastFetchedEpoch === null) return null;
    const { log, topicId, partition, highWatermark } = replica;
    return {
      followed,
      topicId,
      partition,
      currentLeaderEpoch: leaderEpoch,
      fetchOffset: log.endOffset,
      lastFetchedEpoch,
      logStartOffset: log.startOffset,
      highWatermark,
      partitionMaxBytes: MAX_PARTITION_BYTES,
    };
  }
  /** Null when the disk would not say: asked for later. */
  #epochOf(followed: Followed, nowMs: number): number | null {
    const { topic, partition, log } = followed.replica;
    try {
      return log.latestEpoch;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#options.world.log.warn(`leader epochs of ${topic}-${partition}: ${error.message}`);
      this.#delay(followed, nowMs);
      return null;
    }
  }
  #idleMs(): number {
    const nowMs = this.#options.world.clock.monotonicMs();
    let dueMs = nowMs + BACKOFF_MS;
    for (const { notBeforeMs } of this.#followed.values()) {
      // Due, and not asked for: held back.
      dueMs = Math.min(dueMs, notBeforeMs <= nowMs ? nowMs + HELD_BACK_MS : notBeforeMs);
    }
    return Math.max(1, dueMs - nowMs);
  }

  async #connect(): Promise<Connection> {
    if (this.#connection?.isOpen === true) return this.#connection;
    const { world, nodeId, address } = this.#options;
    const leader = address();
    if (leader === null) throw new ConnectionError('refused', 'the leader is not in the metadata');
    const options = { clientId: `broker-${nodeId}-fetcher`, timeoutMs: CONNECT_TIMEOUT_MS };
    const connection = await connect(world, leader, options);
    if (this.#isStopped) connection.close();
    this.#connection = connection;
    return connection;
  }
  #disconnect(): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.close();
  }

  async #fetch(connection: Connection): Promise<ResponseOf<typeof fetch>> {
    const { nodeId, brokerEpoch } = this.#options;
    const request = {
      replicaState: { replicaId: nodeId, replicaEpoch: brokerEpoch() },
      maxWaitMs: MAX_WAIT_MS,
      minBytes: MIN_BYTES,
      maxBytes: MAX_RESPONSE_BYTES,
      ...this.#session.next(),
    };
    this.#isWaiting = true;
    try {
      return await connection.send(fetch, VERSION, request, TIMEOUT_MS);
    } finally {
      this.#isWaiting = false;
    }
  }

  #take(response: ResponseOf<typeof fetch>): void {
    const nowMs = this.#options.world.clock.monotonicMs();
    const outcome = this.#session.answered(response);
    if (outcome !== 'read') {
      this.#options.world.log.debug(
        `fetch session at broker ${this.#options.leaderId}: ${errorName(response.errorCode)}`,
      );
    }
    for (const { topicId, partitions } of response.responses) {
      for (const answer of partitions) {
        const question = this.#session.askedAt(placeOf(topicId, answer.partitionIndex));
        if (question !== undefined) this.#takeOne(question, answer, nowMs);
      }
    }
    // Nothing at all: a whole request that was refused.
    if (outcome === 'refused') for (const followed of this.#followed.values()) this.#delay(followed, nowMs);
  }
  #takeOne({ followed, fetchOffset }: Question, answer: FetchedPartition, nowMs: number): void {
    const { replica } = followed;
    if (this.#followed.get(replica) !== followed || replica.leaderEpoch !== followed.leaderEpoch) return;
    this.#toLook.add(followed);
    const taken = this.#options.take(replica, answer, fetchOffset);
    if (taken === 'failed') {
      this.#delay(followed, nowMs);
      return;
    }
    followed.backoffMs = FIRST_BACKOFF_MS;
    if (taken === 'records') this.#session.toBack(followed.place);
  }
  #delay(followed: Followed, nowMs: number): void {
    followed.notBeforeMs = nowMs + followed.backoffMs;
    followed.backoffMs = Math.min(2 * followed.backoffMs, BACKOFF_MS);
  }
}
