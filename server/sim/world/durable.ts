// The bytes of one file, and which of them are on the platter: what a flush that has come to its end found when it began, and nothing
// that was written since. Used by disk.ts.
import { FileBytes } from '../../kernel/file-tree.ts';
import type { Prng } from './prng.ts';

/** A flush under way. */
interface Flush {
  readonly order: number;
  /** Everything below it still is as the flush found it. */
  unchangedBytes: number;
  /** What the flush found, once some of it has changed. */
  found: Buffer | null;
}

export class DurableBytes extends FileBytes {
  /** Everything below it is on the platter. */
  #durableBytes: number;
  /** What is on the platter, once some of it was overwritten or cut since. */
  #platter: Buffer | null = null;
  readonly #flushes = new Set<Flush>();
  #order = 0;
  /** Of the newest flush that came to its end. */
  #flushedOrder = 0;

  constructor(bytes: Buffer) {
    super(bytes);
    this.#durableBytes = bytes.length;
  }
  copy(): DurableBytes {
    const other = new DurableBytes(Buffer.from(this.content));
    other.#durableBytes = this.#durableBytes;
    other.#platter = this.#platter;
    return other;
  }

  override write(position: number, bytes: Buffer): void {
    this.#changes(position);
    super.write(position, bytes);
  }
  override truncate(sizeBytes: number): void {
    this.#changes(sizeBytes);
    super.truncate(sizeBytes);
  }
  /** What stands from `position` on is about to be another. */
  #changes(position: number): void {
    for (const flush of this.#flushes) {
      if (position >= flush.unchangedBytes) continue;
      flush.found ??= Buffer.from(this.content.subarray(0, flush.unchangedBytes));
      flush.unchangedBytes = position;
    }
    if (position >= this.#durableBytes) return;
    this.#platter ??= Buffer.from(this.content.subarray(0, this.#durableBytes));
    this.#durableBytes = position;
  }

  /** The answer is to be called when it has come to its end: then what the file is now is on the platter. */
  beginFlush(): () => void {
    const flush: Flush = { order: ++this.#order, unchangedBytes: this.sizeBytes, found: null };
    this.#flushes.add(flush);
    return () => {
      this.#flushes.delete(flush);
      if (flush.order < this.#flushedOrder) return;
      this.#flushedOrder = flush.order;
      this.#durableBytes = flush.unchangedBytes;
      this.#platter = flush.found;
    };
  }

  /** Keeps what is on the platter and a drawn part of the rest. */
  losePower(prng: Prng): void {
    if (this.#platter !== null) {
      if (prng.chance(0.5)) this.#become(this.#platter);
    } else if (this.sizeBytes > this.#durableBytes) this.#tear(prng);
    this.#flushes.clear();
    this.#flushedOrder = ++this.#order;
    this.#durableBytes = this.sizeBytes;
    this.#platter = null;
  }
  #tear(prng: Prng): void {
    const unflushedBytes = this.sizeBytes - this.#durableBytes;
    const keptBytes = prng.chance(0.3) ? 0 : prng.below(unflushedBytes + 1);
    const zeroBytes = prng.chance(0.3) ? prng.below(unflushedBytes - keptBytes + 1) : 0;
    super.truncate(this.#durableBytes + keptBytes);
    // The file had grown already, but what was to stand there never came.
    super.write(this.sizeBytes, Buffer.alloc(zeroBytes));
  }
  #become(bytes: Buffer): void {
    super.truncate(0);
    super.write(0, bytes);
  }
}
