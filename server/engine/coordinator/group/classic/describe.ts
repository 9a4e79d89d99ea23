// What DescribeGroups and ListGroups say of a group. Metadata is shown only of a stable group, assignments as they last were
// (ClassicGroupMember.describeNoMetadata).
import type { ClassicGroup } from './group.ts';
import { EMPTY_BYTES, metadataOf } from './group.ts';

export interface GroupDescription {
  readonly groupState: string;
  readonly protocolType: string;
  readonly protocolData: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly clientId: string;
    readonly clientHost: string;
    readonly memberMetadata: Buffer;
    readonly memberAssignment: Buffer;
  }[];
}

export function describe(group: ClassicGroup): GroupDescription {
  const isStable = group.state === 'Stable';
  return {
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: isStable ? (group.protocolName ?? '') : '',
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: isStable ? metadataOf(member, group.protocolName) : EMPTY_BYTES,
      memberAssignment: member.assignment,
    })),
  };
}

export const GROUP_TYPE = 'classic';

/** Filters compare without case; an empty one lets all pass (KIP-518, KIP-848). */
export function passes(
  group: { readonly state: string; readonly type: string },
  filter: { readonly statesFilter: readonly string[]; readonly typesFilter: readonly string[] },
): boolean {
  return isAmong(group.state, filter.statesFilter) && isAmong(group.type, filter.typesFilter);
}

function isAmong(value: string, filter: readonly string[]): boolean {
  const wanted = value.toLowerCase();
  return filter.length === 0 || filter.some((one) => one.toLowerCase() === wanted);
}
