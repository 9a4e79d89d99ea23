// The /live endpoint: takes WebSocket upgrades that the HTTP server has already judged by host and origin, and gives each
// socket a Session. Called by main.ts and http.ts. It holds no cluster state and starts nothing until the first socket.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClusterGateway } from '../gateway/gateway.ts';
import { closeCodes, type LiveClock, Session, type SessionSocket } from './session.ts';

export const hubLimits = { sessions: 256, messageBytes: 1 << 20, closeWaitMs: 500 } as const;

export interface HubOptions {
  readonly gateways: ReadonlyMap<string, ClusterGateway>;
  readonly serverVersion: string;
  /** One line about a failure that is ours, with its stack. */
  readonly onBug: (line: string) => void;
  readonly clock?: LiveClock;
}

export interface LiveHub {
  readonly sessionCount: number;
  /** Takes over the socket of an upgrade request. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every session with 1001; those that do not answer in time are dropped. */
  close(): Promise<void>;
}

export const systemClock: LiveClock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  soon(run) {
    setImmediate(run);
  },
};

export function createHub({ gateways, serverVersion, onBug, clock = systemClock }: HubOptions): LiveHub {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: hubLimits.messageBytes,
  });
  const sockets = new Set<WebSocket>();
  let isClosing = false;

  function open(socket: WebSocket): void {
    sockets.add(socket);
    const session = new Session({ socket: asSessionSocket(socket), gateways, serverVersion, clock, onBug });
    socket.on('message', (message, isBinary) => session.receive(isBinary ? null : String(message)));
    socket.on('pong', () => session.pong());
    // Too long a message, invalid UTF-8, a broken frame: ws closes with the fitting code, and 'close' follows.
    socket.on('error', () => session.dispose());
    socket.on('close', () => {
      session.dispose();
      sockets.delete(socket);
    });
  }

  return {
    get sessionCount() {
      return sockets.size;
    },
    upgrade(request, socket, head) {
      if (isClosing || sockets.size >= hubLimits.sessions) {
        const sentence = isClosing ? 'The server is closing.' : `All ${hubLimits.sessions} live sessions are in use.`;
        socket.end(
          `HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${sentence}\n`,
        );
        return;
      }
      server.handleUpgrade(request, socket, head, open);
    },
    async close() {
      isClosing = true;
      server.close();
      await Promise.all([...sockets].map(closeSocket));
    },
  };
}

/** Resolves when the browser answered the close, or when its time is up and the socket was dropped. */
function closeSocket(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), hubLimits.closeWaitMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(closeCodes.goingAway, 'the server is stopping');
  });
}

function asSessionSocket(socket: WebSocket): SessionSocket {
  const isOpen = () => socket.readyState === socket.OPEN;
  return {
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send(text) {
      if (isOpen()) socket.send(text);
    },
    ping() {
      if (isOpen()) socket.ping();
    },
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  };
}
