// A group as its record in __consumer_offsets keeps it, and the group that record brings back. What is not in the record
// (parked requests, timers, handed-out ids, a rebalance under way) does not outlive the broker.
import type { ClassicGroup, GroupState, Member } from './group.ts';
import { metadataOf } from './group.ts';

export interface GroupMetadata {
  readonly protocolType: string;
  readonly generation: number;
  readonly protocol: string | null;
  readonly leader: string | null;
  readonly currentStateTimestamp: number;
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly clientId: string;
    readonly clientHost: string;
    readonly rebalanceTimeout: number;
    readonly sessionTimeout: number;
    readonly subscription: Buffer;
    readonly assignment: Buffer;
  }[];
}

export function toMetadata(group: ClassicGroup): GroupMetadata {
  return {
    protocolType: group.protocolType ?? '',
    generation: group.generation,
    protocol: group.protocolName,
    leader: group.leaderId,
    currentStateTimestamp: group.stateTimestampMs,
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.rebalanceTimeoutMs,
      sessionTimeout: member.sessionTimeoutMs,
      subscription: metadataOf(member, group.protocolName),
      assignment: member.assignment,
    })),
  };
}

/** Stable when it has members, Empty otherwise: nothing else is ever recorded. */
export function fromMetadata(groupId: string, metadata: GroupMetadata): ClassicGroup {
  const members = new Map<string, Member>();
  const staticMembers = new Map<string, string>();
  for (const kept of metadata.members) {
    members.set(kept.memberId, toMember(kept, metadata.protocol ?? ''));
    if (kept.groupInstanceId !== null) staticMembers.set(kept.groupInstanceId, kept.memberId);
  }
  const state: GroupState = members.size === 0 ? 'Empty' : 'Stable';
  return {
    groupId,
    state,
    stateTimestampMs: metadata.currentStateTimestamp,
    generation: metadata.generation,
    protocolType: metadata.protocolType === '' ? null : metadata.protocolType,
    protocolName: metadata.protocol,
    leaderId: metadata.leader,
    members,
    staticMembers,
    pendingIds: new Set(),
    awaitedSyncs: new Set(),
    initialDelay: null,
  };
}

function toMember(kept: GroupMetadata['members'][number], protocolName: string): Member {
  return {
    memberId: kept.memberId,
    instanceId: kept.groupInstanceId,
    clientId: kept.clientId,
    clientHost: kept.clientHost,
    // Records before version 1 have no rebalance time-out.
    rebalanceTimeoutMs: kept.rebalanceTimeout < 0 ? kept.sessionTimeout : kept.rebalanceTimeout,
    sessionTimeoutMs: kept.sessionTimeout,
    protocols: [{ name: protocolName, metadata: kept.subscription }],
    assignment: kept.assignment,
    isNew: false,
    joining: null,
    syncing: null,
  };
}
