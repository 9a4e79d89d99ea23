// A disk that remembers what would survive a power loss. It holds to the same contract as the real one (kernel/disk-contract.ts).
// Written bytes are the system's: they outlive the process; flushed ones outlive the power too (durable.ts). So it is with names: what
// was made, renamed or removed is so for good once its folder was flushed (names.ts). Faults are set from outside; it draws nothing.
import { FileTree, type NameChange, OpenFile } from '../../kernel/file-tree.ts';
import { Newest } from '../../kernel/newest.ts';
import type { Disk, DiskFile } from '../../kernel/world.ts';
import { DurableBytes } from './durable.ts';
import { UnflushedNames } from './names.ts';
import type { Prng } from './prng.ts';

/** Told of everything that changes a file, after it did. */
export interface DiskObserver {
  appended(path: string, position: number, buffers: readonly Buffer[]): void;
  truncated(path: string, size: number): void;
  /** `content` of a file that is a log under its new name. */
  renamed(from: string, to: string, content: Buffer | null): void;
  removed(path: string): void;
}
/** A process as its disk needs it: `later` carries out what takes time, `mayUse` throws when it is dead. */
export interface DiskUser {
  later(delayMs: number, run: () => void): void;
  mayUse(): void;
}

export class SimDisk extends FileTree<DurableBytes> {
  observer: DiskObserver | null = null;
  /** How long a flush takes, in milliseconds. */
  flushMs: () => number = () => 1;
  readonly #names = new UnflushedNames<NameChange<DurableBytes>>();

  protected override named(folder: string, change: NameChange<DurableBytes>): void {
    // The root is where somebody made the folders of nodes, and has seen to it that they stay.
    if (folder !== '') this.#names.add(folder, change);
  }
  protected newFile(bytes: Buffer): DurableBytes {
    return new DurableBytes(bytes);
  }
  /** The disk as one process has it. */
  as(user: DiskUser): Disk {
    return new DiskView(this, user);
  }
  open(path: string, user: DiskUser): DiskFile {
    const isNew = this.stat(path) === null;
    const file = new SimFile(this, path, this.file(path), user);
    if (isNew) this.observer?.truncated(path, 0);
    return file;
  }
  override rename(from: string, to: string): void {
    super.rename(from, to);
    this.observer?.renamed(from, to, to.endsWith('.log') ? this.read(to) : null);
  }
  override remove(path: string): void {
    super.remove(path);
    this.observer?.removed(path);
  }
  override replace(path: string, bytes: Buffer | string): void {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const flushed = this.#names.beginFlush(folder);
    super.replace(path, bytes);
    flushed();
  }
  override flushFolderNow(path: string): void {
    super.flushFolderNow(path);
    this.#names.beginFlush(path)();
  }
  /** The answer is to be called when it has come to its end. */
  beginFolderFlush(path: string): () => void {
    super.flushFolderNow(path);
    return this.#names.beginFlush(path);
  }

  /**
   * Each folder has its names as they were at some moment since it was flushed; each file on its own keeps what was flushed and a drawn
   * part of the rest, whose end may be torn. Answers how many lost bytes.
   */
  losePower(prng: Prng): number {
    for (const change of this.#names.losePower(prng.fork('names'))) this.takeBack(change);
    let count = 0;
    for (const [, file] of this.files()) {
      const before = file.sizeBytes;
      file.losePower(prng);
      if (file.sizeBytes !== before) count++;
    }
    return count;
  }
  /** The same files, on their own, all of whose names are on the platter. */
  copy(): SimDisk {
    const other = new SimDisk();
    other.copyFrom(this, (file) => file.copy());
    return other;
  }
  wipe(): void {
    this.#names.clear();
    this.clear();
  }
  /** Paths of all files, sorted. */
  paths(): string[] {
    return Array.from(this.files(), ([path]) => path).sort();
  }
}

class DiskView implements Disk {
  readonly #disk: SimDisk;
  readonly #user: DiskUser;
  readonly #newest = new Newest();

  constructor(disk: SimDisk, user: DiskUser) {
    this.#disk = disk;
    this.#user = user;
  }
  #use(): SimDisk {
    this.#user.mayUse();
    return this.#disk;
  }
  open(path: string): DiskFile {
    return this.#use().open(path, this.#user);
  }
  read(path: string): Buffer | null {
    return this.#use().read(path);
  }
  replace(path: string, bytes: Buffer | string): void {
    const turn = this.#newest.begin(path);
    this.#use().replace(path, bytes);
    this.#newest.end(path, turn);
  }
  async replaceLater(path: string, bytes: Buffer | string): Promise<boolean> {
    const turn = this.#newest.begin(path);
    const { flushMs } = this.#use();
    await new Promise<void>((resolve) => this.#user.later(flushMs(), resolve));
    const isWanted = this.#newest.end(path, turn);
    if (isWanted) this.#use().replace(path, bytes);
    return isWanted;
  }
  list(path: string): readonly string[] {
    return this.#use().list(path);
  }
  stat(path: string) {
    return this.#use().stat(path);
  }
  makeFolder(path: string): void {
    this.#use().makeFolder(path);
  }
  async flushFolder(path: string): Promise<void> {
    const flushed = this.#use().beginFolderFlush(path);
    await new Promise<void>((resolve) => {
      this.#user.later(this.#disk.flushMs(), () => {
        flushed();
        resolve();
      });
    });
  }
  flushFolderNow(path: string): void {
    this.#use().flushFolderNow(path);
  }
  rename(from: string, to: string): void {
    this.#use().rename(from, to);
  }
  remove(path: string): void {
    this.#use().remove(path);
  }
  volume(): null {
    return this.#use().volume();
  }
  join(...segments: readonly string[]): string {
    return this.#disk.join(...segments);
  }
}

class SimFile extends OpenFile<DurableBytes> {
  readonly #disk: SimDisk;
  readonly #user: DiskUser;

  constructor(disk: SimDisk, path: string, file: DurableBytes, user: DiskUser) {
    super(disk, path, file);
    this.#disk = disk;
    this.#user = user;
  }
  protected override use(): DurableBytes {
    this.#user.mayUse();
    return super.use();
  }
  override append(buffers: readonly Buffer[]): void {
    const position = this.sizeBytes();
    super.append(buffers);
    this.#disk.observer?.appended(this.path, position, buffers);
  }
  override truncate(sizeBytes: number): void {
    const before = this.sizeBytes();
    super.truncate(sizeBytes);
    if (sizeBytes < before) this.#disk.observer?.truncated(this.path, sizeBytes);
  }
  async flush(): Promise<void> {
    const flushed = this.change('flush').beginFlush();
    await new Promise<void>((resolve) => {
      this.#user.later(this.#disk.flushMs(), () => {
        flushed();
        resolve();
      });
    });
  }
  flushNow(): void {
    this.change('flush').beginFlush()();
  }
}
