// A group of the consumer protocol (KIP-848) as its records in __consumer_offsets describe it, and the questions that can be asked
// of it. Verbs (heartbeat.ts, leave.ts, …) only read it and answer with records; replay.ts is the one writer. Semantics: Kafka's
// ConsumerGroup, ConsumerGroupMember.
import type { Protocol } from '../classic/group.ts';
import type { Assignment } from './partitions.ts';
import { NO_PARTITIONS } from './partitions.ts';

/** Where a member is on its way to its target. Numbers are Kafka's, as in the record. */
export const MemberState = { stable: 0, unrevoked: 1, unreleased: 2 } as const;

/** What a member that still speaks JoinGroup and SyncGroup said. */
export interface ClassicMembership {
  readonly sessionTimeoutMs: number;
  readonly protocols: readonly Protocol[];
}

/** What the member asked for: its record of type 5. */
export interface Subscription {
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** Sorted. */
  readonly topics: readonly string[];
  /** null or '' when it has none. */
  readonly regex: string | null;
  readonly rebalanceTimeoutMs: number;
  readonly serverAssignor: string | null;
  /** null for a member of the consumer protocol. */
  readonly classic: ClassicMembership | null;
}

/** What the member has: its record of type 8. */
export interface Possession {
  /** −2 while a static member is away (LEAVE_STATIC). */
  readonly epoch: number;
  readonly previousEpoch: number;
  readonly state: number;
  readonly assigned: Assignment;
  /** Taken from it and not yet given back. */
  readonly pendingRevocation: Assignment;
}

export interface ConsumerMember extends Subscription, Possession {
  readonly memberId: string;
}

export interface ResolvedRegex {
  readonly topics: readonly string[];
  readonly version: number;
  readonly timestampMs: number;
}

/** Written by replay.ts alone. */
export interface ConsumerGroup {
  readonly kind: 'consumer';
  readonly groupId: string;
  readonly epoch: number;
  /** Stands for the topics subscribed to as they were when the epoch was last checked. */
  readonly metadataHash: number;
  readonly assignmentEpoch: number;
  readonly members: ReadonlyMap<string, ConsumerMember>;
  /** Instance id → member id. */
  readonly staticMembers: ReadonlyMap<string, string>;
  readonly targets: ReadonlyMap<string, Assignment>;
  readonly regexes: ReadonlyMap<string, ResolvedRegex>;
  /** `${topic id}:${partition}` → the member that has it, or has yet to give it back. */
  readonly owners: ReadonlyMap<string, string>;
  /** The version of the topics that metadataHash and regexes were last compared with; −1 after a load. In no record. */
  checkedTopicsVersion: number;
}

export const LEAVE = -1;
export const LEAVE_STATIC = -2;

export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable';

export function newConsumerGroup(groupId: string): ConsumerGroup {
  return {
    kind: 'consumer',
    groupId,
    // As if it had been empty before: its first member makes it 2, as in Kafka since 4.4.
    epoch: 1,
    metadataHash: 0,
    assignmentEpoch: 0,
    members: new Map(),
    staticMembers: new Map(),
    targets: new Map(),
    regexes: new Map(),
    owners: new Map(),
    checkedTopicsVersion: -1,
  };
}

export function newMember(memberId: string): ConsumerMember {
  return {
    memberId,
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    topics: [],
    regex: null,
    rebalanceTimeoutMs: -1,
    serverAssignor: null,
    classic: null,
    epoch: 0,
    previousEpoch: -1,
    state: MemberState.stable,
    assigned: NO_PARTITIONS,
    pendingRevocation: NO_PARTITIONS,
  };
}

/** The two records a member is made of. */
export function subscriptionOf(member: ConsumerMember): Subscription {
  const { instanceId, rackId, clientId, clientHost, topics, regex, rebalanceTimeoutMs, serverAssignor, classic } =
    member;
  return { instanceId, rackId, clientId, clientHost, topics, regex, rebalanceTimeoutMs, serverAssignor, classic };
}
export function possessionOf({ epoch, previousEpoch, state, assigned, pendingRevocation }: ConsumerMember): Possession {
  return { epoch, previousEpoch, state, assigned, pendingRevocation };
}

export function stateOf(group: ConsumerGroup): ConsumerGroupState {
  if (group.members.size === 0) return 'Empty';
  if (group.epoch > group.assignmentEpoch) return 'Assigning';
  for (const member of group.members.values()) {
    if (member.state !== MemberState.stable || member.epoch !== group.assignmentEpoch) return 'Reconciling';
  }
  return 'Stable';
}

export function memberOfInstance(group: ConsumerGroup, instanceId: string): ConsumerMember | null {
  return group.members.get(group.staticMembers.get(instanceId) ?? '') ?? null;
}

/** Names and what the regular expressions resolve to, of all members. */
export function subscribedNames(group: ConsumerGroup): ReadonlySet<string> {
  const names = new Set<string>();
  for (const member of group.members.values()) for (const name of topicsOf(group, member)) names.add(name);
  return names;
}

/** The names a member subscribes to, its regular expression resolved as last recorded. */
export function topicsOf(
  group: ConsumerGroup,
  { topics, regex }: Pick<Subscription, 'topics' | 'regex'>,
): readonly string[] {
  const resolved = regex === null || regex === '' ? undefined : group.regexes.get(regex);
  return resolved === undefined ? topics : [...new Set([...topics, ...resolved.topics])];
}

/** The protocol that a member of the classic one is told of: its own first; '' for a member of the consumer protocol. */
export function classicProtocolName(member: ConsumerMember): string {
  return member.classic?.protocols[0]?.name ?? '';
}
