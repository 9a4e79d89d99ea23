// How a node answers requests: one handler per API key, version-blind, found by the dispatcher. ApiVersions is derived from the
// handlers a node registers, so what is advertised is what is served.
import type { Api } from '../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../protocol/grammar.ts';
import type { VersionRange } from '../../protocol/versions.ts';

/** Whoever did not authenticate. */
export const ANONYMOUS = 'ANONYMOUS';

/** Kafka's names of the two listeners that a broker can have. */
export type ListenerName = 'PLAINTEXT' | 'SASL_PLAINTEXT';

/** One client connection as handlers see it. */
export interface ClientConnection {
  /** Unique in this node while it runs. */
  readonly id: number;
  readonly remoteHost: string;
  readonly remotePort: number;
  /** The address the client dialled. */
  readonly localHost: string;
  readonly localPort: number;
  /** Where it came in: it is told the addresses of the same listener of other brokers. */
  readonly listener: ListenerName;
  /** Whom it belongs to; ANONYMOUS where nobody is asked. */
  readonly user: string;
  /** From ApiVersions v3+; empty before. */
  readonly softwareName: string;
  readonly softwareVersion: string;
  /** Runs once when the connection is gone: cancel what was parked for it. The answer takes the callback back. */
  onClose(run: () => void): () => void;
}

export interface RequestContext {
  readonly connection: ClientConnection;
  readonly apiVersion: number;
  readonly correlationId: number;
  /** '' when the client gave none. */
  readonly clientId: string;
}

/** Send nothing (acks=0), or send nothing and close the connection. */
export const NO_RESPONSE = Symbol('no response');
export const CLOSE_CONNECTION = Symbol('close the connection');
/** In an answer: what to do once its bytes have left. It may never run. */
export const ON_SENT = Symbol('what to do once the answer has left');
export type Answer<R extends Fields> =
  | (Input<R> & { readonly [ON_SENT]?: () => void })
  | typeof NO_RESPONSE
  | typeof CLOSE_CONNECTION;

export interface Handler {
  readonly api: Api;
  /** Versions served: part of the API's own range. */
  readonly versions: VersionRange;
  /**
   * The handler keeps no bytes of the request once it has answered without a promise, so that their memory is used again at
   * once. Only for APIs with large requests, and only when nothing behind the handler keeps them either.
   */
  readonly releasesRequest?: boolean;
  /** A plain value is written at once; a promise parks the connection until it settles (Kafka mutes the channel so). */
  handle(request: unknown, context: RequestContext): unknown;
}

/** Whom quotas hold. */
export interface QuotaClient {
  readonly user: string;
  readonly clientId: string;
}

/** A request that its handler has answered. */
export interface ServedRequest extends QuotaClient {
  readonly apiKey: number;
  readonly requestBytes: number;
  /** Time the node worked on it, as far as it worked without waiting; 0 unless `isTimed`. */
  readonly busyMs: number;
  /** What the handler gave. */
  readonly answer: unknown;
}

/** Holds clients to their quotas. The listener asks it after each request. */
export interface RequestQuotas {
  readonly isTimed: boolean;
  /** Ms for which nothing more of the connection is read; the answer says so too, and leaves at once (KIP-219). */
  charge(request: ServedRequest): number;
  /** Time that encoding the answer took on top of it. */
  spent(client: QuotaClient, busyMs: number): void;
}

/** Ties a function to its API with its types kept. A rejected promise or a throw is a bug: logged, UNKNOWN_SERVER_ERROR by closing. */
export function serve<Q extends Fields, R extends Fields>(
  api: Api<Q, R>,
  handle: (request: Value<Q>, context: RequestContext) => Answer<R> | Promise<Answer<R>>,
  versions?: VersionRange,
): Handler {
  return {
    api: api as unknown as Api,
    versions: versions ?? api.versions,
    handle: handle as (request: unknown, context: RequestContext) => unknown,
  };
}
