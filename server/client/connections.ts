// TCP connections to brokers: one per broker and lane, opened when needed, closed when idle or broken, bounded in number.
// A lane keeps long polls and big fetches from holding up the small requests. Everything that
// talks to a broker goes through request(); nothing else opens a socket (but consumer.ts, for members of groups).
import { type API, apiVersionsV0, apiVersionsV3, Connection } from '@platformatic/kafka';
import type { ApiFamily } from './apis.ts';
import { ClusterError, reasonOf } from './errors.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** `control` for small quick questions, `admin` for changes that take time, `data` for records; long polls bring their own. */
export type Lane = 'control' | 'admin' | 'data' | `tail-${number}` | `traffic-${number}`;

export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

const CLIENT_ID = 'barnabas';
const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = { control: 5_000, other: 35_000 } as const;
const MAX_LINKS = 256;
const IDLE_MS = 60_000;
/** After a failed connection the next attempts fail at once for this long, doubling up to the maximum. */
const BACKOFF_MS = { first: 250, max: 2_000 } as const;

interface Link {
  readonly connection: Connection;
  readonly apis: ReadonlyMap<number, VersionRange>;
  lastUsedAtMs: number;
  inFlight: number;
}

interface Failure {
  readonly error: ClusterError;
  readonly untilMs: number;
  readonly backoffMs: number;
}

export class Connections {
  readonly #links = new Map<string, Promise<Link>>();
  readonly #failures = new Map<string, Failure>();
  /** Closed from this side. */
  readonly #ended = new WeakSet<Connection>();
  readonly #clientId: string;
  readonly #sweep: NodeJS.Timeout;
  #isClosed = false;
  /** A connection that was in use ended by itself: its broker may be gone. */
  onLost: () => void = () => undefined;

  constructor(clientId = CLIENT_ID) {
    this.#clientId = clientId;
    this.#sweep = setInterval(() => this.#closeIdle(), 15_000);
    this.#sweep.unref();
  }

  /**
   * Sends one request in the newest version that both sides speak. Error codes inside the answer are the caller's to read:
   * they do not throw here.
   * @throws ClusterError DISCONNECTED (retriable) or UNSUPPORTED_VERSION
   */
  async request<Args extends unknown[], Response>(
    endpoint: Endpoint,
    lane: Lane,
    family: ApiFamily<Args, Response>,
    ...args: Args
  ): Promise<Response> {
    const link = await this.#link(endpoint, lane);
    const api = chooseVersion(family, link.apis);
    link.inFlight += 1;
    try {
      return await send(link.connection, api, args);
    } catch (error) {
      const answer = answerInside<Response>(error);
      if (answer !== null) return answer;
      this.drop(endpoint, lane);
      throw disconnected(endpoint, error);
    } finally {
      link.inFlight -= 1;
      link.lastUsedAtMs = Date.now();
    }
  }

