// Members that go: by their own will (epoch −1), for a while (static, −2), or because a timer ran out. The last member of the
// consumer protocol that goes may turn the group back into a classic one (migrate.ts). Semantics:
// GroupMetadataManager.consumerGroupLeave, consumerGroupFenceMember.
import { ErrorCode } from '../../../../protocol/errors.ts';
import { bump } from './advance.ts';
import type { ConsumerGroup, ConsumerMember } from './group.ts';
import { LEAVE_STATIC, memberOfInstance } from './group.ts';
import type { HeartbeatReply, HeartbeatRequest } from './heartbeat.ts';
import { fencedInstance, refusedHeartbeat, removeMember, unknownMember } from './heartbeat.ts';
import { canDowngradeWithout, downgrade } from './migrate.ts';
import { NO_PARTITIONS } from './partitions.ts';
import type { ConsumerDecision, Surroundings } from './turn.ts';
import { ConsumerTurn, Refusal, refuseTurn } from './turn.ts';

export function consumerLeave(
  group: ConsumerGroup,
  request: HeartbeatRequest,
  surroundings: Surroundings,
): ConsumerDecision<HeartbeatReply> {
  const member = leaver(group, request);
  if (member instanceof Refusal) return refuseTurn(refusedHeartbeat(member));
  const turn = new ConsumerTurn(group, surroundings);
  if (request.instanceId !== null && request.memberEpoch === LEAVE_STATIC) goAway(turn, member);
  else fence(turn, member);
  return turn.end({
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    memberId: request.memberId,
    memberEpoch: request.memberEpoch,
    heartbeatIntervalMs: 0,
    assignment: null,
  });
}

function leaver(group: ConsumerGroup, { memberId, instanceId }: HeartbeatRequest): ConsumerMember | Refusal {
  if (instanceId === null) {
    const member = group.members.get(memberId);
    return member ?? unknownMember(`Member ${memberId} is not a member of group ${group.groupId}.`);
  }
  const holder = memberOfInstance(group, instanceId);
  if (holder === null) return unknownMember(`Instance id ${instanceId} is unknown.`);
  return holder.memberId === memberId ? holder : fencedInstance(memberId, instanceId, holder);
}

/** Its session runs on: it may come back under a new member id, and finds its partitions. */
function goAway(turn: ConsumerTurn, member: ConsumerMember): void {
  const { memberId, state, assigned, epoch } = member;
  const value = { epoch: LEAVE_STATIC, previousEpoch: epoch, state, assigned, pendingRevocation: NO_PARTITIONS };
  turn.write({ kind: 'consumerCurrent', groupId: turn.group.groupId, memberId, value });
  turn.setTimer(`rebalance ${memberId}`, null);
}

/** The members are out; what they had is free at once. */
export function fence(turn: ConsumerTurn, ...leaving: readonly ConsumerMember[]): void {
  if (canDowngradeWithout(turn, leaving)) {
    downgrade(turn, { leaving, isToRebalance: true });
    return;
  }
  for (const { memberId } of leaving) removeMember(turn, memberId);
  bump(turn);
}

/** A timer of the group ran out: `session <id>`, `rebalance <id>`, `join <id>` or `sync <id>`. Each fences the member it names. */
export function expireMember(group: ConsumerGroup, timer: string, surroundings: Surroundings): ConsumerDecision<null> {
  const member = group.members.get(timer.slice(timer.indexOf(' ') + 1));
  if (member === undefined) return refuseTurn(null);
  const turn = new ConsumerTurn(group, surroundings);
  fence(turn, member);
  return turn.end(null);
}
