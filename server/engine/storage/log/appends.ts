// Appending to one log: what a leader takes from clients and coordinators, the markers that end transactions, and what a follower
// takes from its leader (UnifiedLog.append). Each is checked, stamped and written within one call; producers and epochs are told of
// it. Used by PartitionLog only.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { DiskError } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import {
  type BatchHeader,
  isControl,
  lastOffsetOf,
  readBatchHeader,
  stampBatch,
  stampLogAppendTime,
} from '../../../protocol/records/batch.ts';
import { EPOCH_PER_TRANSACTION, encodeMarker, markerOf, type NewMarker } from '../../../protocol/records/marker.ts';
import type { StorageContext } from '../context.ts';
import type { LogConfig } from '../log-config.ts';
import {
  type AppendOptions,
  type AppendOutcome,
  type FollowerAppendOutcome,
  type Refusal,
  refused,
} from '../outcome.ts';
import type { Verifications } from '../transactions/verifications.ts';
import { checkFollowerBatches } from './follower-batches.ts';
import type { LocalLog } from './local-log.ts';
import type { LogState } from './state.ts';
import { validate } from './validate.ts';

/** The log that is appended to. */
export interface AppendedLog {
  readonly label: string;
  readonly config: LogConfig;
  readonly startOffset: number;
  readonly verifications: Verifications;
  /** Throws DiskError. */
  truncateFullyTo(offset: number): void;
  /** Never down. Throws DiskError. */
  raiseStart(startOffset: number): void;
}
export interface MarkerOptions {
  readonly leaderEpoch: number;
  readonly nowMs: number;
  readonly transactionVersion: number;
}

export class LogAppends {
  readonly #log: AppendedLog;
  readonly #local: LocalLog;
  readonly #state: LogState;
  readonly #context: StorageContext;

  constructor(log: AppendedLog, local: LocalLog, state: LogState, context: StorageContext) {
    this.#log = log;
    this.#local = local;
    this.#state = state;
    this.#context = context;
  }

