// ConsumerGroupHeartbeat of a member that joins, or is there. Semantics: GroupMetadataManager.consumerGroupHeartbeat (KIP-848,
// KIP-1082). Leaving is in leave.ts.
import { ErrorCode } from '../../../../protocol/errors.ts';
import { advance } from './advance.ts';
import type { ConsumerGroup, ConsumerMember } from './group.ts';
import { LEAVE, LEAVE_STATIC, memberOfInstance, newMember, possessionOf, subscriptionOf } from './group.ts';
import type { Assignment } from './partitions.ts';
import { areEqual, isSubset, NO_PARTITIONS } from './partitions.ts';
import { compileRegex } from './regex/parse.ts';
import type { ConsumerDecision, ConsumerSettings } from './turn.ts';
import { type ConsumerTurn, cancelMemberTimers, Refusal, refuseTurn, restartMemberSession } from './turn.ts';

export interface HeartbeatRequest {
  readonly groupId: string;
  readonly memberId: string;
  /** 0 joins, −1 and −2 leave. */
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** −1 when it has not changed. */
  readonly rebalanceTimeoutMs: number;
  readonly topics: readonly string[] | null;
  readonly regex: string | null;
  readonly serverAssignor: string | null;
  readonly owned: Assignment | null;
  readonly clientId: string;
  readonly clientHost: string;
}

export interface HeartbeatReply {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly memberId: string | null;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  /** null when it has not changed. */
  readonly assignment: Assignment | null;
}

/** What Kafka refuses before it looks at the group; null lets the request pass. `hasOwnId`: from v1 on clients make their ids. */
export function heartbeatProblem(
  request: HeartbeatRequest,
  o: { readonly hasOwnId: boolean; readonly assignors: readonly string[] },
): Refusal | null {
  const invalid = (message: string) => new Refusal(ErrorCode.INVALID_REQUEST, message);
  const { memberEpoch } = request;
  if (request.groupId.trim() === '') return invalid("GroupId can't be empty.");
  if (request.instanceId?.trim() === '') return invalid("InstanceId can't be empty.");
  if (request.rackId?.trim() === '') return invalid("RackId can't be empty.");
  if ((o.hasOwnId || memberEpoch !== 0) && request.memberId.trim() === '') return invalid("MemberId can't be empty.");
  if (memberEpoch === 0) {
    if (request.rebalanceTimeoutMs === -1) return invalid('RebalanceTimeoutMs must be provided in first request.');
    if (request.owned === null || request.owned.size > 0)
      return invalid('TopicPartitions must be empty when (re-)joining.');
    if (request.topics === null && request.regex === null) {
      return invalid('Either SubscribedTopicNames or SubscribedTopicRegex must be non-null in first request.');
    }
  } else if (memberEpoch === LEAVE_STATIC) {
    if (request.instanceId === null) return invalid("InstanceId can't be null.");
  } else if (memberEpoch < LEAVE_STATIC) return invalid('MemberEpoch is invalid.');
  if (request.serverAssignor !== null && !o.assignors.includes(request.serverAssignor)) {
    const message = `ServerAssignor ${request.serverAssignor} is not supported. Supported assignors: ${o.assignors.join(', ')}.`;
    return new Refusal(ErrorCode.UNSUPPORTED_ASSIGNOR, message);
  }
  return regexProblem(request);
}

function regexProblem({ regex, memberEpoch }: HeartbeatRequest): Refusal | null {
  if (regex === null || regex === '' || memberEpoch === LEAVE || memberEpoch === LEAVE_STATIC) return null;
  const program = compileRegex(regex);
  if (typeof program !== 'string') return null;
  const message = `SubscribedTopicRegex \`${regex}\` is not a valid regular expression: ${program}.`;
  return new Refusal(ErrorCode.INVALID_REGULAR_EXPRESSION, message);
}

/** A member joins (epoch 0) or goes on. The turn may already hold what an upgrade from the classic protocol wrote. */
export function consumerHeartbeat(turn: ConsumerTurn, request: HeartbeatRequest): ConsumerDecision<HeartbeatReply> {
  const { settings } = turn.surroundings;
  const { group } = turn;
  if (isFull(group, request, settings)) {
    const message = `The consumer group has reached its maximum capacity of ${settings.maxSize} members.`;
    return refused(new Refusal(ErrorCode.GROUP_MAX_SIZE_REACHED, message));
  }
  const member = request.instanceId === null ? dynamicMember(group, request) : staticMember(turn, request);
  if (member instanceof Refusal) return refused(member);
  const updated: ConsumerMember = {
    ...member,
    instanceId: request.instanceId ?? member.instanceId,
    rackId: request.rackId ?? member.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    serverAssignor: request.serverAssignor ?? member.serverAssignor,
    topics: request.topics === null ? member.topics : [...new Set(request.topics)].sort(),
    regex: request.regex ?? member.regex,
    clientId: request.clientId,
    clientHost: request.clientHost,
    classic: null,
  };
  if (member.classic !== null) {
    turn.setTimer(`join ${member.memberId}`, null);
    turn.setTimer(`sync ${member.memberId}`, null);
  }
  const next = advance(turn, updated, request.owned);
  restartMemberSession(turn, next);
  const isFullRequest =
    request.memberEpoch === 0 ||
    (request.rebalanceTimeoutMs !== -1 && (request.topics ?? request.regex) !== null && request.owned !== null);
  return turn.end({
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    memberId: next.memberId,
    memberEpoch: next.epoch,
    heartbeatIntervalMs: settings.heartbeatIntervalMs,
    assignment: isFullRequest || !areEqual(member.assigned, next.assigned) ? next.assigned : null,
  });
}

