// What supervisor and worker say to each other over the message port: supervision only, never anything of Kafka's.
import type { ClientRow, NodeFaults } from '../lab.ts';
import type { BoundAddress, BrokerOptions, NodeOptions } from '../node.ts';
import type { LogLevel, LogLine } from './world.ts';

/** Given when the thread is made; the thread loads its code while others are still starting. */
export interface WorkerStart {
  readonly role: 'broker' | 'controller';
  readonly label: string;
  readonly logLevel: LogLevel;
}

/** What the supervisor gives a worker beside it: one 32-bit cell that holds 1 while the thread is to stand still. */
export interface WorkerGiven extends WorkerStart {
  readonly frozenCell: Int32Array<SharedArrayBuffer>;
}

export type ToWorker =
  | { readonly type: 'start'; readonly options: NodeOptions | BrokerOptions; readonly faults: NodeFaults }
  /** In place of all earlier ones. */
  | { readonly type: 'faults'; readonly faults: NodeFaults }
  | { readonly type: 'stop'; readonly timeoutMs: number }
  /** The thread stands still, sockets open, until the cell is no longer 1. */
  | { readonly type: 'freeze' }
  /** Answered by 'clients' with the same id. */
  | { readonly type: 'clients'; readonly id: number };

export type FromWorker =
  | { readonly type: 'ready'; readonly address: BoundAddress }
  /** `code` is the errno, such as EADDRINUSE, when the network refused; `port` the one that it refused. */
  | { readonly type: 'failed'; readonly message: string; readonly code: string | null; readonly port?: number | null }
  | { readonly type: 'stopped' }
  /** The last word before the thread stands still. */
  | { readonly type: 'frozen' }
  | { readonly type: 'clients'; readonly id: number; readonly rows: readonly ClientRow[] }
  | { readonly type: 'log'; readonly line: LogLine };
