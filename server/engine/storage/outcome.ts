// What a partition's log answers: outcomes as values, never thrown. Declared apart so that validation, producer state and the
// log itself can share them.
import type { Int64 } from '../../kernel/int64.ts';
import { ErrorCode } from '../../protocol/errors.ts';

export type AppendOrigin = 'client' | 'coordinator';

export interface AppendOptions {
  readonly leaderEpoch: number;
  /** The broker's clock, for LogAppendTime, timestamp bounds and the expiry of producer ids. */
  readonly nowMs: number;
  /** 'client': exactly one batch, control batches refused. 'coordinator': any number of batches, no size limits but the segment. */
  readonly origin: AppendOrigin;
  /** The transaction coordinator knows that the partition is part of the batch's transaction (KIP-890). */
  readonly isVerified?: boolean;
}

export interface RecordError {
  /** Place of the record within its batch. */
  readonly batchIndex: number;
  readonly message: string;
}

export interface Refusal {
  readonly kind: 'refused';
  readonly errorCode: ErrorCode;
  readonly message: string;
  /** Records at fault; empty when the batch as a whole is. */
  readonly recordErrors: readonly RecordError[];
  /** What was given is not one batch of today's format: Kafka refuses such requests before a log sees them. */
  readonly isMisshapen?: true;
}

export interface Appended {
  readonly kind: 'appended';
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** −1 unless the topic stamps LogAppendTime. */
  readonly logAppendTimeMs: Int64;
  /** The log's start offset after the append. */
  readonly startOffset: number;
}

/** An idempotent producer's retry of a batch that is in the log already: answered with the offsets it got then. */
export interface Duplicate {
  readonly kind: 'duplicate';
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** The largest timestamp in the batch, whatever the topic stamps (UnifiedLog.append). */
  readonly logAppendTimeMs: Int64;
  readonly startOffset: number;
}

export type AppendOutcome = Appended | Duplicate | Refusal;
export type FollowerAppendOutcome = { readonly kind: 'appended'; readonly lastOffset: number } | Refusal;

export interface ReadOptions {
  readonly offset: number;
  readonly maxBytes: number;
  /** Nothing at or above it is answered: the high watermark, the last stable offset or the end offset. */
  readonly upToOffset: number;
  /** KIP-74: at least one whole batch, even when it is larger than `maxBytes`. */
  readonly isFirst: boolean;
  /** Memory to read into, not cleared; fresh memory when absent. The records lie in it. */
  readonly take?: (bytes: number) => Buffer;
}

export type ReadOutcome =
  /** Whole batches; the first may begin before the offset asked for. */
  | { readonly kind: 'records'; readonly records: Buffer; readonly lastOffset: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'outOfRange' };

export interface TimestampedOffset {
  readonly offset: number;
  readonly timestampMs: Int64;
  readonly leaderEpoch: number;
}

/** epoch and endOffset are −1 when the epoch is older than anything known. */
export interface EpochEnd {
  readonly epoch: number;
  readonly endOffset: number;
}

export interface ActiveProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  readonly lastTimestampMs: Int64;
  readonly coordinatorEpoch: number;
  /** −1 outside a transaction. */
  readonly currentTransactionStartOffset: number;
}

export const refused = (errorCode: ErrorCode, message: string, recordErrors: readonly RecordError[] = []): Refusal => ({
  kind: 'refused',
  errorCode,
  message,
  recordErrors,
});

/** INVALID_RECORD of a request that holds no batch, several, or one of an old format (ProduceRequest.validateRecords). */
export const misshapen = (message: string): Refusal => ({
  ...refused(ErrorCode.INVALID_RECORD, message),
  isMisshapen: true,
});
