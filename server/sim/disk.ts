// A disk that remembers what would survive a power loss. It holds to the same contract as the real one (kernel/disk-contract.ts).
// Written bytes are the system's: they outlive the process; flushed ones outlive the power too. Names (create, rename, remove,
// replace) are durable at once, as in a journalling file system. Faults are set from outside; it draws nothing by itself.
import { type Disk, DiskError, type DiskFile } from '../kernel/world.ts';
import type { Prng } from './prng.ts';

interface Inode {
  bytes: Buffer;
  size: number;
  /** Everything below it is on the platter, unless `shadow` says what is. */
  durable: number;
  /** What is on the platter instead, since durable bytes were overwritten or cut. */
  shadow: Buffer | null;
  /** Counts overwrites and cuts. */
  changes: number;
}
type Entry = Inode | 'folder';

/** Told of everything that changes a file, after it did. */
export interface DiskObserver {
  appended(path: string, position: number, buffers: readonly Buffer[]): void;
  truncated(path: string, size: number): void;
  renamed(from: string, to: string): void;
  removed(path: string): void;
}

export class SimDisk {
  /** Asked before each change; an errno makes it fail. */
  refuse: ((operation: string, path: string) => string | null) | null = null;
  observer: DiskObserver | null = null;
  /** How long a flush takes, in milliseconds. */
  flushMs: () => number = () => 1;
  readonly #entries = new Map<string, Entry>([['', 'folder']]);

  /** The disk as one process has it: `later` carries out what takes time, `mayUse` throws for a process that is dead. */
  as(user: { later(delayMs: number, run: () => void): void; mayUse(): void }): Disk {
    return new DiskView(this, user);
  }

