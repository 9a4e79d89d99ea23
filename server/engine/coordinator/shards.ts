// The shards of one broker: one for each partition of __consumer_offsets it leads. Finds the shard of a group, loads and drops
// shards as leadership moves, and runs their periodic expiry in bounded steps.
import type { World } from '../../kernel/world.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import { ZERO_UUID } from '../../protocol/grammar.ts';
import type { NewMarker } from '../../protocol/records/marker.ts';
import type { ClassicGroup } from './group/classic/group.ts';
import { expireSession } from './group/classic/heartbeat.ts';
import { expireJoin, expireSync, prepare } from './group/classic/rebalance.ts';
import type { Decision, GroupSettings, TimerName } from './group/classic/turn.ts';
import { beginTurn, endTurn, restartSession } from './group/classic/turn.ts';
import type { ConsumerGroup } from './group/consumer/group.ts';
import { MemberState } from './group/consumer/group.ts';
import { expireMember } from './group/consumer/leave.ts';
import type { ConsumerSettings, Surroundings, Topics } from './group/consumer/turn.ts';
import { ConsumerTurn, restartMemberSession } from './group/consumer/turn.ts';
import { partitionFor } from './hash.ts';
import { isTooLong } from './long-ids.ts';
import { deleteGoneTopics } from './offsets/delete.ts';
import { expire } from './offsets/expire.ts';
import { Shard } from './runtime.ts';
import { groupOf } from './state.ts';
import type { CoordinatorStore } from './store.ts';

/** What the coordinator reads of the metadata image. */
export interface TopicLookup {
  /** 0 when there is no such topic. */
  partitionsOf(name: string): number;
  /** ZERO_UUID when there is no such topic. */
  idOf(name: string): string;
  /** null when there is no such topic. */
  nameOf(topicId: string): string | null;
  names(): Iterable<string>;
}

export interface GroupCoordinatorOptions {
  readonly world: World;
  readonly store: CoordinatorStore;
  /** The setting in force, by Kafka's name, such as "group.initial.rebalance.delay.ms". */
  readonly settings: (name: string) => string;
  /** The setting of a group in force, such as "consumer.session.timeout.ms". */
  readonly groupSettings: (groupId: string, name: string) => string;
  readonly topics: TopicLookup;
  /** Partitions of __consumer_offsets; 0 while it does not exist. */
  readonly partitionCount: () => number;
}

/** Whatever group.max.size says, one group stays within memory. */
const MAX_GROUP_MEMBERS = 10_000;
const MAX_GROUP_METADATA_BYTES = 32 * 1024 * 1024;
const MAX_GROUPS = 20_000;
/** Time one step of the expiry may take before other work gets its turn. */
const EXPIRY_STEP_MS = 10;
const MS_PER_MINUTE = 60_000;

export class Shards {
  readonly options: GroupCoordinatorOptions;
  readonly #shards = new Map<number, Shard>();
  /** What the verbs of consumer groups see of topics. */
  readonly topics: Topics;
  #topicsVersion = 1;

  constructor(options: GroupCoordinatorOptions) {
    this.options = options;
    const { topics } = options;
    this.topics = {
      partitionsOf: (name) => topics.partitionsOf(name),
      idOf: (name) => topics.idOf(name),
      nameOf: (topicId) => topics.nameOf(topicId),
      names: () => topics.names(),
      version: () => this.#topicsVersion,
    };
  }

  /** Topics came, went, or have other partitions: consumer groups look again with their next heartbeat. */
  topicsChanged(): void {
    this.#topicsVersion++;
  }

  partitionOf(groupId: string): number {
    return partitionFor(groupId, this.options.partitionCount());
  }

  /** The group's shard, ready to serve; or why not: COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS. */
  find(groupId: string): Shard | number {
    if (this.options.partitionCount() === 0) return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    const shard = this.#shards.get(this.partitionOf(groupId));
    if (shard === undefined) return ErrorCode.NOT_COORDINATOR;
    return shard.isActive ? shard : ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  }