  /** API keys with the versions this broker serves. */
  async apis(endpoint: Endpoint): Promise<ReadonlyMap<number, VersionRange>> {
    return (await this.#link(endpoint, 'control')).apis;
  }

  /** Bytes handed to the socket of this lane that the kernel has not taken yet; 0 when not connected. */
  async unsentBytes(endpoint: Endpoint, lane: Lane): Promise<number> {
    const link = await this.#link(endpoint, lane);
    return link.connection.socket.writableLength;
  }

  /** Forgets a connection, so that the next request opens a new one. */
  drop(endpoint: Endpoint, lane: Lane): void {
    const key = keyOf(endpoint, lane);
    const link = this.#links.get(key);
    if (link === undefined) return;
    this.#links.delete(key);
    link.then(
      ({ connection }) => this.#end(connection),
      () => undefined,
    );
  }

  /** Closes all connections of one lane, for a long poll that ends. */
  dropLane(lane: Lane): void {
    for (const key of [...this.#links.keys()]) {
      if (!key.endsWith(`/${lane}`)) continue;
      const link = this.#links.get(key);
      this.#links.delete(key);
      link?.then(
        ({ connection }) => this.#end(connection),
        () => undefined,
      );
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    const links = [...this.#links.values()];
    this.#links.clear();
    await Promise.allSettled(links.map(async (link) => (await link).connection.close()));
  }

  #link(endpoint: Endpoint, lane: Lane): Promise<Link> {
    if (this.#isClosed)
      return Promise.reject(
        new ClusterError('CLOSED', 'The connections to this cluster are closed: the program is shutting down.'),
      );
    const key = keyOf(endpoint, lane);
    const existing = this.#links.get(key);
    if (existing !== undefined) return existing;
    const failure = this.#failures.get(addressOf(endpoint));
    if (failure !== undefined && Date.now() < failure.untilMs) return Promise.reject(failure.error);
    if (this.#links.size >= MAX_LINKS) {
      return Promise.reject(
        new ClusterError('TOO_MANY_CONNECTIONS', `${MAX_LINKS} connections to this cluster are open already.`),
      );
    }
    // Only itself: when it ends late, the next one of the same key may be there already.
    const forget = () => {
      if (this.#links.get(key) === link) this.#links.delete(key);
    };
    const link: Promise<Link> = this.#open(endpoint, lane, forget);
    this.#links.set(key, link);
    return link;
  }

  async #open(endpoint: Endpoint, lane: Lane, forget: () => void): Promise<Link> {
    const connection = new Connection(this.#clientId, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: lane === 'control' ? REQUEST_TIMEOUT_MS.control : REQUEST_TIMEOUT_MS.other,
      maxInflights: 8,
    });
    connection.on('error', forget);
    connection.on('close', forget);
    try {
      await connection.connect(endpoint.host, endpoint.port);
      const apis = await negotiate(connection);
      this.#failures.delete(addressOf(endpoint));
      connection.on('close', () => this.#noteClosed(connection));
      return { connection, apis, lastUsedAtMs: Date.now(), inFlight: 0 };
    } catch (error) {
      forget();
      closeQuietly(connection);
      throw this.#fail(endpoint, error);
    }
  }

  #noteClosed(connection: Connection): void {
    if (!this.#isClosed && !this.#ended.has(connection)) this.onLost();
  }

  #end(connection: Connection): void {
    this.#ended.add(connection);
    closeQuietly(connection);
  }

  #fail(endpoint: Endpoint, error: unknown): ClusterError {
    const address = addressOf(endpoint);
    const before = this.#failures.get(address);
    const backoffMs = Math.min(before === undefined ? BACKOFF_MS.first : before.backoffMs * 2, BACKOFF_MS.max);
    const failure = disconnected(endpoint, error);
    if (this.#failures.size > MAX_LINKS) this.#failures.clear();
    this.#failures.set(address, { error: failure, untilMs: Date.now() + backoffMs, backoffMs });
    return failure;
  }

  #closeIdle(): void {
    const now = Date.now();
    for (const [key, promise] of this.#links) {
      promise.then(
        (link) => {
          if (link.inFlight > 0 || now - link.lastUsedAtMs < IDLE_MS) return;
          this.#links.delete(key);
          this.#end(link.connection);
        },
        () => undefined,
      );
    }
  }
}

export function addressOf(endpoint: Endpoint): string {
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}

/** "host:port", "[::1]:9092" or "host" (port 9092). @throws ClusterError INVALID_ARGUMENT */
export function parseEndpoint(text: string): Endpoint {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? 9092);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new ClusterError('INVALID_ARGUMENT', `"${text}" is no bootstrap server: write host:port.`);
  }
  return { host, port };
}

function keyOf(endpoint: Endpoint, lane: Lane): string {
  return `${addressOf(endpoint)}/${lane}`;
}

/** The newest version of an API that the broker serves. @throws ClusterError UNSUPPORTED_VERSION */
function chooseVersion<Args extends unknown[], Response>(
  family: ApiFamily<Args, Response>,
  apis: ReadonlyMap<number, VersionRange>,
): API<Args, Response> {
  const range = apis.get(family.key);
  const api = family.versions.find(({ version }) => range && version >= range.min && version <= range.max);
  if (api !== undefined) return api;
  const served = range === undefined ? 'it does not serve it' : `it serves versions ${range.min} to ${range.max}`;
  throw new ClusterError(
    'UNSUPPORTED_VERSION',
    `The broker cannot do this: ${family.name} is needed in version ${family.versions.map((v) => v.version).join(' or ')}, and ${served}.`,
    { code: 35 },
  );
}

function send<Args extends unknown[], Response>(
  connection: Connection,
  api: API<Args, Response>,
  args: Args,
): Promise<Response> {
  return api.async(connection, ...args);
}

/** The library throws when an answer holds any error code, and hangs the whole answer on the error. */
function answerInside<Response>(error: unknown): Response | null {
  if (error instanceof Error && 'response' in error && typeof error.response === 'object') {
    return error.response as Response | null;
  }
  return null;
}

async function negotiate(connection: Connection): Promise<ReadonlyMap<number, VersionRange>> {
  const versions = await apiVersions(connection);
  return new Map(versions.map((api) => [api.apiKey, { min: api.minVersion, max: api.maxVersion }]));
}

interface ServedApi {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

async function apiVersions(connection: Connection): Promise<readonly ServedApi[]> {
  try {
    return (await apiVersionsV3.api.async(connection, 'barnabas', '0')).apiKeys;
  } catch (error) {
    // A broker that does not know version 3 answers in version 0 with UNSUPPORTED_VERSION, which the parser cannot read.
    if (!connection.isConnected()) throw error;
    return (await apiVersionsV0.api.async(connection, 'barnabas', '0')).apiKeys;
  }
}

function disconnected(endpoint: Endpoint, error: unknown): ClusterError {
  if (error instanceof ClusterError) return error;
  return new ClusterError('DISCONNECTED', `${addressOf(endpoint)} does not answer: ${reasonOf(error)}.`, {
    isRetriable: true,
  });
}

function closeQuietly(connection: Connection): void {
  connection.close(() => undefined);
}
