// The client side of the wire, for talk between nodes: sends requests, matches answers in order, times out. It never
// reconnects: who uses it decides when to try again.
import { DecodeError } from '../../kernel/decode-error.ts';
import type { CancelTimer, Socket, World } from '../../kernel/world.ts';
import { NetError } from '../../kernel/world.ts';
import type { Api } from '../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../protocol/grammar.ts';
import { Reader } from '../../protocol/reader.ts';
import type { Address } from '../node.ts';
import { FrameReader } from './framing/frame.ts';
import { beginRequest, finishFrame, readResponseHeader } from './framing/header.ts';

/** Requests waiting for their answers; more are refused. */
const MAX_IN_FLIGHT = 256;

/** Why a request got no answer. `full`: more requests are waiting than the connection carries. */
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
  /** The address of this end: what the other side sees. */
  readonly localHost: string;
  /**
   * Sends in the given version of the API and gives the decoded answer. Rejects with ConnectionError. An answer that comes
   * too late or makes no sense closes the connection, as in Kafka's NetworkClient. `clientId`: on whose behalf, when not its own.
   */
  send<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    version: number,
    input: Input<Q>,
    timeoutMs: number,
    clientId?: string,
  ): Promise<Value<R>>;
  /** Once; at once when it is closed already. The answer takes the callback back. */
  onClose(run: (reason: string) => void): () => void;
  close(): void;
}

/** Rejects with ConnectionError 'refused' when nobody listens or nobody answers in time. */
export async function connect(world: World, address: Address, options: ConnectOptions): Promise<Connection> {
  const { host, port } = address;
  try {
    const socket = await world.net.connect({ host, port, timeoutMs: options.timeoutMs });
    return new OpenConnection(world, socket, `${host}:${port}`, options.clientId);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw new ConnectionError('refused', `cannot connect to ${host}:${port}: ${error.message}`);
  }
}

interface Pending {
  readonly api: Api;
  readonly version: number;
  readonly correlationId: number;
  readonly cancelTimer: CancelTimer;
  resolve(value: unknown): void;
  reject(error: ConnectionError): void;
}

class OpenConnection implements Connection {
  readonly localHost: string;
  readonly #world: World;
  readonly #socket: Socket;
  readonly #label: string;
  readonly #clientId: string;
  readonly #frames = new FrameReader();
  /** In the order sent, which is the order answers come in. */
  readonly #pending: Pending[] = [];
  readonly #closeCallbacks = new Set<(reason: string) => void>();
  #nextCorrelationId = 1;
  #closeReason: string | null = null;

  constructor(world: World, socket: Socket, label: string, clientId: string) {
    this.localHost = socket.localHost;
    this.#world = world;
    this.#socket = socket;
    this.#label = label;
    this.#clientId = clientId;
    socket.onData((bytes) => this.#onData(bytes));
    socket.onDrain(() => {});
    socket.onClose((reason) => this.#closed(reason ?? 'the other side closed it'));
  }

  get isOpen(): boolean {
    return this.#closeReason === null;
  }

  async send<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    version: number,
    input: Input<Q>,
    timeoutMs: number,
    clientId = this.#clientId,
  ): Promise<Value<R>> {
    if (this.#closeReason !== null) throw this.#error('closed', this.#closeReason);
    if (this.#pending.length >= MAX_IN_FLIGHT) throw this.#error('full', `${MAX_IN_FLIGHT} requests are waiting`);
    const correlationId = this.#nextCorrelationId;
    this.#nextCorrelationId = (correlationId + 1) & 0x7fffffff;
    const writer = beginRequest(api as unknown as Api, version, correlationId, clientId);
    api.request.write(writer, version, input);
    const frame = finishFrame(writer);
    const answer = new Promise<unknown>((resolve, reject) => {
      const cancelTimer = this.#world.timers.after(timeoutMs, () => this.#timedOut(api.name, timeoutMs, correlationId));
      this.#pending.push({ api: api as unknown as Api, version, correlationId, cancelTimer, resolve, reject });
    });
    this.#socket.write(frame);
    return (await answer) as Value<R>;
  }

  onClose(run: (reason: string) => void): () => void {
    if (this.#closeReason !== null) {
      run(this.#closeReason);
      return () => {};
    }
    this.#closeCallbacks.add(run);
    return () => {
      this.#closeCallbacks.delete(run);
    };
  }

  close(): void {
    this.#fail('closed here');
  }

  #error(reason: ConnectionError['reason'], text: string): ConnectionError {
    return new ConnectionError(reason, `connection to ${this.#label}: ${text}`);
  }

  #onData(bytes: Buffer): void {
    if (this.#closeReason !== null) return;
    this.#frames.push(bytes);
    try {
      for (let frame = this.#frames.next(); frame !== null; frame = this.#frames.next()) {
        this.#receive(frame);
        if (this.#closeReason !== null) return;
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#fail(`broken answer: ${error.message}`);
    }
  }

  #receive(frame: Buffer): void {
    const pending = this.#pending[0];
    if (pending === undefined) throw new DecodeError('an answer to no request');
    const reader = new Reader(frame);
    const correlationId = readResponseHeader(reader, pending.api, pending.version);
    if (correlationId !== pending.correlationId) {
      throw new DecodeError(`answer ${correlationId} where ${pending.correlationId} was due`);
    }
    const value = pending.api.response.read(reader, pending.version);
    if (reader.remaining() > 0) throw new DecodeError(`${reader.remaining()} bytes left behind ${pending.api.name}`);
    this.#pending.shift();
    pending.cancelTimer();
    pending.resolve(value);
  }

  #timedOut(name: string, timeoutMs: number, correlationId: number): void {
    const index = this.#pending.findIndex((pending) => pending.correlationId === correlationId);
    const [late] = index < 0 ? [] : this.#pending.splice(index, 1);
    late?.reject(this.#error('timeout', `${name} was not answered within ${timeoutMs} ms`));
    this.#fail(`${name} timed out`);
  }

  #fail(reason: string): void {
    if (this.#closeReason !== null) return;
    this.#socket.destroy();
    this.#closed(reason);
  }

  #closed(reason: string): void {
    if (this.#closeReason !== null) return;
    this.#closeReason = reason;
    this.#frames.discard();
    for (const pending of this.#pending.splice(0)) {
      pending.cancelTimer();
      pending.reject(this.#error('closed', reason));
    }
    for (const run of [...this.#closeCallbacks]) run(reason);
    this.#closeCallbacks.clear();
  }
}
