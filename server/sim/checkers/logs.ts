// Every partition log of every node as it stands on disk, read from what is written there: the checkers' own eyes, beside the
// engine's. Invariant 3 (offsets dense, epochs never go back) and the cheap half of 15 (one offset and epoch, one batch) are
// checked with each append.
import { batchSizeBytes, isChecksumValid, lastOffsetOf, readBatchHeader } from '../../protocol/records/batch.ts';
import type { IsCleaned } from '../options.ts';
import type { DiskObserver, SimDisk } from '../world/disk.ts';
import { METADATA_PARTITION } from './metadata.ts';
import { holds } from './violation.ts';

export interface SeenBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly epoch: number;
  readonly crc: number;
  readonly maxTimestampMs: number;
  readonly endPosition: number;
}
interface SeenSegment {
  readonly baseOffset: number;
  batches: SeenBatch[];
}
const SEGMENT = /^(.*)\/(\d{20})\.log$/;
const SMALLEST_BATCH_BYTES = 61;

/** One partition's log on one node. */
export class SeenLog {
  readonly segments: SeenSegment[] = [];

  get startOffset(): number {
    return this.segments[0]?.baseOffset ?? 0;
  }
  get endOffset(): number {
    for (let i = this.segments.length - 1; i >= 0; i--) {
      const segment = this.segments[i] as SeenSegment;
      const last = segment.batches.at(-1);
      if (last !== undefined) return last.lastOffset + 1;
      // Cleaned segments before it may lack records at their end.
      if (i === this.segments.length - 1) return segment.baseOffset;
    }
    return 0;
  }
  /** The batch that holds the offset. */
  at(offset: number): SeenBatch | undefined {
    for (let i = this.segments.length - 1; i >= 0; i--) {
      const { baseOffset, batches } = this.segments[i] as SeenSegment;
      if (baseOffset > offset) continue;
      let low = 0;
      let high = batches.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((batches[middle] as SeenBatch).lastOffset < offset) low = middle + 1;
        else high = middle;
      }
      const found = batches[low];
      return found !== undefined && found.baseOffset <= offset ? found : undefined;
    }
    return undefined;
  }
  segment(baseOffset: number): SeenSegment {
    let segment = this.segments.find((one) => one.baseOffset === baseOffset);
    if (segment === undefined) {
      segment = { baseOffset, batches: [] };
      this.segments.push(segment);
      this.segments.sort((a, b) => a.baseOffset - b.baseOffset);
    }
    return segment;
  }
}

/** Batches by "partition:epoch:base offset", for all nodes. */
export class BatchRegister {
  readonly #crcs = new Map<string, number>();
  /** 15, and 1 by who really appended: what one leader wrote under its epoch is the same wherever it is. */
  add(node: string, partition: string, { baseOffset, epoch, crc }: SeenBatch): void {
    const key = `${partition}:${epoch}:${baseOffset}`;
    const known = this.#crcs.get(key);
    if (known === undefined) this.#crcs.set(key, crc);
    else {
      holds(
        15,
        known === crc,
        () => `${node} has another batch at offset ${baseOffset} of ${partition}, epoch ${epoch}`,
      );
    }
  }
}

/** The logs of one node. `folder` is the node's own. */
export class NodeLogs implements DiskObserver {
  readonly #node: string;
  readonly #register: BatchRegister;
  readonly #isCleaned: IsCleaned;
  readonly #logs = new Map<string, SeenLog>();
  /** Called with whole batches as they are appended. */
  onAppend: (partition: string, bytes: Buffer) => void = () => {};
  /** Called when a log goes on in another file. */
  onRoll: () => void = () => {};
  /** Called when the cleaner put a file in the place of others. */
  onClean: (partition: string) => void = () => {};
  /** Called with what the oldest segment held when it goes and others stay. */
  onRetire: (partition: string, batches: readonly SeenBatch[]) => void = () => {};

  constructor(node: string, register: BatchRegister, isCleaned: IsCleaned) {
    this.#node = node;
    this.#register = register;
    this.#isCleaned = isCleaned;
  }

  /** By "topic-partition". */
  get(partition: string): SeenLog | undefined {
    return this.#logs.get(`${this.#node}/${partition}`);
  }

