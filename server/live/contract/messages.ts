// What goes over the socket, either way.
import type { ClusterSummary, ErrorBody } from './parts.ts';
import type { CallName, ChannelName, StreamName } from './subjects.ts';

/** Browser → server. `id` is chosen by the browser: unique per socket among open subscriptions and calls. */
export type ClientMessage =
  | {
      readonly type: 'subscribe';
      readonly id: number;
      readonly cluster: string;
      readonly channel: ChannelName | StreamName;
      readonly params: unknown;
    }
  | { readonly type: 'unsubscribe'; readonly id: number }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly cluster: string;
      readonly name: CallName;
      readonly args: unknown;
    }
  /** The frame with this number was applied; the server may send the next. */
  | { readonly type: 'ack'; readonly seq: number };

/**
 * Replace the value at `path` (array indices as numbers); without `value` the key is removed. With `slide` instead, the array
 * at `path` loses that many items at its front and gains `append` at its end: how a series moves on.
 */
export interface PatchOp {
  readonly path: readonly (string | number)[];
  readonly value?: unknown;
  readonly slide?: number;
  readonly append?: readonly unknown[];
}

export type FrameItem =
  | { readonly kind: 'snapshot'; readonly id: number; readonly version: number; readonly data: unknown }
  | {
      readonly kind: 'patch';
      readonly id: number;
      readonly from: number;
      readonly to: number;
      readonly ops: readonly PatchOp[];
    }
  | { readonly kind: 'batch'; readonly id: number; readonly data: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorBody };

/** Server → browser. At most one frame is unacknowledged per socket; beats and results are outside that count. */
export type ServerMessage =
  | {
      readonly type: 'hello';
      readonly contractVersion: number;
      readonly serverVersion: string;
      readonly clusters: readonly ClusterSummary[];
    }
  | { readonly type: 'frame'; readonly seq: number; readonly atMs: number; readonly items: readonly FrameItem[] }
  | { readonly type: 'result'; readonly id: number; readonly ok: unknown }
  | { readonly type: 'result'; readonly id: number; readonly error: ErrorBody }
  | { readonly type: 'beat'; readonly atMs: number }
  /** A message that could not be understood; the socket stays open unless it was not JSON at all. */
  | { readonly type: 'refused'; readonly error: ErrorBody };
