// SyncGroup: the leader hands in the assignment, everyone gets their part of it. Semantics: GroupMetadataManager.classicGroupSync*.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { ClassicGroup, Ticket } from './group.ts';
import { EMPTY_BYTES } from './group.ts';
import type { Decision, GroupSettings, SyncReply, Turn } from './turn.ts';
import {
  beginTurn,
  endTurn,
  moveTo,
  NO_ERROR,
  put,
  refuse,
  releaseSync,
  restartSession,
  setTimer,
  syncError,
} from './turn.ts';
import { memberAndGenerationError } from './validate.ts';

export interface SyncRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generation: number;
  /** From v5 on; null before. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  /** Opaque; only the leader's are used. */
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[];
  readonly ticket: Ticket;
}

export function sync(
  group: ClassicGroup,
  request: SyncRequest,
  settings: GroupSettings,
  nowMs: number,
): Decision<SyncReply> {
  const error = syncRefusal(group, request);
  if (error !== NO_ERROR) return refuse(group, syncError(error));
  const turn = beginTurn(group, settings, nowMs);
  turn.group.awaitedSyncs.delete(request.memberId);
  if (turn.group.awaitedSyncs.size === 0) setTimer(turn, 'sync', null);
  if (group.state === 'Stable') {
    const member = turn.group.members.get(request.memberId);
    if (member !== undefined) restartSession(turn, member);
    return endTurn(turn, assigned(turn.group, request.memberId));
  }
  park(turn, request);
  if (group.leaderId === request.memberId) finish(turn, request.assignments);
  return endTurn<SyncReply>(turn, null);
}

function syncRefusal(group: ClassicGroup, request: SyncRequest): number {
  const error = memberAndGenerationError(group, request);
  if (error !== NO_ERROR) return error;
  if (isOther(request.protocolType, group.protocolType) || isOther(request.protocolName, group.protocolName)) {
    return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
  }
  if (group.state === 'Empty') return ErrorCode.UNKNOWN_MEMBER_ID;
  return group.state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : NO_ERROR;
}

const isOther = (given: string | null, current: string | null): boolean =>
  given !== null && current !== null && given !== current;

function park(turn: Turn, request: SyncRequest): void {
  releaseSync(turn, request.memberId, syncError(ErrorCode.REBALANCE_IN_PROGRESS));
  const member = turn.group.members.get(request.memberId);
  if (member !== undefined) put(turn, { ...member, syncing: request.ticket });
}

/** The generation is complete: who is not mentioned gets zero bytes. */
function finish(turn: Turn, assignments: SyncRequest['assignments']): void {
  const { group } = turn;
  const parts = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]));
  for (const member of [...group.members.values()]) {
    put(turn, { ...member, assignment: parts.get(member.memberId) ?? EMPTY_BYTES });
  }
  moveTo(turn, 'Stable');
  turn.isRecorded = true;
  for (const member of [...group.members.values()]) {
    if (member.syncing === null) continue;
    releaseSync(turn, member.memberId, assigned(group, member.memberId));
    restartSession(turn, member);
  }
}

function assigned(group: ClassicGroup, memberId: string): SyncReply {
  return {
    errorCode: NO_ERROR,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    assignment: group.members.get(memberId)?.assignment ?? EMPTY_BYTES,
  };
}
