// The server side of the wire.
import type { World } from '../../kernel/world.ts';
import type { Address } from '../node.ts';
import type { Handler } from './handler.ts';

export interface ListenerLimits {
  readonly maxRequestBytes: number;
  readonly maxConnections: number;
  readonly idleMs: number;
}
export interface ListenerOptions {
  readonly address: Address;
  readonly handlers: readonly Handler[];
  readonly limits?: Partial<ListenerLimits>;
  readonly brokerLabel: string;
}
export interface Listener {
  readonly address: Address;
  close(): Promise<void>;
}
export async function startListener(_world: World, _options: ListenerOptions): Promise<Listener> {
  throw new Error('not yet');
}