  open(path: string): Inode {
    let entry = this.#entries.get(path);
    if (entry === 'folder') throw new DiskError('EISDIR', `${path} is a folder`);
    if (entry === undefined) {
      this.check('create', path);
      this.#parentOf(path);
      entry = inodeOf(Buffer.alloc(0));
      this.#entries.set(path, entry);
    }
    return entry;
  }
  read(path: string): Buffer | null {
    const entry = this.#entries.get(path);
    if (entry === undefined) return null;
    if (entry === 'folder') throw new DiskError('EISDIR', `${path} is a folder`);
    return Buffer.from(entry.bytes.subarray(0, entry.size));
  }
  replace(path: string, bytes: Buffer | string): void {
    this.check('replace', path);
    this.#parentOf(path);
    if (this.#entries.get(path) === 'folder') throw new DiskError('EISDIR', `${path} is a folder`);
    this.#entries.set(path, inodeOf(Buffer.from(bytes as Buffer)));
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
    return entry === 'folder' ? { isFolder: true, sizeBytes: 0 } : { isFolder: false, sizeBytes: entry.size };
  }
  makeFolder(path: string): void {
    const parts = path.split('/');
    for (let i = 1; i <= parts.length; i++) {
      const part = parts.slice(0, i).join('/');
      const entry = this.#entries.get(part);
      if (entry === 'folder') continue;
      if (entry !== undefined) throw new DiskError(i === parts.length ? 'EEXIST' : 'ENOTDIR', `${part} is a file`);
      this.check('makeFolder', part);
      this.#entries.set(part, 'folder');
    }
  }
  rename(from: string, to: string): void {
    this.check('rename', from);
    if (!this.#entries.has(from)) throw new DiskError('ENOENT', `${from} does not exist`);
    this.#parentOf(to);
    if (this.#entries.get(to) === 'folder' && this.list(to).length > 0) {
      throw new DiskError('ENOTEMPTY', `${to} is a folder with something in it`);
    }
    for (const [key, value] of [...this.#entries]) {
      if (key !== from && !key.startsWith(`${from}/`)) continue;
      this.#entries.delete(key);
      this.#entries.set(to + key.slice(from.length), value);
    }
    this.observer?.renamed(from, to);
  }
  remove(path: string): void {
    this.check('remove', path);
    for (const key of [...this.#entries.keys()]) {
      if (key === path || key.startsWith(`${path}/`)) this.#entries.delete(key);
    }
    this.observer?.removed(path);
  }

  /** Throws when a fault is set for this. */
  check(operation: string, path: string): void {
    const errno = this.refuse?.(operation, path) ?? null;
    if (errno !== null) throw new DiskError(errno, `${operation} ${path}: the simulation refuses`);
  }
  #parentOf(path: string): void {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const entry = this.#entries.get(parent);
    if (entry === undefined) throw new DiskError('ENOENT', `${parent} does not exist`);
    if (entry !== 'folder') throw new DiskError('ENOTDIR', `${parent} is a file`);
  }

  /** Each file on its own keeps what was flushed and a drawn part of the rest, whose end may be torn. Answers how many lost bytes. */
  losePower(prng: Prng): number {
    let files = 0;
    for (const entry of this.#entries.values()) {
      if (entry === 'folder') continue;
      const before = entry.size;
      tear(entry, prng);
      if (entry.size !== before) files++;
    }
    return files;
  }
  /** The same files, on their own. */
  copy(): SimDisk {
    const other = new SimDisk();
    for (const [path, entry] of this.#entries) {
      if (entry === 'folder') other.#entries.set(path, entry);
      else {
        const { size, durable, changes, shadow } = entry;
        const bytes = Buffer.from(entry.bytes.subarray(0, size));
        other.#entries.set(path, {
          bytes,
          size,
          durable,
          shadow: shadow === null ? null : Buffer.from(shadow),
          changes,
        });
      }
    }
    return other;
  }
  wipe(): void {
    this.#entries.clear();
    this.#entries.set('', 'folder');
  }
  /** Paths of all files, sorted. */
  files(): string[] {
    return [...this.#entries]
      .filter(([, entry]) => entry !== 'folder')
      .map(([path]) => path)
      .sort();
  }
}

function inodeOf(bytes: Buffer): Inode {
  return { bytes, size: bytes.length, durable: bytes.length, shadow: null, changes: 0 };
}

function tear(inode: Inode, prng: Prng): void {
  const { shadow } = inode;
  if (shadow !== null && prng.chance(0.5)) {
    inode.bytes = Buffer.from(shadow);
    inode.size = shadow.length;
  } else if (inode.size > inode.durable && shadow === null) {
    const unflushed = inode.size - inode.durable;
    const kept = prng.chance(0.3) ? 0 : prng.below(unflushed + 1);
    const zeros = prng.chance(0.3) ? prng.below(unflushed - kept + 1) : 0;
    // The file had grown already, but what was to stand there never came.
    inode.bytes.fill(0, inode.durable + kept, inode.durable + kept + zeros);
    inode.size = inode.durable + kept + zeros;
  }
  inode.durable = inode.size;
  inode.shadow = null;
}

class DiskView implements Disk {
  readonly #disk: SimDisk;
  readonly #user: { later(delayMs: number, run: () => void): void; mayUse(): void };

  constructor(disk: SimDisk, user: { later(delayMs: number, run: () => void): void; mayUse(): void }) {
    this.#disk = disk;
    this.#user = user;
  }
  #use(): SimDisk {
    this.#user.mayUse();
    return this.#disk;
  }
  open(path: string): DiskFile {
    const inode = this.#use().open(path);
    return new OpenFile(this.#disk, this.#user, path, inode);
  }
  read(path: string): Buffer | null {
    return this.#use().read(path);
  }
  replace(path: string, bytes: Buffer | string): void {
    this.#use().replace(path, bytes);
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
  rename(from: string, to: string): void {
    this.#use().rename(from, to);
  }
  remove(path: string): void {
    this.#use().remove(path);
  }
  volume(): null {
    return null;
  }
  join(...segments: readonly string[]): string {
    return segments.join('/').replace(/\/{2,}/g, '/');
  }
}

class OpenFile implements DiskFile {
  readonly #disk: SimDisk;
  readonly #user: { later(delayMs: number, run: () => void): void; mayUse(): void };
  readonly #path: string;
  readonly #inode: Inode;
  #isOpen = true;

  constructor(
    disk: SimDisk,
    user: { later(delayMs: number, run: () => void): void; mayUse(): void },
    path: string,
    inode: Inode,
  ) {
    this.#disk = disk;
    this.#user = user;
    this.#path = path;
    this.#inode = inode;
  }
  sizeBytes(): number {
    return this.#inode.size;
  }
  append(buffers: readonly Buffer[]): void {
    const inode = this.#use();
    this.#disk.check('write', this.#path);
    const position = inode.size;
    let total = 0;
    for (const buffer of buffers) total += buffer.length;
    room(inode, position + total);
    let at = position;
    for (const buffer of buffers) at += buffer.copy(inode.bytes, at);
    inode.size = at;
    this.#disk.observer?.appended(this.#path, position, buffers);
  }
  write(position: number, bytes: Buffer): void {
    const inode = this.#use();
    this.#disk.check('write', this.#path);
    if (position < inode.durable) overwrite(inode);
    room(inode, position + bytes.length);
    if (position > inode.size) inode.bytes.fill(0, inode.size, position);
    bytes.copy(inode.bytes, position);
    inode.size = Math.max(inode.size, position + bytes.length);
  }
  read(position: number, length: number): Buffer {
    const count = Math.max(0, Math.min(length, this.#inode.size - position));
    const target = Buffer.allocUnsafe(count);
    this.readInto(target, 0, count, position);
    return target;
  }
  readInto(target: Buffer, targetStart: number, length: number, position: number): number {
    const inode = this.#use();
    const count = Math.max(0, Math.min(length, inode.size - position));
    return inode.bytes.copy(target, targetStart, position, position + count);
  }
  truncate(sizeBytes: number): void {
    const inode = this.#use();
    this.#disk.check('truncate', this.#path);
    if (sizeBytes === inode.size) return;
    if (sizeBytes > inode.size) {
      this.write(sizeBytes - 1, Buffer.alloc(1));
      return;
    }
    if (sizeBytes < inode.durable) overwrite(inode);
    inode.size = sizeBytes;
    inode.changes++;
    this.#disk.observer?.truncated(this.#path, sizeBytes);
  }
  /** What was there when it was called is on the platter once it resolves, and not before. */
  async flush(): Promise<void> {
    const inode = this.#use();
    this.#disk.check('flush', this.#path);
    const { size, changes } = inode;
    await new Promise<void>((resolve) => {
      this.#user.later(this.#disk.flushMs(), () => {
        inode.shadow = null;
        inode.durable = changes === inode.changes ? Math.max(inode.durable, Math.min(size, inode.size)) : inode.size;
        resolve();
      });
    });
  }
  flushNow(): void {
    const inode = this.#use();
    this.#disk.check('flush', this.#path);
    inode.shadow = null;
    inode.durable = inode.size;
  }
  close(): void {
    this.#use();
    this.#isOpen = false;
  }
  #use(): Inode {
    this.#user.mayUse();
    if (!this.#isOpen) throw new Error(`${this.#path} is used after it was closed`);
    return this.#inode;
  }
}

function overwrite(inode: Inode): void {
  inode.shadow ??= Buffer.from(inode.bytes.subarray(0, inode.durable));
  inode.changes++;
}
function room(inode: Inode, size: number): void {
  if (size <= inode.bytes.length) return;
  const grown = Buffer.alloc(Math.max(size, 2 * inode.bytes.length, 256));
  inode.bytes.copy(grown, 0, 0, inode.size);
  inode.bytes = grown;
}
