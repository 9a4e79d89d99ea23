// A classic group as one immutable value, and the questions that can be asked of it. Verbs (join.ts, sync.ts, …) turn one value
// into the next; nothing here changes anything. Semantics: Kafka's ClassicGroup.
import { DecodeError } from '../../../../kernel/decode-error.ts';
import { consumerProtocolSubscription } from '../../../../protocol/consumer-protocol.ts';
import { Reader } from '../../../../protocol/reader.ts';

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

/** Stands for one parked request; the runtime knows whose. */
export type Ticket = number;

export interface Protocol {
  readonly name: string;
  /** Opaque: only the members understand it. */
  readonly metadata: Buffer;
}

export interface Member {
  readonly memberId: string;
  /** Not null for a static member (KIP-345). */
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** In the member's order of preference. */
  readonly protocols: readonly Protocol[];
  readonly assignment: Buffer;
  /** Its first join has not been answered: it cannot heartbeat yet. */
  readonly isNew: boolean;
  /** The parked JoinGroup, if any. */
  readonly joining: Ticket | null;
  /** The parked SyncGroup, if any. */
  readonly syncing: Ticket | null;
}

export interface ClassicGroup {
  readonly groupId: string;
  readonly state: GroupState;
  /** Wall clock of the last change of state, as the group's record keeps it; −1 when unknown. */
  readonly stateTimestampMs: number;
  readonly generation: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leaderId: string | null;
  /** In order of arrival. */
  readonly members: ReadonlyMap<string, Member>;
  readonly staticMembers: ReadonlyMap<string, string>;
  /** Ids handed out with MEMBER_ID_REQUIRED that have not joined yet (KIP-394). */
  readonly pendingIds: ReadonlySet<string>;
  /** Members of this generation whose SyncGroup has not come yet. */
  readonly awaitedSyncs: ReadonlySet<string>;
  /** Not null during the first rebalance of an empty group, which waits for company. */
  readonly initialDelay: InitialDelay | null;
}

export interface InitialDelay {
  readonly remainingMs: number;
  readonly hasNewMember: boolean;
}

export const EMPTY_BYTES = Buffer.alloc(0);
export const CONSUMER_PROTOCOL_TYPE = 'consumer';

export function emptyGroup(groupId: string, nowMs: number): ClassicGroup {
  return {
    groupId,
    state: 'Empty',
    stateTimestampMs: nowMs,
    generation: 0,
    protocolType: null,
    protocolName: null,
    leaderId: null,
    members: new Map(),
    staticMembers: new Map(),
    pendingIds: new Set(),
    awaitedSyncs: new Set(),
    initialDelay: null,
  };
}

/** Never joined by anyone and never recorded: it may be forgotten once it holds nothing. */
export function isUnused(group: ClassicGroup): boolean {
  return group.state === 'Empty' && group.generation === 0 && group.pendingIds.size === 0;
}

/** Whether the member could join: the same type, and at least one protocol that every present member supports too. */
export function supportsProtocols(group: ClassicGroup, protocolType: string, protocols: readonly Protocol[]): boolean {
  if (group.state === 'Empty') return protocolType !== '' && protocols.length > 0;
  if (group.protocolType !== protocolType) return false;
  return protocols.some(({ name }) => isSupportedByAll(group, name));
}

function isSupportedByAll(group: ClassicGroup, name: string): boolean {
  for (const member of group.members.values()) {
    if (!member.protocols.some((protocol) => protocol.name === name)) return false;
  }
  return true;
}

/** The protocol with most votes; each member votes for its first that all support. null when there is none. */
export function selectProtocol(group: ClassicGroup): string | null {
  const first = group.members.values().next().value;
  if (first === undefined) return null;
  const common = new Set(first.protocols.map(({ name }) => name).filter((name) => isSupportedByAll(group, name)));
  const votes = new Map<string, number>();
  for (const member of group.members.values()) {
    const choice = member.protocols.find(({ name }) => common.has(name));
    if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
  }
  let winner: string | null = null;
  for (const [name, count] of votes) {
    if (winner === null || count > (votes.get(winner) ?? 0)) winner = name;
  }
  return winner;
}

/** What the member said about the protocol; empty when it does not support it. */
export function metadataOf(member: Member, protocolName: string | null): Buffer {
  return member.protocols.find(({ name }) => name === protocolName)?.metadata ?? EMPTY_BYTES;
}

/** Same protocols in the same order with the same bytes. */
export function hasSameProtocols(member: Pick<Member, 'protocols'>, protocols: readonly Protocol[]): boolean {
  return (
    member.protocols.length === protocols.length &&
    member.protocols.every((mine, i) => {
      const theirs = protocols[i];
      return theirs !== undefined && mine.name === theirs.name && mine.metadata.equals(theirs.metadata);
    })
  );
}

export function haveAllJoined(group: ClassicGroup): boolean {
  if (group.pendingIds.size > 0) return false;
  for (const member of group.members.values()) if (member.joining === null) return false;
  return true;
}

/** The longest any member asked for. */
export function rebalanceTimeoutMs(group: ClassicGroup): number {
  let longest = 0;
  for (const member of group.members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs);
  return longest;
}

/** Topics of a consumer group's members, or null when they cannot be known (another protocol type, unreadable metadata). */
export function subscribedTopics(group: ClassicGroup): ReadonlySet<string> | null {
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE) return null;
  const topics = new Set<string>();
  if (group.members.size === 0) return topics;
  if (group.protocolName === null) return null;
  for (const member of group.members.values()) {
    const subscribed = readTopics(metadataOf(member, group.protocolName));
    if (subscribed === null) return null;
    for (const topic of subscribed) topics.add(topic);
  }
  return topics;
}

/** As Kafka: what cannot be known counts as subscribed for consumers, as not subscribed for others. */
export function isSubscribedTo(group: ClassicGroup, topics: ReadonlySet<string> | null, topic: string): boolean {
  return topics === null ? group.protocolType === CONSUMER_PROTOCOL_TYPE : topics.has(topic);
}

/** Metadata comes from clients: bytes that are no subscription are an outcome here, not a fault. */
function readTopics(metadata: Buffer): readonly string[] | null {
  try {
    const reader = new Reader(metadata);
    const version = reader.int16();
    if (version < 0) return null;
    return consumerProtocolSubscription.read(reader, Math.min(version, consumerProtocolSubscription.versions.max))
      .topics;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
