// What a leader does about its followers: notes how far they are, raises the high watermark and tells who waited for it, and
// proposes who is in sync. The decisions are LeaderState's; this hands it the moment and carries out what it says. Used by
// Replicas; must never write to a log.
import type { World } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { InSyncAnswer, InSyncProposal, LeaderView } from '../../replication/leader.ts';
import type { ParkedFetches } from '../fetching/parked.ts';
import type { ControllerLink } from '../link/controller-link.ts';
import type { Replica } from '../replica.ts';
import { InSyncChanges } from './in-sync-changes.ts';

export interface LeadingOptions {
  readonly world: World;
  readonly parked: ParkedFetches;
  /** Consumers read from followers too, which then must hear of each commit at once. */
  readsFromFollowers(): boolean;
  controller(): Pick<ControllerLink, 'image' | 'brokerEpoch' | 'alterPartitions'>;
  /** replica.lag.time.max.ms. */
  lagMaxMs(): number;
}

/** A follower's question, as far as its leader takes note of it. */
export interface FollowerFetch {
  readonly brokerId: number;
  /** −1: it does not say. */
  readonly brokerEpoch: number;
  /** It has everything below. */
  readonly fetchOffset: number;
  /** First offset of its log; −1: it does not say. */
  readonly startOffset: number;
}

export class Leading {
  readonly #options: LeadingOptions;
  readonly #inSyncChanges: InSyncChanges;
  #lagCheckDueMs = 0;

  constructor(options: LeadingOptions) {
    const { world, controller } = options;
    this.#options = options;
    this.#inSyncChanges = new InSyncChanges({
      world,
      controller,
      onAnswer: (replica, proposal, answer) => this.#inSyncAnswered(replica, proposal, answer),
    });
  }
  close(): void {
    this.#inSyncChanges.close();
  }

  /** What acks=all needs before it may append (Partition.appendRecordsToLeader). */
  hasEnoughInSync(replica: Replica): boolean {
    return replica.leadership?.isUnderMinimum(replica.log.config.minInSyncReplicas) === false;
  }

  /**
   * A follower asks for what comes next: the high watermark and the in-sync replicas follow. False when it is not one of the
   * partition's replicas, or an incarnation of it that is gone.
   */
  followerFetched(replica: Replica, fetch: FollowerFetch): boolean {
    const { leadership } = replica;
    if (leadership === null || this.isGone(fetch)) return false;
    const { endOffset } = replica.log;
    const nowMs = this.#options.world.clock.monotonicMs();
    if (!leadership.fetched(fetch.brokerId, { ...fetch, endOffset, nowMs })) return false;
    const proposal = leadership.expand(fetch.brokerId, replica.highWatermark, this.#viewOf(replica));
    if (proposal !== null) this.#inSyncChanges.propose(replica, proposal);
    this.tellDeletions(replica);
    this.advance(replica);
    return true;
  }
  /** Not registered, or an incarnation before the one that is. */
  isGone({ brokerId, brokerEpoch }: Pick<FollowerFetch, 'brokerId' | 'brokerEpoch'>): boolean {
    const registered = this.#options.controller().image.brokers.get(brokerId);
    return registered === undefined || (brokerEpoch >= 0 && brokerEpoch < registered.epoch);
  }

  #viewOf(replica: Replica): LeaderView {
    const { world, controller, lagMaxMs } = this.#options;
    const { brokers } = controller().image;
    return {
      nowMs: world.clock.monotonicMs(),
      endOffset: replica.log.endOffset,
      minInSyncReplicas: replica.log.config.minInSyncReplicas,
      lagMaxMs: lagMaxMs(),
      isEligible: (brokerId, brokerEpoch) => {
        const broker = brokers.get(brokerId);
        if (broker === undefined || broker.isFenced || broker.isShuttingDown) return false;
        return brokerEpoch === -1 || brokerEpoch === broker.epoch;
      },
    };
  }

  /** Other in-sync replicas, or other replicas: what a follower's next fetch means is to be looked at again. */
  membersChanged(replica: Replica): void {
    this.#options.parked.rouse(replica);
    this.advance(replica);
  }

  /** Below it no live replica has records any more. */
  lowWatermark({ leadership, log }: Replica): number {
    const { brokers } = this.#options.controller().image;
    const isLive = (brokerId: number) => brokers.get(brokerId)?.isFenced === false;
    return leadership?.lowWatermark(log.startOffset, isLive) ?? log.startOffset;
  }
  /** Tells who waits for records to be gone everywhere. */
  tellDeletions(replica: Replica): void {
    if (replica.deletions.size > 0) replica.deletions.committed(this.lowWatermark(replica));
  }

  /** Raises the high watermark as far as it may go, and tells who waited for that. */
  advance(replica: Replica): void {
    const { leadership, log } = replica;
    if (leadership === null) return;
    const highWatermark = leadership.isReplicated
      ? leadership.highWatermarkAfter(replica.highWatermark, this.#viewOf(replica))
      : log.endOffset;
    if (highWatermark <= replica.highWatermark) return;
    const bytes = replica.bytesUpTo(highWatermark);
    replica.uncommittedBytes -= bytes;
    replica.highWatermark = highWatermark;
    log.highWatermark = highWatermark;
    // At least one, whatever was counted: bytes from before this leadership were not.
    this.#options.parked.bytesAdded(replica, Math.max(1, bytes));
    if (replica.parkedFollowers.size > 0 && this.#options.readsFromFollowers()) this.#options.parked.committed(replica);
    if (replica.commits.size === 0) return;
    const isEnough = this.hasEnoughInSync(replica);
    replica.commits.committed(highWatermark, isEnough ? ErrorCode.NONE : ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
  }

  /** Whoever has not been caught up for too long is proposed to leave the in-sync replicas. */
  checkLag(replicas: Iterable<Replica>): void {
    const nowMs = this.#options.world.clock.monotonicMs();
    if (nowMs < this.#lagCheckDueMs) return;
    this.#lagCheckDueMs = nowMs + this.#options.lagMaxMs() / 2;
    for (const replica of replicas) {
      const { leadership } = replica;
      if (leadership?.isReplicated !== true) continue;
      const proposal = leadership.shrink(this.#viewOf(replica));
      if (proposal === null) continue;
      const { world } = this.#options;
      world.log.info(
        `${replica.topic}-${replica.partition}: in-sync replicas shrink from ${leadership.inSyncReplicas} to ${proposal.newInSyncReplicas}`,
      );
      this.#inSyncChanges.propose(replica, proposal);
    }
  }
  #inSyncAnswered(replica: Replica, proposal: InSyncProposal, answer: InSyncAnswer): boolean {
    const outcome = replica.leadership?.answered(proposal, answer, this.#options.world.clock.monotonicMs());
    if (outcome === 'adopted') this.membersChanged(replica);
    return outcome === 'again';
  }
}