  /** See PartitionLog.appendAsLeader. */
  asLeader(records: Buffer, options: AppendOptions): AppendOutcome {
    if (this.#local.isClosed) return this.#closed();
    const { config, label } = this.#log;
    const valid = validate(records, options, { label, config, compression: this.#context.compression });
    if (valid.kind === 'refused') return valid;
    if (valid.records.length > config.segmentBytes) {
      return refused(
        ErrorCode.RECORD_LIST_TOO_LARGE,
        `Message batch size is ${valid.records.length} bytes in append to partition ${label}, which exceeds the maximum configured segment size of ${config.segmentBytes}.`,
      );
    }
    try {
      const repeated = this.#checkSequences(valid.batches, options);
      if (repeated !== null) return repeated;
      const appended = this.#append(valid.records, valid.batches, options);
      for (const { producerId } of valid.batches) this.#log.verifications.written(producerId);
      return appended;
    } catch (error) {
      return this.#refuse(error);
    }
  }
  /** The outcome of an append that must not be made: a duplicate or a refusal. */
  #checkSequences(batches: readonly BatchHeader[], { origin, isVerified }: AppendOptions): AppendOutcome | null {
    const { producers } = this.#state;
    const { startOffset, verifications } = this.#log;
    for (const header of batches) {
      const lowestSequence = verifications.lowestSequence(header);
      const check = producers.check(header, origin, { isVerified: isVerified === true, lowestSequence });
      if (check.kind === 'refused') return check;
      if (check.kind === 'duplicate') {
        const { lastOffset, offsetDelta, timestampMs: logAppendTimeMs } = check.batch;
        return { kind: 'duplicate', baseOffset: lastOffset - offsetDelta, lastOffset, logAppendTimeMs, startOffset };
      }
    }
    return null;
  }

  /** See PartitionLog.appendMarker. */
  marker(marker: NewMarker, options: MarkerOptions): AppendOutcome {
    if (this.#local.isClosed) return this.#closed();
    const { startOffset, verifications } = this.#log;
    try {
      const check = this.#state.producers.checkMarker(marker, options.transactionVersion);
      if (check === 'done') {
        const lastOffset = this.#local.endOffset - 1;
        return { kind: 'duplicate', baseOffset: lastOffset, lastOffset, logAppendTimeMs: -1, startOffset };
      }
      if (check !== 'inOrder') return check;
      verifications.forget(marker, options.transactionVersion >= EPOCH_PER_TRANSACTION);
      const records = encodeMarker(marker);
      return this.#append(records, [readBatchHeader(records, 0)], { ...options, origin: 'coordinator' });
    } catch (error) {
      return this.#refuse(error);
    }
  }

  /** See PartitionLog.appendAsFollower. */
  asFollower(records: Buffer, { nowMs }: { readonly nowMs: number }): FollowerAppendOutcome {
    if (this.#local.isClosed) return this.#closed();
    const { endOffset } = this.#local;
    const { startOffset } = this.#log;
    const valid = checkFollowerBatches(records, startOffset === endOffset ? -1 : endOffset);
    if (valid.kind === 'refused') return valid;
    const [first] = valid.batches;
    if (first === undefined) return { kind: 'appended', lastOffset: endOffset - 1 };
    if (lastOffsetOf(first) < endOffset) {
      const message = `Batch at offset ${first.baseOffset} where ${endOffset} comes next`;
      return refused(ErrorCode.OFFSET_OUT_OF_RANGE, message);
    }
    try {
      if (first.baseOffset < startOffset) this.#log.truncateFullyTo(first.baseOffset);
      this.#write(valid.records, valid.batches, nowMs);
      if (first.baseOffset < startOffset) this.#log.raiseStart(startOffset);
      return { kind: 'appended', lastOffset: this.#local.endOffset - 1 };
    } catch (error) {
      return this.#refuse(error);
    }
  }

  #append(records: Buffer, batches: readonly BatchHeader[], options: AppendOptions): AppendOutcome {
    const baseOffset = this.#local.endOffset;
    const isAppendTime = this.#log.config.timestampType === 'LogAppendTime';
    this.#write(records, stamp(records, batches, { ...options, baseOffset, isAppendTime }), options.nowMs);
    const lastOffset = this.#local.endOffset - 1;
    const logAppendTimeMs = isAppendTime ? options.nowMs : -1;
    return { kind: 'appended', baseOffset, lastOffset, logAppendTimeMs, startOffset: this.#log.startOffset };
  }
  /** Batches with offsets and epochs in them, at the end of the log. Throws DiskError with the log unchanged. */
  #write(records: Buffer, stamped: readonly BatchHeader[], nowMs: number): void {
    const { epochs, producers } = this.#state;
    // Read now: once the marker is written, nothing that follows from it may fail.
    const { segments } = this.#local;
    if (stamped.some(({ attributes }) => isControl(attributes))) segments.loadAborted(segments.active);
    this.#local.append(records, stamped);
    let position = 0;
    for (const header of stamped) {
      epochs.assign(header.leaderEpoch, header.baseOffset);
      const completed = producers.update(header, markerOf(records, position, header));
      const aborted = completed === null ? null : producers.transactions.abortOf(completed);
      if (aborted !== null) segments.aborted(aborted);
      position += header.sizeBytes;
    }
    this.#local.appended(nowMs);
  }

  #closed(): Refusal {
    return refused(ErrorCode.KAFKA_STORAGE_ERROR, `The log of ${this.#log.label} is closed`);
  }
  #refuse(error: unknown): Refusal {
    if (!(error instanceof DiskError || error instanceof DecodeError)) throw error;
    this.#context.log.error(`${this.#log.label}: append failed: ${error.message}`);
    return refused(ErrorCode.KAFKA_STORAGE_ERROR, `Disk error when trying to write to the log: ${error.message}`);
  }
}

interface Stamp {
  readonly baseOffset: number;
  readonly leaderEpoch: number;
  readonly nowMs: number;
  readonly isAppendTime: boolean;
}
/** Offsets, epoch and, where the topic says so, the time of the append, into the bytes. Answers the headers as they are now. */
function stamp(records: Buffer, batches: readonly BatchHeader[], { leaderEpoch, nowMs, ...how }: Stamp): BatchHeader[] {
  let position = 0;
  let { baseOffset } = how;
  return batches.map((header) => {
    stampBatch(records, position, baseOffset, leaderEpoch);
    if (how.isAppendTime) stampLogAppendTime(records, position, header.sizeBytes, nowMs);
    const stamped = how.isAppendTime ? readBatchHeader(records, position) : { ...header, baseOffset, leaderEpoch };
    position += header.sizeBytes;
    baseOffset += header.lastOffsetDelta + 1;
    return stamped;
  });
}
