// Members of the classic protocol in a consumer group: JoinGroup, SyncGroup, Heartbeat and LeaveGroup served by the new group. A join
// is answered at once with the member's epoch as generation; the member rejoins whenever it has a step to make. Semantics:
// GroupMetadataManager.classicGroup*ToConsumerGroup.
import { ErrorCode } from '../../../../protocol/errors.ts';
import { CONSUMER_PROTOCOL_TYPE } from '../classic/group.ts';
import type { SyncRequest } from '../classic/sync.ts';
import type { JoinReply, JoinRequest, SyncReply } from '../classic/turn.ts';
import { joinError, syncError } from '../classic/turn.ts';
import { advance, approach, takeOver } from './advance.ts';
import { readSubscription, writeAssignment } from './embedded.ts';
import type { ConsumerGroup, ConsumerMember } from './group.ts';
import { classicProtocolName, MemberState, memberOfInstance, newMember, stateOf } from './group.ts';
import { replaceMember } from './heartbeat.ts';
import { fence } from './leave.ts';
import { canDowngradeReplacing, downgrade } from './migrate.ts';
import type { Assignment } from './partitions.ts';
import { partitionKey } from './partitions.ts';
import type { ConsumerDecision, Surroundings } from './turn.ts';
import { ConsumerTurn, refuseTurn, restartMemberSession } from './turn.ts';

interface Identity {
  readonly memberId: string;
  readonly instanceId: string | null;
}

// ---------------------------------------------------------------------------------------------------------------- join

