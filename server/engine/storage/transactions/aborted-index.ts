// The aborted transactions of one segment (Kafka's TransactionIndex and AbortedTxn): those whose abort marker stands in it, in the
// order of their markers. read_committed readers are told of them. In memory once asked for; the file is there only when there
// are any. It is not believed where it makes no sense: its segment's owner finds the transactions again in the log.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { DiskError } from '../../../kernel/world.ts';
import type { StorageContext } from '../context.ts';
import { readInt64, writeInt64 } from '../files/int64.ts';
import { LazyFile } from '../files/open-files.ts';
import { writePlain } from '../files/write-plain.ts';

const ENTRY_BYTES = 34;
const VERSION = 0;

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** That of the marker. */
  readonly lastOffset: number;
  /** The log was stable up to here when the marker was written: later entries all begin at or above it. */
  readonly lastStableOffset: number;
}

interface SegmentBounds {
  readonly baseOffset: number;
  readonly endOffset: number;
}

export class AbortedIndex {
  readonly #context: StorageContext;
  readonly #folder: string;
  readonly #path: string;
  readonly #segment: SegmentBounds;
  readonly #file: LazyFile;
  #entries: AbortedTransaction[] | null = null;
  #changes = 0;
  #flushedChanges = 0;
  /** The file is behind what is known. */
  #mustRewrite = false;
  /** The file may be another's by now: a flush that was under way must not write it. */
  #isClosed = false;

  /** All markers are within the bounds of the segment, as they are when the file is read. */
  constructor(context: StorageContext, { folder, path }: { folder: string; path: string }, segment: SegmentBounds) {
    this.#context = context;
    this.#folder = folder;
    this.#path = path;
    this.#segment = segment;
    this.#file = new LazyFile(context.files, path);
  }

