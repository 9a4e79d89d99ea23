// From a frame to the bytes of its answer: header, handler by API key, body, response. One per node, shared by its
// connections. Never touches a socket: listener.ts does what it says.
import { assert } from '../../kernel/assert.ts';
import { DecodeError } from '../../kernel/decode-error.ts';
import type { Api } from '../../protocol/codec.ts';
import { Reader } from '../../protocol/reader.ts';
import { apiVersions } from '../../protocol/schema/18-api-versions.ts';
import { includes } from '../../protocol/versions.ts';
import {
  describeApis,
  INVALID_SOFTWARE,
  isSoftwareText,
  misdirected,
  type NodeIdentity,
  UNSUPPORTED_API_VERSIONS,
} from './api-versions.ts';
import type { RequestFaults } from './faults/request-faults.ts';
import { beginResponse, finishFrame, readClientId, readHeaderStart } from './framing/header.ts';
import type { ClientConnection, Handler, RequestContext } from './handler.ts';
import { CLOSE_CONNECTION, NO_RESPONSE } from './handler.ts';
import type { Authenticator } from './sasl/authenticator.ts';

/** The connection as the dispatcher changes it. */
export interface DispatchedConnection extends ClientConnection {
  /** On a listener that asks who its clients are. */
  readonly authenticator: Authenticator | null;
  /** From ApiVersions v3+. */
  setSoftware(name: string, version: string): void;
  /** Names and ids of topics that it reads, as far as it said. */
  readonly fetched: Iterable<string>;
  /** A request was understood; what it asks for is about to be done. */
  noteRequest(apiKey: number, request: unknown, clientId: string): void;
}

/** A request that was understood: what the handler said and how to encode it. */
export interface Call {
  readonly api: Api;
  /** Version of the answer. */
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string;
  /** What the handler gave: an answer, a symbol of handler.ts, or a promise of one. */
  readonly answer: unknown;
  /** The frame's memory may be used again as soon as a plain answer is encoded. */
  readonly releasesRequest: boolean;
}

/** A request that closes its connection; `message` names the API and the client where known. */
export class RequestRefused extends Error {
  override readonly cause: unknown;
  /** A bug of ours rather than of the client. */
  readonly isOurs: boolean;
  constructor(message: string, cause: unknown, isOurs: boolean) {
    super(message);
    this.name = 'RequestRefused';
    this.cause = cause;
    this.isOurs = isOurs;
  }
}

export class Dispatcher {
  readonly #handlers = new Map<number, Handler>();
  readonly #ownHandlers: readonly Handler[];
  readonly #faults: RequestFaults | null;
  /** null: it answers whoever connects. */
  readonly #identity: NodeIdentity | null;

  constructor(handlers: readonly Handler[], faults: RequestFaults | null = null, identity: NodeIdentity | null = null) {
    this.#faults = faults;
    this.#identity = identity;
    for (const handler of handlers) {
      const { api, versions } = handler;
      assert(api.key !== apiVersions.key, 'ApiVersions is answered by the dispatcher itself');
      assert(!this.#handlers.has(api.key), `one handler serves ${api.name}`);
      assert(
        versions.min >= api.versions.min && versions.max <= api.versions.max,
        `the handler of ${api.name} serves versions the API has`,
      );
      this.#handlers.set(api.key, handler);
    }
    this.#ownHandlers = handlers;
  }

  /** Runs the handler. Throws RequestRefused. */
  dispatch(frame: Buffer, connection: DispatchedConnection): Call {
    const reader = new Reader(frame);
    let name = 'a request';
    let clientId = '';
    try {
      const { apiKey, apiVersion, correlationId } = readHeaderStart(reader);
      name = `API key ${apiKey} version ${apiVersion}`;
      const { authenticator } = connection;
      authenticator?.admit(apiKey);
      if (apiKey === apiVersions.key) return this.#apiVersions(reader, apiVersion, correlationId, connection);
      const handler = this.#handlers.get(apiKey);
      if (handler === undefined) throw new DecodeError('no such API here');
      const { api } = handler;
      name = `${api.name} (${apiKey}) version ${apiVersion}`;
      if (!includes(handler.versions, apiVersion)) throw new DecodeError('version not supported');
      clientId = readClientId(reader, api.request.isFlexible(apiVersion));
      // As in Kafka nobody looks behind the body: librdkafka leaves three bytes there when it asks for all topics.
      const request = api.request.read(reader, apiVersion);
      connection.noteRequest(apiKey, request, clientId);
      const context: RequestContext = { connection, apiVersion, correlationId, clientId };
      const serving = authenticator?.inPlaceOf(handler) ?? handler;
      const answer =
        this.#faults === null || this.#faults.isEmpty
          ? serving.handle(request, context)
          : this.#faults.serve({ handler: serving, request, context, fetched: connection.fetched });
      const releasesRequest = handler.releasesRequest === true;
      return { api, version: apiVersion, correlationId, clientId, answer, releasesRequest };
    } catch (error) {
      throw refusal(name, clientId, error);
    }
  }

  /** The response frame; null for none. Throws RequestRefused, also for CLOSE_CONNECTION. */
  encode(call: Call, answer: unknown): Buffer[] | null {
    if (answer === NO_RESPONSE) return null;
    const name = `${call.api.name} (${call.api.key}) version ${call.version}`;
    if (answer === CLOSE_CONNECTION) throw refusal(name, call.clientId, new DecodeError('the handler asked to close'));
    try {
      const writer = beginResponse(call.api, call.version, call.correlationId);
      call.api.response.write(writer, call.version, answer as Record<string, never>);
      return finishFrame(writer);
    } catch (error) {
      throw refusal(name, call.clientId, error);
    }
  }

  /** A promise of a handler was rejected. */
  rejected(call: Call, error: unknown): RequestRefused {
    return refusal(`${call.api.name} (${call.api.key}) version ${call.version}`, call.clientId, error);
  }

  #apiVersions(reader: Reader, version: number, correlationId: number, connection: DispatchedConnection): Call {
    const api = apiVersions as unknown as Api;
    if (!includes(apiVersions.versions, version)) {
      return { api, version: 0, correlationId, clientId: '', answer: UNSUPPORTED_API_VERSIONS, releasesRequest: false };
    }
    const clientId = readClientId(reader, apiVersions.request.isFlexible(version));
    const request = apiVersions.request.read(reader, version);
    connection.noteRequest(apiVersions.key, request, clientId);
    if (version >= 3) {
      const { clientSoftwareName, clientSoftwareVersion } = request;
      if (!isSoftwareText(clientSoftwareName) || !isSoftwareText(clientSoftwareVersion)) {
        return { api, version, correlationId, clientId, answer: INVALID_SOFTWARE, releasesRequest: false };
      }
      connection.setSoftware(clientSoftwareName, clientSoftwareVersion);
      const refused = this.#identity === null ? null : misdirected(request, this.#identity);
      if (refused !== null) return { api, version, correlationId, clientId, answer: refused, releasesRequest: false };
    }
    return {
      api,
      version,
      correlationId,
      clientId,
      answer: describeApis(this.#ownHandlers, version),
      releasesRequest: false,
    };
  }
}

function refusal(name: string, clientId: string, error: unknown): RequestRefused {
  const isOurs = !(error instanceof DecodeError);
  const text = error instanceof Error ? (isOurs ? (error.stack ?? error.message) : error.message) : String(error);
  return new RequestRefused(`${name} from client "${clientId}": ${text}`, error, isOurs);
}
