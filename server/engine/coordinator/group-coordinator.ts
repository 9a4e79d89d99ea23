// The group coordinator of one broker: groups of both protocols and committed offsets, one shard per partition of __consumer_offsets led
// here. Handlers call one method per API; the broker tells it which partitions it leads. Only the front: shards.ts keeps the
// shards, requests/ words the answers, group/ and offsets/ decide.
import type { RequestOf, ResponseInput } from '../../protocol/codec.ts';
import type { NewMarker } from '../../protocol/records/marker.ts';
import type { offsetCommit } from '../../protocol/schema/08-offset-commit.ts';
import type { offsetFetch } from '../../protocol/schema/09-offset-fetch.ts';
import type { joinGroup } from '../../protocol/schema/11-join-group.ts';
import type { heartbeat } from '../../protocol/schema/12-heartbeat.ts';
import type { leaveGroup } from '../../protocol/schema/13-leave-group.ts';
import type { syncGroup } from '../../protocol/schema/14-sync-group.ts';
import type { describeGroups } from '../../protocol/schema/15-describe-groups.ts';
import type { listGroups } from '../../protocol/schema/16-list-groups.ts';
import type { txnOffsetCommit } from '../../protocol/schema/28-txn-offset-commit.ts';
import type { deleteGroups } from '../../protocol/schema/42-delete-groups.ts';
import type { offsetDelete } from '../../protocol/schema/47-offset-delete.ts';
import type { consumerGroupHeartbeat } from '../../protocol/schema/68-consumer-group-heartbeat.ts';
import type { consumerGroupDescribe } from '../../protocol/schema/69-consumer-group-describe.ts';
import { commitOffsets, commitTransactionalOffsets } from './requests/commit-offsets.ts';
import { heartbeatConsumerGroup } from './requests/consumer.ts';
import { deleteOffsets } from './requests/delete-offsets.ts';
import { fetchOffsets } from './requests/fetch-offsets.ts';
import * as inspection from './requests/inspection.ts';
import type { GroupRequestContext } from './requests/membership.ts';
import * as membership from './requests/membership.ts';
import type { GroupCoordinatorOptions } from './shards.ts';
import { Shards } from './shards.ts';

export class GroupCoordinator {
  readonly #shards: Shards;

  constructor(options: GroupCoordinatorOptions) {
    this.#shards = new Shards(options);
  }

  /** The partition of __consumer_offsets that keeps this group. Needs partitionCount() > 0. */
  partitionOf(groupId: string): number {
    return this.#shards.partitionOf(groupId);
  }

  /** The broker leads this partition of __consumer_offsets now (or its epoch rose): loads it, then serves it. */
  onLeader(partition: number, _leaderEpoch: number): void {
    this.#shards.open(partition);
  }
  /** The broker leads it no longer: parked requests get NOT_COORDINATOR, memory is freed. */
  onResign(partition: number): void {
    this.#shards.close(partition);
  }
  /** Removes the committed offsets of topics that the image no longer has. Call it after the image changed. */
  onTopicsDeleted(names: readonly string[]): void {
    if (names.length === 0) return;
    for (const shard of this.#shards.all()) if (shard.isActive) this.#shards.forgetGoneTopics(shard);
  }
  /** Topics were made or deleted, or have more partitions: consumer groups look again. Call it after the image changed. */
  onTopicsChanged(): void {
    this.#shards.topicsChanged();
  }
  /**
   * Ends a producer's transaction in a partition of __consumer_offsets: its positions count from now on, or are dropped. Resolves
   * with NONE once the marker is committed, or the code to answer instead.
   */
  endTransaction(
    partition: number,
    marker: Omit<NewMarker, 'timestampMs'>,
    transactionVersion: number,
  ): Promise<number> {
    return this.#shards.endTransaction(partition, marker, transactionVersion);
  }
  commitTransactionalOffsets(
    request: RequestOf<typeof txnOffsetCommit>,
    apiVersion: number,
  ): Promise<ResponseInput<typeof txnOffsetCommit>> {
    return commitTransactionalOffsets(this.#shards, request, apiVersion);
  }
  /** Cancels every timer and answers what is parked with NOT_COORDINATOR. */
  close(): void {
    this.#shards.closeAll();
  }

  joinGroup(
    request: RequestOf<typeof joinGroup>,
    context: GroupRequestContext,
  ): Promise<ResponseInput<typeof joinGroup>> {
    return membership.joinGroup(this.#shards, request, context);
  }
  syncGroup(
    request: RequestOf<typeof syncGroup>,
    _context: GroupRequestContext,
  ): Promise<ResponseInput<typeof syncGroup>> {
    return membership.syncGroup(this.#shards, request);
  }
  heartbeat(request: RequestOf<typeof heartbeat>, _context: GroupRequestContext): ResponseInput<typeof heartbeat> {
    return membership.heartbeatGroup(this.#shards, request);
  }
  leaveGroup(
    request: RequestOf<typeof leaveGroup>,
    context: GroupRequestContext,
  ): Promise<ResponseInput<typeof leaveGroup>> {
    return membership.leaveGroup(this.#shards, request, context);
  }
  commitOffsets(
    request: RequestOf<typeof offsetCommit>,
    context: GroupRequestContext,
  ): Promise<ResponseInput<typeof offsetCommit>> {
    return commitOffsets(this.#shards, request, context);
  }
  fetchOffsets(
    request: RequestOf<typeof offsetFetch>,
    context: GroupRequestContext,
  ): Promise<ResponseInput<typeof offsetFetch>> {
    return fetchOffsets(this.#shards, request, context);
  }
  consumerGroupHeartbeat(
    request: RequestOf<typeof consumerGroupHeartbeat>,
    context: GroupRequestContext,
  ): Promise<ResponseInput<typeof consumerGroupHeartbeat>> {
    return heartbeatConsumerGroup(this.#shards, request, context);
  }
  consumerGroupDescribe(
    request: RequestOf<typeof consumerGroupDescribe>,
    _context: GroupRequestContext,
  ): ResponseInput<typeof consumerGroupDescribe> {
    return inspection.describeConsumerGroups(this.#shards, request);
  }
  describeGroups(
    request: RequestOf<typeof describeGroups>,
    context: GroupRequestContext,
  ): ResponseInput<typeof describeGroups> {
    return inspection.describeGroups(this.#shards, request, context);
  }
  listGroups(request: RequestOf<typeof listGroups>, _context: GroupRequestContext): ResponseInput<typeof listGroups> {
    return inspection.listGroups(this.#shards, request);
  }
  deleteGroups(
    request: RequestOf<typeof deleteGroups>,
    _context: GroupRequestContext,
  ): Promise<ResponseInput<typeof deleteGroups>> {
    return inspection.deleteGroups(this.#shards, request);
  }
  deleteOffsets(
    request: RequestOf<typeof offsetDelete>,
    _context: GroupRequestContext,
  ): Promise<ResponseInput<typeof offsetDelete>> {
    return deleteOffsets(this.#shards, request);
  }
}
