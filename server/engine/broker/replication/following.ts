// The partitions this broker follows: a fetcher for each broker that leads some of them, and what is done with its answers on the
// logs here. Told by Replicas who leads what; must never write to a partition that is led here.
import type { World } from '../../../kernel/world.ts';
import { DiskError } from '../../../kernel/world.ts';
import { ErrorCode, errorName } from '../../../protocol/errors.ts';
import { followerHighWatermark, truncationOffset } from '../../replication/follower.ts';
import { dialable } from '../endpoints.ts';
import type { ParkedFetches } from '../fetching/parked.ts';
import type { ControllerLink } from '../link/controller-link.ts';
import type { Replica } from '../replica.ts';
import { type FetchedPartition, Fetcher, type Taken } from './fetcher.ts';
import type { ReplicationThrottle } from './throttle.ts';

export interface FollowingOptions {
  readonly world: World;
  readonly nodeId: number;
  /** Consumers may wait at a follower too (KIP-392). */
  readonly parked: ParkedFetches;
  /** Bounds what is copied of replicas that catch up and are named for it. */
  readonly throttle: ReplicationThrottle;
  controller(): Pick<ControllerLink, 'image' | 'brokerEpoch'>;
}

/** Answers of a leader that has not read the metadata yet, or is none any more. */
const EXPECTED: ReadonlySet<number> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.UNKNOWN_LEADER_EPOCH,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.UNKNOWN_TOPIC_ID,
]);

export class Following {
  readonly #options: FollowingOptions;
  readonly #fetchers = new Map<number, Fetcher>();
  readonly #leaders = new Map<Replica, number>();

  constructor(options: FollowingOptions) {
    this.#options = options;
  }