  appended(path: string, position: number, buffers: readonly Buffer[]): void {
    const match = SEGMENT.exec(path);
    if (match === null) return;
    const bytes = Buffer.concat(buffers);
    const folder = match[1] as string;
    const log = this.#log(folder);
    this.#take(log, Number(match[2]), position, { folder, bytes, isNew: true });
    if (position === 0 && log.segments.length > 1) this.onRoll();
    this.onAppend(folder.slice(this.#node.length + 1), bytes);
  }
  truncated(path: string, size: number): void {
    const match = SEGMENT.exec(path);
    if (match === null) return;
    const log = this.#log(match[1] as string);
    const segment = log.segment(Number(match[2]));
    segment.batches = segment.batches.filter((batch) => batch.endPosition <= size);
  }
  renamed(from: string, to: string, content: Buffer | null): void {
    this.#retires(from);
    this.removed(from);
    const match = SEGMENT.exec(to);
    if (match !== null && content !== null) {
      const folder = match[1] as string;
      this.#take(this.#log(folder), Number(match[2]), 0, { folder, bytes: content, isNew: false });
      this.onClean(folder.slice(this.#node.length + 1));
      return;
    }
    if (!to.endsWith('-delete') && this.#isFolder(from)) throw new Error(`a folder of logs was renamed to ${to}`);
  }
  removed(path: string): void {
    const match = SEGMENT.exec(path);
    if (match === null) {
      for (const folder of [...this.#logs.keys()]) {
        if (folder === path || folder.startsWith(`${path}/`)) this.#logs.delete(folder);
      }
      return;
    }
    const log = this.#logs.get(match[1] as string);
    const i = log?.segments.findIndex((segment) => segment.baseOffset === Number(match[2])) ?? -1;
    if (log === undefined || i < 0) return;
    log.segments.splice(i, 1);
  }
  /** The oldest segment of several goes first where retention takes it; where a log is cut, the newest. */
  #retires(path: string): void {
    const match = SEGMENT.exec(path);
    const folder = match?.[1] ?? '';
    const segments = this.#logs.get(folder)?.segments ?? [];
    const [first] = segments;
    if (segments.length < 2 || first === undefined || first.baseOffset !== Number(match?.[2])) return;
    this.onRetire(folder.slice(this.#node.length + 1), first.batches);
  }
  #isFolder(path: string): boolean {
    return this.#logs.has(path);
  }

  /** Reads everything anew, after the disk changed under it. */
  rescan(disk: SimDisk): void {
    this.#logs.clear();
    for (const path of disk.paths()) {
      const match = SEGMENT.exec(path);
      if (match === null || /-delete\//.test(path)) continue;
      const bytes = disk.read(path) ?? Buffer.alloc(0);
      const folder = match[1] as string;
      this.#take(this.#log(folder), Number(match[2]), 0, { folder, bytes, isNew: false });
    }
  }

  /** All whole batches of a partition, one after the other. */
  bytesOf(partition: string, disk: SimDisk): Buffer {
    const folder = `${this.#node}/${partition}`;
    const parts = (this.#logs.get(folder)?.segments ?? []).map(({ baseOffset, batches }) => {
      const bytes = disk.read(`${folder}/${String(baseOffset).padStart(20, '0')}.log`) ?? Buffer.alloc(0);
      return bytes.subarray(0, batches.at(-1)?.endPosition ?? 0);
    });
    return Buffer.concat(parts);
  }

  #log(folder: string): SeenLog {
    let log = this.#logs.get(folder);
    if (log === undefined) {
      log = new SeenLog();
      this.#logs.set(folder, log);
    }
    return log;
  }
  #take(
    log: SeenLog,
    segmentBase: number,
    position: number,
    { folder, bytes, isNew }: { folder: string; bytes: Buffer; isNew: boolean },
  ): void {
    const partition = folder.slice(this.#node.length + 1);
    const segment = log.segment(segmentBase);
    for (let at = 0; bytes.length - at >= SMALLEST_BATCH_BYTES; ) {
      if (!isNew && !isWhole(bytes, at)) return;
      const sizeBytes = batchSizeBytes(bytes, at);
      const header = readBatchHeader(bytes, at);
      at += sizeBytes;
      const { baseOffset, leaderEpoch: epoch, crc } = header;
      const maxTimestampMs = Number(header.maxTimestampMs);
      const lastOffset = lastOffsetOf(header);
      const batch = { baseOffset, lastOffset, epoch, crc, maxTimestampMs, endPosition: position + at };
      if (isNew) this.#check(log, segment, partition, batch);
      segment.batches.push(batch);
      // What the controller wrote and lost before anyone read it may be written anew, and differently.
      if (partition !== METADATA_PARTITION && !this.#isCleaned(partition))
        this.#register.add(this.#node, partition, batch);
    }
  }
  /** 3: the log goes on where it ended, in the same epoch or a later one. */
  #check(log: SeenLog, segment: SeenSegment, partition: string, batch: SeenBatch): void {
    const last = log.segments.findLast(({ batches }) => batches.length > 0)?.batches.at(-1);
    if (last === undefined) return;
    const place = `${partition} on ${this.#node}`;
    holds(
      3,
      this.#isCleaned(partition) ? batch.baseOffset > last.lastOffset : batch.baseOffset === last.lastOffset + 1,
      () => `${place}: offset ${batch.baseOffset} follows ${last.lastOffset}`,
    );
    holds(
      3,
      batch.epoch >= last.epoch,
      () => `${place}: epoch ${batch.epoch} at ${batch.baseOffset} follows ${last.epoch}`,
    );
    holds(3, segment.baseOffset <= batch.baseOffset, () => `${place}: offset ${batch.baseOffset} in a later segment`);
  }
}

function isWhole(bytes: Buffer, at: number): boolean {
  const length = bytes.readInt32BE(at + 8);
  const sizeBytes = length + 12;
  if (sizeBytes < SMALLEST_BATCH_BYTES || at + sizeBytes > bytes.length || bytes.readInt8(at + 16) !== 2) return false;
  return isChecksumValid(bytes, at, sizeBytes);
}
