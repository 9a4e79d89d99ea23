// OffsetCommit: which positions a request may store. Pure; the records are replayed after they were appended. Semantics:
// OffsetMetadataManager.commitOffset, ClassicGroup.validateOffsetCommit.
import type { Int64 } from '../../../kernel/int64.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { ClassicGroup } from '../group/classic/group.ts';
import { memberAndGenerationError } from '../group/classic/validate.ts';
import type { OffsetRecord } from '../records.ts';

export interface CommitRequest {
  readonly groupId: string;
  readonly memberId: string;
  readonly instanceId: string | null;
  /** −1 from outside the group's protocol. */
  readonly generation: number;
  /** How long the offsets are to be kept (v2–4), −1 for the broker's setting. */
  readonly retentionMs: number;
  readonly topics: readonly CommitTopic[];
  /** Part of a transaction (TxnOffsetCommit): anyone may commit who names no member. */
  readonly isTransactional?: boolean;
  /** The client can be told that there is no such group. */
  readonly knowsMissingGroup?: boolean;
}
export interface CommitTopic {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly offset: Int64;
    readonly leaderEpoch: number;
    readonly metadata: string;
  }[];
}
export interface CommitDecision {
  /** Not NONE: refused as a whole. */
  readonly errorCode: number;
  readonly records: readonly OffsetRecord[];
  /** `${topic index} ${partition}` of those refused one by one with OFFSET_METADATA_TOO_LARGE. */
  readonly tooLarge: ReadonlySet<string>;
  /** The member whose session the commit renews, or null. */
  readonly renewsSessionOf: string | null;
}

/** `refusal` is what a group of the consumer protocol says; null asks the classic one. `group` is null when there is none: only a commit from outside (generation below 0) then creates a simple group. */
export function commit(
  { group, refusal }: { readonly group: ClassicGroup | null; readonly refusal: number | null },
  request: CommitRequest,
  limits: { readonly maxMetadataChars: number },
  nowMs: number,
): CommitDecision {
  const errorCode = refusal ?? commitRefusal(group, request);
  const tooLarge = new Set<string>();
  if (errorCode !== ErrorCode.NONE) return { errorCode, records: [], tooLarge, renewsSessionOf: null };
  const records: OffsetRecord[] = [];
  const isLimited = request.retentionMs >= 0;
  // A client may ask for "for ever"; the sum must stay a number that can be stored.
  const expireTimestampMs = isLimited ? Math.min(nowMs + request.retentionMs, Number.MAX_SAFE_INTEGER) : -1;
  request.topics.forEach(({ name, topicId, partitions }, i) => {
    for (const { partition, offset, leaderEpoch, metadata } of partitions) {
      if (metadata.length > limits.maxMetadataChars) {
        tooLarge.add(`${i} ${partition}`);
        continue;
      }
      const committed = { offset, leaderEpoch, metadata, commitTimestampMs: nowMs, expireTimestampMs, topicId };
      records.push({ kind: 'offset', groupId: request.groupId, topic: name, partition, committed });
    }
  });
  const renewsSessionOf = group?.members.has(request.memberId) ? request.memberId : null;
  return { errorCode, records, tooLarge, renewsSessionOf };
}

function commitRefusal(group: ClassicGroup | null, request: CommitRequest): number {
  const { generation, memberId, instanceId } = request;
  if (group === null) {
    if (generation < 0) return ErrorCode.NONE;
    return request.knowsMissingGroup === true ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION;
  }
  if (generation < 0 && group.state === 'Empty') return ErrorCode.NONE;
  const isTransactional = request.isTransactional === true;
  if (generation < 0 && memberId === '' && instanceId === null) {
    return isTransactional ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
  }
  const error = memberAndGenerationError(group, request);
  if (error !== ErrorCode.NONE) return error;
  // The member has its generation but not yet its assignment: it cannot have consumed anything in it.
  return group.state === 'CompletingRebalance' && !isTransactional ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
}
