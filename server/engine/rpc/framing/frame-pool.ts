// Memory of large frames, used again: without it each produce request of a megabyte is a megabyte for the garbage collector,
// which then runs tens of times a second. One per node, bounded; used by frame.ts.

const SMALLEST_BYTES = 4_096;
const LARGEST_BYTES = 2_097_152;
/** What the pool keeps at most while nobody uses it. */
const MAX_KEPT_BYTES = 8_388_608;

export class FramePool {
  /** Free buffers by size. */
  readonly #free = new Map<number, Buffer[]>();
  #keptBytes = 0;

  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** A buffer of at least `bytes`, not cleared. Sizes the pool does not keep are allocated as asked. */
  take(bytes: number): Buffer {
    if (bytes < SMALLEST_BYTES || bytes > LARGEST_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const size = 2 ** Math.ceil(Math.log2(bytes));
    const free = this.#free.get(size)?.pop();
    if (free === undefined) return Buffer.allocUnsafeSlow(size);
    this.#keptBytes -= size;
    return free;
  }

  /** The caller, and everyone it lent the buffer to, is done with it. */
  give(buffer: Buffer): void {
    const size = buffer.length;
    const isOurs = size >= SMALLEST_BYTES && size <= LARGEST_BYTES && Number.isInteger(Math.log2(size));
    if (!isOurs || this.#keptBytes + size > MAX_KEPT_BYTES) return;
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [buffer]);
    else free.push(buffer);
    this.#keptBytes += size;
  }
}
