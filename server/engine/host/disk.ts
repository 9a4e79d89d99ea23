// World.disk on node:fs. Every errno becomes a DiskError; nothing here knows what the bytes mean.
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Newest } from '../../kernel/newest.ts';
import type { Disk, DiskFile } from '../../kernel/world.ts';
import { DiskError, TEMPORARY_SUFFIX } from '../../kernel/world.ts';

/** Buffers per writev: below every platform's IOV_MAX. */
const MAX_VECTOR = 512;

function diskError(error: unknown): unknown {
  if (error instanceof DiskError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof Error && code !== undefined ? new DiskError(code, error.message) : error;
}
function guarded<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw diskError(error);
  }
}
/** `fallback` when nothing is there. */
function unlessMissing<T>(fallback: T, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return fallback;
    throw diskError(error);
  }
}

export const hostDisk: Disk = {
  open: (path) => guarded(() => new HostFile(openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644))),
  read: (path) => unlessMissing(null, () => readFileSync(path)),
  replace: (path, bytes) => guarded(() => replace(path, bytes)),
  replaceLater,
  list: (path) => unlessMissing([], () => readdirSync(path).sort()),
  stat: (path) =>
    unlessMissing(null, () => {
      const stat = statSync(path);
      return { isFolder: stat.isDirectory(), sizeBytes: stat.size };
    }),
  makeFolder: (path) => guarded(() => void mkdirSync(path, { recursive: true })),
  flushFolder: (path) => flushFolder(path),
  flushFolderNow: (path) => guarded(() => flushFolderNow(path)),
  rename: (from, to) => guarded(() => renameSync(from, to)),
  remove: (path) => guarded(() => rmSync(path, { recursive: true, force: true })),
  volume: (path) =>
    unlessMissing(null, () => {
      const { bsize, blocks, bavail } = statfsSync(path);
      return { totalBytes: bsize * blocks, usableBytes: bsize * bavail };
    }),
  join: (...segments) => join(...segments),
};

/** Of this thread: a path belongs to one. */
const newest = new Newest();

function replace(path: string, bytes: Buffer | string): void {
  const turn = newest.begin(path);
  const beside = path + TEMPORARY_SUFFIX;
  const fd = openSync(beside, 'w', 0o644);
  try {
    writeFully(fd, typeof bytes === 'string' ? Buffer.from(bytes) : bytes, 0);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(beside, path);
  newest.end(path, turn);
  flushFolderNow(dirname(path));
}

/** Only the rename happens on this thread: between the look whether it is still wanted and the act nothing can come. */
async function replaceLater(path: string, bytes: Buffer | string): Promise<boolean> {
  const turn = newest.begin(path);
  const beside = `${path}.${turn}${TEMPORARY_SUFFIX}`;
  try {
    await writeFile(beside, bytes, { mode: 0o644, flush: true });
    const isWanted = newest.end(path, turn);
    if (!isWanted) rmSync(beside);
    else renameSync(beside, path);
    if (isWanted) await flushFolder(dirname(path));
    return isWanted;
  } catch (error) {
    newest.end(path, turn);
    // Its name comes but once: on a full disk what failed would pile up.
    unlessMissing(undefined, () => rmSync(beside, { force: true }));
    throw diskError(error);
  }
}

/** Windows cannot open folders and needs no such call. */
const hasFolderFlush = process.platform !== 'win32';

async function flushFolder(path: string): Promise<void> {
  if (!hasFolderFlush) return;
  const fd = guarded(() => openSync(path, 'r'));
  await new Promise<void>((resolve, reject) => {
    fsync(fd, (error) => {
      closeSync(fd);
      if (error === null) resolve();
      else reject(diskError(error));
    });
  });
}
function flushFolderNow(path: string): void {
  if (!hasFolderFlush) return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeFully(fd: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}

class HostFile implements DiskFile {
  readonly #fd: number;
  #sizeBytes: number;
  #isClosed = false;
  #flushesInProgress = 0;

  constructor(fd: number) {
    this.#fd = fd;
    this.#sizeBytes = fstatSync(fd).size;
  }

  sizeBytes(): number {
    return this.#sizeBytes;
  }

  append(buffers: readonly Buffer[]): void {
    this.#mustBeOpen();
    try {
      this.#sizeBytes += buffers.length === 1 ? this.#appendOne(buffers[0] as Buffer) : this.#appendAll(buffers);
    } catch (error) {
      this.#cutBack();
      throw diskError(error);
    }
  }
  #appendOne(bytes: Buffer): number {
    writeFully(this.#fd, bytes, this.#sizeBytes);
    return bytes.length;
  }
  #appendAll(buffers: readonly Buffer[]): number {
    let total = 0;
    for (let i = 0; i < buffers.length; i += MAX_VECTOR) {
      const some = buffers.slice(i, i + MAX_VECTOR);
      const wanted = some.reduce((sum, buffer) => sum + buffer.length, 0);
      const position = this.#sizeBytes + total;
      const written = wanted === 0 ? 0 : writevSync(this.#fd, some, position);
      if (written < wanted) writeFully(this.#fd, Buffer.concat(some).subarray(written), position + written);
      total += wanted;
    }
    return total;
  }
  /** A half-written tail must not stay. If even that fails, the size we keep is still the old one: the next append overwrites it. */
  #cutBack(): void {
    try {
      ftruncateSync(this.#fd, this.#sizeBytes);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }

  write(position: number, bytes: Buffer): void {
    this.#mustBeOpen();
    guarded(() => writeFully(this.#fd, bytes, position));
    this.#sizeBytes = Math.max(this.#sizeBytes, position + bytes.length);
  }

  read(position: number, length: number): Buffer {
    const available = Math.max(0, Math.min(length, this.#sizeBytes - position));
    const target = Buffer.allocUnsafe(available);
    const count = this.readInto(target, 0, available, position);
    return count === available ? target : target.subarray(0, count);
  }
  readInto(target: Buffer, targetStart: number, length: number, position: number): number {
    this.#mustBeOpen();
    return guarded(() => {
      let done = 0;
      while (done < length) {
        const count = readSync(this.#fd, target, targetStart + done, length - done, position + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    });
  }

  truncate(sizeBytes: number): void {
    this.#mustBeOpen();
    guarded(() => ftruncateSync(this.#fd, sizeBytes));
    this.#sizeBytes = sizeBytes;
  }

  flush(): Promise<void> {
    this.#mustBeOpen();
    this.#flushesInProgress++;
    return new Promise((resolve, reject) => {
      fdatasync(this.#fd, (error) => {
        this.#flushesInProgress--;
        if (this.#isClosed && this.#flushesInProgress === 0) closeSync(this.#fd);
        if (error === null) resolve();
        else reject(diskError(error));
      });
    });
  }
  flushNow(): void {
    this.#mustBeOpen();
    guarded(() => fdatasyncSync(this.#fd));
  }

  /** The descriptor itself is kept until a flush in progress has ended: its number could be another file's by then. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#flushesInProgress === 0) guarded(() => closeSync(this.#fd));
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new DiskError('EBADF', 'the file is closed');
  }
}
