// A network in memory, for tests: ordered bytes both ways, ports, refusals and a high-water mark. `soon` decides when bytes
// arrive; nothing here knows of time. Its contract is also proven on the real one (net.test.ts in engine/host).
import type { Net, NetListener, Socket } from './world.ts';
import { NetError } from './world.ts';

const HIGH_WATER_BYTES = 1_048_576;
const FIRST_FREE_PORT = 40_000;

export class MemoryNet implements Net {
  readonly #soon: (run: () => void) => void;
  readonly #listeners = new Map<number, (socket: Socket) => void>();
  #nextPort = FIRST_FREE_PORT;

  constructor(soon: (run: () => void) => void) {
    this.#soon = soon;
  }

  async listen(address: { host: string; port: number }, onSocket: (socket: Socket) => void): Promise<NetListener> {
    const port = address.port === 0 ? this.#nextPort++ : address.port;
    if (this.#listeners.has(port)) throw new NetError('EADDRINUSE', `port ${port} is taken`);
    this.#listeners.set(port, onSocket);
    return {
      host: address.host,
      port,
      close: async () => {
        this.#listeners.delete(port);
      },
    };
  }

  async connect({ host, port }: { host: string; port: number; timeoutMs: number }): Promise<Socket> {
    const accept = this.#listeners.get(port);
    if (accept === undefined) throw new NetError('ECONNREFUSED', `nobody listens on port ${port}`);
    const here = { host: '127.0.0.1', port: this.#nextPort++ };
    const there = { host, port };
    const near = new MemorySocket(this.#soon, here, there);
    const far = new MemorySocket(this.#soon, there, here);
    near.join(far);
    far.join(near);
    accept(far);
    return near;
  }
}

interface Place {
  readonly host: string;
  readonly port: number;
}

class MemorySocket implements Socket {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  readonly #soon: (run: () => void) => void;
  #peer: MemorySocket | null = null;
  /** What the other side wrote and this side has not been given. */
  readonly #inbox: Buffer[] = [];
  #inboxBytes = 0;
  #onData: (bytes: Buffer) => void = () => {};
  #onClose: (reason: string | null) => void = () => {};
  #onDrain: () => void = () => {};
  #isPaused = false;
  #isFull = false;
  #isEnded = false;
  #isClosed = false;

  constructor(soon: (run: () => void) => void, local: Place, remote: Place) {
    this.#soon = soon;
    this.localHost = local.host;
    this.localPort = local.port;
    this.remoteHost = remote.host;
    this.remotePort = remote.port;
  }
  join(peer: MemorySocket): void {
    this.#peer = peer;
  }

  onData(handler: (bytes: Buffer) => void): void {
    this.#onData = handler;
  }
  onClose(handler: (reason: string | null) => void): void {
    this.#onClose = handler;
  }
  onDrain(handler: () => void): void {
    this.#onDrain = handler;
  }

  write(buffers: readonly Buffer[], onTaken?: () => void): boolean {
    const peer = this.#peer;
    // Copied below, or lost.
    if (onTaken !== undefined) this.#soon(onTaken);
    if (this.#isClosed || this.#isEnded || peer === null) return true;
    for (const buffer of buffers) {
      peer.#inbox.push(Buffer.from(buffer));
      peer.#inboxBytes += buffer.length;
    }
    this.#isFull ||= peer.#inboxBytes > HIGH_WATER_BYTES;
    this.#soon(() => peer.#deliver());
    return !this.#isFull;
  }

  pause(): void {
    this.#isPaused = true;
  }
  resume(): void {
    this.#isPaused = false;
    this.#soon(() => this.#deliver());
  }
  end(): void {
    if (this.#isEnded || this.#isClosed) return;
    this.#isEnded = true;
    this.#soon(() => {
      if (this.#peer !== null) this.#peer.#deliver();
    });
  }
  destroy(): void {
    this.#soon(() => {
      this.#close(null);
      if (this.#peer !== null) this.#peer.#close('ECONNRESET');
    });
  }

  #deliver(): void {
    while (!this.#isPaused && !this.#isClosed) {
      const bytes = this.#inbox.shift();
      if (bytes === undefined) break;
      this.#inboxBytes -= bytes.length;
      this.#onData(bytes);
    }
    const peer = this.#peer;
    if (peer === null || this.#inbox.length > 0) return;
    if (peer.#isFull && !peer.#isClosed) {
      peer.#isFull = false;
      peer.#onDrain();
    }
    if (peer.#isEnded) {
      this.#close(null);
      peer.#close(null);
    }
  }

  #close(reason: string | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#inbox.length = 0;
    this.#onClose(reason);
  }
}
