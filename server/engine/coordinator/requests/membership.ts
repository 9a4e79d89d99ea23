// JoinGroup, SyncGroup, Heartbeat and LeaveGroup between the wire and the verbs: finds the shard, copies what outlives the
// request's frame, words the reply for its version.

import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { joinGroup as joinApi } from '../../../protocol/schema/11-join-group.ts';
import type { heartbeat as heartbeatApi } from '../../../protocol/schema/12-heartbeat.ts';
import type { leaveGroup as leaveApi } from '../../../protocol/schema/13-leave-group.ts';
import type { syncGroup as syncApi } from '../../../protocol/schema/14-sync-group.ts';
import { toGroupError } from '../errors.ts';
import type { ClassicGroup, Ticket } from '../group/classic/group.ts';
import { heartbeat } from '../group/classic/heartbeat.ts';
import { join } from '../group/classic/join.ts';
import { leave } from '../group/classic/leave.ts';
import type { SyncRequest as SyncVerb } from '../group/classic/sync.ts';
import { sync } from '../group/classic/sync.ts';
import type { JoinReply, JoinRequest as JoinVerb, SyncReply } from '../group/classic/turn.ts';
import { joinError, syncError } from '../group/classic/turn.ts';
import type { Identity } from '../group/classic/validate.ts';
import { classicHeartbeat, classicJoin, classicLeave, classicSync } from '../group/consumer/classic-member.ts';
import { tombstones } from '../group/consumer/migrate.ts';
import type { Shard } from '../runtime.ts';
import type { Shards } from '../shards.ts';

/** Who asks, as far as groups care. RequestContext of the dispatcher fits. */
export interface GroupRequestContext {
  readonly apiVersion: number;
  readonly clientId: string;
  readonly connection: { readonly remoteHost: string };
}

const MAX_STRING_BYTES = 32_767;
const FIRST_VERSION_OF = { nullProtocol: 7, knownMemberId: 4, skippedAssignment: 9, manyLeaving: 3 } as const;

type JoinRequest = RequestOf<typeof joinApi>;

export async function joinGroup(
  shards: Shards,
  request: JoinRequest,
  context: GroupRequestContext,
): Promise<ResponseInput<typeof joinApi>> {
  const { apiVersion, connection } = context;
  const { clientId } = context;
  const shard = shardFor(shards, request.groupId);
  const error = typeof shard === 'number' ? shard : joinRefusal(shards, shard, request);
  if (typeof shard === 'number' || error !== ErrorCode.NONE) {
    return joinResponse(joinError(request.memberId, error), apiVersion);
  }
  const { random, clock } = shards.options.world;
  const newMemberId = request.memberId === '' ? memberIdFor(request.groupInstanceId ?? clientId, random.uuid()) : '';
  const settings = shards.groupSettings();
  const verb = (ticket: Ticket): JoinVerb => ({
    memberId: request.memberId,
    newMemberId,
    instanceId: request.groupInstanceId,
    clientId,
    clientHost: `/${connection.remoteHost}`,
    sessionTimeoutMs: request.sessionTimeoutMs,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs < 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
    protocolType: request.protocolType,
    protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
    needsKnownMemberId: apiVersion >= FIRST_VERSION_OF.knownMemberId,
    canSkipAssignment: apiVersion >= FIRST_VERSION_OF.skippedAssignment,
    ticket,
  });
  const { groupId } = request;
  const failed = (code: number) => joinError(request.memberId, toGroupError(code));
  const consumer = shard.state.consumers.get(groupId);
  if (consumer !== undefined && consumer.members.size > 0) {
    const decide = (ticket: Ticket) => classicJoin(consumer, verb(ticket), shards.surroundings(groupId));
    return joinResponse(await shard.askConsumer<JoinReply>(groupId, decide, failed), apiVersion);
  }
  if (consumer !== undefined) {
    // Without members it may become a group of either protocol.
    const storeError = shard.append(tombstones(consumer));
    if (storeError !== ErrorCode.NONE) return joinResponse(failed(storeError), apiVersion);
  }
  const decide = (group: ClassicGroup, ticket: Ticket) => join(group, verb(ticket), settings, clock.nowMs());
  return joinResponse(await shard.ask<JoinReply>(groupId, decide, failed), apiVersion);
}

/** Begins with what people know the member by, where that leaves room in a string. */
function memberIdFor(name: string, uuid: string): string {
  const memberId = `${name}-${uuid}`;
  return Buffer.byteLength(memberId) > MAX_STRING_BYTES ? uuid : memberId;
}

function joinRefusal(shards: Shards, shard: Shard, request: JoinRequest): number {
  if (shard.state.groups.has(request.groupId)) return ErrorCode.NONE;
  if ((shard.state.consumers.get(request.groupId)?.members.size ?? 0) > 0) return ErrorCode.NONE;
  if (request.memberId !== '') return ErrorCode.UNKNOWN_MEMBER_ID;
  return shards.isFullFor(request.groupId) ? ErrorCode.POLICY_VIOLATION : ErrorCode.NONE;
}

