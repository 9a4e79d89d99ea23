// The client side of the wire.
import type { World } from '../../kernel/world.ts';
import type { Api } from '../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../protocol/grammar.ts';
import type { Address } from '../node.ts';

/** Why a request got no answer. */
export class ConnectionError extends Error {
  readonly reason: 'closed' | 'timeout' | 'full' | 'refused';
  constructor(reason: ConnectionError['reason'], message: string) {
    super(message);
    this.name = 'ConnectionError';
    this.reason = reason;
  }
}
export interface ConnectOptions {
  readonly clientId: string;
  /** For the connect itself. */
  readonly timeoutMs: number;
}
export interface Connection {
  readonly isOpen: boolean;
  /** Rejects with ConnectionError. */
  send<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    version: number,
    input: Input<Q>,
    timeoutMs: number,
  ): Promise<Value<R>>;
  /** Once; at once when it is closed already. The answer takes the callback back. */
  onClose(run: (reason: string) => void): () => void;
  close(): void;
}
export async function connect(_world: World, _address: Address, _options: ConnectOptions): Promise<Connection> {
  throw new Error('not yet');
}
