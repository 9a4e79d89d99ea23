// A group changes its protocol while its members live (KIP-848): classic to consumer when the first member of the new protocol
// joins, consumer to classic when the last one goes or a static member of the old protocol takes its place. Semantics: GroupMetadataManager.convertToConsumerGroup,
// convertToClassicGroup, ConsumerGroup.fromClassicGroup, ClassicGroup.fromConsumerGroup.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { ClassicGroup, Member } from '../classic/group.ts';
import { CONSUMER_PROTOCOL_TYPE, EMPTY_BYTES, selectProtocol } from '../classic/group.ts';
import { toMetadata } from '../classic/persist.ts';
import { prepare } from '../classic/rebalance.ts';
import { beginTurn, endTurn, joinError, restartSession, syncError } from '../classic/turn.ts';
import { readAssignment, readSubscription, writeAssignment } from './embedded.ts';
import type { ConsumerGroup, ConsumerMember } from './group.ts';
import { MemberState, newConsumerGroup, newMember, possessionOf, subscriptionOf } from './group.ts';
import { NO_PARTITIONS } from './partitions.ts';
import type { ConsumerRecord } from './records.ts';
import type { Surroundings } from './turn.ts';
import { ConsumerTurn, Refusal, restartMemberSession } from './turn.ts';

// -------------------------------------------------------------------------------------------------- classic to consumer

/** A turn that begins with a classic group made a consumer group; an empty one is replaced, one of other protocols stays. */
export function upgrade(classic: ClassicGroup, surroundings: Surroundings): ConsumerTurn | Refusal {
  const { groupId } = classic;
  const turn = new ConsumerTurn(newConsumerGroup(groupId), surroundings);
  turn.writeOther({ kind: 'group', groupId, metadata: null });
  if (classic.members.size === 0) return turn;
  const refusal = upgradeRefusal(classic, surroundings);
  if (refusal !== null) return refusal;
  const members: ConsumerMember[] = [];
  for (const member of classic.members.values()) {
    const converted = toConsumerMember(classic, member, surroundings);
    if (typeof converted === 'string') return notUpgradable(groupId, converted);
    members.push(converted);
  }
  for (const member of members) {
    turn.write({ kind: 'consumerMember', groupId, memberId: member.memberId, value: subscriptionOf(member) });
  }
  turn.write({ kind: 'consumerGroup', groupId, value: { epoch: classic.generation, metadataHash: 0 } });
  for (const { memberId, assigned } of members) {
    turn.write({ kind: 'consumerTarget', groupId, memberId, value: assigned });
  }
  turn.write({ kind: 'consumerTargetEpoch', groupId, value: classic.generation });
  for (const member of members) {
    turn.write({ kind: 'consumerCurrent', groupId, memberId: member.memberId, value: possessionOf(member) });
    restartMemberSession(turn, member);
  }
  releaseParked(turn, classic);
  return turn;
}

function upgradeRefusal(classic: ClassicGroup, { settings }: Surroundings): Refusal | null {
  const { groupId } = classic;
  if (!settings.canUpgrade) return notUpgradable(groupId, 'the online upgrade is disabled');
  if (classic.protocolType !== CONSUMER_PROTOCOL_TYPE) return notUpgradable(groupId, 'it is no group of consumers');
  if (classic.members.size > settings.maxSize) return notUpgradable(groupId, 'it has too many members');
  return null;
}

function notUpgradable(groupId: string, why: string): Refusal {
  const message = `Cannot upgrade the classic group ${groupId} to a consumer group: ${why}.`;
  return new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, message);
}

/** Why it cannot be one of the consumer protocol, where it cannot. */
function toConsumerMember(classic: ClassicGroup, member: Member, { topics }: Surroundings): ConsumerMember | string {
  const chosen = member.protocols.find(({ name }) => name === classic.protocolName) ?? member.protocols[0];
  const subscription = readSubscription(chosen?.metadata ?? EMPTY_BYTES, topics);
  const given = readAssignment(member.assignment, topics);
  if (subscription === null || given === null) return 'the embedded consumer protocol is malformed';
  if (given.hasUserData) return 'its assignor is one of its own, whose user data would be lost';
  const { memberId, instanceId, clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, protocols } = member;
  return {
    ...newMember(memberId),
    instanceId,
    rackId: subscription.rackId,
    clientId,
    clientHost,
    topics: subscription.topics,
    rebalanceTimeoutMs,
    classic: { sessionTimeoutMs, protocols },
    epoch: classic.generation,
    previousEpoch: classic.generation,
    state: MemberState.stable,
    assigned: given.assigned,
    pendingRevocation: NO_PARTITIONS,
  };
}

