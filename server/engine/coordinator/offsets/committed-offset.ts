// One committed offset, as records tell it. Offsets keeps it, PendingOffsets while its transaction is open. Nothing here runs.
import type { Int64 } from '../../../kernel/int64.ts';

export interface CommittedOffset {
  readonly offset: Int64;
  /** −1 when the consumer gave none. */
  readonly leaderEpoch: number;
  /** The consumer's own text, '' for none. */
  readonly metadata: string;
  readonly commitTimestampMs: number;
  /** −1: the group's retention decides. */
  readonly expireTimestampMs: number;
  /** ZERO_UUID when unknown: records of older versions. */
  readonly topicId: string;
}
