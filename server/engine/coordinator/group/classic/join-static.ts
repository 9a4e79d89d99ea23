// A static member that comes back under a new member id (KIP-345): it takes the place of the old one, which is fenced. In a
// stable group this costs no rebalance.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { Member } from './group.ts';
import { selectProtocol } from './group.ts';
import { completeJoinIfAllJoined, currentGeneration, membersFor, prepare } from './rebalance.ts';
import type { JoinReply, JoinRequest, Turn } from './turn.ts';
import { joinError, put, releaseJoin, releaseSync, restartSession, setTimer, syncError } from './turn.ts';

export function replaceStaticMember(turn: Turn, request: JoinRequest, old: Member): JoinReply | null {
  const { group } = turn;
  const oldLeaderId = group.leaderId;
  const memberId = request.newMemberId;
  const needsRecordOnly = group.state === 'Stable';
  takePlace(turn, request, old, needsRecordOnly);
  if (group.state === 'PreparingRebalance') {
    completeJoinIfAllJoined(turn);
    return null;
  }
  if (!needsRecordOnly || selectProtocol(group) !== group.protocolName) {
    if (needsRecordOnly) parkAgain(turn, request);
    prepare(turn);
    return null;
  }
  turn.isRecorded = true;
  const reply = currentGeneration(group, memberId);
  if (!request.canSkipAssignment) {
    // An old client that is told that it leads would assign anew: it is told of the leader before it.
    return { ...reply, leaderId: oldLeaderId ?? '', members: [] };
  }
  const isLeader = group.leaderId === memberId;
  return { ...reply, isAssignmentSkipped: isLeader, members: isLeader ? membersFor(group) : [] };
}

function takePlace(turn: Turn, request: JoinRequest, old: Member, answersAtOnce: boolean): void {
  const { group } = turn;
  const { newMemberId: memberId } = request;
  releaseJoin(turn, old.memberId, joinError(old.memberId, ErrorCode.FENCED_INSTANCE_ID));
  releaseSync(turn, old.memberId, syncError(ErrorCode.FENCED_INSTANCE_ID));
  setTimer(turn, `session ${old.memberId}`, null);
  group.members.delete(old.memberId);
  group.awaitedSyncs.delete(old.memberId);
  // Client id and host stay those of the one before (ClassicGroup.replaceStaticMember).
  const member: Member = {
    ...old,
    memberId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    sessionTimeoutMs: request.sessionTimeoutMs,
    protocols: request.protocols,
    isNew: false,
    joining: answersAtOnce ? null : request.ticket,
    syncing: null,
  };
  put(turn, member);
  if (old.instanceId !== null) group.staticMembers.set(old.instanceId, memberId);
  if (group.leaderId === old.memberId) group.leaderId = memberId;
  restartSession(turn, member);
}

function parkAgain(turn: Turn, request: JoinRequest): void {
  const member = turn.group.members.get(request.newMemberId);
  if (member !== undefined) put(turn, { ...member, joining: request.ticket });
}
