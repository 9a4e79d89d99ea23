// Folders and files in memory, by path, and handles to them: what the Disks in memory share, MemoryDisk for tests and SimDisk for
// the simulation. What they add is when bytes are refused and which of them a crash leaves.
import { assert } from './assert.ts';
import { DiskError, type DiskFile } from './world.ts';

/** In the message of every error that a rule asked for. */
export const REFUSED_BY_RULE = 'refused by rule';

/** What a file holds: names lead to it, handles keep it. */
export class FileBytes {
  #bytes: Buffer;
  #sizeBytes: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#sizeBytes = bytes.length;
  }
  get sizeBytes(): number {
    return this.#sizeBytes;
  }
  /** Not a copy. */
  get content(): Buffer {
    return this.#bytes.subarray(0, this.#sizeBytes);
  }
  append(buffers: readonly Buffer[]): void {
    let at = this.#sizeBytes;
    this.#room(at + totalOf(buffers));
    for (const buffer of buffers) at += buffer.copy(this.#bytes, at);
    this.#sizeBytes = at;
  }
  write(position: number, bytes: Buffer): void {
    this.#room(position + bytes.length);
    if (position > this.#sizeBytes) this.#bytes.fill(0, this.#sizeBytes, position);
    bytes.copy(this.#bytes, position);
    this.#sizeBytes = Math.max(this.#sizeBytes, position + bytes.length);
  }
  readInto(target: Buffer, targetStart: number, length: number, position: number): number {
    return this.#bytes.copy(target, targetStart, position, position + this.readable(position, length));
  }
  /** How many of `length` bytes there are to read. */
  readable(position: number, length: number): number {
    return Math.max(0, Math.min(length, this.#sizeBytes - position));
  }
  truncate(sizeBytes: number): void {
    if (sizeBytes > this.#sizeBytes) this.write(sizeBytes - 1, Buffer.alloc(1));
    this.#sizeBytes = sizeBytes;
  }
  #room(sizeBytes: number): void {
    if (sizeBytes <= this.#bytes.length) return;
    const grown = Buffer.alloc(Math.max(sizeBytes, 2 * this.#bytes.length, 256));
    this.#bytes.copy(grown, 0, 0, this.#sizeBytes);
    this.#bytes = grown;
  }
}

/** A change of names in a folder, as it can be taken back. */
export type NameChange<F> =
  | { readonly kind: 'made'; readonly path: string }
  | { readonly kind: 'renamed'; readonly from: string; readonly to: string; readonly gone: Entries<F> }
  | { readonly kind: 'removed'; readonly gone: Entries<F> };
type Entries<F> = readonly (readonly [path: string, entry: F | 'folder'])[];

export abstract class FileTree<F extends FileBytes> {
  /** Asked before each operation that changes something; an errno makes it fail. */
  refuse: ((operation: string, path: string) => string | null) | null = null;
  readonly #entries = new Map<string, F | 'folder'>([['', 'folder']]);

  protected abstract newFile(bytes: Buffer): F;

  /** Throws for what the rule refuses; `moreBytes` is what the file would grow by. */
  check(operation: string, path: string, _moreBytes = 0): void {
    const errno = this.refuse?.(operation, path) ?? null;
    if (errno !== null) throw new DiskError(errno, `${operation} ${path}: ${REFUSED_BY_RULE}`);
  }
  /** Creates it when it is missing. */
  protected file(path: string): F {
    const known = this.#fileAt(path);
    if (known !== null) return known;
    this.check('create', path);
    this.#parentOf(path);
    const file = this.newFile(Buffer.alloc(0));
    this.#entries.set(path, file);
    this.named(parentOf(path), { kind: 'made', path });
    return file;
  }
  protected *files(): Generator<[path: string, file: F]> {
    for (const [path, entry] of this.#entries) if (entry !== 'folder') yield [path, entry];
  }
  /** Told of every change of names, by folder, but those of replace. */
  protected named(_folder: string, _change: NameChange<F>): void {}
  /** As if it had never been; the folder's later changes must have been taken back before. */
  protected takeBack(change: NameChange<F>): void {
    if (change.kind === 'made') this.#take(change.path);
    if (change.kind === 'renamed') this.#move(change.to, change.from);
    if (change.kind === 'made') return;
    for (const [path, entry] of change.gone) if (this.#entries.has(parentOf(path))) this.#entries.set(path, entry);
  }
  protected clear(): void {
    this.#entries.clear();
    this.#entries.set('', 'folder');
  }
  /** Takes over all names of `other`, with files of its own. */
  protected copyFrom(other: FileTree<F>, copyOf: (file: F) => F): void {
    for (const [path, entry] of other.#entries) this.#entries.set(path, entry === 'folder' ? entry : copyOf(entry));
  }

  read(path: string): Buffer | null {
    const file = this.#fileAt(path);
    return file === null ? null : Buffer.from(file.content);
  }
  replace(path: string, bytes: Buffer | string): void {
    const fresh = Buffer.from(bytes as Buffer);
    this.check('replace', path, fresh.length);
    this.#parentOf(path);
    this.#fileAt(path);
    this.#entries.set(path, this.newFile(fresh));
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
      this.check('makeFolder', part);
      this.#entries.set(part, 'folder');
      this.named(parentOf(part), { kind: 'made', path: part });
    }
  }
  rename(from: string, to: string): void {
    this.check('rename', from);
    if (!this.#entries.has(from)) throw new DiskError('ENOENT', `${from} does not exist`);
    this.#parentOf(to);
    if (this.#entries.get(to) === 'folder' && this.list(to).length > 0) {
      throw new DiskError('ENOTEMPTY', `${to} is a folder with something in it`);
    }
    const gone = from === to ? [] : this.#take(to);
    this.#move(from, to);
    this.named(parentOf(to), { kind: 'renamed', from, to, gone });
  }
  remove(path: string): void {
    this.check('remove', path);
    const gone = this.#take(path);
    if (gone.length > 0) this.named(parentOf(path), { kind: 'removed', gone });
  }
  async flushFolder(path: string): Promise<void> {
    this.flushFolderNow(path);
  }
  flushFolderNow(path: string): void {
    this.check('flushFolder', path);
    if (this.#entries.get(path) !== 'folder') throw new DiskError('ENOENT', `${path} is no folder`);
  }
  #move(from: string, to: string): void {
    for (const [key, value] of this.#take(from)) this.#entries.set(to + key.slice(from.length), value);
  }
  /** The entry and all below it, which are not there any more. */
  #take(path: string): Entries<F> {
    const taken = [...this.#entries].filter(([key]) => key === path || key.startsWith(`${path}/`));
    for (const [key] of taken) this.#entries.delete(key);
    return taken;
  }
  /** Memory has no volume. */
  volume(): null {
    return null;
  }
  join(...segments: readonly string[]): string {
    return segments.join('/').replace(/\/{2,}/g, '/');
  }

  #fileAt(path: string): F | null {
    const entry = this.#entries.get(path);
    if (entry === 'folder') throw new DiskError('EISDIR', `${path} is a folder`);
    return entry ?? null;
  }
  #parentOf(path: string): void {
    const parent = parentOf(path);
    const entry = this.#entries.get(parent);
    if (entry === undefined) throw new DiskError('ENOENT', `${parent} does not exist`);
    if (entry !== 'folder') throw new DiskError('ENOTDIR', `${parent} is a file`);
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** A handle; whoever extends it says what flushing is. */
export abstract class OpenFile<F extends FileBytes> implements DiskFile {
  protected readonly path: string;
  readonly #tree: FileTree<F>;
  readonly #file: F;
  #isOpen = true;

  constructor(tree: FileTree<F>, path: string, file: F) {
    this.#tree = tree;
    this.path = path;
    this.#file = file;
  }
  /** The file, for one operation on it. */
  protected use(): F {
    assert(this.#isOpen, `${this.path} is used while it is open`);
    return this.#file;
  }
  /** The file, for an operation that changes it; throws for what the rule refuses. */
  protected change(operation: string, moreBytes = 0): F {
    const file = this.use();
    this.#tree.check(operation, this.path, moreBytes);
    return file;
  }
  sizeBytes(): number {
    return this.#file.sizeBytes;
  }
  append(buffers: readonly Buffer[]): void {
    this.change('write', totalOf(buffers)).append(buffers);
  }
  write(position: number, bytes: Buffer): void {
    this.change('write', Math.max(0, position + bytes.length - this.sizeBytes())).write(position, bytes);
  }
  read(position: number, length: number): Buffer {
    const target = Buffer.allocUnsafe(this.#file.readable(position, length));
    this.readInto(target, 0, target.length, position);
    return target;
  }
  readInto(target: Buffer, targetStart: number, length: number, position: number): number {
    return this.use().readInto(target, targetStart, length, position);
  }
  truncate(sizeBytes: number): void {
    this.change('truncate', Math.max(0, sizeBytes - this.sizeBytes())).truncate(sizeBytes);
  }
  abstract flush(): Promise<void>;
  abstract flushNow(): void;
  close(): void {
    this.use();
    this.#isOpen = false;
  }
}

function totalOf(buffers: readonly Buffer[]): number {
  let total = 0;
  for (const buffer of buffers) total += buffer.length;
  return total;
}
