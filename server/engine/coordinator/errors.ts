// How the log's refusals look to group members. Source: Kafka's CoordinatorOperationExceptionHelper, OffsetMetadataManager.
import { ErrorCode } from '../../protocol/errors.ts';

const NOT_COMMITTED: ReadonlySet<number> = new Set([
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  ErrorCode.REQUEST_TIMED_OUT,
]);
const NOT_LEADER: ReadonlySet<number> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.KAFKA_STORAGE_ERROR,
]);
const TOO_LARGE: ReadonlySet<number> = new Set([
  ErrorCode.MESSAGE_TOO_LARGE,
  ErrorCode.RECORD_LIST_TOO_LARGE,
  ErrorCode.INVALID_FETCH_SIZE,
]);

/** COORDINATOR_NOT_AVAILABLE and NOT_COORDINATOR make clients look again; the rest they report. */
export function toGroupError(storeError: number): number {
  if (NOT_COMMITTED.has(storeError)) return ErrorCode.COORDINATOR_NOT_AVAILABLE;
  if (NOT_LEADER.has(storeError)) return ErrorCode.NOT_COORDINATOR;
  return TOO_LARGE.has(storeError) ? ErrorCode.UNKNOWN_SERVER_ERROR : storeError;
}

/** For commits, what was too large is named as such. */
export function toCommitError(storeError: number): number {
  return TOO_LARGE.has(storeError) ? ErrorCode.INVALID_COMMIT_OFFSET_SIZE : toGroupError(storeError);
}
