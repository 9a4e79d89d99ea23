// Everything the engine may know of the outside: clock, timers, randomness, disk, network, compression, hashes, log. One object, given
// to each node at its start. host/ implements it for real; a simulated one can replace it whole. Nothing else in the engine
// reads a clock, draws a number or touches a file.

import type { Sha2 } from './sha2.ts';

export interface World {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly disk: Disk;
  readonly net: Net;
  readonly compression: Compression;
  readonly hashing: Hashing;
  readonly log: Log;
}

export interface Clock {
  /** Milliseconds since the epoch. May jump. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start. Never goes back: use it for time-outs and sessions. */
  monotonicMs(): number;
}

export interface Timers {
  /** Runs `run` once after at least `delayMs`; the answer cancels it. */
  after(delayMs: number, run: () => void): CancelTimer;
  /** Runs `run` in a later turn of the loop, after I/O that is already due. */
  soon(run: () => void): void;
}
export type CancelTimer = () => void;

export interface Random {
  /** 0 ≤ n < bound, whole. */
  below(bound: number): number;
  /** 16 random bytes as base64url without padding; never begins with "-". */
  uuid(): string;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Kafka's codec ids: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
export interface Compression {
  /** Throws DecodeError when the bytes are broken or would grow past `maxBytes`. */
  decompress(codec: number, bytes: Buffer, maxBytes: number): Buffer;
  compress(codec: number, bytes: Buffer): Buffer;
}

/** Hashes of credentials at the machine's own speed. */
export interface Hashing {
  sha2(kind: Sha2, message: Buffer): Buffer;
  hmac(kind: Sha2, key: Buffer, message: Buffer): Buffer;
  /** PBKDF2 with HMAC (RFC 8018), as long as the hash, beside the node's own thread: it takes milliseconds. */
  stretch(kind: Sha2, given: StretchInput): Promise<Buffer>;
}
export interface StretchInput {
  readonly password: Buffer;
  readonly salt: Buffer;
  readonly iterations: number;
}

/** Synchronous where the append path needs it (DESIGN: no await between validation and "the end offset moved"). Errors: DiskError. */
export interface Disk {
  /** Opens for reading and writing, creating the file when it is missing. */
  open(path: string): DiskFile;
  /** The whole file, or null when it does not exist. */
  read(path: string): Buffer | null;
  /** Writes beside, flushes, renames over `path`, flushes the folder: the old content or the new, never a mix. */
  replace(path: string, bytes: Buffer | string): void;
  /**
   * The same beside the node's own thread, which flushes would hold up. Answers whether the new content came into its place: a
   * replace() or replaceLater() of the path that is called meanwhile takes it instead. Rejects with DiskError. A crash may leave
   * what it wrote beside, under a name that ends with TEMPORARY_SUFFIX.
   */
  replaceLater(path: string, bytes: Buffer | string): Promise<boolean>;
  /** Entry names, sorted; empty when the folder does not exist. */
  list(path: string): readonly string[];
  /** null when nothing is there. */
  stat(path: string): { readonly isFolder: boolean; readonly sizeBytes: number } | null;
  /** Creates the folder and its parents. */
  makeFolder(path: string): void;
  /** Makes the names in the folder survive a power loss: what was made, renamed or removed there. A file's own flush does not. */
  flushFolder(path: string): Promise<void>;
  flushFolderNow(path: string): void;
  rename(from: string, to: string): void;
  /** Removes a file or a folder with all in it; no error when it is not there. */
  remove(path: string): void;
  /** Of the volume that holds what is at `path`: all of it, and what is free for us. null when nothing is there or it cannot be known. */
  volume(path: string): { readonly totalBytes: number; readonly usableBytes: number } | null;
  /** Joins path segments. */
  join(...segments: readonly string[]): string;
}

/** Of names that mean nothing: whoever opens a folder removes them. */
export const TEMPORARY_SUFFIX = '.tmp';

export interface DiskFile {
  sizeBytes(): number;
  /** Writes all buffers, in order, at the end. Either all of it is in the file or DiskError is thrown and the size is unchanged. */
  append(buffers: readonly Buffer[]): void;
  write(position: number, bytes: Buffer): void;
  /** Reads up to `length` bytes; fewer only at the end of the file. */
  read(position: number, length: number): Buffer;
  /** Reads into `target` from `targetStart`; answers how many bytes were read. */
  readInto(target: Buffer, targetStart: number, length: number, position: number): number;
  truncate(sizeBytes: number): void;
  /** Makes what was written survive a power loss. */
  flush(): Promise<void>;
  flushNow(): void;
  close(): void;
}

export class DiskError extends Error {
  /** errno name: EACCES, ENOSPC, … */
  readonly errno: string;
  constructor(errno: string, message: string) {
    super(message);
    this.name = 'DiskError';
    this.errno = errno;
  }
}

export interface Net {
  /** Rejects with NetError (EADDRINUSE, EACCES, …). Port 0 picks a free one. */
  listen(address: { host: string; port: number }, onSocket: (socket: Socket) => void): Promise<NetListener>;
  /** Rejects with NetError (ECONNREFUSED, ETIMEDOUT, …). */
  connect(address: { host: string; port: number; timeoutMs: number }): Promise<Socket>;
}
export interface NetListener {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Ordered bytes both ways. Handlers are set once, before the first turn of the loop ends. */
export interface Socket {
  readonly remoteHost: string;
  readonly remotePort: number;
  /** The address the other side dialled: what Metadata advertises to it. */
  readonly localHost: string;
  readonly localPort: number;
  onData(handler: (bytes: Buffer) => void): void;
  /** Once; `reason` is null for an orderly end. */
  onClose(handler: (reason: string | null) => void): void;
  /** Fires when the bytes waiting to be sent fell to zero after write() answered false. */
  onDrain(handler: () => void): void;
  /**
   * False when more than the high-water mark is waiting: stop until onDrain. The buffers must not change afterwards, or until
   * `onTaken` ran: nobody reads them then any more. It may never run.
   */
  write(buffers: readonly Buffer[], onTaken?: () => void): boolean;
  pause(): void;
  resume(): void;
  /** Sends what was written, then ends. */
  end(): void;
  /** Drops the connection at once. */
  destroy(): void;
}

export class NetError extends Error {
  readonly errno: string;
  /** The port that could not be listened on. */
  readonly port: number | null;
  constructor(errno: string, message: string, port: number | null = null) {
    super(message);
    this.name = 'NetError';
    this.errno = errno;
    this.port = port;
  }
}
