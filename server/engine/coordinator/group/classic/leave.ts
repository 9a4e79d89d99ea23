// LeaveGroup: members go by their own will, or an administrator takes static ones out by instance id alone (KIP-345).
// Semantics: GroupMetadataManager.classicGroupLeave.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { ClassicGroup } from './group.ts';
import { rebalance, remove } from './rebalance.ts';
import type { Decision, GroupSettings, Turn } from './turn.ts';
import { beginTurn, endTurn, NO_ERROR, setTimer } from './turn.ts';
import type { Identity } from './validate.ts';
import { memberError } from './validate.ts';

/** Replies one error code per named member, in order. One rebalance for all of them. */
export function leave(
  group: ClassicGroup,
  leaving: readonly Identity[],
  settings: GroupSettings,
  nowMs: number,
): Decision<readonly number[]> {
  const turn = beginTurn(group, settings, nowMs);
  const errors = leaving.map((who) => leaveOne(turn, who));
  if (errors.includes(NO_ERROR) && turn.group.state !== 'Empty') rebalance(turn);
  return endTurn(turn, errors);
}

function leaveOne(turn: Turn, who: Identity): number {
  const { group } = turn;
  if (group.pendingIds.delete(who.memberId)) {
    setTimer(turn, `session ${who.memberId}`, null);
    return NO_ERROR;
  }
  const byInstanceOnly = who.memberId === '' && who.instanceId !== null;
  const memberId = byInstanceOnly ? (group.staticMembers.get(who.instanceId ?? '') ?? '') : who.memberId;
  const error = memberError(group, { memberId, instanceId: who.instanceId });
  const member = group.members.get(memberId);
  if (error !== NO_ERROR || member === undefined) return error === NO_ERROR ? ErrorCode.UNKNOWN_MEMBER_ID : error;
  remove(turn, member);
  return NO_ERROR;
}
