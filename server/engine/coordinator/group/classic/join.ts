// JoinGroup: a member, new or known, takes part in the next generation. Semantics: GroupMetadataManager.classicGroupJoin*.
// Static members that come back under a new id are in join-static.ts.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { ClassicGroup, Member } from './group.ts';
import { EMPTY_BYTES, hasSameProtocols, supportsProtocols } from './group.ts';
import { replaceStaticMember } from './join-static.ts';
import { completeJoinIfAllJoined, currentGeneration, rebalance, remove } from './rebalance.ts';
import type { Decision, GroupSettings, JoinReply, JoinRequest, Turn } from './turn.ts';
import { beginTurn, endTurn, joinError, NO_ERROR, put, refuse, releaseJoin, restartSession, setTimer } from './turn.ts';
import { memberError } from './validate.ts';

/** How long a member may wait in its first join: it has no id to heartbeat with, and its socket may be gone. */
/** Kept besides the bytes of one protocol of a member. */
const PROTOCOL_OVERHEAD_BYTES = 64;

const NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000;

/** Replies at once with an error, an id to join with, or the current generation; otherwise waits under its ticket. */
export function join(
  group: ClassicGroup,
  request: JoinRequest,
  settings: GroupSettings,
  nowMs: number,
): Decision<JoinReply> {
  const error = joinRefusal(group, request, settings);
  if (error === ErrorCode.GROUP_MAX_SIZE_REACHED) return refuseForSize(group, request, settings, nowMs);
  if (error !== NO_ERROR) return refuse(group, joinError(request.memberId, error));

  const turn = beginTurn(group, settings, nowMs);
  if (request.memberId === '') return endTurn(turn, joinUnknown(turn, request));
  if (group.pendingIds.has(request.memberId)) return endTurn<JoinReply>(turn, add(turn, request, request.memberId));
  const member = group.members.get(request.memberId);
  const identityError = memberError(group, request);
  if (identityError !== NO_ERROR || member === undefined) {
    return refuse(group, joinError(request.memberId, identityError));
  }
  return endTurn(turn, rejoin(turn, request, member));
}

function joinRefusal(group: ClassicGroup, request: JoinRequest, settings: GroupSettings): number {
  const { sessionTimeoutMs } = request;
  if (sessionTimeoutMs < settings.minSessionTimeoutMs || sessionTimeoutMs > settings.maxSessionTimeoutMs) {
    return ErrorCode.INVALID_SESSION_TIMEOUT;
  }
  const hasMemory = metadataBytes(group, request) <= settings.maxMetadataBytes;
  if (!hasMemory || !hasRoom(group, request, settings)) return ErrorCode.GROUP_MAX_SIZE_REACHED;
  if (!supportsProtocols(group, request.protocolType, request.protocols)) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
  // A pending id was handed to a dynamic member; a static one never gets it.
  if (request.instanceId !== null && group.pendingIds.has(request.memberId)) return ErrorCode.UNKNOWN_MEMBER_ID;
  return NO_ERROR;
}

/** What the members would take of memory, with this request's: all that a client may make as long as it likes. */
function metadataBytes(group: ClassicGroup, request: JoinRequest): number {
  let bytes = bytesOf({ ...request, memberId: request.memberId || request.newMemberId });
  for (const member of group.members.values()) if (member.memberId !== request.memberId) bytes += bytesOf(member);
  for (const memberId of group.pendingIds) bytes += memberId.length;
  return bytes;
}
function bytesOf(member: Pick<Member, 'memberId' | 'instanceId' | 'clientId' | 'protocols'>): number {
  const { memberId, instanceId, clientId, protocols } = member;
  let bytes = memberId.length + clientId.length + (instanceId?.length ?? 0);
  for (const { name, metadata } of protocols) bytes += PROTOCOL_OVERHEAD_BYTES + name.length + metadata.length;
  return bytes;
}

/**
 * While a rebalance is on, those who came first count, so that a lowered limit pushes out the last to rejoin. Ids that are only
 * handed out have a bound of their own, so that asking for ids neither fills the memory nor keeps members out.
 */
