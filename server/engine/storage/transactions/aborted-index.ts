// The aborted transactions of one segment (Kafka's TransactionIndex and AbortedTxn): those whose abort marker stands in it, in the
// order of their markers. read_committed readers are told of them. In memory once asked for; the file is there only when there
// are any, and is written again where recovery walks through the segment.
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

export class AbortedIndex {
  readonly #context: StorageContext;
  readonly #path: string;
  readonly #file: LazyFile;
  #entries: AbortedTransaction[] | null = null;
  #isFlushed = true;
  /** The file is behind what is known. */
  #mustRewrite = false;

  constructor(context: StorageContext, path: string) {
    this.#context = context;
    this.#path = path;
    this.#file = new LazyFile(context.files, path);
  }

  /** In the order of their markers. Throws DiskError. */
  get entries(): readonly AbortedTransaction[] {
    return this.#loaded();
  }
  /** Reads the file unless that was done: add() then has nothing left that could fail. Throws DiskError. */
  load(): void {
    this.#loaded();
  }
  #loaded(): AbortedTransaction[] {
    this.#entries ??= parse(this.#context.disk.read(this.#path) ?? Buffer.alloc(0));
    return this.#entries;
  }
  /** A transaction whose abort marker is in the segment now. */
  add(entry: AbortedTransaction): void {
    const entries = this.#loaded();
    const last = entries.at(-1);
    // A replay comes by what is there already.
    if (last !== undefined && last.lastOffset >= entry.lastOffset) return;
    this.#isFlushed = false;
    entries.push(entry);
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
    if (entries.length === 0) this.#context.disk.remove(this.#path);
    else writePlain(this.#context.disk, this.#path, format(entries));
    this.#mustRewrite = false;
  }
  /** Forgets the transactions whose markers are at or above `offset`. Throws DiskError where the file cannot be read. */
  truncateTo(offset: number): void {
    this.keep(this.entries.filter((entry) => entry.lastOffset < offset));
  }
  /** Holds exactly these from now on; a file that cannot be written is written again before it counts. Throws DiskError. */
  keep(entries: readonly AbortedTransaction[]): void {
    const before = this.entries;
    if (entries.length === before.length && entries.every((entry, i) => entry === before[i])) return;
    this.#entries = [...entries];
    this.#isFlushed = false;
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
    this.#isFlushed = true;
  }
  /** Rejects with DiskError. */
  async flush(): Promise<void> {
    if (this.#isFlushed) return;
    if (this.#mustRewrite) this.#rewrite(this.entries);
    if (this.entries.length > 0) await this.#file.flush();
    this.#isFlushed = true;
  }
  flushNow(): void {
    if (this.#isFlushed) return;
    if (this.#mustRewrite) this.#rewrite(this.entries);
    if (this.entries.length > 0) this.#file.use().flushNow();
    this.#isFlushed = true;
  }
  close(): void {
    this.#file.close();
  }
  /** With its segment. A failure is no matter: a file without a segment is never read. */
  discard(): void {
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

/** Up to the first entry that makes no sense: a torn end is a transaction that recovery finds again in the log. */
function parse(bytes: Buffer): AbortedTransaction[] {
  const entries: AbortedTransaction[] = [];
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const entry = {
      producerId: readInt64(bytes, at + 2),
      firstOffset: readInt64(bytes, at + 10),
      lastOffset: readInt64(bytes, at + 18),
      lastStableOffset: readInt64(bytes, at + 26),
    };
    const isSane = bytes.readInt16BE(at) === VERSION && entry.firstOffset <= entry.lastOffset;
    if (!isSane || entry.lastOffset <= (entries.at(-1)?.lastOffset ?? -1)) break;
    entries.push(entry);
  }
  return entries;
}
