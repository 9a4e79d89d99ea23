// The group coordinator of one broker: classic groups and committed offsets, one shard per partition of __consumer_offsets led
// here. Handlers call one method per API; the broker tells it which partitions it leads. Holds no socket and no clock of its own.
import type { World } from '../../kernel/world.ts';
import type { RequestOf, ResponseInput } from '../../protocol/codec.ts';
import type { offsetCommit } from '../../protocol/schema/08-offset-commit.ts';
import type { offsetFetch } from '../../protocol/schema/09-offset-fetch.ts';
import type { joinGroup } from '../../protocol/schema/11-join-group.ts';
import type { heartbeat } from '../../protocol/schema/12-heartbeat.ts';
import type { leaveGroup } from '../../protocol/schema/13-leave-group.ts';
import type { syncGroup } from '../../protocol/schema/14-sync-group.ts';
import type { describeGroups } from '../../protocol/schema/15-describe-groups.ts';
import type { listGroups } from '../../protocol/schema/16-list-groups.ts';
import type { deleteGroups } from '../../protocol/schema/42-delete-groups.ts';
import type { offsetDelete } from '../../protocol/schema/47-offset-delete.ts';
import type { CoordinatorStore } from './store.ts';

/** What the coordinator reads of the metadata image. */
export interface TopicLookup {
  /** 0 when there is no such topic. */
  partitionsOf(name: string): number;
  /** ZERO_UUID when there is no such topic. */
  idOf(name: string): string;
  /** null when there is no such topic. */
  nameOf(topicId: string): string | null;
}

export interface GroupCoordinatorOptions {
  readonly world: World;
  readonly store: CoordinatorStore;
  /** The setting in force, by Kafka's name, such as "group.initial.rebalance.delay.ms". */
  readonly settings: (name: string) => string;
  readonly topics: TopicLookup;
  /** Partitions of __consumer_offsets; 0 while it does not exist. */
  readonly partitionCount: () => number;
}

/** Who asks, as far as groups care. RequestContext of the dispatcher fits. */
export interface GroupRequestContext {
  readonly apiVersion: number;
  readonly clientId: string;
  readonly connection: { readonly remoteHost: string };
}

const todo = (): never => {
  throw new Error('not built yet');
};

export class GroupCoordinator {
  readonly options: GroupCoordinatorOptions;
  constructor(options: GroupCoordinatorOptions) {
    this.options = options;
  }
  /** The partition of __consumer_offsets that keeps this group: Java's String.hashCode, made positive, modulo. Needs partitionCount() > 0. */
  partitionOf(_groupId: string): number {
    return todo();
  }
  /** The broker became leader of this partition of __consumer_offsets (or its epoch rose): loads it, then serves it. */
  onLeader(_partition: number, _leaderEpoch: number): void {}
  /** The broker leads it no longer: parked requests get NOT_COORDINATOR, memory is freed. */
  onResign(_partition: number): void {}
  /** Removes the committed offsets of deleted topics. */
  onTopicsDeleted(_names: readonly string[]): void {}
  /** Cancels every timer and answers what is parked with NOT_COORDINATOR. */
  close(): void {}

  async joinGroup(
    _request: RequestOf<typeof joinGroup>,
    _c: GroupRequestContext,
  ): Promise<ResponseInput<typeof joinGroup>> {
    return todo();
  }
  async syncGroup(
    _request: RequestOf<typeof syncGroup>,
    _c: GroupRequestContext,
  ): Promise<ResponseInput<typeof syncGroup>> {
    return todo();
  }
  async heartbeat(
    _request: RequestOf<typeof heartbeat>,
    _c: GroupRequestContext,
  ): Promise<ResponseInput<typeof heartbeat>> {
    return todo();
  }
  async leaveGroup(
    _request: RequestOf<typeof leaveGroup>,
    _c: GroupRequestContext,
  ): Promise<ResponseInput<typeof leaveGroup>> {
    return todo();
  }
  async commitOffsets(
    _request: RequestOf<typeof offsetCommit>,
    _c: GroupRequestContext,
  ): Promise<ResponseInput<typeof offsetCommit>> {
    return todo();
  }
  async fetchOffsets(
    _request: RequestOf<typeof offsetFetch>,
    _c: GroupRequestContext,
  ): Promise<ResponseInput<typeof offsetFetch>> {
    return todo();
  }
  async describeGroups(
    _request: RequestOf<typeof describeGroups>,
    _c: GroupRequestContext,
  ): Promise<ResponseInput<typeof describeGroups>> {
    return todo();
  }
  async listGroups(
    _request: RequestOf<typeof listGroups>,
    _c: GroupRequestContext,
  ): Promise<ResponseInput<typeof listGroups>> {
    return todo();
  }
  async deleteGroups(
    _request: RequestOf<typeof deleteGroups>,
    _c: GroupRequestContext,
  ): Promise<ResponseInput<typeof deleteGroups>> {
    return todo();
  }
  async deleteOffsets(
    _request: RequestOf<typeof offsetDelete>,
    _c: GroupRequestContext,
  ): Promise<ResponseInput<typeof offsetDelete>> {
    return todo();
  }
}
