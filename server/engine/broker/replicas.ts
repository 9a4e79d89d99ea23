// The partitions this broker holds: which log, led or followed under which epoch, committed up to which offset. Follows the
// metadata image by deltas; handlers find, append to and wait for partitions here. What a leader makes of its followers is decided
// in replication/; this carries it out. Must never change the image.
import { assert, present } from '../../kernel/assert.ts';
import type { World } from '../../kernel/world.ts';
import { DiskError } from '../../kernel/world.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import type { NewMarker } from '../../protocol/records/marker.ts';
import type { MetadataDelta, PartitionImage, TopicImage } from '../metadata/image.ts';
import { LeaderState } from '../replication/leader.ts';
import { namesReplica } from '../replication/rate-window.ts';
import type { LogConfig } from '../storage/log-config.ts';
import type { LogFolder } from '../storage/log-folder.ts';
import type { AppendOrigin, AppendOutcome } from '../storage/outcome.ts';
import { ParkedFetches } from './fetching/parked.ts';
import type { ControllerLink } from './link/controller-link.ts';
import { Replica } from './replica.ts';
import { Following } from './replication/following.ts';
import { type FollowerFetch, Leading } from './replication/leading.ts';
import { ReplicationThrottle } from './replication/throttle.ts';

export interface ReplicasOptions {
  readonly world: World;
  readonly nodeId: number;
  readonly folder: LogFolder;
  controller(): Pick<ControllerLink, 'image' | 'brokerEpoch' | 'alterPartitions'>;
  logConfigOf(topic: string): LogConfig;
  /** replica.lag.time.max.ms. */
  lagMaxMs(): number;
  /** replica.selector.class is given: consumers read from followers too. */
  readsFromFollowers(): boolean;
  /** Bytes per second that copying of throttled replicas may take; Infinity for any. */
  throttledRate(side: ThrottledSide): number;
  /** The topic's list of replicas that are throttled on that side. */
  throttledReplicas(topic: string, side: ThrottledSide): string;
}
export type ThrottledSide = 'leader' | 'follower';

/** Leadership taken (`leaderEpoch` ≥ 0) or given up (−1) by this broker, after the replica shows it. */
export type LeadershipListener = (topic: string, partition: number, leaderEpoch: number) => void;

export class Replicas {
  readonly parked: ParkedFetches;
  /** What this broker gives to followers that catch up. */
  readonly leaderThrottle: ReplicationThrottle;
  readonly #options: ReplicasOptions;
  readonly #byTopic = new Map<string, (Replica | undefined)[]>();
  /** Those of ours that the disk did not take, as "topic-partition": tried again with each tick. */
  readonly #uncreated = new Map<string, { readonly topic: string; readonly partition: number }>();
  readonly #listeners: LeadershipListener[] = [];
  readonly #following: Following;
  readonly #leading: Leading;
  #isBeingRead = false;

  constructor(options: ReplicasOptions) {
    this.#options = options;
    this.parked = new ParkedFetches(options.world);
    const { clock } = options.world;
    this.leaderThrottle = new ReplicationThrottle(clock, () => options.throttledRate('leader'));
    const throttle = new ReplicationThrottle(clock, () => options.throttledRate('follower'));
    this.#following = new Following({ ...options, parked: this.parked, throttle });
    this.#leading = new Leading({ ...options, parked: this.parked });
  }

  onLeadership(run: LeadershipListener): void {
    this.#listeners.push(run);
  }

  get(topic: string, partition: number): Replica | undefined {
    return this.#byTopic.get(topic)?.[partition];
  }

  /** Whether consumers are sent to the closest replica (KIP-392). */
  readsFromFollowers(): boolean {
    return this.#options.readsFromFollowers();
  }

  /** All partitions held here, by topic. */
  *all(): Iterable<Replica> {
    for (const replicas of this.#byTopic.values())
      for (const replica of replicas) if (replica !== undefined) yield replica;
  }

  /**
   * The partition when it is led here, otherwise Kafka's error code: UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER, or
   * FENCED_LEADER_EPOCH and UNKNOWN_LEADER_EPOCH when the client knows another epoch (−1: it does not say). KIP-320.
   */
  leaderFor(topic: string, partition: number, currentLeaderEpoch: number): Replica | ErrorCode {
    const replica = this.replicaFor(topic, partition, currentLeaderEpoch);
    return typeof replica === 'number' || replica.isLeader ? replica : ErrorCode.NOT_LEADER_OR_FOLLOWER;
  }
  /** The same whoever leads it, as long as it is held here. */
  replicaFor(topic: string, partition: number, currentLeaderEpoch: number): Replica | ErrorCode {
    const replica = this.#byTopic.get(topic)?.[partition];
    if (replica === undefined) {
      const known = this.#image.topics.get(topic)?.partitions[partition];
      return known === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }
    if (currentLeaderEpoch !== -1 && currentLeaderEpoch !== replica.leaderEpoch) {
      return currentLeaderEpoch < replica.leaderEpoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }
    return replica;
  }

  get #image() {
    return this.#options.controller().image;
  }

