// Reading one log: batches from an offset on, and offsets by time. Used by PartitionLog, and by LogState for replays; changes nothing.

import { DecodeError } from '../../../kernel/decode-error.ts';
import type { Int64 } from '../../../kernel/int64.ts';
import { type Compression, DiskError } from '../../../kernel/world.ts';
import { batchSizeBytes } from '../../../protocol/records/batch.ts';
import type { ReadOptions, ReadOutcome, TimestampedOffset } from '../outcome.ts';
import type { LocalLog } from './local-log.ts';
import { findFirstSince, findLargest, type OffsetRange } from './timestamps.ts';

const REPLAY_SLAB_BYTES = 1 << 20;

/** The log that is read. */
export interface ReadLog {
  readonly label: string;
  readonly startOffset: number;
}

export class LogReads {
  readonly #log: ReadLog;
  readonly #local: LocalLog;
  readonly #compression: Compression;

  constructor(log: ReadLog, local: LocalLog, compression: Compression) {
    this.#log = log;
    this.#local = local;
    this.#compression = compression;
  }

  /** See PartitionLog.read. */
  read(options: ReadOptions): ReadOutcome {
    if (this.#local.isClosed) throw new DiskError('EBADF', `the log of ${this.#log.label} is closed`);
    const { offset } = options;
    const { endOffset, segments } = this.#local;
    if (offset < this.#log.startOffset || offset > endOffset) return { kind: 'outOfRange' };
    if (offset >= Math.min(endOffset, options.upToOffset)) return { kind: 'empty' };
    return this.guard(() => {
      const found = segments.read(offset, options);
      return found === null ? { kind: 'empty' } : { kind: 'records', ...found };
    });
  }
  /** See PartitionLog.batches. */
  *batches(fromOffset: number): Generator<Buffer> {
    let offset = Math.max(fromOffset, this.#log.startOffset);
    while (offset < this.#local.endOffset) {
      const upToOffset = this.#local.endOffset;
      const found = this.read({ offset, maxBytes: REPLAY_SLAB_BYTES, upToOffset, isFirst: true });
      if (found.kind !== 'records') return;
      for (let at = 0; at < found.records.length; ) {
        const sizeBytes = batchSizeBytes(found.records, at);
        yield found.records.subarray(at, at + sizeBytes);
        at += sizeBytes;
      }
      offset = found.lastOffset + 1;
    }
  }

  /** See PartitionLog.findByTimestamp. */
  findByTimestamp(timestampMs: Int64, upToOffset: number): TimestampedOffset | null {
    const { all } = this.#local.segments;
    return this.guard(() => findFirstSince(all, timestampMs, this.#upTo(upToOffset), this.#compression));
  }
  /** See PartitionLog.findMaxTimestamp. */
  findMaxTimestamp(upToOffset: number): TimestampedOffset | null {
    const { all } = this.#local.segments;
    return this.guard(() => findLargest(all, this.#upTo(upToOffset), this.#compression));
  }
  #upTo(upToOffset: number): OffsetRange {
    return { fromOffset: this.#log.startOffset, upToOffset };
  }

  /** What cannot be decoded is damage on the disk: a DiskError. */
  guard<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new DiskError('EIO', `${this.#log.label} is damaged: ${error.message}`);
    }
  }
}
