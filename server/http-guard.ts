// Who may talk to the dashboard: requests must name this very server as host (a page of somebody else's, made to resolve to
// this machine, does not), and requests that change things must come from our own pages. Called by http.ts. Pure.
import { isIP } from 'node:net';

export interface GuardOptions {
  /** The address listened on: an IP or a host name. */
  readonly host: string;
  readonly port: number;
  /** The machine's own name, allowed when every address is listened on. */
  readonly machineName: string;
}

export interface GuardedRequest {
  readonly method: string;
  readonly isUpgrade: boolean;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site, which browsers set and pages cannot. */
  readonly fetchSite: string | undefined;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Null when the request may go on, else the sentence for a 403. */
export function refusalOf(request: GuardedRequest, options: GuardOptions): string | null {
  const host = splitHost(request.host);
  if (!host || host.port !== options.port || !isOwnName(host.name, options)) {
    return `This server does not answer for the host "${(request.host ?? '').slice(0, 100)}": open it as ${addressOf(options)}, or start it with --host.`;
  }
  const mustBeOurs = request.isUpgrade || !safeMethods.has(request.method);
  if (!mustBeOurs) return null;
  if (request.origin !== undefined && request.origin.toLowerCase() !== `http://${request.host?.toLowerCase()}`) {
    return `This request comes from "${request.origin.slice(0, 100)}", which is not this dashboard.`;
  }
  if (request.origin === undefined && request.fetchSite !== undefined && request.fetchSite !== 'same-origin') {
    return 'This request comes from a page that is not this dashboard.';
  }
  return null;
}

/** Where a person opens the dashboard: a listen-to-all address reads as localhost. */
export function addressOf({ host, port }: Pick<GuardOptions, 'host' | 'port'>): string {
  const name = isWildcard(host) ? 'localhost' : host;
  return `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function isOwnName(name: string, { host, machineName }: GuardOptions): boolean {
  if (name === 'localhost' || name === '127.0.0.1' || name === '::1' || name === host.toLowerCase()) return true;
  // A rebound page always carries a name, never an address, so any address is safe to answer for.
  return isWildcard(host) && (isIP(name) !== 0 || name === machineName.toLowerCase());
}

function splitHost(header: string | undefined): { readonly name: string; readonly port: number } | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/.exec(header?.toLowerCase() ?? '');
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? null : { name, port: Number(match?.[3] ?? 80) };
}
