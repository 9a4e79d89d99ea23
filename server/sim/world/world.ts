// The World of one simulated process, made of the run's scheduler, disk and network. A process that was killed keeps its World, but
// nothing comes out of it any more: its events do not run and its disk refuses it.
import { createCompression } from '../../engine/host/codecs/compression.ts';
import type { Compression, Log, World } from '../../kernel/world.ts';
import type { SimDisk } from './disk.ts';
import type { Host, SimNet } from './net.ts';
import type { Prng } from './prng.ts';
import type { Owner, Scheduler } from './scheduler.ts';

export const START_MS = 1_700_000_000_000;

/** One incarnation of a node or client. */
export class Process implements Owner, Host {
  readonly name: string;
  isDead = false;
  isFrozen = false;
  constructor(name: string) {
    this.name = name;
  }
  get owner(): Owner {
    return this;
  }
}

export interface Parts {
  readonly scheduler: Scheduler;
  readonly net: SimNet;
  readonly prng: Prng;
  readonly disk: SimDisk;
  /** Milliseconds that the wall clock is off; may change while it runs. */
  skewMs(): number;
  onLog(level: 'debug' | 'info' | 'warn' | 'error', message: string): void;
}

export function worldOf(self: Process, parts: Parts): World {
  const { scheduler, net, prng, disk, skewMs, onLog } = parts;
  const log = (level: keyof Log) => (message: string) => onLog(level, message);
  const bootMs = prng.below(1_000_000);
  return {
    clock: {
      nowMs: () => START_MS + Math.floor(scheduler.nowMs + skewMs()),
      monotonicMs: () => bootMs + scheduler.nowMs,
    },
    timers: {
      after: (delayMs, run) => scheduler.after(self, delayMs, run),
      soon: (run) => void scheduler.after(self, 0, run),
    },
    random: {
      below: (bound) => prng.below(bound),
      uuid: () => uuidFrom(prng),
    },
    disk: disk.as({
      later: (delayMs, run) => void scheduler.after(self, delayMs, run),
      mayUse: () => {
        if (self.isDead) throw new Error(`${self.name} is dead and uses its disk`);
      },
    }),
    net: net.as(self),
    compression: SIM_COMPRESSION,
    hashing: NO_HASHING,
    log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
  };
}

function uuidFrom(prng: Prng): string {
  for (;;) {
    const text = prng.bytes(16).toString('base64url');
    if (!text.startsWith('-')) return text;
  }
}

const noHashing = (): never => {
  throw new Error('no client of the simulation authenticates');
};
const NO_HASHING: World['hashing'] = { sha2: noHashing, hmac: noHashing, stretch: noHashing };

/** Those of production: they compute and touch nothing outside. */
export const SIM_COMPRESSION: Compression = createCompression();