  all(): IterableIterator<Shard> {
    return this.#shards.values();
  }

  /** Whether a group of that name would be one too many. */
  isFullFor(groupId: string): boolean {
    let groups = 0;
    for (const { state } of this.#shards.values()) groups += state.groups.size + state.consumers.size;
    return groups >= MAX_GROUPS || isTooLong(groupId, () => this.#groupIds());
  }
  *#groupIds(): Generator<string> {
    for (const { state } of this.#shards.values()) {
      yield* state.groups.keys();
      yield* state.consumers.keys();
    }
  }

  groupSettings(): GroupSettings {
    const number = (name: string): number => Number(this.options.settings(name));
    return {
      initialRebalanceDelayMs: number('group.initial.rebalance.delay.ms'),
      minSessionTimeoutMs: number('group.min.session.timeout.ms'),
      maxSessionTimeoutMs: number('group.max.session.timeout.ms'),
      maxSize: Math.min(number('group.max.size'), MAX_GROUP_MEMBERS),
      maxPendingIds: MAX_GROUP_MEMBERS,
      maxMetadataBytes: MAX_GROUP_METADATA_BYTES,
    };
  }

  /** What the verbs of consumer groups may know, for one request or timer of this group. */
  surroundings(groupId: string): Surroundings {
    return { nowMs: this.options.world.clock.nowMs(), settings: this.consumerSettings(groupId), topics: this.topics };
  }

  consumerSettings(groupId: string): ConsumerSettings {
    const { settings, groupSettings } = this.options;
    // A value given while other bounds held is kept within those of now (KIP-848).
    const bounded = (name: string): number => {
      const value = Number(groupSettings(groupId, `consumer.${name}`));
      const min = Number(settings(`group.consumer.min.${name}`));
      return Math.min(Math.max(value, min), Math.max(Number(settings(`group.consumer.max.${name}`)), min));
    };
    const policy = settings('group.consumer.migration.policy').toLowerCase();
    return {
      sessionTimeoutMs: bounded('session.timeout.ms'),
      heartbeatIntervalMs: bounded('heartbeat.interval.ms'),
      maxSize: Math.min(Number(settings('group.consumer.max.size')), MAX_GROUP_MEMBERS),
      assignors: this.assignors(),
      canUpgrade: policy === 'bidirectional' || policy === 'upgrade',
      canDowngrade: policy === 'bidirectional' || policy === 'downgrade',
      classic: this.groupSettings(),
    };
  }

  /** In order of preference. */
  assignors(): string[] {
    const names = this.options.settings('group.consumer.assignors').split(',');
    return names.map((name) => name.trim()).filter((name) => name !== '');
  }

  /** A shard that is there already stays: the log under it is the same, whatever the epoch. */
  open(partition: number): void {
    if (this.#shards.has(partition)) return;
    const { world, store, settings } = this.options;
    const shard = new Shard({
      world,
      store,
      partition,
      commitTimeoutMs: () => Number(settings('offsets.commit.timeout.ms')),
      onTimer: (group, name) => this.#runTimer(group, name),
      onConsumerTimer: (group, name) => expireMember(group, name, this.surroundings(group.groupId)),
      onLoaded: (loaded) => this.#onLoaded(loaded),
    });
    this.#shards.set(partition, shard);
    void shard.load();
  }

  /** The marker of a transaction, and what it does to positions. NONE, once it is committed, or why not. */
  async endTransaction(
    partition: number,
    marker: Omit<NewMarker, 'timestampMs'>,
    transactionVersion: number,
  ): Promise<number> {
    const shard = this.#shards.get(partition);
    if (shard === undefined) return ErrorCode.NOT_LEADER_OR_FOLLOWER;
    if (!shard.isActive) return ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
    const errorCode = shard.endTransaction(marker, transactionVersion);
    if (errorCode !== ErrorCode.NONE) return errorCode;
    return shard.whenCommitted<number>(
      () => ErrorCode.NONE,
      (code) => code,
    );
  }

  close(partition: number): void {
    const shard = this.#shards.get(partition);
    this.#shards.delete(partition);
    shard?.close();
  }

  closeAll(): void {
    for (const partition of [...this.#shards.keys()]) this.close(partition);
  }

  /** Tombstones for positions in topics that are no more. */
  forgetGoneTopics(shard: Shard): void {
    const { topics, world } = this.options;
    const gone = deleteGoneTopics(shard.state.offsets, (name, topicId) => {
      const currentId = topics.idOf(name);
      return currentId === ZERO_UUID || (topicId !== ZERO_UUID && topicId !== currentId);
    });
    const errorCode = shard.append(gone);
    // What is left is hidden from clients by its topic id, and tried again with the next expiry.
    if (errorCode !== ErrorCode.NONE) world.log.warn(`offsets of deleted topics stay for now: error ${errorCode}`);
  }

  #runTimer(group: ClassicGroup, name: TimerName): Decision<never> {
    const settings = this.groupSettings();
    const nowMs = this.options.world.clock.nowMs();
    if (name === 'join') return expireJoin(group, settings, nowMs);
    if (name === 'sync') return expireSync(group, settings, nowMs);
    return expireSession(group, name.slice('session '.length), settings, nowMs);
  }

  /** Members kept their places over the restart: their sessions begin anew. A group over its size rebalances. */
  #onLoaded(shard: Shard): void {
    const settings = this.groupSettings();
    for (const group of [...shard.state.groups.values()]) {
      const turn = beginTurn(group, settings, this.options.world.clock.nowMs());
      for (const member of group.members.values()) restartSession(turn, member);
      if (group.members.size > settings.maxSize) prepare(turn);
      const errorCode = shard.apply(group, endTurn(turn, null));
      if (errorCode !== ErrorCode.NONE)
        this.options.world.log.warn(`group ${group.groupId}: error ${errorCode} at load`);
    }
    for (const group of shard.state.consumers.values()) this.#resume(shard, group);
    this.forgetGoneTopics(shard);
    this.#expireLater(shard);
  }

  #resume(shard: Shard, group: ConsumerGroup): void {
    const turn = new ConsumerTurn(group, this.surroundings(group.groupId));
    for (const member of group.members.values()) {
      restartMemberSession(turn, member);
      if (member.state === MemberState.unrevoked && member.classic === null) {
        turn.setTimer(`rebalance ${member.memberId}`, member.rebalanceTimeoutMs);
      }
    }
    shard.applyConsumer(group.groupId, turn.end(null));
  }

  #expireLater(shard: Shard): void {
    const delayMs = Number(this.options.settings('offsets.retention.check.interval.ms'));
    shard.setOwnTimer('expiry', delayMs, () => {
      this.forgetGoneTopics(shard);
      this.#expireSome(shard, [...shard.state.groups.keys(), ...shard.state.consumers.keys()].values());
    });
  }

  #expireSome(shard: Shard, groupIds: IterableIterator<string>): void {
    if (!shard.isActive) return;
    const { clock, log, timers } = this.options.world;
    const retentionMs = Number(this.options.settings('offsets.retention.minutes')) * MS_PER_MINUTE;
    const endMs = clock.monotonicMs() + EXPIRY_STEP_MS;
    for (let next = groupIds.next(); next.done !== true; next = groupIds.next()) {
      const group = groupOf(shard.state, next.value);
      if (group === null) continue;
      const errorCode = shard.append(expire(group, shard.state.offsets, retentionMs, clock.nowMs()));
      if (errorCode !== ErrorCode.NONE) {
        log.warn(`expired offsets of group ${next.value} stay for now: error ${errorCode}`);
        break;
      }
      if (clock.monotonicMs() >= endMs) {
        timers.soon(() => this.#expireSome(shard, groupIds));
        return;
      }
    }
    this.#expireLater(shard);
  }
}
