// Cuts a byte stream into Kafka's length-prefixed frames. Used by both ends of a connection. Memory follows what has arrived,
// never what a length prefix promises: a frame that has not arrived grows its buffer as bytes come in.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { FramePool } from './frame-pool.ts';

/** socket.request.max.bytes */
export const MAX_FRAME_BYTES = 104_857_600;
/** Up to this size a frame's buffer is allocated at once. Larger ones begin with 64 KiB, then 1 MiB, then eightfold. */
const WHOLE_BYTES = 262_144;
const FIRST_BYTES = 65_536;
const SECOND_BYTES = 1_048_576;
const GROWTH = 8;
const LENGTH_BYTES = 4;

/** Bytes that half-received frames of all connections of a node may take together. */
export class ByteBudget {
  readonly limitBytes: number;
  usedBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }
  /** False, and nothing taken, when the limit would be passed. */
  take(bytes: number): boolean {
    if (this.usedBytes + bytes > this.limitBytes) return false;
    this.usedBytes += bytes;
    return true;
  }
  release(bytes: number): void {
    this.usedBytes -= bytes;
  }
}

export class FrameReader {
  #maxBytes: number;
  readonly #budget: ByteBudget;
  readonly #pool: FramePool;
  /** Bytes that arrived and are not part of a frame yet, in order; the first from #head on. */
  readonly #chunks: Buffer[] = [];
  #head = 0;
  #waitingBytes = 0;
  /** Size of the frame being received; −1 while its prefix is not complete. */
  #size = -1;
  #partial: Buffer | null = null;
  #partialBytes = 0;
  /** What the frame given last lies in, when that is memory of its own. */
  #lent: Buffer | null = null;

  constructor(
    maxBytes: number = MAX_FRAME_BYTES,
    budget: ByteBudget = new ByteBudget(Number.MAX_SAFE_INTEGER),
    pool: FramePool = new FramePool(),
  ) {
    this.#maxBytes = maxBytes;
    this.#budget = budget;
    this.#pool = pool;
  }

  /** Bytes pushed that next() has not looked at. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }
  /** Chunks that hold them: many when the other side sends byte by byte. */
  get waitingChunks(): number {
    return this.#chunks.length;
  }

  /** From the next frame on. */
  limitTo(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  push(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  /**
   * The next whole frame without its prefix, or null. A frame inside one chunk is a slice of it: whoever keeps it longer than
   * the request should copy. Throws DecodeError for a length that is negative or too large, or past the budget.
   */
  next(): Buffer | null {
    this.#lent = null;
    if (this.#size < 0 && !this.#readSize()) return null;
    if (this.#partial === null) {
      const first = this.#chunks[0];
      if (first === undefined) return this.#size === 0 ? this.#whole(Buffer.alloc(0)) : null;
      if (first.length - this.#head >= this.#size) {
        const frame = first.subarray(this.#head, this.#head + this.#size);
        this.#skip(this.#size);
        return this.#whole(frame);
      }
    }
    return this.#collect();
  }

  /** Nobody holds bytes of the frame given last any more: its memory may be used again. */
  reuseLast(): void {
    if (this.#lent !== null) this.#pool.give(this.#lent);
    this.#lent = null;
  }

  /** Gives back what a half-received frame holds. */
  discard(): void {
    this.#chunks.length = 0;
    this.#waitingBytes = 0;
    this.#head = 0;
    if (this.#partial !== null) {
      this.#budget.release(this.#partial.length);
      this.#pool.give(this.#partial);
    }
    this.#partial = null;
  }

  #whole(frame: Buffer): Buffer {
    this.#size = -1;
    return frame;
  }

  #readSize(): boolean {
    if (this.#waitingBytes < LENGTH_BYTES) return false;
    const first = this.#chunks[0] as Buffer;
    if (first.length - this.#head >= LENGTH_BYTES) {
      this.#size = first.readInt32BE(this.#head);
      this.#skip(LENGTH_BYTES);
    } else {
      const prefix = Buffer.allocUnsafe(LENGTH_BYTES);
      this.#copyInto(prefix, 0, LENGTH_BYTES);
      this.#size = prefix.readInt32BE(0);
    }
    if (this.#size < 0 || this.#size > this.#maxBytes) {
      throw new DecodeError(`a frame of ${this.#size} bytes; ${this.#maxBytes} is the most`);
    }
    return true;
  }

  /** Moves what arrived into the frame's own buffer, which is allocated once where the size is small or mostly there. */
  #collect(): Buffer | null {
    while (this.#waitingBytes > 0 && this.#partialBytes < this.#size) {
      const target = this.#room();
      const room = Math.min(target.length, this.#size) - this.#partialBytes;
      const count = Math.min(this.#waitingBytes, room);
      this.#copyInto(target, this.#partialBytes, count);
      this.#partialBytes += count;
    }
    const memory = this.#partial;
    if (memory === null || this.#partialBytes < this.#size) return null;
    this.#partial = null;
    this.#partialBytes = 0;
    this.#budget.release(memory.length);
    this.#lent = memory;
    return this.#whole(memory.length === this.#size ? memory : memory.subarray(0, this.#size));
  }

  #room(): Buffer {
    const current = this.#partial;
    if (current !== null && this.#partialBytes < current.length) return current;
    const arrived = this.#partialBytes + this.#waitingBytes;
    const isFirst = current === null && arrived <= FIRST_BYTES;
    const step = isFirst ? FIRST_BYTES : Math.max(SECOND_BYTES, GROWTH * arrived);
    const capacity = this.#size <= WHOLE_BYTES ? this.#size : Math.min(this.#size, step);
    const grown = this.#pool.take(capacity);
    if (!this.#budget.take(grown.length)) {
      this.#pool.give(grown);
      throw new DecodeError('too many bytes in half-received requests of all connections');
    }
    if (current !== null) {
      current.copy(grown, 0, 0, this.#partialBytes);
      this.#budget.release(current.length);
      this.#pool.give(current);
    }
    this.#partial = grown;
    return grown;
  }

  #copyInto(target: Buffer, start: number, length: number): void {
    let at = start;
    for (const end = start + length; at < end; ) {
      const chunk = this.#chunks[0] as Buffer;
      const count = Math.min(chunk.length - this.#head, end - at);
      chunk.copy(target, at, this.#head, this.#head + count);
      at += count;
      this.#skip(count);
    }
  }

  /** `count` bytes lie within the first chunk. */
  #skip(count: number): void {
    this.#head += count;
    this.#waitingBytes -= count;
    const first = this.#chunks[0];
    if (first !== undefined && this.#head === first.length) {
      this.#chunks.shift();
      this.#head = 0;
    }
  }
}
