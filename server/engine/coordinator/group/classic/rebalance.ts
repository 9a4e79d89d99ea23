// The two phases every membership change goes through: join (who takes part) and sync (who got what). Called by the verbs and by
// the group's timers. Semantics: GroupMetadataManager.prepareRebalance, completeClassicGroupJoin, schedulePendingSync.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { ClassicGroup, Member } from './group.ts';
import { EMPTY_BYTES, haveAllJoined, metadataOf, rebalanceTimeoutMs, selectProtocol } from './group.ts';
import type { Decision, GroupSettings, JoinReply, Turn } from './turn.ts';
import {
  beginTurn,
  endTurn,
  joinError,
  moveTo,
  NO_ERROR,
  put,
  releaseJoin,
  releaseSync,
  restartSession,
  setTimer,
  syncError,
} from './turn.ts';

const MAX_GENERATION = 2_147_483_647;

/** After a change of members or their protocols: starts a rebalance, or ends the one under way if all are there. */
export function rebalance(turn: Turn): void {
  if (turn.group.state === 'PreparingRebalance') completeJoinIfAllJoined(turn);
  else prepare(turn);
}

/** Everyone must join again. */
export function prepare(turn: Turn): void {
  const { group, settings } = turn;
  for (const memberId of [...group.members.keys()]) {
    releaseSync(turn, memberId, syncError(ErrorCode.REBALANCE_IN_PROGRESS));
  }
  // Before the leader has said who gets what, what they had counts no more (resetAndPropagateAssignmentWithError).
  if (group.state === 'CompletingRebalance') {
    for (const member of [...group.members.values()]) put(turn, { ...member, assignment: EMPTY_BYTES });
  }
  setTimer(turn, 'sync', null);
  group.awaitedSyncs.clear();
  const wasEmpty = group.state === 'Empty';
  moveTo(turn, 'PreparingRebalance');
  if (wasEmpty) {
    const delayMs = settings.initialRebalanceDelayMs;
    group.initialDelay = { remainingMs: Math.max(rebalanceTimeoutMs(group) - delayMs, 0), hasNewMember: false };
    setTimer(turn, 'join', delayMs);
  } else if (haveAllJoined(group)) completeJoin(turn);
  else setTimer(turn, 'join', rebalanceTimeoutMs(group));
}

/** The first rebalance of an empty group always waits for its timer. */
export function completeJoinIfAllJoined(turn: Turn): void {
  const { group } = turn;
  if (group.state === 'PreparingRebalance' && group.initialDelay === null && haveAllJoined(group)) completeJoin(turn);
}

/** The timer "join": the initial delay is over, or the slowest member's rebalance time-out. */
export function expireJoin(group: ClassicGroup, settings: GroupSettings, nowMs: number): Decision<never> {
  const turn = beginTurn(group, settings, nowMs);
  if (group.state === 'PreparingRebalance') {
    const delay = group.initialDelay;
    const mayWait = settings.initialRebalanceDelayMs > 0 && delay !== null && delay.hasNewMember;
    if (mayWait && delay.remainingMs > 0) extendInitialDelay(turn, delay.remainingMs);
    else completeJoin(turn);
  }
  return endTurn<never>(turn, null);
}

function extendInitialDelay(turn: Turn, remainingMs: number): void {
  const delayMs = Math.min(turn.settings.initialRebalanceDelayMs, remainingMs);
  turn.group.initialDelay = { remainingMs: remainingMs - delayMs, hasNewMember: false };
  setTimer(turn, 'join', delayMs);
}

function completeJoin(turn: Turn): void {
  const { group } = turn;
  setTimer(turn, 'join', null);
  removeLaggards(turn);
  if (group.members.size > 0 && !electLeader(turn)) {
    // Only static members that have not rejoined are left: wait for them or for the end of their sessions.
    setTimer(turn, 'join', rebalanceTimeoutMs(group));
    return;
  }
  group.initialDelay = null;
  group.generation = group.generation >= MAX_GENERATION ? 1 : group.generation + 1;
  group.protocolName = selectProtocol(group);
  group.awaitedSyncs.clear();
  if (group.members.size === 0) {
    moveTo(turn, 'Empty');
    turn.isRecorded = true;
    return;
  }
  moveTo(turn, 'CompletingRebalance');
  for (const memberId of [...group.members.keys()]) answerJoin(turn, memberId);
  setTimer(turn, 'sync', rebalanceTimeoutMs(group));
}

function answerJoin(turn: Turn, memberId: string): void {
  releaseJoin(turn, memberId, currentGeneration(turn.group, memberId));
  const member = turn.group.members.get(memberId);
  if (member === undefined) return;
  put(turn, { ...member, isNew: false });
  restartSession(turn, member);
  turn.group.awaitedSyncs.add(memberId);
}

/** Dynamic members that did not come are out; static ones keep their place until their session ends. */
function removeLaggards(turn: Turn): void {
  for (const member of [...turn.group.members.values()]) {
    if (member.joining === null && member.instanceId === null) remove(turn, member);
  }
}

/** The leader stays if it joined; otherwise the first member that did. False when none did. */
function electLeader(turn: Turn): boolean {
  const { group } = turn;
  const leader = group.leaderId === null ? undefined : group.members.get(group.leaderId);
  if (leader !== undefined && leader.joining !== null) return true;
  for (const member of group.members.values()) {
    if (member.joining === null) continue;
    group.leaderId = member.memberId;
    return true;
  }
  return false;
}

/** Takes the member out of every list; what it had parked is answered UNKNOWN_MEMBER_ID. Does not rebalance. */
export function remove(turn: Turn, member: Member): void {
  const { group } = turn;
  releaseJoin(turn, member.memberId, joinError('', ErrorCode.UNKNOWN_MEMBER_ID));
  releaseSync(turn, member.memberId, syncError(ErrorCode.UNKNOWN_MEMBER_ID));
  group.members.delete(member.memberId);
  group.awaitedSyncs.delete(member.memberId);
  if (member.instanceId !== null && group.staticMembers.get(member.instanceId) === member.memberId) {
    group.staticMembers.delete(member.instanceId);
  }
  if (group.leaderId === member.memberId) group.leaderId = group.members.keys().next().value ?? null;
  setTimer(turn, `session ${member.memberId}`, null);
}

/** The timer "sync": members that joined but never synced are out, and the rest rebalances. */
export function expireSync(group: ClassicGroup, settings: GroupSettings, nowMs: number): Decision<never> {
  const turn = beginTurn(group, settings, nowMs);
  const isSyncing = group.state === 'CompletingRebalance' || group.state === 'Stable';
  if (isSyncing && group.awaitedSyncs.size > 0) {
    for (const memberId of group.awaitedSyncs) {
      const member = turn.group.members.get(memberId);
      if (member !== undefined) remove(turn, member);
    }
    prepare(turn);
  }
  return endTurn<never>(turn, null);
}

/** What JoinGroup answers once a generation stands; only the leader is told who is in it. */
export function currentGeneration(group: ClassicGroup, memberId: string): JoinReply {
  const isLeader = group.leaderId === memberId;
  return {
    errorCode: NO_ERROR,
    memberId,
    generation: group.generation,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leaderId: group.leaderId ?? '',
    isAssignmentSkipped: false,
    members: isLeader ? membersFor(group) : [],
  };
}

export function membersFor(group: ClassicGroup): JoinReply['members'] {
  return [...group.members.values()].map((member) => ({
    memberId: member.memberId,
    instanceId: member.instanceId,
    metadata: metadataOf(member, group.protocolName),
  }));
}
