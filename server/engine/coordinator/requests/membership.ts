// JoinGroup, SyncGroup, Heartbeat and LeaveGroup between the wire and the verbs: finds the shard, copies what outlives the
// request's frame, words the reply for its version.

import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { joinGroup as joinApi } from '../../../protocol/schema/11-join-group.ts';
import type { heartbeat as heartbeatApi } from '../../../protocol/schema/12-heartbeat.ts';
import type { leaveGroup as leaveApi } from '../../../protocol/schema/13-leave-group.ts';
import type { syncGroup as syncApi } from '../../../protocol/schema/14-sync-group.ts';
import { toGroupError } from '../errors.ts';
import { heartbeat } from '../group/classic/heartbeat.ts';
import { join } from '../group/classic/join.ts';
import { leave } from '../group/classic/leave.ts';
import { sync } from '../group/classic/sync.ts';
import type { JoinReply, SyncReply } from '../group/classic/turn.ts';
import { joinError, syncError } from '../group/classic/turn.ts';
import type { Shard } from '../runtime.ts';
import type { Shards } from '../shards.ts';
import { MAX_GROUP_ID_CHARS } from '../shards.ts';

/** Who asks, as far as groups care. RequestContext of the dispatcher fits. */
export interface GroupRequestContext {
  readonly apiVersion: number;
  readonly clientId: string;
  readonly connection: { readonly remoteHost: string };
}

/** A subscription beyond this could not be recorded anyway. */
const MAX_MEMBER_METADATA_BYTES = 1024 * 1024;
/** DIVERGES: Kafka takes any number and length; all of it is kept in memory and compared with every other member's. */
const MAX_PROTOCOLS = 100;
const MAX_INSTANCE_ID_CHARS = 249;
const MAX_KEPT_CLIENT_ID_CHARS = 255;
const FIRST_VERSION_OF = { nullProtocol: 7, knownMemberId: 4, skippedAssignment: 9, manyLeaving: 3 } as const;

type JoinRequest = RequestOf<typeof joinApi>;

export async function joinGroup(
  shards: Shards,
  request: JoinRequest,
  context: GroupRequestContext,
): Promise<ResponseInput<typeof joinApi>> {
  const { apiVersion, connection } = context;
  const clientId = context.clientId.slice(0, MAX_KEPT_CLIENT_ID_CHARS);
  const shard = shardFor(shards, request.groupId);
  const error = typeof shard === 'number' ? shard : joinRefusal(shards, shard, request);
  if (typeof shard === 'number' || error !== ErrorCode.NONE) {
    return joinResponse(joinError(request.memberId, error), apiVersion);
  }
  const { random, clock } = shards.options.world;
  const newMemberId = request.memberId === '' ? `${request.groupInstanceId ?? clientId}-${random.uuid()}` : '';
  const settings = shards.groupSettings();
  const reply = await shard.ask<JoinReply>(
    request.groupId,
    (group, ticket) =>
      join(
        group,
        {
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
        },
        settings,
        clock.nowMs(),
      ),
    (code) => joinError(request.memberId, toGroupError(code)),
  );
  return joinResponse(reply, apiVersion);
}

function joinRefusal(shards: Shards, shard: Shard, request: JoinRequest): number {
  const instanceChars = request.groupInstanceId?.length ?? 0;
  if (request.protocols.length > MAX_PROTOCOLS || instanceChars > MAX_INSTANCE_ID_CHARS)
    return ErrorCode.INVALID_REQUEST;
  let metadataBytes = request.protocolType.length;
  for (const { name, metadata } of request.protocols) metadataBytes += name.length + metadata.length;
  if (metadataBytes > MAX_MEMBER_METADATA_BYTES) return ErrorCode.INVALID_REQUEST;
  if (shard.state.groups.has(request.groupId)) return ErrorCode.NONE;
  if (request.memberId !== '') return ErrorCode.UNKNOWN_MEMBER_ID;
  return shards.isFull() ? ErrorCode.POLICY_VIOLATION : ErrorCode.NONE;
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
  if (!shard.state.groups.has(request.groupId)) return syncError(ErrorCode.UNKNOWN_MEMBER_ID);
  const settings = shards.groupSettings();
  return shard.ask<SyncReply>(
    request.groupId,
    (group, ticket) =>
      sync(
        group,
        {
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
        },
        settings,
        shards.options.world.clock.nowMs(),
      ),
    (code) => syncError(toGroupError(code)),
  );
}

/** Answers at once: a heartbeat changes nothing that could be lost. */
export function heartbeatGroup(
  shards: Shards,
  request: RequestOf<typeof heartbeatApi>,
): ResponseInput<typeof heartbeatApi> {
  const shard = shardFor(shards, request.groupId);
  if (typeof shard === 'number') return { errorCode: shard };
  const group = shard.state.groups.get(request.groupId);
  if (group === undefined) return { errorCode: ErrorCode.UNKNOWN_MEMBER_ID };
  const { memberId, groupInstanceId: instanceId, generationId: generation } = request;
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
  const settings = shards.groupSettings();
  const isKnown = shard.state.groups.has(request.groupId);
  const outcome = isKnown
    ? await shard.ask<readonly number[] | number>(
        request.groupId,
        (group) => leave(group, leaving, settings, shards.options.world.clock.nowMs()),
        toGroupError,
      )
    : leaving.map(() => ErrorCode.UNKNOWN_MEMBER_ID);
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

function shardFor(shards: Shards, groupId: string): Shard | number {
  return groupId === '' || groupId.length > MAX_GROUP_ID_CHARS ? ErrorCode.INVALID_GROUP_ID : shards.find(groupId);
}
