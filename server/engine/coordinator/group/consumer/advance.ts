// What every request of a member comes to: its subscription is taken over, the group's epoch grows when that or the topics changed,
// everyone's target is computed for a new epoch, and the member goes one step towards its own. Called by heartbeat.ts and
// classic-member.ts. Semantics: GroupMetadataManager.consumerGroupHeartbeat.
import { crc32c } from '../../../../kernel/crc32c.ts';
import { ZERO_UUID } from '../../../../protocol/grammar.ts';
import { hasSameProtocols } from '../classic/group.ts';
import type { Subscriber } from './assign.ts';
import { ASSIGNORS } from './assign.ts';
import type { ConsumerGroup, ConsumerMember, Subscription } from './group.ts';
import { MemberState, possessionOf, subscribedNames, subscriptionOf, topicsOf } from './group.ts';
import type { Assignment } from './partitions.ts';
import { areEqual, NO_PARTITIONS, partitionKey } from './partitions.ts';
import { reconcile } from './reconcile.ts';
import { compileRegex } from './regex/parse.ts';
import type { ConsumerTurn, Topics } from './turn.ts';

/** What a hash of no topics is. */
const NO_HASH = 0;

/** `updated` is in the group or is to be; the member as it stands after its step is returned. */
export function advance(turn: ConsumerTurn, updated: ConsumerMember, owned: Assignment | null): ConsumerMember {
  const before = turn.group.members.get(updated.memberId) ?? null;
  const { assignors } = turn.surroundings.settings;
  const assignor = assignorOf(turn.group, assignors);
  const isOther = takeOver(turn, before, updated);
  // Another way to assign is another assignment, too.
  const isOtherWay = assignorOf(turn.group, assignors) !== assignor;
  if (isOther || isOtherWay || turn.group.checkedTopicsVersion !== turn.surroundings.topics.version()) {
    resolveRegexes(turn);
    // Who comes and subscribes to nothing changes nothing.
    const isResubscribed = isOther && (before !== null || topicsOf(turn.group, updated).length > 0);
    bumpIfChanged(turn, isResubscribed || isOtherWay);
  }
  if (turn.group.epoch > turn.group.assignmentEpoch) retarget(turn);
  return approach(turn, turn.group.members.get(updated.memberId) ?? updated, owned);
}

/** Whether the member subscribes to something else than before. */
export function takeOver(turn: ConsumerTurn, before: ConsumerMember | null, updated: ConsumerMember): boolean {
  if (before !== null && isSameSubscription(before, updated)) return false;
  const { groupId } = turn.group;
  const { memberId } = updated;
  turn.write({ kind: 'consumerMember', groupId, memberId, value: subscriptionOf(updated) });
  if (before === null) return true;
  return (before.regex ?? '') !== (updated.regex ?? '') || !areSameNames(before.topics, updated.topics);
}

function areSameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

function isSameSubscription(a: Subscription, b: Subscription): boolean {
  return (
    a.instanceId === b.instanceId &&
    a.rackId === b.rackId &&
    a.clientId === b.clientId &&
    a.clientHost === b.clientHost &&
    a.regex === b.regex &&
    a.rebalanceTimeoutMs === b.rebalanceTimeoutMs &&
    a.serverAssignor === b.serverAssignor &&
    areSameNames(a.topics, b.topics) &&
    isSameClassic(a.classic, b.classic)
  );
}

function isSameClassic(a: Subscription['classic'], b: Subscription['classic']): boolean {
  if (a === null || b === null) return a === b;
  return a.sessionTimeoutMs === b.sessionTimeoutMs && hasSameProtocols(a, b.protocols);
}

// -------------------------------------------------------------------------------------------- subscriptions and epoch

/** Every expression in use is resolved anew; those nobody uses any more go. */
export function resolveRegexes(turn: ConsumerTurn): void {
  const { groupId, members, regexes, checkedTopicsVersion } = turn.group;
  const { topics, nowMs } = turn.surroundings;
  const used = new Set<string>();
  for (const { regex } of members.values()) if (regex !== null && regex !== '') used.add(regex);
  const isStale = checkedTopicsVersion !== topics.version();
  for (const regex of used) {
    const known = regexes.get(regex);
    if (known !== undefined && !isStale) continue;
    const names = namesMatching(topics, regex);
    if (known !== undefined && areSameNames(known.topics, names)) continue;
    const value = { topics: names, version: topics.version(), timestampMs: nowMs };
    turn.write({ kind: 'consumerRegex', groupId, regex, value });
  }
  for (const regex of regexes.keys()) {
    if (!used.has(regex)) turn.write({ kind: 'consumerRegex', groupId, regex, value: null });
  }
}

/** Sorted. Internal topics are not for patterns, as in Kafka. */
function namesMatching(topics: Topics, regex: string): string[] {
  const program = compileRegex(regex);
  if (typeof program === 'string') return [];
  const names: string[] = [];
  for (const name of topics.names()) if (!name.startsWith('__') && program.matches(name)) names.push(name);
  return names.sort();
}