function joinResponse(reply: JoinReply, apiVersion: number): ResponseInput<typeof joinApi> {
  return {
    errorCode: reply.errorCode,
    generationId: reply.generation,
    protocolType: reply.protocolType,
    protocolName: reply.protocolName ?? (apiVersion < FIRST_VERSION_OF.nullProtocol ? '' : null),
    leader: reply.leaderId,
    skipAssignment: reply.isAssignmentSkipped,
    memberId: reply.memberId,
    members: reply.members.map(({ memberId, instanceId, metadata }) => ({
      memberId,
      groupInstanceId: instanceId,
      metadata,
    })),
  };
}

export async function syncGroup(
  shards: Shards,
  request: RequestOf<typeof syncApi>,
): Promise<ResponseInput<typeof syncApi>> {
  const shard = shardFor(shards, request.groupId);
  if (typeof shard === 'number') return syncError(shard);
  const { groupId } = request;
  const verb = (ticket: Ticket): SyncVerb => ({
    memberId: request.memberId,
    instanceId: request.groupInstanceId,
    generation: request.generationId,
    protocolType: request.protocolType,
    protocolName: request.protocolName,
    assignments: request.assignments.map(({ memberId, assignment }) => ({
      memberId,
      assignment: Buffer.from(assignment),
    })),
    ticket,
  });
  const failed = (code: number) => syncError(toGroupError(code));
  const consumer = shard.state.consumers.get(groupId);
  if (consumer !== undefined) {
    const decide = (ticket: Ticket) => classicSync(consumer, verb(ticket), shards.surroundings(groupId));
    return shard.askConsumer<SyncReply>(groupId, decide, failed);
  }
  if (!shard.state.groups.has(groupId)) return syncError(ErrorCode.UNKNOWN_MEMBER_ID);
  const settings = shards.groupSettings();
  const decide = (group: ClassicGroup, ticket: Ticket) =>
    sync(group, verb(ticket), settings, shards.options.world.clock.nowMs());
  return shard.ask<SyncReply>(groupId, decide, failed);
}

/** Answers at once: a heartbeat changes nothing that could be lost. */
export function heartbeatGroup(
  shards: Shards,
  request: RequestOf<typeof heartbeatApi>,
): ResponseInput<typeof heartbeatApi> {
  const shard = shardFor(shards, request.groupId);
  if (typeof shard === 'number') return { errorCode: shard };
  const { groupId, memberId, groupInstanceId: instanceId, generationId: generation } = request;
  const consumer = shard.state.consumers.get(groupId);
  if (consumer !== undefined) {
    const isJoinAwaited = shard.hasTimer(groupId, `join ${memberId}`);
    const identity = { memberId, instanceId, generation, isJoinAwaited };
    const decision = classicHeartbeat(consumer, identity, shards.surroundings(groupId));
    shard.applyConsumer(groupId, decision);
    return { errorCode: decision.reply };
  }
  const group = shard.state.groups.get(groupId);
  if (group === undefined) return { errorCode: ErrorCode.UNKNOWN_MEMBER_ID };
  const decision = heartbeat(group, { memberId, instanceId, generation });
  shard.apply(group, decision);
  return { errorCode: decision.reply ?? ErrorCode.NONE };
}

export async function leaveGroup(
  shards: Shards,
  request: RequestOf<typeof leaveApi>,
  context: GroupRequestContext,
): Promise<ResponseInput<typeof leaveApi>> {
  const isSingle = context.apiVersion < FIRST_VERSION_OF.manyLeaving;
  const leaving = isSingle
    ? [{ memberId: request.memberId, instanceId: null }]
    : request.members.map(({ memberId, groupInstanceId }) => ({ memberId, instanceId: groupInstanceId }));
  const shard = shardFor(shards, request.groupId);
  if (typeof shard === 'number') return { errorCode: shard };
  const outcome = await leaveGroupOf(shards, shard, request.groupId, leaving);
  if (typeof outcome === 'number') return { errorCode: outcome };
  if (isSingle) return { errorCode: outcome[0] ?? ErrorCode.NONE };
  return {
    errorCode: ErrorCode.NONE,
    members: leaving.map(({ memberId, instanceId }, i) => ({
      memberId,
      groupInstanceId: instanceId,
      errorCode: outcome[i] ?? ErrorCode.NONE,
    })),
  };
}

/** One error code per leaver, or one for all. */
async function leaveGroupOf(
  shards: Shards,
  shard: Shard,
  groupId: string,
  leaving: readonly Identity[],
): Promise<readonly number[] | number> {
  const consumer = shard.state.consumers.get(groupId);
  if (consumer !== undefined) {
    const decide = () => classicLeave(consumer, leaving, shards.surroundings(groupId));
    return shard.askConsumer<readonly number[] | number>(groupId, decide, toGroupError);
  }
  if (!shard.state.groups.has(groupId)) return leaving.map(() => ErrorCode.UNKNOWN_MEMBER_ID);
  const settings = shards.groupSettings();
  return shard.ask<readonly number[] | number>(
    groupId,
    (group) => leave(group, leaving, settings, shards.options.world.clock.nowMs()),
    toGroupError,
  );
}

export function shardFor(shards: Shards, groupId: string): Shard | number {
  return groupId === '' ? ErrorCode.INVALID_GROUP_ID : shards.find(groupId);
}
