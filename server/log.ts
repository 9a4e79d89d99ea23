// Lines for the person at the terminal, filtered by --log-level. Made by main.ts and handed down as plain functions; nothing
// else prints. Errors and warnings go to stderr.
import { type LogLevel, logLevels } from './config.ts';

export type Log = Readonly<Record<LogLevel, (source: string, message: string) => void>>;

export interface LogSinks {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** `source` says who speaks: "broker 1", "live". One call is one line, unless the message holds a stack. */
export function createLog(level: LogLevel, nowMs: () => number, sinks: LogSinks): Log {
  const most = logLevels.indexOf(level);
  const at = (each: LogLevel) => {
    if (logLevels.indexOf(each) > most) return () => undefined;
    const write = each === 'error' || each === 'warn' ? sinks.err : sinks.out;
    return (source: string, message: string) =>
      write(`${new Date(nowMs()).toISOString().slice(11, 23)} ${each.padEnd(5)} ${source}: ${message}`);
  };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
