// Folders whose names changed since they were flushed. A file's own flush does not promise that its name is there after a power loss, nor
// that one which was cut off the log stays away (Kafka's Utils.flushDir): whoever says that a log is on disk flushes its folder first.
import type { Disk } from '../../../kernel/world.ts';

export class FolderNames {
  readonly #disk: Disk;
  /** How many changes each has seen. */
  readonly #changes = new Map<string, number>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }
  /** Files in it were made, renamed or removed. */
  changed(folder: string): void {
    this.#changes.set(folder, (this.#changes.get(folder) ?? 0) + 1);
  }
  /** It is gone itself. */
  forget(folder: string): void {
    this.#changes.delete(folder);
  }
  /** Rejects with DiskError. */
  async flush(folder: string): Promise<void> {
    const before = this.#changes.get(folder);
    if (before === undefined) return;
    await this.#disk.flushFolder(folder);
    if (this.#changes.get(folder) === before) this.#changes.delete(folder);
  }
  /** The same, at once. Throws DiskError. */
  flushNow(folder: string): void {
    if (!this.#changes.has(folder)) return;
    this.#disk.flushFolderNow(folder);
    this.#changes.delete(folder);
  }
}
