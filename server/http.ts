// The dashboard's HTTP server: judges every request by host and origin, sets the security headers, answers /api/health, hands
// /live to the hub and the rest to Next. Called by main.ts. It knows nothing of clusters and starts nothing on import.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { Duplex } from 'node:stream';
import { addressOf, type GuardOptions, refusalOf } from './http-guard.ts';
import { LIVE_PATH } from './live/contract.ts';

export interface HttpHandlers {
  /** Pages and assets. */
  readonly page: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly live: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Next's own socket for hot reload; false when nobody took it. Development only. */
  readonly hotReload: ((request: IncomingMessage, socket: Duplex, head: Buffer) => boolean) | null;
  /** The body of /api/health. */
  readonly health: () => object;
}

export interface DashboardServer {
  /** Where a person opens it. */
  readonly address: string;
  readonly port: number;
  /** From now on requests are served; until then they get 503 with Retry-After. */
  serve(handlers: HttpHandlers): void;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

export interface DashboardServerOptions {
  readonly host: string;
  readonly port: number;
  readonly isDev: boolean;
  readonly onError: (line: string) => void;
}

/** One clear line: the address cannot be listened on, and how to mend it. */
export class ListenError extends Error {}

/** Listens at once, so that a taken port is known before anything else is started. Throws ListenError. */
export async function listen({ host, port, isDev, onError }: DashboardServerOptions): Promise<DashboardServer> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 15_000, maxHeaderSize: 32_768 });
  server.maxConnections = 2_048;
  await bind(server, host, port);
  const bound = (server.address() as AddressInfo).port;
  const guard: GuardOptions = { host, port: bound, machineName: hostname() };
  let handlers: HttpHandlers | null = null;

  server.on('request', (request, response) => {
    const refusal = refusalOf(guarded(request, false), guard);
    setSecurityHeaders(response, isDev);
    if (refusal) return answer(response, 403, `${refusal}\n`);
    if (!handlers) return answer(response, 503, 'Barnabas is starting.\n', { 'Retry-After': '1' });
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (path === '/api/health') return answerHealth(request, response, handlers.health());
    if (!isDecodable(path)) request.url = NOWHERE;
    handlers.page(request, response).catch((error: unknown) => {
      onError(`page ${path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      if (!response.headersSent) answer(response, 500, 'The page could not be made; the log has the details.\n');
      else response.destroy();
    });
  });

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refusal = refusalOf(guarded(request, true), guard);
    if (refusal) return refuseUpgrade(socket, '403 Forbidden', refusal);
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (path === LIVE_PATH && handlers) return handlers.live(request, socket, head);
    if (path.startsWith('/_next/') && handlers?.hotReload?.(request, socket, head)) return;
    refuseUpgrade(socket, handlers ? '404 Not Found' : '503 Service Unavailable', 'There is no socket here.');
  });

  return {
    address: addressOf({ host, port: bound }),
    port: bound,
    serve(given) {
      handlers = given;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new ListenError(sentenceOf((error as NodeJS.ErrnoException).code ?? String(error), host, port));
  }
}

function sentenceOf(code: string, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken, so the dashboard cannot use it: stop what listens there, or choose another with --http-port`;
    case 'EACCES':
      return `port ${port} may not be used by this account: choose one above 1023 with --http-port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine: choose another with --host, such as 127.0.0.1 or 0.0.0.0`;
    default:
      return `the dashboard cannot listen on ${host} port ${port} (${code}): choose another --host or --http-port`;
  }
}

/** No page is here: what is asked of it gets the page that says so, with 404. */
const NOWHERE = '/_no-such-address';

/** False for an address with a broken escape, such as one that was cut: "/topics/%E0%A4". Next would answer it as a fault of its own. */
function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function guarded({ method, headers }: IncomingMessage, isUpgrade: boolean) {
  const site = headers['sec-fetch-site'];
  return {
    method: method ?? 'GET',
    isUpgrade,
    host: headers.host,
    origin: headers.origin,
    fetchSite: Array.isArray(site) ? site[0] : site,
  };
}

/**
 * Next writes inline scripts into pages made at build time, so a nonce is not possible and 'unsafe-inline' stays; everything
 * else is our own origin only. Hot reload evaluates code, hence 'unsafe-eval' in development.
 */
function contentSecurityPolicy(isDev: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'unsafe-inline'${isDev ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function setSecurityHeaders(response: ServerResponse, isDev: boolean): void {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy(isDev));
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
}

function answer(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(text);
}

function answerHealth(request: IncomingMessage, response: ServerResponse, health: object): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    answer(response, 405, 'Health is read with GET.\n', { Allow: 'GET, HEAD' });
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : `${JSON.stringify(health)}\n`);
}

function refuseUpgrade(socket: Duplex, status: string, sentence: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n${sentence}\n`);
}
