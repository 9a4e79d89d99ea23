// One turn of a group: a draft that a verb may change freely, and the decision it becomes. The verb stays a pure function of
// (group, request, now): the draft is a copy, and replies, timers and records are only listed, never carried out.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { ClassicGroup, Member, Protocol, Ticket } from './group.ts';
import { EMPTY_BYTES } from './group.ts';

export interface JoinRequest {
  /** '' for a member that has none yet. */
  readonly memberId: string;
  /** The id it gets if it is new: unique, drawn by the caller because this is a pure function. */
  readonly newMemberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  readonly protocols: readonly Protocol[];
  /** From v4 on a dynamic member learns its id first and joins with it (KIP-394). */
  readonly needsKnownMemberId: boolean;
  /** From v9 on the leader can be told not to assign (KIP-814). */
  readonly canSkipAssignment: boolean;
  readonly ticket: Ticket;
}
export interface JoinReply {
  readonly errorCode: number;
  readonly memberId: string;
  readonly generation: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leaderId: string;
  readonly isAssignmentSkipped: boolean;
  /** Empty but for the leader. */
  readonly members: readonly {
    readonly memberId: string;
    readonly instanceId: string | null;
    readonly metadata: Buffer;
  }[];
}
export interface SyncReply {
  readonly errorCode: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Buffer;
}

/** Timers of a group, by name: setting one again replaces it. */
export type TimerName = 'join' | 'sync' | `${'session' | 'rebalance' | 'join' | 'sync'} ${string}`;
export interface TimerChange {
  readonly name: TimerName;
  /** null cancels. */
  readonly delayMs: number | null;
}

export type Release =
  | { readonly kind: 'join'; readonly ticket: Ticket; readonly reply: JoinReply }
  | { readonly kind: 'sync'; readonly ticket: Ticket; readonly reply: SyncReply };

/** What a turn came to. `R` is the reply to the request itself; null when it waits under its ticket. */
export interface Decision<R> {
  readonly group: ClassicGroup;
  readonly reply: R | null;
  /** The group's record must be written before any reply leaves. */
  readonly isRecorded: boolean;
  /** Answers to requests that were parked, in the order they are to leave. */
  readonly releases: readonly Release[];
  readonly timers: readonly TimerChange[];
}

export interface Turn {
  readonly nowMs: number;
  readonly settings: GroupSettings;
  readonly group: Draft;
  readonly releases: Release[];
  readonly timers: TimerChange[];
  isRecorded: boolean;
}

export interface GroupSettings {
  readonly initialRebalanceDelayMs: number;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** Members of one group. */
  readonly maxSize: number;
  /** Ids handed out and not used yet. */
  readonly maxPendingIds: number;
  /** What all members' metadata may take together. */
  readonly maxMetadataBytes: number;
}

/** A ClassicGroup under change. Members stay immutable values: put() replaces one. */
export type Draft = {
  -readonly [K in keyof Omit<
    ClassicGroup,
    'members' | 'staticMembers' | 'pendingIds' | 'awaitedSyncs'
  >]: ClassicGroup[K];
} & {
  members: Map<string, Member>;
  staticMembers: Map<string, string>;
  pendingIds: Set<string>;
  awaitedSyncs: Set<string>;
};

/** `nowMs` is wall clock: it goes into records. */
export function beginTurn(group: ClassicGroup, settings: GroupSettings, nowMs: number): Turn {
  const draft: Draft = {
    ...group,
    members: new Map(group.members),
    staticMembers: new Map(group.staticMembers),
    pendingIds: new Set(group.pendingIds),
    awaitedSyncs: new Set(group.awaitedSyncs),
  };
  return { nowMs, settings, group: draft, releases: [], timers: [], isRecorded: false };
}

export function endTurn<R>(turn: Turn, reply: R | null): Decision<R> {
  const { group, isRecorded, releases, timers } = turn;
  return { group, reply, isRecorded, releases, timers };
}

/** A decision that changes nothing. */
export function refuse<R>(group: ClassicGroup, reply: R): Decision<R> {
  return { group, reply, isRecorded: false, releases: [], timers: [] };
}

export function put(turn: Turn, member: Member): void {
  turn.group.members.set(member.memberId, member);
}

export function moveTo(turn: Turn, state: ClassicGroup['state']): void {
  turn.group.state = state;
  turn.group.stateTimestampMs = turn.nowMs;
}

export function setTimer(turn: Turn, name: TimerName, delayMs: number | null): void {
  turn.timers.push({ name, delayMs });
}

export function restartSession(turn: Turn, member: Member): void {
  setTimer(turn, `session ${member.memberId}`, member.sessionTimeoutMs);
}

/** Answers the member's parked JoinGroup, if it has one. */
export function releaseJoin(turn: Turn, memberId: string, reply: JoinReply): void {
  const member = turn.group.members.get(memberId);
  if (member === undefined || member.joining === null) return;
  turn.releases.push({ kind: 'join', ticket: member.joining, reply });
  put(turn, { ...member, joining: null });
}

/** Answers the member's parked SyncGroup, if it has one. */
export function releaseSync(turn: Turn, memberId: string, reply: SyncReply): void {
  const member = turn.group.members.get(memberId);
  if (member === undefined || member.syncing === null) return;
  turn.releases.push({ kind: 'sync', ticket: member.syncing, reply });
  put(turn, { ...member, syncing: null });
}

export function joinError(memberId: string, errorCode: number): JoinReply {
  return {
    errorCode,
    memberId,
    generation: -1,
    protocolType: null,
    protocolName: null,
    leaderId: '',
    isAssignmentSkipped: false,
    members: [],
  };
}

export function syncError(errorCode: number): SyncReply {
  return { errorCode, protocolType: null, protocolName: null, assignment: EMPTY_BYTES };
}

export const NO_ERROR = ErrorCode.NONE;
