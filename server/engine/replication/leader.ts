// One partition as its leader sees it: how far each follower is, who is in sync, how far everything is committed
// (Kafka's Partition and Replica). Pure: time, the log's end and what the metadata says are handed in; the broker's Replicas
// carries out what comes out. One object per leader epoch.
import { ErrorCode } from '../../protocol/errors.ts';
import type { ReadableFollower } from './closest-replica.ts';

/** What the leader must know at the moment of a decision. */
export interface LeaderView {
  readonly nowMs: number;
  /** Offset behind the last record of the leader's own log. */
  readonly endOffset: number;
  /** min.insync.replicas of the topic. */
  readonly minInSyncReplicas: number;
  /** replica.lag.time.max.ms. */
  readonly lagMaxMs: number;
  /** Registered with this epoch (−1: any), not fenced, not shutting down. */
  isEligible(brokerId: number, brokerEpoch: number): boolean;
}

/** In-sync replicas the leader asks the controller for, as seen in these epochs (KIP-497). */
export interface InSyncProposal {
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly newInSyncReplicas: readonly number[];
  /** In the same order; −1: not known (KIP-903). */
  readonly brokerEpochs: readonly number[];
}
export interface InSyncAnswer {
  readonly errorCode: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly inSyncReplicas: readonly number[];
}

/** The partition as the metadata has it, when this broker leads it. */
export interface LedPartition {
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
}

/** When a follower fetched last, for all the partitions of its fetch session. */
export interface FetchClock {
  readonly lastFetchMs: number;
}

interface Follower {
  /** −1 until it fetched in this leader epoch. */
  endOffset: number;
  /** −∞: never. */
  lastCaughtUpMs: number;
  lastFetchMs: number;
  /** The leader's end when it fetched last. */
  leaderEndOffset: number;
  /** First offset of its log; −1 until it told it. */
  startOffset: number;
  brokerEpoch: number;
  /** While it rests: it has all there is, and with each tick of the clock it has asked again. */
  clock: FetchClock | null;
}

const caughtUpMsOf = ({ lastCaughtUpMs, clock }: Follower): number =>
  clock === null ? lastCaughtUpMs : Math.max(lastCaughtUpMs, clock.lastFetchMs);

/** After these the controller's view is newer than ours and will come with the metadata. */
const METADATA_WILL_TELL: ReadonlySet<number> = new Set([
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.INVALID_UPDATE_VERSION,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.NEW_LEADER_ELECTED,
  ErrorCode.INVALID_REQUEST,
]);
const WITHDRAWN: ReadonlySet<number> = new Set([ErrorCode.INELIGIBLE_REPLICA, ErrorCode.OPERATION_NOT_ATTEMPTED]);
/** A refused wish is not repeated before. */
const REFUSED_PAUSE_MS = 500;

