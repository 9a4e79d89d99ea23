// The partitions this broker holds: which log, led under which epoch, readable up to which offset. Follows the metadata image
// by deltas; handlers find and append to partitions here. Must never change the image.
import { present } from '../../kernel/assert.ts';
import type { World } from '../../kernel/world.ts';
import { DiskError } from '../../kernel/world.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import type { MetadataDelta, MetadataImage, PartitionImage, TopicImage } from '../metadata/image.ts';
import type { LogConfig } from '../storage/log-config.ts';
import type { LogFolder } from '../storage/log-folder.ts';
import type { AppendOrigin, AppendOutcome } from '../storage/outcome.ts';
import { ParkedFetches } from './parked.ts';
import { Replica } from './replica.ts';

export interface ReplicasOptions {
  readonly world: World;
  readonly nodeId: number;
  readonly folder: LogFolder;
  image(): MetadataImage;
  logConfigOf(topic: string): LogConfig;
}

/** Leadership taken (`leaderEpoch` ≥ 0) or given up (−1) by this broker, after the replica shows it. */
export type LeadershipListener = (topic: string, partition: number, leaderEpoch: number) => void;

export class Replicas {
  readonly parked: ParkedFetches;
  readonly #options: ReplicasOptions;
  readonly #byTopic = new Map<string, (Replica | undefined)[]>();
  readonly #listeners: LeadershipListener[] = [];

  constructor(options: ReplicasOptions) {
    this.#options = options;
    this.parked = new ParkedFetches(options.world);
  }

  onLeadership(run: LeadershipListener): void {
    this.#listeners.push(run);
  }

  get(topic: string, partition: number): Replica | undefined {
    return this.#byTopic.get(topic)?.[partition];
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
    const replica = this.#byTopic.get(topic)?.[partition];
    if (replica === undefined) {
      const known = this.#options.image().topics.get(topic)?.partitions[partition];
      return known === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }
    if (currentLeaderEpoch !== -1 && currentLeaderEpoch !== replica.leaderEpoch) {
      return currentLeaderEpoch < replica.leaderEpoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH;
    }
    return replica.isLeader ? replica : ErrorCode.NOT_LEADER_OR_FOLLOWER;
  }

  /** Appends as leader and wakes who waits for the bytes. Synchronous. `records` belongs to the log afterwards. */
  append(replica: Replica, records: Buffer, origin: AppendOrigin): AppendOutcome {
    const sizeBytes = records.length;
    const nowMs = this.#options.world.clock.nowMs();
    const outcome = replica.log.appendAsLeader(records, { leaderEpoch: replica.leaderEpoch, nowMs, origin });
    if (outcome.kind === 'appended') this.parked.bytesAdded(replica, sizeBytes);
    return outcome;
  }

  /** Once, before the first request: holds exactly what the image says and sets aside what it does not know. */
  follow(): void {
    const image = this.#options.image();
    for (const log of [...this.#options.folder.logs.values()]) {
      const topic = image.topics.get(log.topic);
      const partition = topic?.topicId === log.topicId ? topic.partitions[log.partition] : undefined;
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

  /** Sizes, retention, checkpoints: what the log folder does about once a second. */
  tick(): void {
    const { folder, world } = this.#options;
    try {
      folder.tick(world.clock.nowMs());
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      world.log.error(`housekeeping of the log folder: ${error.message}`);
    }
  }

  #configure(topics: readonly string[]): void {
    for (const topic of topics) {
      const replicas = this.#byTopic.get(topic);
      if (replicas === undefined) continue;
      const config = this.#options.logConfigOf(topic);
      for (const replica of replicas) if (replica !== undefined) replica.log.config = config;
    }
  }

  #change(topic: TopicImage, partition: PartitionImage): void {
    // A record of a topic that a later record of the same batch deleted.
    if (this.#options.image().topics.get(topic.name)?.topicId !== topic.topicId) return;
    const held = this.get(topic.name, partition.partition);
    if (!partition.replicas.includes(this.#options.nodeId)) {
      if (held !== undefined) this.#drop(held);
      return;
    }
    if (held !== undefined && held.topicId !== topic.topicId) this.#drop(held);
    const replica = held?.topicId === topic.topicId ? held : this.#create(topic, partition.partition);
    if (replica !== null) this.#setLeader(replica, partition);
  }

  #create(topic: TopicImage, partition: number): Replica | null {
    const { folder, world, logConfigOf } = this.#options;
    try {
      const log = folder.create(topic.name, partition, topic.topicId, logConfigOf(topic.name));
      log.config = logConfigOf(topic.name);
      const replica = new Replica(log);
      let replicas = this.#byTopic.get(topic.name);
      if (replicas === undefined) {
        replicas = [];
        this.#byTopic.set(topic.name, replicas);
      }
      replicas[partition] = replica;
      return replica;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      world.log.error(`cannot create ${topic.name}-${partition}: ${error.message}`);
      return null;
    }
  }

  #setLeader(replica: Replica, partition: PartitionImage): void {
    const isLeader = partition.leader === this.#options.nodeId;
    const isSame = replica.isLeader === isLeader && replica.leaderEpoch === partition.leaderEpoch;
    const wasLeader = replica.isLeader;
    replica.leader = partition.leader;
    replica.leaderEpoch = partition.leaderEpoch;
    replica.isLeader = isLeader;
    if (isSame) return;
    this.parked.partitionChanged(replica);
    if (isLeader) this.#announce(replica, replica.leaderEpoch);
    else if (wasLeader) this.#announce(replica, -1);
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
    replica.isLeader = false;
    this.#options.folder.remove(replica.topic, replica.partition);
    this.parked.partitionChanged(replica);
    if (wasLeader) this.#announce(replica, -1);
  }

  #announce(replica: Replica, leaderEpoch: number): void {
    for (const run of this.#listeners) run(replica.topic, replica.partition, leaderEpoch);
  }
}