function hasRoom(group: ClassicGroup, request: JoinRequest, settings: GroupSettings): boolean {
  const { memberId, instanceId } = request;
  if (memberId === '' && group.pendingIds.size >= settings.maxPendingIds) return false;
  if (instanceId !== null && group.staticMembers.has(instanceId)) return true;
  const member = group.members.get(memberId);
  if (group.state !== 'PreparingRebalance') return member !== undefined || group.members.size < settings.maxSize;
  if (member !== undefined && member.joining !== null) return true;
  let joining = 0;
  for (const other of group.members.values()) if (other.joining !== null) joining++;
  return joining < settings.maxSize;
}

/** As Kafka: who is refused for want of room is also removed, so that the others do not wait for it. */
function refuseForSize(
  group: ClassicGroup,
  request: JoinRequest,
  settings: GroupSettings,
  nowMs: number,
): Decision<JoinReply> {
  const turn = beginTurn(group, settings, nowMs);
  if (turn.group.pendingIds.delete(request.memberId)) setTimer(turn, `session ${request.memberId}`, null);
  const member = turn.group.members.get(request.memberId);
  if (member !== undefined) remove(turn, member);
  completeJoinIfAllJoined(turn);
  return endTurn(turn, joinError('', ErrorCode.GROUP_MAX_SIZE_REACHED));
}

function joinUnknown(turn: Turn, request: JoinRequest): JoinReply | null {
  const { newMemberId, instanceId } = request;
  if (instanceId !== null) {
    const holder = turn.group.members.get(turn.group.staticMembers.get(instanceId) ?? '');
    return holder === undefined ? add(turn, request, newMemberId) : replaceStaticMember(turn, request, holder);
  }
  if (!request.needsKnownMemberId) return add(turn, request, newMemberId);
  turn.group.pendingIds.add(newMemberId);
  setTimer(turn, `session ${newMemberId}`, request.sessionTimeoutMs);
  return joinError(newMemberId, ErrorCode.MEMBER_ID_REQUIRED);
}

function add(turn: Turn, request: JoinRequest, memberId: string): null {
  const { group } = turn;
  group.pendingIds.delete(memberId);
  if (group.members.size === 0) {
    group.protocolType = request.protocolType;
    group.leaderId = memberId;
  }
  if (request.instanceId !== null) group.staticMembers.set(request.instanceId, memberId);
  put(turn, {
    memberId,
    instanceId: request.instanceId,
    clientId: request.clientId,
    clientHost: request.clientHost,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    sessionTimeoutMs: request.sessionTimeoutMs,
    protocols: request.protocols,
    assignment: EMPTY_BYTES,
    isNew: true,
    joining: request.ticket,
    syncing: null,
  });
  if (group.initialDelay !== null) group.initialDelay = { ...group.initialDelay, hasNewMember: true };
  setTimer(turn, `session ${memberId}`, NEW_MEMBER_JOIN_TIMEOUT_MS);
  rebalance(turn);
  return null;
}

/** A known member again: with nothing new it gets the generation it missed, otherwise everyone rejoins. */
function rejoin(turn: Turn, request: JoinRequest, member: Member): JoinReply | null {
  const { group } = turn;
  if (group.state === 'Empty') return joinError(request.memberId, ErrorCode.UNKNOWN_MEMBER_ID);
  const isSame = hasSameProtocols(member, request.protocols);
  const isLeader = group.leaderId === member.memberId;
  const missedReply = group.state === 'CompletingRebalance' && isSame;
  // The leader may ask for a rebalance without a change of its own: partitions were added, say.
  const followerUnchanged = group.state === 'Stable' && isSame && !isLeader;
  if (missedReply || followerUnchanged) {
    restartSession(turn, member);
    return currentGeneration(group, member.memberId);
  }
  park(turn, request, member);
  rebalance(turn);
  return null;
}

/** Takes over what the member says now and parks its request; an older one of the same member is told to come again. */
export function park(turn: Turn, request: JoinRequest, member: Member): void {
  releaseJoin(turn, member.memberId, joinError(member.memberId, ErrorCode.REBALANCE_IN_PROGRESS));
  const { protocols, rebalanceTimeoutMs, sessionTimeoutMs, ticket } = request;
  put(turn, { ...member, protocols, rebalanceTimeoutMs, sessionTimeoutMs, joining: ticket });
}
