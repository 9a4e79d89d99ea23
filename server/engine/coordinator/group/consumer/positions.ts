// Which positions members of a consumer group may commit and read: their epoch must be the group's idea of it. Semantics:
// ConsumerGroup.validateOffsetCommit, validateOffsetFetch.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { ConsumerGroup } from './group.ts';

export interface CommitterOf {
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly isTransactional: boolean;
  /** It is told STALE_MEMBER_EPOCH, others ILLEGAL_GENERATION. */
  readonly knowsStaleEpoch: boolean;
  /** Its version is from before there were consumer groups. */
  readonly isTooOld: boolean;
}
/** NONE or why the commit is refused as a whole. */
export function consumerCommitError(group: ConsumerGroup, request: CommitterOf): number {
  // From outside, while there are no members.
  if (request.memberEpoch < 0 && group.members.size === 0) return ErrorCode.NONE;
  // Producers of old name no member in their transactions.
  if (request.memberEpoch < 0 && request.memberId === '' && request.isTransactional) return ErrorCode.NONE;
  const member = group.members.get(request.memberId);
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  if (member.classic === null && request.isTooOld) return ErrorCode.UNSUPPORTED_VERSION;
  if (member.epoch === request.memberEpoch) return ErrorCode.NONE;
  return member.classic === null && request.knowsStaleEpoch
    ? ErrorCode.STALE_MEMBER_EPOCH
    : ErrorCode.ILLEGAL_GENERATION;
}

/** Who names no member reads as an administrator. */
export function consumerFetchError(
  group: ConsumerGroup,
  request: { readonly memberId: string | null; readonly memberEpoch: number },
): number {
  if ((request.memberId === null || request.memberId === '') && request.memberEpoch < 0) return ErrorCode.NONE;
  const member = group.members.get(request.memberId ?? '');
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  if (member.epoch === request.memberEpoch) return ErrorCode.NONE;
  return member.classic === null ? ErrorCode.STALE_MEMBER_EPOCH : ErrorCode.ILLEGAL_GENERATION;
}