export class LeaderState {
  readonly brokerId: number;
  readonly leaderEpoch: number;
  /** Where this epoch begins in the log. */
  readonly epochStartOffset: number;
  readonly #followers = new Map<number, Follower>();
  #partitionEpoch: number;
  #inSync: readonly number[];
  #proposal: InSyncProposal | null = null;
  #noProposalBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(partition: LedPartition, o: { readonly epochStartOffset: number; readonly nowMs: number }) {
    this.brokerId = partition.leader;
    this.leaderEpoch = partition.leaderEpoch;
    this.epochStartOffset = o.epochStartOffset;
    this.#partitionEpoch = partition.partitionEpoch;
    this.#inSync = partition.inSyncReplicas;
    this.#setReplicas(partition.replicas, o.nowMs);
  }

  get inSyncReplicas(): readonly number[] {
    return this.#inSync;
  }
  /** What the controller was asked for and has not decided, or null. */
  get proposal(): InSyncProposal | null {
    return this.#proposal;
  }
  get isReplicated(): boolean {
    return this.#followers.size > 0;
  }
  hasFollower(brokerId: number): boolean {
    return this.#followers.has(brokerId);
  }
  /** In sync, or soon to be: nothing is committed that one of them lacks. */
  isInMaximalSync(brokerId: number): boolean {
    return this.#inSync.includes(brokerId) || this.#proposal?.newInSyncReplicas.includes(brokerId) === true;
  }
  /** Fewer in sync than min.insync.replicas asks for, as far as there are replicas at all (KIP-966). */
  isUnderMinimum(minInSyncReplicas: number): boolean {
    return this.#inSync.length < Math.min(minInSyncReplicas, this.#followers.size + 1);
  }

  /**
   * The high watermark as it must be now, never below `highWatermark`: the smallest end among the maximal in-sync replicas and
   * those about to join. It stands still below min.insync.replicas (KIP-966). Partition.maybeIncrementLeaderHW.
   */
  highWatermarkAfter(highWatermark: number, view: LeaderView): number {
    if (this.#followers.size === 0) return Math.max(highWatermark, view.endOffset);
    if (this.isUnderMinimum(view.minInSyncReplicas)) return highWatermark;
    let smallest = view.endOffset;
    for (const [brokerId, follower] of this.#followers) {
      if (follower.endOffset >= smallest) continue;
      if (this.isInMaximalSync(brokerId) || this.#isAboutToJoin(brokerId, follower, view))
        smallest = follower.endOffset;
    }
    return Math.max(highWatermark, smallest);
  }
  #isAboutToJoin(brokerId: number, follower: Follower, view: LeaderView): boolean {
    const isCaughtUp = follower.endOffset === view.endOffset || view.nowMs - caughtUpMsOf(follower) <= view.lagMaxMs;
    return isCaughtUp && view.isEligible(brokerId, follower.brokerEpoch);
  }

  /**
   * A follower has everything below `fetchOffset`. False when it is none of this partition's replicas, or when a newer
   * incarnation of it was heard before. Replica.updateFetchStateOrThrow.
   */
  fetched(
    brokerId: number,
    o: { fetchOffset: number; startOffset: number; brokerEpoch: number; endOffset: number; nowMs: number },
  ): boolean {
    const follower = this.#followers.get(brokerId);
    if (follower === undefined || (o.brokerEpoch >= 0 && o.brokerEpoch < follower.brokerEpoch)) return false;
    wake(follower);
    if (o.fetchOffset >= o.endOffset) follower.lastCaughtUpMs = Math.max(follower.lastCaughtUpMs, o.nowMs);
    else if (o.fetchOffset >= follower.leaderEndOffset)
      follower.lastCaughtUpMs = Math.max(follower.lastCaughtUpMs, follower.lastFetchMs);
    follower.endOffset = o.fetchOffset;
    follower.startOffset = o.startOffset;
    follower.lastFetchMs = o.nowMs;
    follower.leaderEndOffset = o.endOffset;
    follower.brokerEpoch = Math.max(follower.brokerEpoch, o.brokerEpoch);
    return true;
  }

  /**
   * The follower has everything, is told everything and is in sync: until rouse(), each fetch of its session counts as one of this
   * partition, without anyone saying so. False when it may not rest.
   */
  rest(brokerId: number, clock: FetchClock, endOffset: number): boolean {
    const follower = this.#followers.get(brokerId);
    if (follower?.endOffset !== endOffset || this.#proposal !== null || !this.#inSync.includes(brokerId)) return false;
    follower.clock = clock;
    follower.leaderEndOffset = endOffset;
    return true;
  }
  /** To be called in the turn in which anything of the partition changes that a fetch would notice, and when the session ends. */
  rouse(brokerId: number, clock: FetchClock): void {
    const follower = this.#followers.get(brokerId);
    if (follower?.clock === clock) wake(follower);
  }

  /** The smallest first offset among the leader's log and those of followers that live. Partition.lowWatermarkIfLeader. */
  lowWatermark(startOffset: number, isLive: (brokerId: number) => boolean): number {
    let smallest = startOffset;
    for (const [brokerId, follower] of this.#followers) {
      if (follower.startOffset < smallest && isLive(brokerId)) smallest = follower.startOffset;
    }
    return smallest;
  }

  /** In-sync followers that have the record at `offset`, or all below it: consumers may read from them (KIP-392). */
  *readableFollowers(offset: number): Generator<ReadableFollower> {
    for (const brokerId of this.#inSync) {
      const follower = this.#followers.get(brokerId);
      if (follower === undefined || follower.endOffset < offset || follower.startOffset > offset) continue;
      yield { brokerId, endOffset: follower.endOffset, lastCaughtUpMs: caughtUpMsOf(follower) };
    }
  }

  /** Asks for the follower to join the in-sync replicas when it reached the high watermark and this epoch's start; null: no need. */
  expand(brokerId: number, highWatermark: number, view: LeaderView): InSyncProposal | null {
    const follower = this.#followers.get(brokerId);
    if (follower === undefined || !this.#mayPropose(view) || this.#inSync.includes(brokerId)) return null;
    const isCaughtUp = follower.endOffset >= highWatermark && follower.endOffset >= this.epochStartOffset;
    if (!isCaughtUp || !view.isEligible(brokerId, follower.brokerEpoch)) return null;
    return this.#propose([...this.#inSync, brokerId]);
  }
  /** Asks for those to leave that were not caught up for replica.lag.time.max.ms; null: nobody lags. */
  shrink(view: LeaderView): InSyncProposal | null {
    if (!this.#mayPropose(view)) return null;
    const staying = this.#inSync.filter((brokerId) => {
      const follower = this.#followers.get(brokerId);
      if (follower === undefined || follower.endOffset === view.endOffset) return true;
      return view.nowMs - caughtUpMsOf(follower) <= view.lagMaxMs;
    });
    return staying.length === this.#inSync.length ? null : this.#propose(staying);
  }
  #mayPropose(view: LeaderView): boolean {
    return this.#proposal === null && view.nowMs >= this.#noProposalBeforeMs;
  }
  #propose(newInSyncReplicas: readonly number[]): InSyncProposal {
    const brokerEpochs = newInSyncReplicas.map((id) => this.#followers.get(id)?.brokerEpoch ?? -1);
    const { leaderEpoch } = this;
    this.#proposal = { leaderEpoch, partitionEpoch: this.#partitionEpoch, newInSyncReplicas, brokerEpochs };
    return this.#proposal;
  }

  /**
   * The controller's word on a proposal. 'adopted': the in-sync replicas are as it says; 'again': ask once more, nothing is
   * known; 'settled': nothing to do. A proposal that may have been carried out stays in force until the metadata tells.
   */
  answered(proposal: InSyncProposal, answer: InSyncAnswer, nowMs: number): 'adopted' | 'again' | 'settled' {
    if (proposal !== this.#proposal) return 'settled';
    if (answer.errorCode === ErrorCode.NONE) {
      // Another leader's epoch, or a state older than ours: the metadata brings what holds.
      if (answer.leaderEpoch !== this.leaderEpoch || answer.partitionEpoch < this.#partitionEpoch) return 'settled';
      this.#adopt(answer.partitionEpoch, answer.inSyncReplicas);
      return 'adopted';
    }
    if (WITHDRAWN.has(answer.errorCode)) {
      this.#proposal = null;
      this.#noProposalBeforeMs = nowMs + REFUSED_PAUSE_MS;
      return 'settled';
    }
    return METADATA_WILL_TELL.has(answer.errorCode) ? 'settled' : 'again';
  }

  /** The metadata changed within this leader epoch: other in-sync replicas or replicas. False when it is not news. */
  changed(partition: LedPartition, nowMs: number): boolean {
    if (partition.partitionEpoch <= this.#partitionEpoch) return false;
    this.#adopt(partition.partitionEpoch, partition.inSyncReplicas);
    this.#setReplicas(partition.replicas, nowMs);
    return true;
  }
  #adopt(partitionEpoch: number, inSyncReplicas: readonly number[]): void {
    this.#partitionEpoch = partitionEpoch;
    this.#inSync = inSyncReplicas;
    this.#proposal = null;
  }
  #setReplicas(replicas: readonly number[], nowMs: number): void {
    for (const brokerId of this.#followers.keys()) if (!replicas.includes(brokerId)) this.#followers.delete(brokerId);
    for (const brokerId of replicas) {
      if (brokerId === this.brokerId || this.#followers.has(brokerId)) continue;
      this.#followers.set(brokerId, {
        endOffset: -1,
        // Who was in sync is given the full time to be heard of.
        lastCaughtUpMs: this.#inSync.includes(brokerId) ? nowMs : Number.NEGATIVE_INFINITY,
        lastFetchMs: Number.NEGATIVE_INFINITY,
        leaderEndOffset: Number.POSITIVE_INFINITY,
        startOffset: -1,
        brokerEpoch: -1,
        clock: null,
      });
    }
  }
}

/** What it would be had it been told of each fetch: the last of them found it caught up. */
function wake(follower: Follower): void {
  const { clock } = follower;
  if (clock === null) return;
  follower.clock = null;
  follower.lastCaughtUpMs = Math.max(follower.lastCaughtUpMs, clock.lastFetchMs);
  follower.lastFetchMs = Math.max(follower.lastFetchMs, clock.lastFetchMs);
}