  /**
   * Appends as leader and wakes who waits for the bytes. Synchronous. `records` belongs to the log afterwards. Alone, the records
   * are committed when it returns; with followers, once those in sync have them.
   */
  append(replica: Replica, records: Buffer, origin: AppendOrigin, isVerified = false): AppendOutcome {
    const nowMs = this.#options.world.clock.nowMs();
    const { leaderEpoch, log } = replica;
    const append = () => log.appendAsLeader(records, { leaderEpoch, nowMs, origin, isVerified });
    return this.#appending(replica, append);
  }
  /** Ends a producer's transaction in the partition. Synchronous, like append. */
  appendMarker(replica: Replica, marker: Omit<NewMarker, 'timestampMs'>, transactionVersion: number): AppendOutcome {
    const nowMs = this.#options.world.clock.nowMs();
    const { leaderEpoch, log } = replica;
    const options = { leaderEpoch, nowMs, transactionVersion };
    return this.#appending(replica, () => log.appendMarker({ ...marker, timestampMs: nowMs }, options));
  }
  /**
   * While a fetch is read nothing may be appended: it is parked only afterwards, and would sleep through what came in between. `read`
   * is synchronous.
   */
  whileReading<T>(read: () => T): T {
    this.#isBeingRead = true;
    try {
      return read();
    } finally {
      this.#isBeingRead = false;
    }
  }
  /** What could not be flushed is refused and in the log all the same: whoever follows must hear of it. */
  #appending(replica: Replica, append: () => AppendOutcome): AppendOutcome {
    assert(!this.#isBeingRead, 'nothing is appended while a fetch is read');
    const { log } = replica;
    const { sizeBytes, endOffset } = log;
    const outcome = append();
    if (log.endOffset > endOffset) this.#appended(replica, log.sizeBytes - sizeBytes);
    return outcome;
  }
  #appended(replica: Replica, sizeBytes: number): void {
    replica.uncommittedBytes += sizeBytes;
    if (replica.leadership?.isReplicated === true) this.parked.bytesAppended(replica, sizeBytes);
    this.#leading.advance(replica);
  }

  /** What acks=all needs before it may append (Partition.appendRecordsToLeader). */
  hasEnoughInSync(replica: Replica): boolean {
    return this.#leading.hasEnoughInSync(replica);
  }

  /**
   * Tells `done` once the record at `offset` is committed: at once, with NONE, if it is. NOT_LEADER_OR_FOLLOWER when leadership
   * goes first, NOT_ENOUGH_REPLICAS_AFTER_APPEND when the in-sync replicas became too few meanwhile. The answer gives up.
   */
  whenCommitted(replica: Replica, offset: number, done: (errorCode: ErrorCode) => void): () => void {
    if (replica.isLeader && offset >= replica.highWatermark) return replica.commits.wait(offset, done);
    done(replica.isLeader ? ErrorCode.NONE : ErrorCode.NOT_LEADER_OR_FOLLOWER);
    return () => {};
  }

  /** Below it no live replica has records any more. Of a partition led here. */
  lowWatermark(replica: Replica): number {
    return this.#leading.lowWatermark(replica);
  }
  /**
   * Tells `done` once no live replica has records below `offset`: at once, with NONE, if that is so. NOT_LEADER_OR_FOLLOWER when
   * leadership goes first. The answer gives up.
   */
  whenDeleted(replica: Replica, offset: number, done: (errorCode: ErrorCode) => void): () => void {
    if (replica.isLeader && this.lowWatermark(replica) < offset) return replica.deletions.wait(offset - 1, done);
    done(replica.isLeader ? ErrorCode.NONE : ErrorCode.NOT_LEADER_OR_FOLLOWER);
    return () => {};
  }

  /**
   * A follower asks for what comes next: the high watermark and the in-sync replicas follow. False when it is not one of the
   * partition's replicas, or an incarnation of it that is gone.
   */
  followerFetched(replica: Replica, fetch: FollowerFetch): boolean {
    return this.#leading.followerFetched(replica, fetch);
  }
  /** A broker that is not registered, or an incarnation of it before the one that is. */
  isGone(follower: Pick<FollowerFetch, 'brokerId' | 'brokerEpoch'>): boolean {
    return this.#leading.isGone(follower);
  }

  /** Once, before the first request: holds exactly what the image says and sets aside what it does not know. */
  follow(): void {
    const image = this.#image;
    for (const log of [...this.#options.folder.logs.values()]) {
      const topic = image.topics.get(log.topic);
      // A power loss may have taken the file that says whose log it is (''): then it is taken for what its name says.
      const isSame = log.topicId === '' || log.topicId === topic?.topicId;
      const partition = isSame ? topic?.partitions[log.partition] : undefined;
      if (partition?.replicas.includes(this.#options.nodeId) !== true) {
        this.#options.world.log.warn(`${log.topic}-${log.partition} is not in the metadata: set aside for deletion`);
        this.#options.folder.remove(log.topic, log.partition);
      }
    }
    for (const topic of image.topics.values()) for (const partition of topic.partitions) this.#change(topic, partition);
  }

  /** Creates, deletes and changes partitions as the metadata log says. */
  apply(delta: MetadataDelta): void {
    for (const topic of delta.deletedTopics) this.#delete(topic);
    for (const { topic, partition } of delta.changedPartitions) this.#change(topic, partition);
    if (delta.changedConfigs.some((changed) => changed.resource === 'broker'))
      this.#configure([...this.#byTopic.keys()]);
    else this.#configure(delta.changedConfigs.filter((c) => c.resource === 'topic').map((changed) => changed.name));
  }

  /** Stops copying and asking, and tells who waits for a commit that it will not be told here. The logs stay as they are. */
  close(): void {
    this.#following.close();
    this.#leading.close();
    for (const replica of this.all()) fail(replica);
  }

  /** Sizes, retention, checkpoints, followers that lag, what could not be created: looked at about once a second. */
  tick(): void {
    const { folder, world } = this.#options;
    this.#leading.checkLag(this.all());
    this.#noteStarts();
    // A broker that died is waited for no longer.
    for (const replica of this.all()) this.#leading.tellDeletions(replica);
    for (const [key, { topic, partition }] of [...this.#uncreated]) {
      const image = this.#image.topics.get(topic);
      const wanted = image?.partitions[partition];
      if (image === undefined || wanted?.replicas.includes(this.#options.nodeId) !== true) this.#uncreated.delete(key);
      else this.#change(image, wanted);
    }
    try {
      folder.tick(world.clock.nowMs());
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      world.log.error(`housekeeping of the log folder: ${error.message}`);
    }
  }

  /** Retention moves the starts of logs by itself: followers are to hear of it with their next fetch. */
  #noteStarts(): void {
    for (const replica of this.all()) {
      const { startOffset } = replica.log;
      if (startOffset === replica.notedStartOffset) continue;
      replica.notedStartOffset = startOffset;
      this.parked.rouse(replica);
    }
  }

  #configure(topics: readonly string[]): void {
    for (const topic of topics) {
      const replicas = this.#byTopic.get(topic);
      if (replicas === undefined) continue;
      const config = this.#options.logConfigOf(topic);
      for (const replica of replicas) {
        if (replica === undefined) continue;
        replica.log.config = config;
        this.#setThrottled(replica);
        // min.insync.replicas may be lower now.
        this.#leading.advance(replica);
      }
    }
  }

  #setThrottled(replica: Replica): void {
    const { throttledReplicas, nodeId } = this.#options;
    const isNamed = (side: ThrottledSide) =>
      namesReplica(throttledReplicas(replica.topic, side), replica.partition, nodeId);
    replica.isThrottledAsLeader = isNamed('leader');
    replica.isThrottledAsFollower = isNamed('follower');
  }

  #change(topic: TopicImage, partition: PartitionImage): void {
    // A record of a topic that a later record of the same batch deleted.
    if (this.#image.topics.get(topic.name)?.topicId !== topic.topicId) return;
    const held = this.get(topic.name, partition.partition);
    if (!partition.replicas.includes(this.#options.nodeId)) {
      if (held !== undefined) this.#drop(held);
      return;
    }
    if (held !== undefined && held.topicId !== topic.topicId) this.#drop(held);
    const replica = held?.topicId === topic.topicId ? held : this.#create(topic, partition.partition);
    if (replica !== null) this.#setRole(replica, partition);
  }

  #create(topic: TopicImage, partition: number): Replica | null {
    const { folder, world, logConfigOf } = this.#options;
    const key = `${topic.name}-${partition}`;
    try {
      const log = folder.create(topic.name, partition, topic.topicId, logConfigOf(topic.name));
      log.config = logConfigOf(topic.name);
      const replica = new Replica(log);
      const checkpointed = folder.takeHighWatermark(topic.name, partition, topic.topicId);
      replica.highWatermark = Math.max(log.startOffset, Math.min(checkpointed, log.endOffset));
      replica.leaderHighWatermark = replica.highWatermark;
      log.highWatermark = replica.highWatermark;
      this.#setThrottled(replica);
      let replicas = this.#byTopic.get(topic.name);
      if (replicas === undefined) {
        replicas = [];
        this.#byTopic.set(topic.name, replicas);
      }
      replicas[partition] = replica;
      this.#uncreated.delete(key);
      return replica;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      if (!this.#uncreated.has(key)) world.log.error(`cannot create ${key}: ${error.message}`);
      this.#uncreated.set(key, { topic: topic.name, partition });
      return null;
    }
  }

  #setRole(replica: Replica, partition: PartitionImage): void {
    if (partition.leader === this.#options.nodeId) this.#lead(replica, partition);
    else this.#follow(replica, partition);
  }
  #lead(replica: Replica, partition: PartitionImage): void {
    const nowMs = this.#options.world.clock.monotonicMs();
    if (replica.leadership?.leaderEpoch === partition.leaderEpoch) {
      if (replica.leadership.changed(partition, nowMs)) this.#leading.membersChanged(replica);
      return;
    }
    this.#following.leave(replica);
    const { log } = replica;
    replica.leader = partition.leader;
    replica.leaderEpoch = partition.leaderEpoch;
    replica.leadership = new LeaderState(partition, { epochStartOffset: log.endOffset, nowMs });
    // Followers ask where epochs end; alone, the epoch is noted with its first append.
    if (replica.leadership.isReplicated) this.#startEpoch(replica);
    this.#leading.advance(replica);
    this.parked.partitionChanged(replica);
    this.#announce(replica, replica.leaderEpoch);
  }
  #startEpoch({ topic, partition, log, leaderEpoch }: Replica): void {
    try {
      log.startEpoch(leaderEpoch);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#options.world.log.error(`${topic}-${partition}: start of leader epoch ${leaderEpoch}: ${error.message}`);
    }
  }
  #follow(replica: Replica, partition: PartitionImage): void {
    const { leader, leaderEpoch } = partition;
    if (!replica.isLeader && replica.leaderEpoch === leaderEpoch && replica.leader === leader) return;
    const wasLeader = replica.isLeader;
    replica.leader = leader;
    replica.leaderEpoch = leaderEpoch;
    this.#resign(replica);
    if (leader === -1) this.#following.leave(replica);
    else this.#following.follow(replica, leader);
    this.parked.partitionChanged(replica);
    if (wasLeader) this.#announce(replica, -1);
  }
  /** What waits for a commit cannot be told any more: the next leader may not have the records. */
  #resign(replica: Replica): void {
    replica.leadership = null;
    replica.uncommittedBytes = 0;
    fail(replica);
  }

  #delete(topic: TopicImage): void {
    for (const replica of this.#byTopic.get(topic.name) ?? []) {
      if (replica !== undefined && replica.topicId === topic.topicId) this.#drop(replica);
    }
  }

  #drop(replica: Replica): void {
    const replicas = present(this.#byTopic.get(replica.topic), 'a replica that is dropped was held');
    delete replicas[replica.partition];
    if (replicas.every((other) => other === undefined)) this.#byTopic.delete(replica.topic);
    const wasLeader = replica.isLeader;
    this.#following.leave(replica);
    this.#resign(replica);
    this.#removeLog(replica);
    this.parked.partitionChanged(replica);
    if (wasLeader) this.#announce(replica, -1);
  }

  /** Set aside at once, deleted in the background. What the disk keeps is found, and set aside again, at the next start. */
  #removeLog({ topic, partition }: Replica): void {
    const { folder, world } = this.#options;
    try {
      folder.remove(topic, partition);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      world.log.error(`cannot set ${topic}-${partition} aside for deletion: ${error.message}`);
    }
  }

  #announce(replica: Replica, leaderEpoch: number): void {
    for (const run of this.#listeners) run(replica.topic, replica.partition, leaderEpoch);
  }
}

/** Who waits for something that only a leader can tell. */
function fail({ commits, deletions }: Replica): void {
  commits.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  deletions.fail(ErrorCode.NOT_LEADER_OR_FOLLOWER);
}
