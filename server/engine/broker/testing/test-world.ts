// A World for tests: disk and network in memory, a clock that moves when told, no randomness from outside. Nodes given the same
// TestWorld reach each other.
import { Heap } from '../../../kernel/heap.ts';
import { MemoryDisk } from '../../../kernel/memory-disk.ts';
import { MemoryNet } from '../../../kernel/memory-net.ts';
import type { CancelTimer, Clock, Compression, Hashing, Log, Random, Timers, World } from '../../../kernel/world.ts';

interface Entry {
  readonly atMs: number;
  readonly order: number;
  isCancelled: boolean;
  readonly run: () => void;
}

const START_MS = 1_700_000_000_000;

export class TestWorld implements World {
  readonly disk = new MemoryDisk();
  readonly net = new MemoryNet((run) => setImmediate(run));
  readonly lines: string[] = [];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly compression: Compression;
  readonly hashing: Hashing;
  readonly log: Log;
  readonly #entries = new Heap<Entry>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order));
  #elapsedMs = 0;
  #count = 0;

  constructor(compression: Compression = refuseCompression, hashing: Hashing = refuseHashing) {
    this.clock = { nowMs: () => START_MS + this.#elapsedMs, monotonicMs: () => this.#elapsedMs };
    this.timers = { after: (delayMs, run) => this.#after(delayMs, run), soon: (run) => void setImmediate(run) };
    this.random = { below: (bound) => this.#count++ % bound, uuid: () => this.#uuid() };
    this.compression = compression;
    this.hashing = hashing;
    const keep = (level: string) => (message: string) => void this.lines.push(`${level} ${message}`);
    this.log = { debug: () => {}, info: keep('info'), warn: keep('warn'), error: keep('error') };
  }

  /** Moves the clock and runs what falls due, one timer after the other, letting I/O happen after each. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#elapsedMs + byMs;
    for (;;) {
      await this.settle();
      const next = this.#entries.peek();
      if (next === undefined || next.atMs > endMs) break;
      this.#entries.pop();
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      if (!next.isCancelled) next.run();
    }
    this.#elapsedMs = endMs;
    await this.settle();
  }

  /** Lets bytes that are on their way arrive, without the clock moving. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves the clock in small steps until `wanted` settles. */
  async until<T>(wanted: Promise<T>, limitMs = 60_000): Promise<T> {
    let isDone = false;
    const watched = wanted.finally(() => {
      isDone = true;
    });
    watched.catch(() => {});
    for (let waitedMs = 0; !isDone && waitedMs < limitMs; waitedMs += 10) await this.advance(10);
    if (!isDone) throw new Error(`nothing came within ${limitMs} ms`);
    return watched;
  }

  #after(delayMs: number, run: () => void): CancelTimer {
    const entry = { atMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#count++, isCancelled: false, run };
    this.#entries.push(entry);
    return () => {
      entry.isCancelled = true;
    };
  }
  #uuid(): string {
    const bytes = Buffer.alloc(16, 7);
    bytes.writeUInt32BE(this.#count++, 4);
    return bytes.toString('base64url');
  }
}

const noHashing = () => {
  throw new Error('nobody authenticates in this test');
};
const refuseHashing: Hashing = { sha2: noHashing, hmac: noHashing, stretch: noHashing };
const refuseCompression: Compression = {
  decompress: () => {
    throw new Error('this test compresses nothing');
  },
  compress: () => {
    throw new Error('this test compresses nothing');
  },
};