/** Those who wait in the classic group come again, to the new one. */
function releaseParked(turn: ConsumerTurn, classic: ClassicGroup): void {
  for (const { memberId, joining, syncing } of classic.members.values()) {
    if (joining !== null) {
      const reply = joinError(memberId, ErrorCode.REBALANCE_IN_PROGRESS);
      turn.releases.push({ kind: 'join', ticket: joining, reply });
    }
    if (syncing !== null) {
      const reply = syncError(ErrorCode.REBALANCE_IN_PROGRESS);
      turn.releases.push({ kind: 'sync', ticket: syncing, reply });
    }
  }
}

// -------------------------------------------------------------------------------------------------- consumer to classic

/** Whether only members of the classic protocol would be left, and they may go on as a classic group. */
export function canDowngradeWithout(turn: ConsumerTurn, leaving: readonly ConsumerMember[]): boolean {
  const left = turn.group.members.size - leaving.length;
  return left > 0 && areLastConsumers(turn, leaving) && left <= turn.surroundings.settings.classic.maxSize;
}

/** The same where a static member of the classic protocol takes the place of `replaced`. */
export function canDowngradeReplacing(turn: ConsumerTurn, replaced: ConsumerMember): boolean {
  return areLastConsumers(turn, [replaced]) && turn.group.members.size <= turn.surroundings.settings.classic.maxSize;
}

function areLastConsumers({ group, surroundings }: ConsumerTurn, going: readonly ConsumerMember[]): boolean {
  if (!surroundings.settings.canDowngrade || going.every(({ classic }) => classic !== null)) return false;
  const ids = new Set(going.map(({ memberId }) => memberId));
  for (const other of group.members.values()) {
    if (!ids.has(other.memberId) && other.classic === null) return false;
  }
  return true;
}

/** Ends the consumer group and begins the classic one, which goes on with its generation or rebalances at once. */
export function downgrade(
  turn: ConsumerTurn,
  { leaving, isToRebalance }: { readonly leaving: readonly ConsumerMember[]; readonly isToRebalance: boolean },
): void {
  const { group, surroundings } = turn;
  const classic = toClassicGroup(group, new Set(leaving.map(({ memberId }) => memberId)), surroundings);
  for (const record of tombstones(group)) turn.writeOther(record);
  turn.writeOther({ kind: 'group', groupId: group.groupId, metadata: toMetadata(classic) });
  const { settings, nowMs } = surroundings;
  const next = beginTurn(classic, settings.classic, nowMs);
  for (const member of classic.members.values()) restartSession(next, member);
  if (isToRebalance) prepare(next);
  turn.afterDowngrade = endTurn(next, null);
}

function toClassicGroup(
  group: ConsumerGroup,
  leavingIds: ReadonlySet<string>,
  surroundings: Surroundings,
): ClassicGroup {
  const members = new Map<string, Member>();
  const staticMembers = new Map<string, string>();
  for (const member of group.members.values()) {
    if (leavingIds.has(member.memberId) || member.classic === null) continue;
    const { memberId, instanceId, clientId, clientHost, rebalanceTimeoutMs, classic, assigned } = member;
    const { protocols, sessionTimeoutMs } = classic;
    members.set(memberId, {
      memberId,
      instanceId,
      clientId,
      clientHost,
      rebalanceTimeoutMs,
      sessionTimeoutMs,
      protocols,
      assignment: writeAssignment(assigned, protocols[0]?.metadata ?? EMPTY_BYTES, surroundings.topics),
      isNew: false,
      joining: null,
      syncing: null,
    });
    if (instanceId !== null) staticMembers.set(instanceId, memberId);
  }
  const classic: ClassicGroup = {
    groupId: group.groupId,
    state: 'Stable',
    stateTimestampMs: surroundings.nowMs,
    generation: group.epoch,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    protocolName: null,
    leaderId: members.keys().next().value ?? null,
    members,
    staticMembers,
    pendingIds: new Set(),
    awaitedSyncs: new Set(),
    initialDelay: null,
  };
  return { ...classic, protocolName: selectProtocol(classic) };
}

/** The end of everything of the group, the group itself last. */
export function tombstones(group: ConsumerGroup): ConsumerRecord[] {
  const { groupId } = group;
  const records: ConsumerRecord[] = [];
  for (const memberId of group.members.keys()) {
    records.push({ kind: 'consumerCurrent', groupId, memberId, value: null });
  }
  for (const memberId of group.targets.keys()) records.push({ kind: 'consumerTarget', groupId, memberId, value: null });
  records.push({ kind: 'consumerTargetEpoch', groupId, value: null });
  for (const memberId of group.members.keys()) {
    records.push({ kind: 'consumerMember', groupId, memberId, value: null });
  }
  for (const regex of group.regexes.keys()) records.push({ kind: 'consumerRegex', groupId, regex, value: null });
  records.push({ kind: 'consumerGroup', groupId, value: null });
  return records;
}
