// Files and folders that were renamed out of the way and are deleted after a delay, so that a reader that still has one open
// finishes. LogFolder empties it, a few per tick.
import { type Disk, DiskError, type Log } from '../../../kernel/world.ts';

export class Trash {
  readonly #disk: Disk;
  readonly #log: Log;
  readonly #due: { readonly path: string; readonly dueMs: number }[] = [];

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
   * Deletes up to `limit` files of what is due, folders file by file: a big one would hold up everything else. What cannot be
   * deleted stays on disk until the next start.
   */
  empty(nowMs: number, limit: number): void {
    let left = limit;
    for (let i = 0; i < this.#due.length && left > 0; ) {
      const one = this.#due[i];
      if (one === undefined || one.dueMs > nowMs) {
        i++;
        continue;
      }
      left -= this.#removeUpTo(one.path, left, () => this.#due.splice(i, 1));
    }
  }
  /** Answers how many files went; `done` when nothing is left to do. */
  #removeUpTo(path: string, limit: number, done: () => void): number {
    try {
      const files = this.#disk.stat(path)?.isFolder === true ? this.#disk.list(path) : [];
      for (const name of files.slice(0, limit)) this.#disk.remove(this.#disk.join(path, name));
      if (files.length >= limit) return limit;
      done();
      this.#disk.remove(path);
      return files.length + 1;
    } catch (error) {
      done();
      this.#complain(path, error);
      return 1;
    }
  }
  #complain(path: string, error: unknown): void {
    if (!(error instanceof DiskError)) throw error;
    this.#log.warn(`${path} could not be deleted (${error.message}); it stays until the next start`);
  }
}
