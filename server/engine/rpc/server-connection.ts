// One client connection: frames in, answers out in request order, one request at a time (Kafka mutes the channel so). Whatever
// a client sends can close only this connection. Made by listener.ts.
import { AssertionError } from '../../kernel/assert.ts';
import { DecodeError } from '../../kernel/decode-error.ts';
import type { CancelTimer, Socket, World } from '../../kernel/world.ts';
import type { Call, DispatchedConnection, Dispatcher } from './dispatcher.ts';
import { RequestRefused } from './dispatcher.ts';
import type { ByteBudget } from './framing/frame.ts';
import { FrameReader } from './framing/frame.ts';
import type { FramePool } from './framing/frame-pool.ts';
import { ANONYMOUS, type ListenerName, ON_SENT, type RequestQuotas } from './handler.ts';
import type { Authenticator } from './sasl/authenticator.ts';
import { Usage } from './usage.ts';

/** While a request is in progress this much of the next ones is taken in; then the socket is not read. */
const MAX_WAITING_BYTES = 1_048_576;
const MAX_WAITING_CHUNKS = 256;
/** Answers to pipelined requests are gathered up to this size before they are written. */
const GATHER_BYTES = 262_144;
const LENGTH_BYTES = 4;

export interface ServerConnectionOptions {
  readonly id: number;
  readonly label: string;
  readonly socket: Socket;
  readonly dispatcher: Dispatcher;
  readonly world: World;
  readonly maxRequestBytes: number;
  readonly budget: ByteBudget;
  readonly pool: FramePool;
  readonly quotas: RequestQuotas | null;
  readonly listener: ListenerName;
  readonly authenticator: Authenticator | null;
  /** Counts up while the node runs; a connection remembers when it was last active. */
  tick(): number;
  onGone(): void;
}

/** What a request cost, for quotas. */
interface Cost {
  readonly requestBytes: number;
  readonly busyMs: number;
}

export class ServerConnection implements DispatchedConnection {
  readonly id: number;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  readonly listener: ListenerName;
  readonly authenticator: Authenticator | null;
  softwareName = '';
  softwareVersion = '';
  readonly connectedAtMs: number;
  readonly usage: Usage;
  readonly #options: ServerConnectionOptions;
  readonly #socket: Socket;
  readonly #frames: FrameReader;
  readonly #closeCallbacks = new Set<() => void>();
  #out: Buffer[] = [];
  #outBytes = 0;
  /** For when what is gathered has left. */
  #onSent: (() => void)[] = [];
  #activeTick: number;
  /** A handler's promise is pending. */
  #isBusy = false;
  /** The other side does not take our answers fast enough. */
  #isBlocked = false;
  #isPaused = false;
  /** Over its quota: nothing more is served until the timer ends. */
  #muted: CancelTimer | null = null;
  #isPumping = false;
  #isEnding = false;
  #isClosed = false;

