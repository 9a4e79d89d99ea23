// World.net on node:net. Translates errors to NetError and keeps handlers in order; no protocol here.
import { createServer, type Socket as NodeSocket, connect as netConnect, type Server } from 'node:net';
import type { Net, NetListener, Socket } from '../../kernel/world.ts';
import { NetError } from '../../kernel/world.ts';

/** More than this waiting to be sent: write() answers false. */
const HIGH_WATER_BYTES = 1_048_576;
/** Answers up to this size are joined to one write. */
const JOIN_BYTES = 32_768;
/** How long end() waits for the other side to take what was written. */
const END_TIMEOUT_MS = 5_000;
const BACKLOG = 1_024;

export const hostNet: Net = {
  async listen(address, onSocket) {
    const server = createServer({ noDelay: true, highWaterMark: HIGH_WATER_BYTES }, (socket) => {
      onSocket(new HostSocket(socket));
    });
    await listening(server, address.host === 'localhost' ? '127.0.0.1' : address.host, address.port);
    return new HostListener(server, address.host);
  },
  connect({ host, port, timeoutMs }) {
    return new Promise((resolve, reject) => {
      const socket = netConnect({ host, port, noDelay: true });
      const timer = setTimeout(() => fail('ETIMEDOUT', `no answer within ${timeoutMs} ms`), timeoutMs);
      const onError = (error: NodeJS.ErrnoException) => fail(error.code ?? 'EIO', error.message);
      function fail(errno: string, message: string): void {
        clearTimeout(timer);
        socket.off('error', onError);
        socket.on('error', () => {});
        socket.destroy();
        reject(new NetError(errno, message));
      }
      socket.once('error', onError);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.off('error', onError);
        resolve(new HostSocket(socket));
      });
    });
  },
};

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(new NetError(error.code ?? 'EIO', error.message, port));
    server.once('error', onError);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

class HostListener implements NetListener {
  readonly host: string;
  readonly port: number;
  readonly #server: Server;
  constructor(server: Server, host: string) {
    const address = server.address();
    this.#server = server;
    this.host = host;
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }
  /** Stops accepting. Connections are the listener's own business; this resolves without waiting for them. */
  close(): Promise<void> {
    this.#server.close();
    return Promise.resolve();
  }
}

class HostSocket implements Socket {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  readonly #socket: NodeSocket;
  #isFull = false;
  #error: string | null = null;

  constructor(socket: NodeSocket) {
    this.#socket = socket;
    this.remoteHost = plainHost(socket.remoteAddress);
    this.remotePort = socket.remotePort ?? 0;
    this.localHost = plainHost(socket.localAddress);
    this.localPort = socket.localPort ?? 0;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#error = error.code ?? error.message;
    });
  }

  onData(handler: (bytes: Buffer) => void): void {
    this.#socket.on('data', handler);
  }
  onClose(handler: (reason: string | null) => void): void {
    this.#socket.once('close', () => handler(this.#error));
  }
  onDrain(handler: () => void): void {
    this.#socket.on('drain', () => {
      if (!this.#isFull) return;
      this.#isFull = false;
      handler();
    });
  }
  write(buffers: readonly Buffer[], onTaken?: () => void): boolean {
    const socket = this.#socket;
    if (socket.destroyed) return true;
    if (buffers.length > 1 && totalBytes(buffers) <= JOIN_BYTES) socket.write(Buffer.concat(buffers), onTaken);
    else {
      socket.cork();
      // They leave in order: with the last one all have been taken, or none will be.
      buffers.forEach((buffer, i) => {
        socket.write(buffer, i === buffers.length - 1 ? onTaken : undefined);
      });
      socket.uncork();
    }
    if (!socket.writableNeedDrain) return true;
    this.#isFull = true;
    return false;
  }
  pause(): void {
    this.#socket.pause();
  }
  resume(): void {
    this.#socket.resume();
  }
  end(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), END_TIMEOUT_MS);
    socket.once('close', () => clearTimeout(timer));
    socket.resume();
    socket.destroySoon();
  }
  destroy(): void {
    this.#socket.destroy();
  }
}

function totalBytes(buffers: readonly Buffer[]): number {
  let total = 0;
  for (const buffer of buffers) total += buffer.length;
  return total;
}

/** An IPv4 client of a dual-stack port shows as ::ffff:a.b.c.d. */
function plainHost(address: string | undefined): string {
  if (address === undefined) return '';
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
