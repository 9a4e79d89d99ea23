// File handles opened on use and closed when too many are open: thousands of partitions share one bounded set. Segments hold
// LazyFiles; nobody keeps a DiskFile across turns of the loop.
import { type Disk, DiskError, type DiskFile } from '../../../kernel/world.ts';

export class OpenFiles {
  readonly disk: Disk;
  readonly #limit: number;
  readonly #open = new Set<LazyFile>();
  #clock = 0;

  constructor(disk: Disk, limit: number) {
    this.disk = disk;
    this.#limit = limit;
  }
  /** Handles open now; at most the limit, plus those being flushed. */
  get count(): number {
    return this.#open.size;
  }
  /** For LazyFile: a moment that grows with each use. */
  nextUse(): number {
    return ++this.#clock;
  }
  /** For LazyFile. */
  opened(file: LazyFile): void {
    this.#open.add(file);
    if (this.#open.size > this.#limit) this.#closeOldest(file);
  }
  /** For LazyFile. */
  closed(file: LazyFile): void {
    this.#open.delete(file);
  }

  /** Closes the eighth that was used longest ago, so that the sort is paid once for many opens. */
  #closeOldest(justOpened: LazyFile): void {
    const byAge = [...this.#open].filter((file) => file !== justOpened && !file.isFlushing);
    byAge.sort((a, b) => a.lastUse - b.lastUse);
    for (const file of byAge.slice(0, Math.max(1, this.#limit >> 3))) file.close();
  }
}

export class LazyFile {
  lastUse = 0;
  readonly path: string;
  #file: DiskFile | null = null;
  #flushes = 0;
  #isCloseWanted = false;
  #isRetired = false;
  readonly #files: OpenFiles;

  constructor(files: OpenFiles, path: string) {
    this.#files = files;
    this.path = path;
  }
  get isFlushing(): boolean {
    return this.#flushes > 0;
  }

  /** The open file, for use within this turn only. Creates it when it is missing. Throws DiskError. */
  use(): DiskFile {
    this.lastUse = this.#files.nextUse();
    if (this.#file === null) {
      if (this.#isRetired) throw new DiskError('ENOENT', `${this.path} was deleted`);
      this.#file = this.#files.disk.open(this.path);
      this.#files.opened(this);
    }
    this.#isCloseWanted = false;
    return this.#file;
  }
  /** Rejects with DiskError. The handle stays open meanwhile. */
  async flush(): Promise<void> {
    const file = this.use();
    this.#flushes++;
    try {
      await file.flush();
    } finally {
      this.#flushes--;
      if (this.#isCloseWanted) this.close();
    }
  }
  /** Closes the handle, once a flush under way is done; a later use opens it again. */
  close(): void {
    if (this.#file === null) return;
    if (this.#flushes > 0) {
      this.#isCloseWanted = true;
      return;
    }
    this.#isCloseWanted = false;
    this.#file.close();
    this.#file = null;
    this.#files.closed(this);
  }
  /** Closes it for good: its path may belong to something else, or nothing, from now on. */
  retire(): void {
    this.#isRetired = true;
    this.close();
  }
}
