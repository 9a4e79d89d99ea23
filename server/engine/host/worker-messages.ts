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

/** What the supervisor gives a worker beside it: one 32-bit cell that holds the number of a freeze while the thread is to
 * stand still, else 0. Each freeze has its own: a thread that goes to sleep late does not sleep through thaw and the next freeze. */
export interface WorkerGiven extends WorkerStart {
  readonly frozenCell: Int32Array<SharedArrayBuffer>;
}

export type ToWorker =
  | { readonly type: 'start'; readonly options: NodeOptions | BrokerOptions; readonly faults: NodeFaults }
  /** In place of all earlier ones. */
  | { readonly type: 'faults'; readonly faults: NodeFaults }
  | { readonly type: 'stop'; readonly timeoutMs: number }
  /** The thread stands still, sockets open, for as long as the cell holds `number`. */
  | { readonly type: 'freeze'; readonly number: number }
  /** Answered by 'clients' with the same id. */
  | { readonly type: 'clients'; readonly id: number };

export type FromWorker =
  | { readonly type: 'ready'; readonly address: BoundAddress }
  /** `code` is the errno, such as EADDRINUSE, when the network refused; `port` the one that it refused. */
  | { readonly type: 'failed'; readonly message: string; readonly code: string | null; readonly port?: number | null }
  | { readonly type: 'stopped' }
  /** The last word before the thread stands still. */
  | { readonly type: 'frozen'; readonly number: number }
  | { readonly type: 'clients'; readonly id: number; readonly rows: readonly ClientRow[] }
  | { readonly type: 'log'; readonly line: LogLine };
