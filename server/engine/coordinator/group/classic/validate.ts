// Whether a request may speak for the member it names. Called by every verb before it changes anything.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { ClassicGroup } from './group.ts';

export interface Identity {
  readonly memberId: string;
  readonly instanceId: string | null;
}

/** NONE, UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID when another member id holds the instance now (KIP-345). */
export function memberError(group: ClassicGroup, who: Identity): number {
  if (who.instanceId !== null) {
    const holder = group.staticMembers.get(who.instanceId);
    if (holder === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    if (holder !== who.memberId) return ErrorCode.FENCED_INSTANCE_ID;
  }
  return group.members.has(who.memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
}

/** memberError, then ILLEGAL_GENERATION for a generation that is not the current one. */
export function memberAndGenerationError(group: ClassicGroup, who: Identity & { readonly generation: number }): number {
  const error = memberError(group, who);
  if (error !== ErrorCode.NONE) return error;
  return who.generation === group.generation ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
}
