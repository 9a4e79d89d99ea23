// The two sparse indexes of a segment, kept in Kafka's own byte formats so that loading and storing is one read or write.
// Offset index: 8-byte entries (relative offset, position). Time index: 12-byte entries (timestamp, relative offset).
// Segment decides when to add; nothing here touches a file.
import { type Int64, readInt64, writeInt64 } from '../../../kernel/int64.ts';

const FIRST_ENTRIES = 8;

abstract class SparseIndex {
  readonly baseOffset: number;
  readonly #entryBytes: number;
  protected bytes: Buffer;
  protected count: number;

  constructor(baseOffset: number, entryBytes: number, stored: Buffer) {
    this.baseOffset = baseOffset;
    this.#entryBytes = entryBytes;
    // A copy of its own: what a small file was read into may be a slice of a much larger pool.
    this.bytes = Buffer.alloc(stored.length);
    stored.copy(this.bytes);
    this.count = Math.floor(stored.length / entryBytes);
  }
  get entryCount(): number {
    return this.count;
  }
  get sizeBytes(): number {
    return this.bytes.length;
  }
  /** What the file holds. Shares memory with the index. */
  stored(): Buffer {
    return this.bytes.subarray(0, this.count * this.#entryBytes);
  }
  /** Position of a new entry, with room made for it. */
  protected room(): number {
    const at = this.count * this.#entryBytes;
    if (at + this.#entryBytes > this.bytes.length) {
      const grown = Buffer.alloc(Math.max(FIRST_ENTRIES * this.#entryBytes, 2 * at));
      this.bytes.copy(grown, 0, 0, at);
      this.bytes = grown;
    }
    this.count++;
    return at;
  }
  /** Place of the last entry that `isBelow` holds for, −1 when none; true entries come first. */
  protected lastWhere(isBelow: (entry: number) => boolean): number {
    let low = -1;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (isBelow(middle)) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

export class OffsetIndex extends SparseIndex {
  static readonly entryBytes = 8;

  constructor(baseOffset: number, stored: Buffer = Buffer.alloc(0)) {
    super(baseOffset, OffsetIndex.entryBytes, stored);
  }
  offsetAt(entry: number): number {
    return this.baseOffset + this.bytes.readInt32BE(entry * 8);
  }
  positionAt(entry: number): number {
    return this.bytes.readInt32BE(entry * 8 + 4);
  }
  /** `offset`: the last of the batch that begins at `position`. */
  add(offset: number, position: number): void {
    const at = this.room();
    this.bytes.writeInt32BE(offset - this.baseOffset, at);
    this.bytes.writeInt32BE(position, at + 4);
  }
  /** A position from which on a walk meets the batch holding `offset`. */
  positionFor(offset: number): number {
    const entry = this.lastWhere((i) => this.offsetAt(i) <= offset);
    return entry < 0 ? 0 : this.positionAt(entry);
  }
  /** Whether the entries can be those of a log file of `logBytes`: strictly growing, within the file. */
  isSane(logBytes: number): boolean {
    let offset = -1;
    let position = -1;
    for (let i = 0; i < this.count; i++) {
      const nextOffset = this.bytes.readInt32BE(i * 8);
      const nextPosition = this.positionAt(i);
      if (nextOffset <= offset || nextPosition <= position || nextPosition >= logBytes) return false;
      offset = nextOffset;
      position = nextPosition;
    }
    return this.bytes.length % 8 === 0;
  }
}

export class TimeIndex extends SparseIndex {
  static readonly entryBytes = 12;

  constructor(baseOffset: number, stored: Buffer = Buffer.alloc(0)) {
    super(baseOffset, TimeIndex.entryBytes, stored);
  }
  timestampAt(entry: number): Int64 {
    return readInt64(this.bytes, entry * 12);
  }
  offsetAt(entry: number): number {
    return this.baseOffset + this.bytes.readInt32BE(entry * 12 + 8);
  }
  /** Adds nothing unless the timestamp is larger than the last one (TimeIndex.maybeAppend). */
  add(timestampMs: Int64, offset: number): void {
    if (timestampMs <= this.lastTimestampMs()) return;
    const at = this.room();
    writeInt64(this.bytes, at, timestampMs);
    this.bytes.writeInt32BE(offset - this.baseOffset, at + 8);
  }
  /** −1 when empty. */
  lastTimestampMs(): Int64 {
    return this.count === 0 ? -1 : this.timestampAt(this.count - 1);
  }
  lastOffset(): number {
    return this.count === 0 ? this.baseOffset : this.offsetAt(this.count - 1);
  }
  /** An offset before which every record is older than `timestampMs`. */
  offsetFor(timestampMs: Int64): number {
    const entry = this.lastWhere((i) => this.timestampAt(i) <= timestampMs);
    return entry < 0 ? this.baseOffset : this.offsetAt(entry);
  }
  isSane(endOffset: number): boolean {
    let timestampMs: Int64 = -1;
    let offset = this.baseOffset - 1;
    for (let i = 0; i < this.count; i++) {
      const nextTimestampMs = this.timestampAt(i);
      const nextOffset = this.offsetAt(i);
      if (nextTimestampMs <= timestampMs || nextOffset <= offset || nextOffset >= endOffset) return false;
      timestampMs = nextTimestampMs;
      offset = nextOffset;
    }
    return this.bytes.length % 12 === 0;
  }
}