export function classicJoin(
  group: ConsumerGroup,
  request: JoinRequest,
  surroundings: Surroundings,
): ConsumerDecision<JoinReply> {
  const refused = (errorCode: number, memberId = '') => refuseTurn(joinError(memberId, errorCode));
  const { instanceId } = request;
  const memberId = request.memberId === '' ? request.newMemberId : request.memberId;
  const isReturning = instanceId !== null && group.staticMembers.has(instanceId);
  if (group.members.size >= surroundings.settings.maxSize && !group.members.has(memberId) && !isReturning) {
    return refused(ErrorCode.GROUP_MAX_SIZE_REACHED);
  }
  const { minSessionTimeoutMs, maxSessionTimeoutMs } = surroundings.settings.classic;
  if (request.sessionTimeoutMs < minSessionTimeoutMs || request.sessionTimeoutMs > maxSessionTimeoutMs) {
    return refused(ErrorCode.INVALID_SESSION_TIMEOUT);
  }
  if (!supports(group, request)) return refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  if (request.memberId === '' && instanceId === null && request.needsKnownMemberId) {
    return refused(ErrorCode.MEMBER_ID_REQUIRED, memberId);
  }
  const subscription = readSubscription(request.protocols[0]?.metadata ?? Buffer.alloc(0), surroundings.topics);
  if (subscription === null) return refused(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  const turn = new ConsumerTurn(group, surroundings);
  const holder = instanceId === null ? null : memberOfInstance(group, instanceId);
  const isLastConsumer = holder !== null && canDowngradeReplacing(turn, holder);
  const member = joiner(turn, request, memberId);
  if (typeof member === 'number') return refused(member);
  const updated: ConsumerMember = {
    ...member,
    instanceId: instanceId ?? member.instanceId,
    rackId: subscription.rackId ?? member.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    serverAssignor: null,
    topics: subscription.topics,
    regex: null,
    clientId: request.clientId,
    clientHost: request.clientHost,
    classic: { sessionTimeoutMs: request.sessionTimeoutMs, protocols: request.protocols },
  };
  if (isLastConsumer) return turn.end(joined(joinDowngraded(turn, updated, subscription.owned)));
  const next = advance(turn, updated, subscription.owned);
  turn.setTimer(`join ${memberId}`, null);
  turn.setTimer(`rebalance ${memberId}`, null);
  restartMemberSession(turn, next);
  turn.setTimer(`sync ${memberId}`, next.rebalanceTimeoutMs);
  return turn.end(joined(next));
}

function joined(member: ConsumerMember): JoinReply {
  return {
    errorCode: ErrorCode.NONE,
    memberId: member.memberId,
    generation: member.epoch,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    protocolName: classicProtocolName(member),
    leaderId: '',
    isAssignmentSkipped: false,
    members: [],
  };
}

/**
 * The member in the place of the last one of the consumer protocol: the group is classic from here on, and stable as it was.
 * DIVERGES: what was changing hands is settled by a rebalance; Kafka lets everyone begin with what was meant for it.
 */
function joinDowngraded(turn: ConsumerTurn, updated: ConsumerMember, owned: Assignment): ConsumerMember {
  const isResubscribed = takeOver(turn, turn.group.members.get(updated.memberId) ?? null, updated);
  const member = isResubscribed ? updated : approach(turn, updated, owned);
  downgrade(turn, { leaving: [], isToRebalance: isResubscribed || stateOf(turn.group) !== 'Stable' });
  return member;
}

/** A protocol that every classic member has; those of the consumer protocol have none. */
function supports(group: ConsumerGroup, { protocolType, protocols }: JoinRequest): boolean {
  if (protocolType !== CONSUMER_PROTOCOL_TYPE) return false;
  return protocols.some(({ name }) => {
    for (const { classic } of group.members.values()) {
      if (classic !== null && !classic.protocols.some((own) => own.name === name)) return false;
    }
    return true;
  });
}

function joiner(turn: ConsumerTurn, request: JoinRequest, memberId: string): ConsumerMember | number {
  const { group } = turn;
  if (request.instanceId === null) return group.members.get(memberId) ?? newMember(memberId);
  const holder = memberOfInstance(group, request.instanceId);
  if (request.memberId === '') return holder === null ? newMember(memberId) : replaceMember(turn, holder, memberId);
  if (holder === null) return ErrorCode.UNKNOWN_MEMBER_ID;
  return holder.memberId === memberId ? holder : ErrorCode.FENCED_INSTANCE_ID;
}

// ------------------------------------------------------------------------------------------------------------- the rest

export function classicSync(
  group: ConsumerGroup,
  request: SyncRequest,
  surroundings: Surroundings,
): ConsumerDecision<SyncReply> {
  const turn = new ConsumerTurn(group, surroundings);
  const member = memberFor(group, request);
  if (typeof member === 'number') return refuseTurn(syncError(member));
  if (member.epoch !== request.generation) return refuseTurn(syncError(ErrorCode.ILLEGAL_GENERATION));
  const isOther = (given: string | null, own: string) => given !== null && given !== own;
  if (
    isOther(request.protocolType, CONSUMER_PROTOCOL_TYPE) ||
    isOther(request.protocolName, classicProtocolName(member))
  ) {
    return refuseTurn(syncError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
  }
  if (group.epoch > member.epoch && member.state !== MemberState.unrevoked) {
    turn.setTimer(`join ${member.memberId}`, member.rebalanceTimeoutMs);
    return turn.end(syncError(ErrorCode.REBALANCE_IN_PROGRESS));
  }
  turn.setTimer(`sync ${member.memberId}`, null);
  restartMemberSession(turn, member);
  const metadata = member.classic?.protocols[0]?.metadata ?? Buffer.alloc(0);
  return turn.end<SyncReply>({
    errorCode: ErrorCode.NONE,
    protocolType: request.protocolType,
    protocolName: request.protocolName,
    assignment: writeAssignment(member.assigned, metadata, surroundings.topics),
  });
}

/** `isJoinAwaited`: the timer of the member's next join runs already. */
export function classicHeartbeat(
  group: ConsumerGroup,
  request: Identity & { readonly generation: number; readonly isJoinAwaited: boolean },
  surroundings: Surroundings,
): ConsumerDecision<number> {
  const member = memberFor(group, request);
  if (typeof member === 'number') return refuseTurn(member);
  if (member.epoch !== request.generation) return refuseTurn<number>(ErrorCode.ILLEGAL_GENERATION);
  const turn = new ConsumerTurn(group, surroundings);
  restartMemberSession(turn, member);
  if (!mustRejoin(group, member)) return turn.end<number>(ErrorCode.NONE);
  if (!request.isJoinAwaited) turn.setTimer(`join ${member.memberId}`, member.rebalanceTimeoutMs);
  return turn.end<number>(ErrorCode.REBALANCE_IN_PROGRESS);
}

/** A new epoch, something to give back, or what it waited for is free. */
function mustRejoin(group: ConsumerGroup, member: ConsumerMember): boolean {
  if (member.epoch < group.epoch || member.state === MemberState.unrevoked) return true;
  return member.state === MemberState.unreleased && !waitsForOthers(group, member);
}

function waitsForOthers(group: ConsumerGroup, member: ConsumerMember): boolean {
  for (const [topicId, partitions] of group.targets.get(member.memberId) ?? []) {
    for (const partition of partitions) {
      if (member.assigned.get(topicId)?.has(partition) === true) continue;
      if (group.owners.has(partitionKey(topicId, partition))) return true;
    }
  }
  return false;
}

/** One error code per leaver, in order; one new epoch for all of them. Administrators take out members of either protocol so. */
export function classicLeave(
  group: ConsumerGroup,
  leaving: readonly Identity[],
  surroundings: Surroundings,
): ConsumerDecision<readonly number[]> {
  const turn = new ConsumerTurn(group, surroundings);
  const gone = new Map<string, ConsumerMember>();
  const errorCodes = leaving.map((who) => {
    const member = leaverOf(group, who);
    if (typeof member === 'number') return member;
    gone.set(member.memberId, member);
    return ErrorCode.NONE;
  });
  if (gone.size > 0) fence(turn, ...gone.values());
  return turn.end<readonly number[]>(errorCodes);
}

function leaverOf(group: ConsumerGroup, { memberId, instanceId }: Identity): ConsumerMember | number {
  if (instanceId === null) return group.members.get(memberId) ?? ErrorCode.UNKNOWN_MEMBER_ID;
  const holder = memberOfInstance(group, instanceId);
  if (holder === null) return ErrorCode.UNKNOWN_MEMBER_ID;
  return memberId === '' || memberId === holder.memberId ? holder : ErrorCode.FENCED_INSTANCE_ID;
}

/** A member that speaks the classic protocol; others are not known here. */
function memberFor(group: ConsumerGroup, { memberId, instanceId }: Identity): ConsumerMember | number {
  const member = instanceId === null ? group.members.get(memberId) : memberOfInstance(group, instanceId);
  if (member === undefined || member === null) return ErrorCode.UNKNOWN_MEMBER_ID;
  if (member.memberId !== memberId) return ErrorCode.FENCED_INSTANCE_ID;
  return member.classic === null ? ErrorCode.UNKNOWN_MEMBER_ID : member;
}