  /** From now on the replica copies from `leaderId`, in the leader epoch it shows. */
  follow(replica: Replica, leaderId: number): void {
    if (this.#leaders.get(replica) !== leaderId) this.leave(replica);
    this.#leaders.set(replica, leaderId);
    let fetcher = this.#fetchers.get(leaderId);
    if (fetcher === undefined) {
      fetcher = this.#start(leaderId);
      this.#fetchers.set(leaderId, fetcher);
    }
    fetcher.follow(replica);
  }
  leave(replica: Replica): void {
    const leaderId = this.#leaders.get(replica);
    if (leaderId === undefined) return;
    this.#leaders.delete(replica);
    const fetcher = this.#fetchers.get(leaderId);
    fetcher?.leave(replica);
    if (fetcher?.size !== 0) return;
    fetcher.stop();
    this.#fetchers.delete(leaderId);
  }
  close(): void {
    for (const fetcher of this.#fetchers.values()) fetcher.stop();
    this.#fetchers.clear();
    this.#leaders.clear();
  }

  #start(leaderId: number): Fetcher {
    const { world, nodeId, controller } = this.#options;
    const fetcher = new Fetcher({
      world,
      nodeId,
      leaderId,
      address: () => dialable(controller().image.brokers.get(leaderId)),
      brokerEpoch: () => controller().brokerEpoch,
      isHoldingBack: () => this.#options.throttle.isExceeded(),
      isHeldBack: (replica) =>
        replica.isThrottledAsFollower && isBehind(replica) && this.#options.throttle.isExceeded(),
      take: (replica, answer, fetchOffset) => this.#take(replica, answer, fetchOffset),
    });
    fetcher.run().catch((error: unknown) => {
      world.timers.soon(() => {
        throw error;
      });
    });
    return fetcher;
  }

  #take(replica: Replica, answer: FetchedPartition, fetchOffset: number): Taken {
    const { log } = replica;
    // Cut or filled since it was asked for.
    if (replica.isLeader || log.endOffset !== fetchOffset) return 'nothing';
    try {
      if (answer.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) return this.#restart(replica, answer);
      if (answer.errorCode !== ErrorCode.NONE) return this.#failed(replica, answer.errorCode);
      if (answer.divergingEpoch.epoch >= 0) return this.#truncate(replica, answer.divergingEpoch);
      return this.#append(replica, answer);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#complain(replica, error.message);
      return 'failed';
    }
  }
  #failed(replica: Replica, errorCode: number): Taken {
    const message = `the leader, broker ${replica.leader}, answered ${errorName(errorCode)}`;
    if (EXPECTED.has(errorCode)) this.#options.world.log.debug(`${nameOf(replica)}: ${message}`);
    else this.#complain(replica, message);
    return 'failed';
  }
  #complain(replica: Replica, message: string): void {
    this.#options.world.log.warn(`copying ${nameOf(replica)}: ${message}`);
  }

  #append(replica: Replica, answer: FetchedPartition): Taken {
    const { log } = replica;
    const { records } = answer;
    const hasRecords = records !== null && records.length > 0;
    if (hasRecords) {
      const outcome = log.appendAsFollower(records, { nowMs: this.#options.world.clock.nowMs() });
      if (outcome.kind === 'refused') {
        this.#complain(replica, outcome.message);
        return 'failed';
      }
      replica.uncommittedBytes += records.length;
      if (replica.isThrottledAsFollower) this.#options.throttle.record(records.length);
    }
    this.#raise(replica, answer.highWatermark);
    if (answer.logStartOffset > log.startOffset && answer.logStartOffset <= replica.highWatermark) {
      log.followStart(answer.logStartOffset);
    }
    return hasRecords ? 'records' : 'nothing';
  }
  #raise(replica: Replica, leaderHighWatermark: number): void {
    const { log } = replica;
    replica.leaderHighWatermark = leaderHighWatermark;
    const highWatermark = followerHighWatermark(replica.highWatermark, leaderHighWatermark, log.endOffset);
    if (highWatermark === replica.highWatermark) return;
    const bytes = replica.bytesUpTo(highWatermark);
    replica.uncommittedBytes -= bytes;
    replica.highWatermark = highWatermark;
    log.highWatermark = highWatermark;
    this.#options.parked.bytesAdded(replica, Math.max(1, bytes));
  }

  /** Histories part: what the leader does not have was never committed. */
  #truncate(replica: Replica, leader: { readonly epoch: number; readonly endOffset: number }): Taken {
    const { log } = replica;
    const before = { endOffset: log.endOffset, epoch: log.latestEpoch };
    const offset = truncationOffset(log, leader);
    log.truncateTo(offset);
    if (log.endOffset < before.endOffset) {
      this.#options.world.log.info(
        `${nameOf(replica)}: cut from offset ${before.endOffset} to ${log.endOffset}, where epoch ${leader.epoch} of its leader, broker ${replica.leader}, parts from it`,
      );
    }
    this.#wasCut(replica);
    const isShorter = log.endOffset < before.endOffset || log.latestEpoch !== before.epoch;
    return isShorter ? 'nothing' : 'failed';
  }
  /** The leader holds nothing that continues this log. */
  #restart(replica: Replica, answer: FetchedPartition): Taken {
    const { log } = replica;
    const startOffset = Math.max(0, answer.logStartOffset);
    if (log.startOffset === startOffset && log.endOffset === startOffset) return 'failed';
    this.#options.world.log.warn(
      `${nameOf(replica)}: offset ${log.endOffset} is out of its leader's range: starting anew at ${startOffset}`,
    );
    log.truncateFullyTo(startOffset);
    this.#wasCut(replica);
    return 'nothing';
  }
  #wasCut(replica: Replica): void {
    const { startOffset, endOffset } = replica.log;
    if (replica.highWatermark > endOffset) {
      this.#complain(replica, `committed records from offset ${endOffset} to ${replica.highWatermark} were cut off`);
    }
    replica.highWatermark = Math.max(startOffset, Math.min(replica.highWatermark, endOffset));
    replica.log.highWatermark = replica.highWatermark;
    replica.uncommittedBytes = 0;
    this.#options.parked.partitionChanged(replica);
  }
}

/** Catching up, as far as its leader's last word goes (Kafka's PartitionFetchState.isReplicaInSync). */
const isBehind = ({ leaderHighWatermark, log }: Replica): boolean => log.endOffset < leaderHighWatermark;
const nameOf = ({ topic, partition }: Replica): string => `${topic}-${partition}`;
