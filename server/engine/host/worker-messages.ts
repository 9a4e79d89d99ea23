// What supervisor and worker say to each other over the message port: supervision only, never anything of Kafka's.
import type { Address, BrokerOptions, NodeOptions } from '../node.ts';
import type { LogLevel, LogLine } from './world.ts';

/** Given when the thread is made; the thread loads its code while others are still starting. */
export interface WorkerStart {
  readonly role: 'broker' | 'controller';
  readonly label: string;
  readonly logLevel: LogLevel;
}

export type ToWorker =
  | { readonly type: 'start'; readonly options: NodeOptions | BrokerOptions }
  | { readonly type: 'stop'; readonly timeoutMs: number };

export type FromWorker =
  | { readonly type: 'ready'; readonly address: Address }
  /** `code` is the errno, such as EADDRINUSE, when the network refused. */
  | { readonly type: 'failed'; readonly message: string; readonly code: string | null }
  | { readonly type: 'stopped' }
  | { readonly type: 'log'; readonly line: LogLine };
