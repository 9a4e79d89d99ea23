// The real World.
import type { World } from '../../kernel/world.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export interface LogLine {
  readonly level: LogLevel;
  readonly label: string;
  readonly message: string;
}
export interface HostWorldOptions {
  readonly label: string;
  readonly logLevel?: LogLevel;
  readonly onLog: (line: LogLine) => void;
}
export function createHostWorld(_options: HostWorldOptions): World {
  throw new Error('not yet');
}
