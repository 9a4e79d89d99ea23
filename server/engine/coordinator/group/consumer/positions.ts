// Which positions members of a consumer group may commit and read: their epoch must be the group's idea of it. Semantics:
// ConsumerGroup.validateOffsetCommit, validateOffsetFetch.
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { ConsumerGroup } from './group.ts';

/** Clients below it do not know STALE_MEMBER_EPOCH. */
const FIRST_COMMIT_VERSION = 9;

/** NONE or why the commit is refused as a whole. `apiVersion` is null for commits of transactions. */
export function consumerCommitError(
  group: ConsumerGroup,
  request: { readonly memberId: string; readonly memberEpoch: number; readonly apiVersion: number | null },
): number {
  // From outside, while there are no members.
  if (request.memberEpoch < 0 && group.members.size === 0) return ErrorCode.NONE;
  // Producers of old name no member in their transactions.
  if (request.memberEpoch < 0 && request.memberId === '' && request.apiVersion === null) return ErrorCode.NONE;
  const member = group.members.get(request.memberId);
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  const isOld = request.apiVersion !== null && request.apiVersion < FIRST_COMMIT_VERSION;
  if (member.classic === null && isOld) return ErrorCode.UNSUPPORTED_VERSION;
  if (member.epoch === request.memberEpoch) return ErrorCode.NONE;
  // TxnOffsetCommit has no STALE_MEMBER_EPOCH.
  const knowsStale = member.classic === null && request.apiVersion !== null;
  return knowsStale ? ErrorCode.STALE_MEMBER_EPOCH : ErrorCode.ILLEGAL_GENERATION;
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
