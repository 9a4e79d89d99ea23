// The real World: made once per node by worker.ts, and by tests that want real sockets and files.
import { randomBytes, randomInt } from 'node:crypto';
import type { Random, World } from '../../kernel/world.ts';
import { createCompression } from './codecs/compression.ts';
import { hostDisk } from './disk.ts';
import { hostHashing } from './hashing.ts';
import { preferNativeCrc32c } from './native-crc32c.ts';
import { hostNet } from './net.ts';
import { HeapTimers } from './timers.ts';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];
export interface LogLine {
  readonly level: LogLevel;
  /** Who says it: "broker 1", "controller". */
  readonly label: string;
  readonly message: string;
}
export interface HostWorldOptions {
  readonly label: string;
  /** The least important lines that reach onLog; 'info' when not given. */
  readonly logLevel?: LogLevel;
  readonly onLog: (line: LogLine) => void;
}

export function createHostWorld(options: HostWorldOptions): World {
  preferNativeCrc32c();
  const monotonicMs = () => performance.now();
  return {
    clock: { nowMs: () => Date.now(), monotonicMs },
    timers: new HeapTimers(monotonicMs),
    random: hostRandom,
    disk: hostDisk,
    net: hostNet,
    compression: createCompression(),
    hashing: hostHashing,
    log: createLog(options),
  };
}

export const hostRandom: Random = {
  below: (bound) => randomInt(bound),
  uuid: () => {
    for (;;) {
      const text = randomBytes(16).toString('base64url');
      if (!text.startsWith('-')) return text;
    }
  },
};

function createLog({ label, logLevel = 'info', onLog }: HostWorldOptions): World['log'] {
  const most = logLevels.indexOf(logLevel);
  const say = (level: LogLevel) =>
    logLevels.indexOf(level) <= most ? (message: string) => onLog({ level, label, message }) : () => {};
  return { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug') };
}
