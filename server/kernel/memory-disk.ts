// A Disk in memory, for tests and simulation. It passes the same contract as the real one (disk-contract.ts). It can run out of
// space, refuse by rule and be copied as a crash would leave it; it never touches a file.
import { assert } from './assert.ts';
import { type Disk, DiskError, type DiskFile } from './world.ts';

interface Inode {
  bytes: Buffer;
  sizeBytes: number;
}
type Entry = Inode | 'folder';

export class MemoryDisk implements Disk {
  /** Bytes all files may hold together; appends and writes beyond it fail with ENOSPC. */
  capacityBytes = Number.POSITIVE_INFINITY;
  /** Asked before each operation that changes something; an errno makes it fail. */
  refuse: ((operation: string, path: string) => string | null) | null = null;
  /** Handles open now. */
  openCount = 0;
  /** Calls of flush and flushNow so far. */
  flushCount = 0;
  readonly #entries = new Map<string, Entry>([['', 'folder']]);

  /** The same files, on their own: what a crash of the process leaves, since written bytes are the system's. */
  copy(): MemoryDisk {
    const other = new MemoryDisk();
    for (const [path, entry] of this.#entries) {
      const kept = entry === 'folder' ? entry : { bytes: Buffer.from(content(entry)), sizeBytes: entry.sizeBytes };
      other.#entries.set(path, kept);
    }
    return other;
  }

