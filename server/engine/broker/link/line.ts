// One connection to the controller that opens itself when it is needed and again after it was lost. A long poll blocks whatever
// is behind it on its connection, so fetching, heartbeats and forwarded requests have a line each.
import type { CancelTimer, World } from '../../../kernel/world.ts';
import type { Api } from '../../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../../protocol/grammar.ts';
import type { Address } from '../../node.ts';
import { writeAsker } from '../../rpc/asker.ts';
import { type Connection, ConnectionError, connect } from '../../rpc/connection.ts';
import type { QuotaClient } from '../../rpc/handler.ts';

const CONNECT_TIMEOUT_MS = 5000;

/** Whose request it is, where the controller holds clients to quotas; it then goes in the client's own version. */
export interface Asker extends QuotaClient {
  readonly apiVersion: number;
}

export class Line {
  readonly #world: World;
  readonly #address: Address;
  readonly #clientId: string;
  #connection: Connection | null = null;
  #opening: Promise<Connection> | null = null;
  #isClosed = false;

  constructor(world: World, address: Address, clientId: string) {
    this.#world = world;
    this.#address = address;
    this.#clientId = clientId;
  }

  /** Rejects with ConnectionError; 'refused' when the request was surely not sent. */
  async send<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    input: Input<Q>,
    timeoutMs: number,
    asker: Asker | null = null,
  ): Promise<Value<R>> {
    const connection = await this.#open();
    if (asker === null) return connection.send(api, api.versions.max, input, timeoutMs);
    return connection.send(api, asker.apiVersion, input, timeoutMs, writeAsker(asker));
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
    this.#connection = null;
  }

  #open(): Promise<Connection> {
    if (this.#isClosed) return Promise.reject(new ConnectionError('refused', 'this node is stopping'));
    if (this.#connection?.isOpen === true) return Promise.resolve(this.#connection);
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }
  async #connect(): Promise<Connection> {
    const options = { clientId: this.#clientId, timeoutMs: CONNECT_TIMEOUT_MS };
    const connection = await connect(this.#world, this.#address, options);
    if (this.#isClosed) {
      connection.close();
      throw new ConnectionError('refused', 'this node is stopping');
    }
    this.#connection = connection;
    return connection;
  }
}

/** Waiting that can be cut short. */
export class Pause {
  readonly #world: World;
  #end: (() => void) | null = null;
  #isWoken = false;

  constructor(world: World) {
    this.#world = world;
  }
  /** Resolves after `delayMs`, or at once when wake() is or was called. */
  wait(delayMs: number): Promise<void> {
    if (this.#isWoken) {
      this.#isWoken = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      let cancel: CancelTimer = () => {};
      this.#end = () => {
        cancel();
        this.#end = null;
        this.#isWoken = false;
        resolve();
      };
      cancel = this.#world.timers.after(delayMs, this.#end);
    });
  }
  wake(): void {
    this.#isWoken = true;
    this.#end?.();
  }
}

const FIRST_BACKOFF_MS = 20;
const MAX_BACKOFF_MS = 1000;

/** Growing delays between attempts, with a random part so that brokers do not come all at once. */
export class Backoff {
  readonly #world: World;
  #delayMs = FIRST_BACKOFF_MS;
  constructor(world: World) {
    this.#world = world;
  }
  reset(): void {
    this.#delayMs = FIRST_BACKOFF_MS;
  }
  nextMs(): number {
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(2 * delayMs, MAX_BACKOFF_MS);
    return delayMs + this.#world.random.below(delayMs);
  }
}