  /** In the order of their markers. Throws DiskError, and DecodeError where the file cannot be right. */
  get entries(): readonly AbortedTransaction[] {
    return this.#loaded();
  }
  #loaded(): AbortedTransaction[] {
    this.#entries ??= parse(this.#context.disk.read(this.#path) ?? Buffer.alloc(0), this.#segment);
    return this.#entries;
  }
  /** Reads the file unless that was done; one that cannot be right is replaced by what `find` finds. Throws DiskError. */
  load(find: () => readonly AbortedTransaction[]): readonly AbortedTransaction[] {
    if (this.#believed() === null) {
      this.#context.log.warn(`${this.#path} is damaged: it is made anew from the log`);
      this.#replace(find());
    }
    return this.#loaded();
  }
  /** A transaction whose abort marker is in the segment now. */
  add(entry: AbortedTransaction): void {
    const entries = this.#loaded();
    const last = entries.at(-1);
    // A replay comes by what is there already.
    if (last !== undefined && last.lastOffset >= entry.lastOffset) return;
    this.#changes++;
    entries.push(entry);
    if (entries.length === 1) this.#context.names.changed(this.#folder);
    try {
      if (this.#mustRewrite) this.#rewrite(entries);
      else this.#file.use().append([format([entry])]);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      // The marker is in the log already; after a crash recovery finds it there.
      this.#mustRewrite = true;
      this.#context.log.warn(`${this.#path} was not written (${error.message})`);
    }
  }
  #rewrite(entries: readonly AbortedTransaction[]): void {
    this.#file.close();
    this.#context.names.changed(this.#folder);
    if (entries.length === 0) this.#context.disk.remove(this.#path);
    else writePlain(this.#context.disk, this.#path, format(entries));
    this.#mustRewrite = false;
  }
  /** Forgets the transactions whose markers are at or above `offset`. Throws DiskError where the file cannot be read. */
  truncateTo(offset: number): void {
    const before = this.#believed();
    // Whoever loads a damaged one finds it as damaged as it was, and in the log what is left.
    if (before !== null) this.keep(before.filter((entry) => entry.lastOffset < offset));
  }
  /** Null where the file cannot be right. Throws DiskError. */
  #believed(): readonly AbortedTransaction[] | null {
    try {
      return this.#loaded();
    } catch (error) {
      if (error instanceof DecodeError) return null;
      throw error;
    }
  }
  /** Holds exactly these from now on; a file that cannot be written is written again before it counts. Throws DiskError. */
  keep(entries: readonly AbortedTransaction[]): void {
    const before = this.#believed();
    if (before !== null && entries.length === before.length && entries.every((entry, i) => entry === before[i])) return;
    this.#replace(entries);
  }
  #replace(entries: readonly AbortedTransaction[]): void {
    this.#entries = [...entries];
    this.#changes++;
    this.#mustRewrite = true;
    try {
      this.#rewrite(entries);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#context.log.warn(`${this.#path} was not written (${error.message})`);
    }
  }
  /** A damaged or stale file must not be believed: recovery writes the entries anew. Throws DiskError. */
  reset(): void {
    this.#file.close();
    this.#context.disk.remove(this.#path);
    this.#entries = [];
    this.#mustRewrite = false;
    this.#flushedChanges = this.#changes;
  }
  /** Rejects with DiskError. */
  async flush(): Promise<void> {
    const changes = this.#changes;
    if (this.#isClosed || changes === this.#flushedChanges) return;
    if (this.#mustRewrite) this.#rewrite(this.#loaded());
    try {
      if (this.#loaded().length > 0) await this.#file.flush();
      this.#flushedChanges = changes;
    } catch (error) {
      this.#mistrust();
      throw error;
    }
  }
  /** The same, at once. Throws DiskError. */
  flushNow(): void {
    if (this.#isClosed || this.#changes === this.#flushedChanges) return;
    if (this.#mustRewrite) this.#rewrite(this.#loaded());
    try {
      if (this.#loaded().length > 0) this.#file.use().flushNow();
      this.#flushedChanges = this.#changes;
    } catch (error) {
      this.#mistrust();
      throw error;
    }
  }
  /** A system may forget what it could not flush and call the next flush a success: all is written again before that. */
  #mistrust(): void {
    this.#mustRewrite = true;
  }
  close(): void {
    this.#isClosed = true;
    this.#file.close();
  }
  /** With its segment. A failure is no matter: a file without a segment is never read. */
  discard(): void {
    this.#isClosed = true;
    this.#file.retire();
    try {
      this.#context.disk.remove(this.#path);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#context.log.warn(`${this.#path} was not removed (${error.message})`);
    }
  }
}

function format(entries: readonly AbortedTransaction[]): Buffer {
  const bytes = Buffer.alloc(entries.length * ENTRY_BYTES);
  entries.forEach((entry, i) => {
    const at = i * ENTRY_BYTES;
    bytes.writeInt16BE(VERSION, at);
    writeInt64(bytes, at + 2, entry.producerId);
    writeInt64(bytes, at + 10, entry.firstOffset);
    writeInt64(bytes, at + 18, entry.lastOffset);
    writeInt64(bytes, at + 26, entry.lastStableOffset);
  });
  return bytes;
}

/** Throws DecodeError for what no run of markers in the segment can have written (TransactionIndex.sanityCheck, and more). */
function parse(bytes: Buffer, { baseOffset, endOffset }: SegmentBounds): AbortedTransaction[] {
  if (bytes.length % ENTRY_BYTES !== 0) throw new DecodeError(`${bytes.length} bytes are no whole number of entries`);
  const entries: AbortedTransaction[] = [];
  for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
    const entry = {
      producerId: readInt64(bytes, at + 2),
      firstOffset: readInt64(bytes, at + 10),
      lastOffset: readInt64(bytes, at + 18),
      lastStableOffset: readInt64(bytes, at + 26),
    };
    const previous = entries.at(-1) ?? { lastOffset: baseOffset - 1, lastStableOffset: 0 };
    const isSane =
      bytes.readInt16BE(at) === VERSION &&
      entry.producerId >= 0 &&
      entry.firstOffset >= 0 &&
      entry.firstOffset <= entry.lastOffset &&
      entry.lastOffset > previous.lastOffset &&
      entry.lastOffset < endOffset &&
      entry.lastStableOffset >= previous.lastStableOffset &&
      entry.lastStableOffset <= entry.lastOffset + 1;
    if (!isSane) throw new DecodeError(`entry ${entries.length} makes no sense`);
    entries.push(entry);
  }
  return entries;
}
