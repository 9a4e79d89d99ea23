// Files and folders that were renamed out of the way and are deleted after a delay, so that a reader that still has one open
// finishes. LogFolder empties it, a few files and not too many bytes at a time: giving back the room of a big file takes long.
import { type Disk, DiskError, type Log } from '../../../kernel/world.ts';

/** Cut off a file in one call: one or two milliseconds of work for a file system. */
const CUT_BYTES = 8 << 20;

export class Trash {
  readonly #disk: Disk;
  readonly #log: Log;
  readonly #due: { readonly path: string; readonly dueMs: number }[] = [];

  /** What may still be given back in this call. */
  #leftBytes = 0;

  constructor(disk: Disk, log: Log) {
    this.#disk = disk;
    this.#log = log;
  }
  get size(): number {
    return this.#due.length;
  }
  /** `path` was renamed already. `dueMs` is on the clock that empty() is given. */
  put(path: string, dueMs: number): void {
    this.#due.push({ path, dueMs });
  }
  /**
   * Deletes up to `limit` files of what is due, folders file by file, big files piece by piece: a big one would hold up everything
   * else. True when it left off in the middle of one: soon to be called again. What cannot be deleted stays until the next start.
   */
  empty(nowMs: number, limit: number): boolean {
    let left = limit;
    this.#leftBytes = CUT_BYTES;
    for (let i = 0; i < this.#due.length && left > 0; ) {
      const one = this.#due[i];
      if (one === undefined || one.dueMs > nowMs) {
        i++;
        continue;
      }
      left -= this.#removeUpTo(one.path, left, () => this.#due.splice(i, 1));
      if (this.#leftBytes <= 0) return true;
    }
    return false;
  }
  /** Answers how many files went; `done` when nothing is left to do. */
  #removeUpTo(path: string, limit: number, done: () => void): number {
    try {
      const files = this.#disk.stat(path)?.isFolder === true ? this.#disk.list(path) : [];
      for (const [i, name] of files.slice(0, limit).entries()) {
        if (!this.#removeFile(this.#disk.join(path, name))) return i;
      }
      if (files.length >= limit) return limit;
      if (!this.#removeFile(path)) return files.length;
      done();
      return files.length + 1;
    } catch (error) {
      done();
      this.#complain(path, error);
      return 1;
    }
  }
  /** False when only some of it went: enough for now. */
  #removeFile(path: string): boolean {
    const stat = this.#disk.stat(path);
    for (let { sizeBytes } = stat ?? { sizeBytes: 0 }; stat?.isFolder === false && sizeBytes > CUT_BYTES; ) {
      if (this.#leftBytes <= 0) return false;
      sizeBytes -= CUT_BYTES;
      this.#leftBytes -= CUT_BYTES;
      this.#cut(path, sizeBytes);
    }
    this.#disk.remove(path);
    return true;
  }
  #cut(path: string, sizeBytes: number): void {
    const file = this.#disk.open(path);
    try {
      file.truncate(sizeBytes);
    } finally {
      file.close();
    }
  }
  #complain(path: string, error: unknown): void {
    if (!(error instanceof DiskError)) throw error;
    this.#log.warn(`${path} could not be deleted (${error.message}); it stays until the next start`);
  }
}
