// One small file of a broker's folder that says where its logs are, written whole each time: at once where a promise must be taken back
// before the act, else beside the thread, which two flushes would hold up for as long as the disk likes.
import type { Disk } from '../../../kernel/world.ts';

export class CheckpointFile {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #content: () => string;
  /** As far as known; null: not at all. */
  #written: string | null = null;
  /** Counts what was written at once. */
  #writes = 0;
  #running: Promise<void> | null = null;

  /** `content` is what the file should say now. */
  constructor(disk: Disk, path: string, content: () => string) {
    this.#disk = disk;
    this.#path = path;
    this.#content = content;
  }
  get isBeingWritten(): boolean {
    return this.#running !== null;
  }

  /** Says what is so now once it returns, whatever is under way. Throws DiskError. */
  write(): void {
    const text = this.#content();
    // What is under way would come after it.
    if (this.#running === null && text === this.#written) return;
    this.#writes++;
    this.#written = null;
    this.#disk.replace(this.#path, text);
    this.#written = text;
  }
  /** Says what is so now, or something newer, once it resolves. Rejects with DiskError. */
  async writeLater(): Promise<void> {
    while (this.#running !== null) await this.#running;
    const text = this.#content();
    if (text === this.#written) return;
    const outcome = this.#replaceLater(text);
    this.#running = outcome.then(
      () => this.#ended(),
      () => this.#ended(),
    );
    await outcome;
  }
  async #replaceLater(text: string): Promise<void> {
    const writes = this.#writes;
    const isInPlace = await this.#disk.replaceLater(this.#path, text);
    if (isInPlace && writes === this.#writes) this.#written = text;
  }
  #ended(): void {
    this.#running = null;
  }
}
