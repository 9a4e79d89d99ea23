// World.disk that can be slow, as the lab says: each append to a log file and each flush of one takes longer. Appends are synchronous, so
// a slow one stops the whole thread, as a slow disk does to a broker that writes before it answers. Made by worker.ts.
import type { Disk, DiskFile, Timers } from '../../../kernel/world.ts';
import type { SlowDisk } from '../../lab.ts';

const LOG_FILE = /\.log$/;

export interface SlowDiskOptions {
  readonly disk: Disk;
  readonly timers: Timers;
  /** Stops the thread for so long. */
  readonly block: (delayMs: number) => void;
  /** What is in force now; null: as fast as it is. */
  readonly slowness: () => SlowDisk | null;
}

export function slowDisk(options: SlowDiskOptions): Disk {
  const { disk } = options;
  return { ...disk, open: (path) => (LOG_FILE.test(path) ? slowFile(disk.open(path), options) : disk.open(path)) };
}

function slowFile(file: DiskFile, { timers, block, slowness }: SlowDiskOptions): DiskFile {
  const blockFor = (delayMs: number) => {
    if (delayMs > 0) block(delayMs);
  };
  return {
    sizeBytes: () => file.sizeBytes(),
    append(buffers) {
      blockFor(slowness()?.appendMs ?? 0);
      file.append(buffers);
    },
    write: (position, bytes) => file.write(position, bytes),
    read: (position, length) => file.read(position, length),
    readInto: (target, targetStart, length, position) => file.readInto(target, targetStart, length, position),
    truncate: (sizeBytes) => file.truncate(sizeBytes),
    flush() {
      const delayMs = slowness()?.flushMs ?? 0;
      const flushed = file.flush();
      if (delayMs === 0) return flushed;
      const waited = new Promise<void>((resolve) => {
        timers.after(delayMs, resolve);
      });
      return Promise.all([flushed, waited]).then(() => undefined);
    },
    flushNow() {
      blockFor(slowness()?.flushMs ?? 0);
      file.flushNow();
    },
    close: () => file.close(),
  };
}

const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
/** Sleeps without turning the loop. */
export function blockThread(delayMs: number): void {
  Atomics.wait(cell, 0, 0, delayMs);
}
