// One WebSocket per tab, without any framework: subscriptions, streams and calls over the live contract. The provider
// creates it; hooks call it. It must never touch React, the DOM or the query cache: time and sockets come from outside.
import {
  type ClientMessage,
  type ClusterSummary,
  CONTRACT_VERSION,
  type ErrorBody,
  type FrameItem,
  type ServerMessage,
} from '../../../server/live/contract.ts';
import { disconnected, LiveError, timedOut } from './live-error.ts';
import { LiveSocket, type SocketWorld } from './live-socket.ts';
import { applyOps, PatchMismatch } from './patch.ts';

export const CALL_TIMEOUT_MS = 30_000;
const RETRY_AFTER_ERROR_MS = 2_000;
const QUEUED_CALLS_LIMIT = 64;

export interface LiveWorld extends SocketWorld {
  /** How long a subscription without listeners is kept, so that a change of page does not drop and reopen it. */
  lingerMs: number;
}

export type Connection =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'live'; readonly sinceMs: number }
  | { readonly phase: 'lost'; readonly sinceMs: number; readonly attempts: number }
  | { readonly phase: 'outdated' };
export interface Hello {
  readonly serverVersion: string;
  readonly clusters: readonly ClusterSummary[];
}

export interface ChannelListener {
  onValue(data: unknown): void;
  onError(error: LiveError): void;
}
export interface StreamListener {
  onBatch(data: unknown): void;
  onError(error: LiveError): void;
  /** The socket came back and the stream begins anew. */
  onRestart(): void;
}

interface ChannelSubscription {
  readonly kind: 'channel';
  id: number;
  readonly key: string;
  readonly cluster: string;
  readonly channel: string;
  readonly params: unknown;
  version: number;
  data: unknown;
  hasData: boolean;
  error: LiveError | null;
  readonly listeners: Set<ChannelListener>;
  cancelLinger: (() => void) | null;
  cancelRetry: (() => void) | null;
}
interface StreamSubscription {
  readonly kind: 'stream';
  id: number;
  readonly cluster: string;
  readonly channel: string;
  readonly params: unknown;
  readonly listener: StreamListener;
  isFinished: boolean;
  /** It has nothing more to come at once: it ended, or it follows what happens. */
  isHeard: boolean;
}
type Subscription = ChannelSubscription | StreamSubscription;
interface PendingCall {
  readonly message: ClientMessage;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: LiveError) => void;
  readonly cancelTimeout: () => void;
  isSent: boolean;
}