/** The epoch grows when the member's subscription or the topics that the group subscribes to are others. */
function bumpIfChanged(turn: ConsumerTurn, isResubscribed: boolean): void {
  const { groupId, epoch, metadataHash } = turn.group;
  const hash = hashOf(subscribedNames(turn.group), turn.surroundings.topics);
  turn.topicsVersion = turn.surroundings.topics.version();
  if (!isResubscribed && hash === metadataHash) return;
  turn.write({ kind: 'consumerGroup', groupId, value: { epoch: epoch + 1, metadataHash: hash } });
}

/** After members went: a new epoch in any case. Where nobody is left nothing is assigned in it. */
export function bump(turn: ConsumerTurn): void {
  resolveRegexes(turn);
  bumpIfChanged(turn, true);
  const { groupId, members, epoch } = turn.group;
  if (members.size === 0) turn.write({ kind: 'consumerTargetEpoch', groupId, value: epoch });
}

/** DIVERGES: Kafka's hash is another; whoever takes the log over makes one rebalance of it. */
export function hashOf(names: ReadonlySet<string>, topics: Topics): number {
  const parts: string[] = [];
  for (const name of [...names].sort()) {
    const topicId = topics.idOf(name);
    if (topicId !== ZERO_UUID) parts.push(`${topicId} ${topics.partitionsOf(name)} ${name}`);
  }
  return parts.length === 0 ? NO_HASH : crc32c(Buffer.from(parts.join('\n'))) + 1;
}

// -------------------------------------------------------------------------------------------------------------- target

/** The assignor most members ask for among those served, of equals the one served first; the first served when none asks. */
export function assignorOf(group: ConsumerGroup, assignors: readonly string[]): string {
  const votes = new Map<string, number>();
  for (const { serverAssignor } of group.members.values()) {
    if (serverAssignor !== null && assignors.includes(serverAssignor)) {
      votes.set(serverAssignor, (votes.get(serverAssignor) ?? 0) + 1);
    }
  }
  let winner = assignors[0] ?? 'uniform';
  let most = 0;
  for (const name of assignors) {
    const count = votes.get(name) ?? 0;
    if (count <= most) continue;
    winner = name;
    most = count;
  }
  return winner;
}

function retarget(turn: ConsumerTurn): void {
  const { group } = turn;
  const { topics, settings } = turn.surroundings;
  const counts = new Map<string, number>();
  const subscribers: Subscriber[] = [];
  for (const member of group.members.values()) {
    const topicIds = new Set<string>();
    for (const name of topicsOf(group, member)) {
      const topicId = topics.idOf(name);
      if (topicId === ZERO_UUID) continue;
      topicIds.add(topicId);
      counts.set(topicId, topics.partitionsOf(name));
    }
    const { memberId, instanceId } = member;
    subscribers.push({ memberId, instanceId, topicIds, previous: group.targets.get(memberId) ?? NO_PARTITIONS });
  }
  const assign = ASSIGNORS.get(assignorOf(group, settings.assignors)) ?? ASSIGNORS.get('uniform');
  const targets = assign?.({ subscribers, partitionsOf: (topicId) => counts.get(topicId) ?? 0 }) ?? new Map();
  const { groupId } = group;
  for (const { memberId, previous } of subscribers) {
    const value = targets.get(memberId) ?? NO_PARTITIONS;
    if (group.targets.has(memberId) && areEqual(value, previous)) continue;
    turn.write({ kind: 'consumerTarget', groupId, memberId, value });
  }
  turn.write({ kind: 'consumerTargetEpoch', groupId, value: group.epoch });
}

// --------------------------------------------------------------------------------------------------------- reconciling

/** One step of the member towards its target. */
export function approach(turn: ConsumerTurn, member: ConsumerMember, owned: Assignment | null): ConsumerMember {
  const { group } = turn;
  if (member.state === MemberState.stable && member.epoch === group.assignmentEpoch) return member;
  const next = reconcile(member, {
    epoch: group.assignmentEpoch,
    assignment: group.targets.get(member.memberId) ?? NO_PARTITIONS,
    owned,
    isTaken: (topicId, partition) => group.owners.has(partitionKey(topicId, partition)),
  });
  if (isSamePossession(member, next)) return member;
  const { memberId, state } = next;
  turn.write({ kind: 'consumerCurrent', groupId: group.groupId, memberId, value: possessionOf(next) });
  if (next.classic === null) {
    const isRevoking = state === MemberState.unrevoked;
    turn.setTimer(`rebalance ${memberId}`, isRevoking ? next.rebalanceTimeoutMs : null);
  }
  return next;
}

/** Waiting on without news writes nothing. */
function isSamePossession(a: ConsumerMember, b: ConsumerMember): boolean {
  return (
    a.epoch === b.epoch &&
    a.state === b.state &&
    areEqual(a.assigned, b.assigned) &&
    areEqual(a.pendingRevocation, b.pendingRevocation)
  );
}
