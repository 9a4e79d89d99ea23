// A Disk in memory, for tests. It passes the same contract as the real one (disk-contract.ts). It can run out of space, refuse by
// rule and be copied as a crash would leave it; it never touches a file.
import { FileBytes, FileTree, OpenFile } from './file-tree.ts';
import { type Disk, DiskError, type DiskFile } from './world.ts';

export class MemoryDisk extends FileTree<FileBytes> implements Disk {
  /** Bytes all files may hold together; appends and writes beyond it fail with ENOSPC. */
  capacityBytes = Number.POSITIVE_INFINITY;
  /** Handles open now. */
  openCount = 0;
  /** Calls of flush and flushNow so far. */
  flushCount = 0;

  protected newFile(bytes: Buffer): FileBytes {
    return new FileBytes(bytes);
  }
  /** The same files, on their own: what a crash of the process leaves, since written bytes are the system's. */
  copy(): MemoryDisk {
    const other = new MemoryDisk();
    other.copyFrom(this, ({ content }) => new FileBytes(Buffer.from(content)));
    return other;
  }
  open(path: string): DiskFile {
    return new MemoryFile(this, path, this.file(path));
  }
  /** In its place at once; whoever waits goes on in a later turn. */
  async replaceLater(path: string, bytes: Buffer | string): Promise<boolean> {
    this.replace(path, bytes);
    return true;
  }
  override check(operation: string, path: string, moreBytes = 0): void {
    super.check(operation, path);
    if (moreBytes === 0 || this.capacityBytes === Number.POSITIVE_INFINITY) return;
    let usedBytes = 0;
    for (const [, file] of this.files()) usedBytes += file.sizeBytes;
    if (usedBytes + moreBytes > this.capacityBytes) throw new DiskError('ENOSPC', `${path}: no space left`);
  }
}

class MemoryFile extends OpenFile<FileBytes> {
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk, path: string, file: FileBytes) {
    super(disk, path, file);
    this.#disk = disk;
    disk.openCount++;
  }
  async flush(): Promise<void> {
    this.flushNow();
  }
  flushNow(): void {
    this.change('flush');
    this.#disk.flushCount++;
  }
  override close(): void {
    super.close();
    this.#disk.openCount--;
  }
}
