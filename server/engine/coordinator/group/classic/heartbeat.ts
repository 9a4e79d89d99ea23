// Heartbeat: the member lives; and the end of its session when none came. Semantics: GroupMetadataManager.classicGroupHeartbeat,
// expireClassicGroupMemberHeartbeat.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { ClassicGroup } from './group.ts';
import { completeJoinIfAllJoined, rebalance, remove } from './rebalance.ts';
import type { Decision, GroupSettings } from './turn.ts';
import { beginTurn, endTurn, NO_ERROR, refuse } from './turn.ts';
import { memberAndGenerationError } from './validate.ts';

export interface HeartbeatRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generation: number;
}

/** Replies the error code; a live member is told REBALANCE_IN_PROGRESS while the group waits for members to join. */
export function heartbeat(group: ClassicGroup, request: HeartbeatRequest): Decision<number> {
  const error = memberAndGenerationError(group, request);
  if (error !== NO_ERROR) return refuse(group, error);
  const member = group.members.get(request.memberId);
  if (member === undefined || group.state === 'Empty') return refuse(group, ErrorCode.UNKNOWN_MEMBER_ID);
  return {
    ...refuse(group, group.state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : NO_ERROR),
    timers: [{ name: `session ${member.memberId}`, delayMs: member.sessionTimeoutMs }],
  };
}

/**
 * The timer "session <id>" of a member, or of an id that was handed out and never used. Whoever has a request parked here is
 * alive, except in its first join, which nobody may wait for.
 */
export function expireSession(
  group: ClassicGroup,
  memberId: string,
  settings: GroupSettings,
  nowMs: number,
): Decision<never> {
  const turn = beginTurn(group, settings, nowMs);
  if (turn.group.pendingIds.delete(memberId)) {
    completeJoinIfAllJoined(turn);
    return endTurn<never>(turn, null);
  }
  const member = turn.group.members.get(memberId);
  if (member === undefined) return endTurn<never>(turn, null);
  const isWaitingHere = member.joining !== null || member.syncing !== null;
  if (isWaitingHere && !member.isNew) return endTurn<never>(turn, null);
  remove(turn, member);
  rebalance(turn);
  return endTurn<never>(turn, null);
}
