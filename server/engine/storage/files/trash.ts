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
  /** Deletes up to `limit` of what is due. What cannot be deleted stays on disk until the next start. */
  empty(nowMs: number, limit: number): void {
    let left = limit;
    for (let i = 0; i < this.#due.length && left > 0; ) {
      const one = this.#due[i];
      if (one === undefined || one.dueMs > nowMs) {
        i++;
        continue;
      }
      this.#due.splice(i, 1);
      left--;
      this.#remove(one.path);
    }
  }
  #remove(path: string): void {
    try {
      this.#disk.remove(path);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#log.warn(`${path} could not be deleted (${error.message}); it stays until the next start`);
    }
  }
}