/** JSON with sorted keys: equal parameters give equal text. */
export function stableKey(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export class LiveCore {
  readonly #world: LiveWorld;
  readonly #socket: LiveSocket;
  #isReady = false;
  #nextId = 1;
  readonly #channels = new Map<string, ChannelSubscription>();
  readonly #byId = new Map<number, Subscription>();
  readonly #calls = new Map<number, PendingCall>();
  readonly #watchers = new Set<() => void>();
  #isSettled = false;
  #connection: Connection = { phase: 'connecting' };
  #hello: Hello | null = null;

  constructor(world: LiveWorld) {
    this.#world = world;
    this.#socket = new LiveSocket(world, {
      received: (text) => this.#receive(text),
      lost: (attempts) => this.#lost(attempts),
    });
  }

  /** Opens the socket. Call once; `close` ends it for good. */
  start(): void {
    this.#socket.start();
  }

  close(): void {
    this.#socket.stop();
    this.#isReady = false;
    this.#rejectCalls();
  }

  get connection(): Connection {
    return this.#connection;
  }
  get hello(): Hello | null {
    return this.#hello;
  }
  /**
   * Nothing that was asked is unanswered: each channel listened to has a value or an error, each search has ended and no call waits.
   * What the page shows is then all there is to show.
   */
  get isSettled(): boolean {
    return this.#isSettled;
  }
  /** Calls `watcher` whenever `connection`, `hello` or `isSettled` changed; returns how to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
  /** Tries at once instead of waiting for the backoff. */
  reconnectNow(): void {
    this.#socket.reconnectNow();
  }

  // ------------------------------------------------------------------------------------------------------ channels

  /** Listens to a snapshot-and-patch channel. Equal subscriptions share one on the wire. */
  subscribe(cluster: string, channel: string, params: unknown, listener: ChannelListener): () => void {
    const key = stableKey([cluster, channel, params]);
    let subscription = this.#channels.get(key);
    if (subscription === undefined) {
      subscription = {
        kind: 'channel',
        id: this.#nextId++,
        key,
        cluster,
        channel,
        params,
        version: -1,
        data: undefined,
        hasData: false,
        error: null,
        listeners: new Set(),
        cancelLinger: null,
        cancelRetry: null,
      };
      this.#channels.set(key, subscription);
      this.#byId.set(subscription.id, subscription);
      this.#sendSubscribe(subscription);
    }
    const entry = subscription;
    entry.cancelLinger?.();
    entry.cancelLinger = null;
    entry.listeners.add(listener);
    if (entry.hasData) listener.onValue(entry.data);
    if (entry.error !== null) listener.onError(entry.error);
    this.#weighSettled();
    return () => {
      entry.listeners.delete(listener);
      this.#weighSettled();
      if (entry.listeners.size > 0 || entry.cancelLinger !== null) return;
      entry.cancelLinger = this.#world.after(this.#world.lingerMs, () => this.#dropChannel(entry));
    };
  }

  #dropChannel(entry: ChannelSubscription): void {
    entry.cancelLinger = null;
    entry.cancelRetry?.();
    this.#channels.delete(entry.key);
    this.#byId.delete(entry.id);
    this.#send({ type: 'unsubscribe', id: entry.id });
  }

  /** Leaves the old subscription behind and asks for a snapshot under a new id. */
  #resubscribe(entry: ChannelSubscription): void {
    entry.cancelRetry?.();
    entry.cancelRetry = null;
    this.#byId.delete(entry.id);
    this.#send({ type: 'unsubscribe', id: entry.id });
    entry.id = this.#nextId++;
    entry.version = -1;
    this.#byId.set(entry.id, entry);
    this.#sendSubscribe(entry);
  }

  // ------------------------------------------------------------------------------------------------------- streams

  /** Begins a stream of its own; the result cancels it on the server. */
  stream(cluster: string, channel: string, params: unknown, listener: StreamListener): () => void {
    const entry: StreamSubscription = {
      kind: 'stream',
      id: this.#nextId++,
      cluster,
      channel,
      params,
      listener,
      isFinished: false,
      isHeard: false,
    };
    this.#byId.set(entry.id, entry);
    this.#sendSubscribe(entry);
    this.#weighSettled();
    return () => {
      if (!this.#byId.delete(entry.id)) return;
      this.#send({ type: 'unsubscribe', id: entry.id });
      this.#weighSettled();
    };
  }

  // --------------------------------------------------------------------------------------------------------- calls

  /**
   * Asks the server to do something, at most once. Rejects with LiveError: the server's own, DISCONNECTED when the
   * socket drops before the answer, TIMED_OUT after 30 s. Waits for the first connection of the tab, not for a lost one.
   */
  call(cluster: string, name: string, args: unknown): Promise<unknown> {
    if (this.#connection.phase !== 'live' && this.#connection.phase !== 'connecting')
      return Promise.reject(disconnected());
    if (this.#calls.size >= QUEUED_CALLS_LIMIT) {
      return Promise.reject(
        new LiveError({
          code: 0,
          name: 'BUSY',
          message: 'Too many requests are waiting; try again in a moment.',
          retriable: true,
        }),
      );
    }
    const id = this.#nextId++;
    const message = { type: 'call', id, cluster, name, args } as ClientMessage;
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#world.after(CALL_TIMEOUT_MS, () => {
        this.#calls.delete(id);
        reject(timedOut(CALL_TIMEOUT_MS / 1000));
        this.#weighSettled();
      });
      const pending: PendingCall = { message, resolve, reject, cancelTimeout, isSent: this.#isReady };
      this.#calls.set(id, pending);
      this.#send(message);
      this.#weighSettled();
    });
  }

  #settle(id: number, finish: (call: PendingCall) => void): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    call.cancelTimeout();
    finish(call);
    this.#weighSettled();
  }

  #rejectCalls(): void {
    for (const id of [...this.#calls.keys()]) this.#settle(id, (call) => call.reject(disconnected()));
  }

  // ---------------------------------------------------------------------------------------------------- connection

  #lost(attempts: number): void {
    this.#isReady = false;
    this.#rejectCalls();
    const sinceMs = this.#connection.phase === 'lost' ? this.#connection.sinceMs : this.#world.nowMs();
    this.#setConnection({ phase: 'lost', sinceMs, attempts });
  }

  #setConnection(connection: Connection): void {
    this.#connection = connection;
    this.#isSettled = this.#isEverythingAnswered();
    this.#tellWatchers();
  }

  #tellWatchers(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #isEverythingAnswered(): boolean {
    if (!this.#isReady || this.#calls.size > 0) return false;
    for (const entry of this.#byId.values()) {
      if (
        entry.kind === 'stream' ? !entry.isHeard : entry.listeners.size > 0 && entry.version < 0 && entry.error === null
      )
        return false;
    }
    return true;
  }

  #weighSettled(): void {
    const isSettled = this.#isEverythingAnswered();
    if (isSettled === this.#isSettled) return;
    this.#isSettled = isSettled;
    this.#tellWatchers();
  }

  #send(message: ClientMessage): void {
    if (this.#isReady) this.#socket.send(JSON.stringify(message));
  }

  #sendSubscribe(entry: Subscription): void {
    const { id, cluster, channel, params } = entry;
    this.#send({ type: 'subscribe', id, cluster, channel, params } as ClientMessage);
  }

  // ------------------------------------------------------------------------------------------------------ messages

  #receive(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    switch (message.type) {
      case 'hello':
        this.#welcome(message.contractVersion, { serverVersion: message.serverVersion, clusters: message.clusters });
        return;
      case 'frame':
        // The acknowledgement leaves after the last item was applied: the server's pace is this browser's pace.
        for (const item of message.items) this.#apply(item);
        this.#weighSettled();
        this.#send({ type: 'ack', seq: message.seq });
        return;
      case 'result':
        if ('error' in message) this.#settle(message.id, (call) => call.reject(new LiveError(message.error)));
        else this.#settle(message.id, (call) => call.resolve(message.ok));
        return;
      case 'refused':
        console.error(`the server refused a message: ${message.error.name} ${message.error.message}`);
        return;
      case 'beat':
        return;
    }
  }

  #welcome(contractVersion: number, hello: Hello): void {
    if (contractVersion !== CONTRACT_VERSION) {
      this.#socket.stop();
      this.#isReady = false;
      this.#rejectCalls();
      this.#setConnection({ phase: 'outdated' });
      return;
    }
    const isAgain = this.#connection.phase === 'lost';
    this.#hello = hello;
    this.#isReady = true;
    this.#socket.welcomed();
    this.#setConnection({ phase: 'live', sinceMs: this.#world.nowMs() });
    for (const entry of [...this.#byId.values()]) this.#resume(entry, isAgain);
    for (const call of this.#calls.values()) {
      if (!call.isSent) this.#send(call.message);
      call.isSent = true;
    }
    this.#weighSettled();
  }

  #resume(entry: Subscription, isAgain: boolean): void {
    if (entry.kind === 'stream' && entry.isFinished) return;
    this.#byId.delete(entry.id);
    entry.id = this.#nextId++;
    this.#byId.set(entry.id, entry);
    if (entry.kind === 'channel') entry.version = -1;
    else {
      entry.isHeard = false;
      if (isAgain) entry.listener.onRestart();
    }
    this.#sendSubscribe(entry);
  }

  #apply(item: FrameItem): void {
    const entry = this.#byId.get(item.id);
    if (entry === undefined) return;
    if (item.kind === 'error') this.#fail(entry, item.error);
    else if (item.kind === 'batch') {
      if (entry.kind !== 'stream') return;
      const data = item.data as { done?: unknown } | null;
      if (data?.done) entry.isFinished = true;
      // A search says with `done: null` that it goes on; a tail never speaks of an end.
      entry.isHeard = data?.done !== null;
      entry.listener.onBatch(item.data);
    } else if (entry.kind === 'channel') this.#advance(entry, item);
  }

  #advance(entry: ChannelSubscription, item: Extract<FrameItem, { kind: 'snapshot' | 'patch' }>): void {
    if (item.kind === 'snapshot') {
      entry.version = item.version;
      entry.data = item.data;
    } else {
      if (item.from !== entry.version) {
        this.#resubscribe(entry);
        return;
      }
      try {
        entry.data = applyOps(entry.data, item.ops);
      } catch (error) {
        if (!(error instanceof PatchMismatch)) throw error;
        this.#resubscribe(entry);
        return;
      }
      entry.version = item.to;
    }
    entry.hasData = true;
    entry.error = null;
    for (const listener of [...entry.listeners]) listener.onValue(entry.data);
  }

  #fail(entry: Subscription, body: ErrorBody): void {
    const error = new LiveError(body);
    if (entry.kind === 'stream') {
      entry.isFinished = true;
      entry.isHeard = true;
      entry.listener.onError(error);
      return;
    }
    entry.error = error;
    for (const listener of [...entry.listeners]) listener.onError(error);
    if (!body.retriable || entry.cancelRetry !== null) return;
    entry.cancelRetry = this.#world.after(RETRY_AFTER_ERROR_MS, () => {
      entry.cancelRetry = null;
      if (this.#isReady) this.#resubscribe(entry);
    });
  }
}