  open(path: string): DiskFile {
    let entry = this.#entries.get(path);
    if (entry === 'folder') throw new DiskError('EISDIR', `${path} is a folder`);
    if (entry === undefined) {
      this.#check('create', path);
      this.#parentOf(path);
      entry = { bytes: Buffer.alloc(0), sizeBytes: 0 };
      this.#entries.set(path, entry);
    }
    this.openCount++;
    return new MemoryFile(this, path, entry);
  }
  read(path: string): Buffer | null {
    const entry = this.#entries.get(path);
    if (entry === undefined) return null;
    if (entry === 'folder') throw new DiskError('EISDIR', `${path} is a folder`);
    return Buffer.from(content(entry));
  }
  replace(path: string, bytes: Buffer | string): void {
    this.#check('replace', path);
    this.#parentOf(path);
    if (this.#entries.get(path) === 'folder') throw new DiskError('EISDIR', `${path} is a folder`);
    const fresh = Buffer.from(bytes as Buffer);
    this.checkSpace(fresh.length, path);
    this.#entries.set(path, { bytes: fresh, sizeBytes: fresh.length });
  }
  list(path: string): readonly string[] {
    const entry = this.#entries.get(path);
    if (entry === undefined) return [];
    if (entry !== 'folder') throw new DiskError('ENOTDIR', `${path} is a file`);
    const prefix = `${path}/`;
    const names: string[] = [];
    for (const key of this.#entries.keys()) {
      if (key.startsWith(prefix) && key.length > prefix.length && !key.includes('/', prefix.length)) {
        names.push(key.slice(prefix.length));
      }
    }
    return names.sort();
  }
  stat(path: string): { readonly isFolder: boolean; readonly sizeBytes: number } | null {
    const entry = this.#entries.get(path);
    if (entry === undefined) return null;
    return entry === 'folder' ? { isFolder: true, sizeBytes: 0 } : { isFolder: false, sizeBytes: entry.sizeBytes };
  }
  makeFolder(path: string): void {
    const parts = path.split('/');
    for (let i = 1; i <= parts.length; i++) {
      const part = parts.slice(0, i).join('/');
      const entry = this.#entries.get(part);
      if (entry === 'folder') continue;
      if (entry !== undefined) throw new DiskError(i === parts.length ? 'EEXIST' : 'ENOTDIR', `${part} is a file`);
      this.#check('makeFolder', part);
      this.#entries.set(part, 'folder');
    }
  }
  rename(from: string, to: string): void {
    this.#check('rename', from);
    const entry = this.#entries.get(from);
    if (entry === undefined) throw new DiskError('ENOENT', `${from} does not exist`);
    this.#parentOf(to);
    if (this.#entries.get(to) === 'folder' && this.list(to).length > 0) {
      throw new DiskError('ENOTEMPTY', `${to} is a folder with something in it`);
    }
    for (const [key, value] of [...this.#entries]) {
      if (key !== from && !key.startsWith(`${from}/`)) continue;
      this.#entries.delete(key);
      this.#entries.set(to + key.slice(from.length), value);
    }
  }
  remove(path: string): void {
    this.#check('remove', path);
    for (const key of [...this.#entries.keys()]) {
      if (key === path || key.startsWith(`${path}/`)) this.#entries.delete(key);
    }
  }
  /** Memory has no volume. */
  volume(): null {
    return null;
  }
  join(...segments: readonly string[]): string {
    return segments.join('/').replace(/\/{2,}/g, '/');
  }

  /** For MemoryFile. */
  checkSpace(moreBytes: number, path: string): void {
    const refusal = this.refuse?.('write', path) ?? null;
    if (refusal !== null) throw new DiskError(refusal, `${path}: refused by rule`);
    if (this.capacityBytes === Number.POSITIVE_INFINITY) return;
    let usedBytes = 0;
    for (const entry of this.#entries.values()) if (entry !== 'folder') usedBytes += entry.sizeBytes;
    if (usedBytes + moreBytes > this.capacityBytes) throw new DiskError('ENOSPC', `${path}: no space left`);
  }
  #check(operation: string, path: string): void {
    const refusal = this.refuse?.(operation, path) ?? null;
    if (refusal !== null) throw new DiskError(refusal, `${operation} ${path}: refused by rule`);
  }
  #parentOf(path: string): void {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const entry = this.#entries.get(parent);
    if (entry === undefined) throw new DiskError('ENOENT', `${parent} does not exist`);
    if (entry !== 'folder') throw new DiskError('ENOTDIR', `${parent} is a file`);
  }
}

function content(inode: Inode): Buffer {
  return inode.bytes.subarray(0, inode.sizeBytes);
}

class MemoryFile implements DiskFile {
  readonly #disk: MemoryDisk;
  readonly #path: string;
  readonly #inode: Inode;
  #isOpen = true;

  constructor(disk: MemoryDisk, path: string, inode: Inode) {
    this.#disk = disk;
    this.#path = path;
    this.#inode = inode;
  }
  sizeBytes(): number {
    return this.#inode.sizeBytes;
  }
  append(buffers: readonly Buffer[]): void {
    this.#mustBeOpen();
    let total = 0;
    for (const buffer of buffers) total += buffer.length;
    this.#disk.checkSpace(total, this.#path);
    let at = this.#inode.sizeBytes;
    this.#room(at + total);
    for (const buffer of buffers) at += buffer.copy(this.#inode.bytes, at);
    this.#inode.sizeBytes = at;
  }
  write(position: number, bytes: Buffer): void {
    this.#mustBeOpen();
    const end = position + bytes.length;
    this.#disk.checkSpace(Math.max(0, end - this.#inode.sizeBytes), this.#path);
    this.#room(end);
    if (position > this.#inode.sizeBytes) this.#inode.bytes.fill(0, this.#inode.sizeBytes, position);
    bytes.copy(this.#inode.bytes, position);
    this.#inode.sizeBytes = Math.max(this.#inode.sizeBytes, end);
  }
  read(position: number, length: number): Buffer {
    const count = Math.max(0, Math.min(length, this.#inode.sizeBytes - position));
    const target = Buffer.allocUnsafe(count);
    this.readInto(target, 0, count, position);
    return target;
  }
  readInto(target: Buffer, targetStart: number, length: number, position: number): number {
    this.#mustBeOpen();
    const count = Math.max(0, Math.min(length, this.#inode.sizeBytes - position));
    return this.#inode.bytes.copy(target, targetStart, position, position + count);
  }
  truncate(sizeBytes: number): void {
    this.#mustBeOpen();
    if (sizeBytes > this.#inode.sizeBytes) this.write(sizeBytes - 1, Buffer.alloc(1));
    this.#inode.sizeBytes = sizeBytes;
  }
  async flush(): Promise<void> {
    this.flushNow();
  }
  flushNow(): void {
    this.#mustBeOpen();
    this.#disk.flushCount++;
  }
  close(): void {
    this.#mustBeOpen();
    this.#isOpen = false;
    this.#disk.openCount--;
  }
  #mustBeOpen(): void {
    assert(this.#isOpen, `${this.#path} is used while it is open`);
  }
  #room(sizeBytes: number): void {
    if (sizeBytes <= this.#inode.bytes.length) return;
    const grown = Buffer.alloc(Math.max(sizeBytes, 2 * this.#inode.bytes.length, 256));
    this.#inode.bytes.copy(grown, 0, 0, this.#inode.sizeBytes);
    this.#inode.bytes = grown;
  }
}
