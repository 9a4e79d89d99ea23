// Copies partitions from one leader: fetches what comes next over one connection, for ever, and gives each answer to whoever
// owns the logs (Kafka's ReplicaFetcherThread). One request is in flight; its size bounds the memory. It never touches a log.
import { DiskError, type World } from '../../../kernel/world.ts';
import type { RequestInput, ResponseOf } from '../../../protocol/codec.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import type { Address } from '../../node.ts';
import { type Connection, ConnectionError, connect } from '../../rpc/connection.ts';
import { Pause } from '../link/line.ts';
import type { Replica } from '../replica.ts';

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
const CONNECT_TIMEOUT_MS = 5000;
const TIMEOUT_MS = 30_000;

interface Followed {
  readonly replica: Replica;
  /** The epoch it follows in: answers to older questions are dropped. */
  readonly leaderEpoch: number;
  notBeforeMs: number;
  backoffMs: number;
}
interface Asked {
  readonly followed: Followed;
  readonly fetchOffset: number;
  readonly lastFetchedEpoch: number;
}

export class Fetcher {
  readonly #options: FetcherOptions;
  /** In the order in which they are asked for: those that gave records go to the back. */
  readonly #followed = new Map<Replica, Followed>();
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
    const { leaderEpoch } = replica;
    this.#followed.set(replica, { replica, leaderEpoch, notBeforeMs: 0, backoffMs: FIRST_BACKOFF_MS });
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
    this.#followed.delete(replica);
  }
  stop(): void {
    this.#isStopped = true;
    this.#followed.clear();
    this.#disconnect();
    this.#pause.wake();
  }

  /** Resolves when stopped; rejects only for a bug. */
  async run(): Promise<void> {
    const { world, leaderId } = this.#options;
    while (!this.#isStopped) {
      const asked = this.#due();
      if (asked.length === 0) {
        await this.#pause.wait(this.#idleMs());
        continue;
      }
      try {
        const connection = await this.#connect();
        if (this.#isStopped) return;
        this.#take(asked, await this.#fetch(connection, asked));
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        if (this.#isStopped) return;
        // Cut short by follow(): asked again at once.
        if (this.#connection === null && error.reason === 'closed') continue;
        this.#disconnect();
        world.log.debug(`fetch from broker ${leaderId}: ${error.message}`);
        await this.#pause.wait(BACKOFF_MS);
      }
    }
  }

  #due(): Asked[] {
    const nowMs = this.#options.world.clock.monotonicMs();
    const asked: Asked[] = [];
    for (const followed of this.#followed.values()) {
      const { replica, notBeforeMs } = followed;
      if (notBeforeMs > nowMs || this.#options.isHeldBack(replica)) continue;
      const lastFetchedEpoch = this.#epochOf(followed, nowMs);
      if (lastFetchedEpoch !== null) asked.push({ followed, fetchOffset: replica.log.endOffset, lastFetchedEpoch });
    }
    return asked;
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

  async #fetch(connection: Connection, asked: readonly Asked[]): Promise<ResponseOf<typeof fetch>> {
    this.#isWaiting = true;
    try {
      return await connection.send(fetch, VERSION, this.#request(asked), TIMEOUT_MS);
    } finally {
      this.#isWaiting = false;
    }
  }
  #request(asked: readonly Asked[]): RequestInput<typeof fetch> {
    const { nodeId, brokerEpoch } = this.#options;
    const topics = Map.groupBy(asked, ({ followed }) => followed.replica.topicId);
    return {
      replicaState: { replicaId: nodeId, replicaEpoch: brokerEpoch() },
      maxWaitMs: MAX_WAIT_MS,
      minBytes: MIN_BYTES,
      maxBytes: MAX_RESPONSE_BYTES,
      topics: [...topics].map(([topicId, ofTopic]) => ({
        topicId,
        partitions: ofTopic.map(({ followed, fetchOffset, lastFetchedEpoch }) => ({
          partition: followed.replica.partition,
          currentLeaderEpoch: followed.leaderEpoch,
          fetchOffset,
          lastFetchedEpoch,
          logStartOffset: followed.replica.log.startOffset,
          highWatermark: followed.replica.highWatermark,
          partitionMaxBytes: MAX_PARTITION_BYTES,
        })),
      })),
    };
  }

  #take(asked: readonly Asked[], response: ResponseOf<typeof fetch>): void {
    const nowMs = this.#options.world.clock.monotonicMs();
    const byPlace = new Map(
      asked.map((one) => [placeOf(one.followed.replica.topicId, one.followed.replica.partition), one]),
    );
    for (const { topicId, partitions } of response.responses) {
      for (const answer of partitions) {
        const one = byPlace.get(placeOf(topicId, answer.partitionIndex));
        if (one !== undefined) this.#takeOne(one, answer, nowMs);
      }
    }
    // Nothing at all: a whole request that was refused.
    if (response.errorCode !== 0) for (const { followed } of asked) this.#delay(followed, nowMs);
  }
  #takeOne({ followed, fetchOffset }: Asked, answer: FetchedPartition, nowMs: number): void {
    const { replica } = followed;
    if (this.#followed.get(replica) !== followed || replica.leaderEpoch !== followed.leaderEpoch) return;
    const taken = this.#options.take(replica, answer, fetchOffset);
    if (taken === 'failed') {
      this.#delay(followed, nowMs);
      return;
    }
    followed.backoffMs = FIRST_BACKOFF_MS;
    if (taken === 'nothing') return;
    this.#followed.delete(replica);
    this.#followed.set(replica, followed);
  }
  #delay(followed: Followed, nowMs: number): void {
    followed.notBeforeMs = nowMs + followed.backoffMs;
    followed.backoffMs = Math.min(2 * followed.backoffMs, BACKOFF_MS);
  }
}

const placeOf = (topicId: string, partition: number): string => `${topicId}/${partition}`;