  constructor(options: ServerConnectionOptions) {
    const { socket } = options;
    this.id = options.id;
    this.remoteHost = socket.remoteHost;
    this.remotePort = socket.remotePort;
    this.localHost = socket.localHost;
    this.localPort = socket.localPort;
    this.listener = options.listener;
    this.authenticator = options.authenticator;
    this.#options = options;
    this.#socket = socket;
    this.#frames = new FrameReader(options.maxRequestBytes, options.budget, options.pool);
    this.#activeTick = options.tick();
    this.connectedAtMs = options.world.clock.nowMs();
    this.usage = new Usage(this.connectedAtMs);
    socket.onData((bytes) => this.#onData(bytes));
    socket.onDrain(() => this.#onDrain());
    socket.onClose(() => this.#onClosed());
  }

  get user(): string {
    return this.authenticator?.user ?? ANONYMOUS;
  }
  setSoftware(name: string, version: string): void {
    this.softwareName = name;
    this.softwareVersion = version;
  }

  get fetched(): Iterable<string> {
    return this.usage.fetched;
  }
  noteRequest(apiKey: number, request: unknown, clientId: string): void {
    this.usage.request(apiKey, request, clientId, this.#options.world.clock.nowMs());
  }

  onClose(run: () => void): () => void {
    if (this.#isClosed) {
      run();
      return () => {};
    }
    this.#closeCallbacks.add(run);
    return () => {
      this.#closeCallbacks.delete(run);
    };
  }

  /** Ends as soon as no request is in progress. */
  endWhenIdle(): void {
    this.#isEnding = true;
    if (!this.#isBusy && !this.#isPumping) this.#end();
  }
  drop(): void {
    this.#socket.destroy();
    this.#onClosed();
  }
  dropIfIdleSince(tick: number): void {
    if (this.#isBusy || this.#muted !== null || this.#activeTick > tick) return;
    this.#options.world.log.debug(`${this.#name()} closed: idle`);
    this.drop();
  }

  #name(): string {
    return `${this.#options.label}: connection from ${this.remoteHost}:${this.remotePort}`;
  }

  #onData(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#activeTick = this.#options.tick();
    this.#frames.push(bytes);
    this.#pump();
  }
  #onDrain(): void {
    if (this.#isClosed || !this.#isBlocked) return;
    this.#isBlocked = false;
    this.#activeTick = this.#options.tick();
    this.#pump();
  }

  /** Answers whole frames one after the other until one has to wait, then writes what was gathered. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (this.#mayServe()) {
        if (this.authenticator !== null) this.#limitFrames(this.authenticator);
        const frame = this.#frames.next();
        if (frame === null) break;
        if (this.authenticator?.takesBareToken === true) this.#takeToken(frame, this.authenticator);
        else this.#serve(frame);
        if (this.#outBytes >= GATHER_BYTES) this.#flush();
      }
    } catch (error) {
      this.#refuse(error);
    } finally {
      this.#isPumping = false;
    }
    if (this.#isClosed) return;
    this.#flush();
    if (this.#isEnding && !this.#isBusy) this.#end();
    else this.#adjustReading();
  }

  #mayServe(): boolean {
    const waits = this.#isBusy || this.#isBlocked || this.#muted !== null;
    return !waits && !this.#isClosed && !this.#isEnding;
  }

  /** Who may be anybody sends no more than a token takes. */
  #limitFrames({ maxFrameBytes }: Authenticator): void {
    const { maxRequestBytes } = this.#options;
    this.#frames.limitTo(Math.min(maxFrameBytes ?? maxRequestBytes, maxRequestBytes));
  }

  /** Of a client that speaks SaslHandshake v0: the answer has no header either. */
  #takeToken(frame: Buffer, authenticator: Authenticator): void {
    this.#isBusy = true;
    authenticator.bareToken(frame).then(
      (token) =>
        this.#settle(() => {
          if (token === null) throw new DecodeError('authentication failed');
          const size = Buffer.allocUnsafe(LENGTH_BYTES);
          size.writeInt32BE(token.length, 0);
          this.#out.push(size, token);
          this.#outBytes += LENGTH_BYTES + token.length;
        }),
      (error: unknown) =>
        this.#settle(() => {
          throw error;
        }),
    );
  }

  #serve(frame: Buffer): void {
    const begunMs = this.#timeMs();
    const call = this.#options.dispatcher.dispatch(frame, this);
    const cost = { requestBytes: frame.length, busyMs: this.#timeMs() - begunMs };
    if (call.answer instanceof Promise) {
      this.#park(call, call.answer, cost);
      return;
    }
    this.#respond(call, call.answer, cost);
    if (call.releasesRequest) this.#frames.reuseLast();
  }

  /** Now, where somebody wants to know how long things take. */
  #timeMs(): number {
    const { quotas, world } = this.#options;
    return quotas?.isTimed === true ? world.clock.monotonicMs() : 0;
  }

  #park(call: Call, answer: Promise<unknown>, cost: Cost): void {
    this.#isBusy = true;
    answer.then(
      (value) => this.#settle(() => this.#respond(call, value, cost)),
      (error: unknown) =>
        this.#settle(() => {
          throw this.#options.dispatcher.rejected(call, error);
        }),
    );
  }
  #settle(respond: () => void): void {
    this.#isBusy = false;
    if (this.#isClosed) return;
    this.#activeTick = this.#options.tick();
    try {
      respond();
    } catch (error) {
      this.#refuse(error);
      return;
    }
    this.#pump();
  }

  #respond(call: Call, answer: unknown, cost: Cost): void {
    const { quotas } = this.#options;
    const { authenticator, user } = this;
    if (quotas === null || authenticator?.isDone === false) {
      this.#write(call, answer);
      if (authenticator?.hasFailed === true) this.#isEnding = true;
      return;
    }
    const { clientId } = call;
    const throttleTimeMs = quotas.charge({ apiKey: call.api.key, user, clientId, answer, ...cost });
    const begunMs = this.#timeMs();
    this.#write(call, throttleTimeMs > 0 && typeof answer === 'object' ? { ...answer, throttleTimeMs } : answer);
    if (throttleTimeMs > 0) this.#mute(throttleTimeMs);
    if (quotas.isTimed) quotas.spent({ user, clientId }, this.#timeMs() - begunMs);
  }

  /** The answer leaves now; the next request is looked at later (KIP-219). */
  #mute(forMs: number): void {
    if (this.#isClosed) return;
    this.#muted?.();
    this.#muted = this.#options.world.timers.after(forMs, () => {
      this.#muted = null;
      this.#activeTick = this.#options.tick();
      this.#pump();
    });
  }

  #write(call: Call, answer: unknown): void {
    const pieces = this.#options.dispatcher.encode(call, answer);
    let sizeBytes = 0;
    for (const piece of pieces ?? []) {
      this.#out.push(piece);
      sizeBytes += piece.length;
    }
    this.usage.answer(call.api.key, answer, sizeBytes);
    if (pieces === null) return;
    this.#outBytes += sizeBytes;
    const onSent = (answer as { readonly [ON_SENT]?: () => void })[ON_SENT];
    if (onSent !== undefined) this.#onSent.push(onSent);
  }

  #flush(): void {
    if (this.#out.length === 0) return;
    const out = this.#out;
    this.#out = [];
    this.#outBytes = 0;
    const onSent = this.#onSent;
    if (onSent.length > 0) this.#onSent = [];
    const onTaken = onSent.length === 0 ? undefined : () => onSent.forEach((run) => void run());
    if (!this.#socket.write(out, onTaken)) this.#isBlocked = true;
  }

  #adjustReading(): void {
    const { waitingBytes, waitingChunks } = this.#frames;
    const shouldPause =
      this.#isBlocked ||
      ((this.#isBusy || this.#muted !== null) &&
        (waitingBytes > MAX_WAITING_BYTES || waitingChunks > MAX_WAITING_CHUNKS));
    if (shouldPause === this.#isPaused) return;
    this.#isPaused = shouldPause;
    if (shouldPause) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Answers that came before the broken request still leave; the connection then ends. */
  #refuse(error: unknown): void {
    const { log, timers } = this.#options.world;
    const cause = error instanceof RequestRefused ? error.cause : error;
    if (cause instanceof AssertionError) {
      timers.soon(() => {
        throw cause;
      });
    }
    const isOurs = error instanceof RequestRefused ? error.isOurs : !(error instanceof DecodeError);
    const text = error instanceof Error ? error.message : String(error);
    if (isOurs) log.error(`${this.#name()} closed, a bug: ${text}`);
    else log.debug(`${this.#name()} closed: ${text}`);
    this.#end();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#flush();
    this.#socket.end();
    this.#onClosed();
  }

  #onClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#muted?.();
    this.#muted = null;
    this.#frames.discard();
    this.#out = [];
    for (const run of [...this.#closeCallbacks]) run();
    this.#closeCallbacks.clear();
    this.#options.onGone();
  }
}