export function refusedHeartbeat(refusal: Refusal): HeartbeatReply {
  return {
    errorCode: refusal.errorCode,
    errorMessage: refusal.message,
    memberId: null,
    memberEpoch: 0,
    heartbeatIntervalMs: 0,
    assignment: null,
  };
}
function refused(refusal: Refusal): ConsumerDecision<HeartbeatReply> {
  return refuseTurn(refusedHeartbeat(refusal));
}

/** A static member that takes its own place back is no addition. */
function isFull(group: ConsumerGroup, request: HeartbeatRequest, settings: ConsumerSettings): boolean {
  if (group.members.size < settings.maxSize || group.members.has(request.memberId)) return false;
  return request.instanceId === null || !group.staticMembers.has(request.instanceId);
}

function dynamicMember(group: ConsumerGroup, request: HeartbeatRequest): ConsumerMember | Refusal {
  const member = group.members.get(request.memberId);
  if (member === undefined) {
    if (request.memberEpoch === 0) return newMember(request.memberId);
    return unknownMember(`Member ${request.memberId} is not a member of group ${group.groupId}.`);
  }
  return epochProblem(member, request) ?? member;
}

/** A new instance, one that was away, or one that is there. */
function staticMember(turn: ConsumerTurn, request: HeartbeatRequest): ConsumerMember | Refusal {
  const { memberId, memberEpoch } = request;
  const instanceId = request.instanceId ?? '';
  const holder = memberOfInstance(turn.group, instanceId);
  if (memberEpoch !== 0) {
    if (holder === null) return unknownMember(`Instance id ${instanceId} is unknown.`);
    if (holder.memberId !== memberId) return fencedInstance(memberId, instanceId, holder);
    return epochProblem(holder, request) ?? holder;
  }
  if (holder === null) return newMember(memberId);
  if (holder.memberId === memberId && holder.epoch !== LEAVE_STATIC) return holder;
  if (holder.epoch !== LEAVE_STATIC && holder.classic === null) {
    const message = `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${holder.memberId} member.`;
    return new Refusal(ErrorCode.UNRELEASED_INSTANCE_ID, message);
  }
  return replaceMember(turn, holder, memberId);
}

export function unknownMember(message: string): Refusal {
  return new Refusal(ErrorCode.UNKNOWN_MEMBER_ID, message);
}
export function fencedInstance(memberId: string, instanceId: string, holder: ConsumerMember): Refusal {
  const message = `Static member ${memberId} with instance id ${instanceId} was fenced by member ${holder.memberId}.`;
  return new Refusal(ErrorCode.FENCED_INSTANCE_ID, message);
}

/** The static member under a new id: it keeps its target and what it had, and begins at epoch 0. */
export function replaceMember(turn: ConsumerTurn, old: ConsumerMember, memberId: string): ConsumerMember {
  const { groupId } = turn.group;
  const target = turn.group.targets.get(old.memberId) ?? NO_PARTITIONS;
  removeMember(turn, old.memberId);
  const member = { ...old, memberId, epoch: 0, previousEpoch: 0 };
  turn.write({ kind: 'consumerMember', groupId, memberId, value: subscriptionOf(member) });
  turn.write({ kind: 'consumerTarget', groupId, memberId, value: target });
  turn.write({ kind: 'consumerCurrent', groupId, memberId, value: possessionOf(member) });
  return member;
}

/** Tombstones for everything of the member; its timers go. */
export function removeMember(turn: ConsumerTurn, memberId: string): void {
  const { groupId } = turn.group;
  turn.write({ kind: 'consumerCurrent', groupId, memberId, value: null });
  turn.write({ kind: 'consumerTarget', groupId, memberId, value: null });
  turn.write({ kind: 'consumerMember', groupId, memberId, value: null });
  cancelMemberTimers(turn, memberId);
}

/**
 * A member that lost the last answer comes with its previous epoch and with no more than it has. Epoch 0 begins anew: it has
 * nothing, or it would have been refused.
 */
function epochProblem(member: ConsumerMember, { memberEpoch, owned }: HeartbeatRequest): Refusal | null {
  if (memberEpoch === member.epoch || memberEpoch === 0) return null;
  const fenced = (size: string) =>
    new Refusal(
      ErrorCode.FENCED_MEMBER_EPOCH,
      `The consumer group member has a ${size} member epoch (${memberEpoch}) than the one known by the group coordinator (${member.epoch}). The member must abandon all its partitions and rejoin.`,
    );
  if (memberEpoch > member.epoch) return fenced('greater');
  const lostAnswer = memberEpoch === member.previousEpoch && owned !== null && isSubset(owned, member.assigned);
  return lostAnswer ? null : fenced('smaller');
}
