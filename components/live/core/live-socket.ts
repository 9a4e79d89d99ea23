// The one WebSocket of a tab: opened, watched for beats, opened again with growing pauses after it was lost. It knows nothing of
// what the messages say; LiveCore does.
import { BEAT_INTERVAL_MS } from '../../../server/live/contract.ts';

const MISSED_BEATS = 3;
const BACKOFF_FIRST_MS = 250;
const BACKOFF_LAST_MS = 5_000;
const MOST_ATTEMPTS = 16;

/** What is needed of a WebSocket. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
}
export interface SocketWorld {
  openSocket(): SocketLike;
  nowMs(): number;
  /** Runs `work` once after the delay; the result cancels it. */
  after(delayMs: number, work: () => void): () => void;
  /** 0 ≤ x < 1. */
  random(): number;
}
export interface SocketOwner {
  received(text: string): void;
  /** The socket is gone; it is opened again after a pause unless stop() is called. `attempts` were made since the last welcome. */
  lost(attempts: number): void;
}

export class LiveSocket {
  readonly #world: SocketWorld;
  readonly #owner: SocketOwner;
  #socket: SocketLike | null = null;
  #isStopped = true;
  #lastSeenMs = 0;
  #attempts = 0;
  #cancelReconnect: (() => void) | null = null;
  #cancelBeatCheck: (() => void) | null = null;

  constructor(world: SocketWorld, owner: SocketOwner) {
    this.#world = world;
    this.#owner = owner;
  }

  /** Opens it, unless that is done or waits. */
  start(): void {
    this.#isStopped = false;
    if (this.#socket === null && this.#cancelReconnect === null) this.#open();
  }
  /** Closes it, and nothing opens it again but start(). */
  stop(): void {
    this.#isStopped = true;
    this.#cancelReconnect?.();
    this.#cancelReconnect = null;
    this.#drop();
  }
  send(text: string): void {
    this.#socket?.send(text);
  }
  /** The server has spoken: the next pause is the shortest again. */
  welcomed(): void {
    this.#attempts = 0;
  }
  /** Tries at once instead of waiting for the pause to end. */
  reconnectNow(): void {
    if (this.#cancelReconnect === null) return;
    this.#cancelReconnect();
    this.#cancelReconnect = null;
    this.#open();
  }

  #open(): void {
    const socket = this.#world.openSocket();
    this.#socket = socket;
    this.#lastSeenMs = this.#world.nowMs();
    socket.onmessage = (event) => {
      if (this.#socket !== socket) return;
      this.#lastSeenMs = this.#world.nowMs();
      this.#owner.received(String(event.data));
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lose();
    };
    this.#scheduleBeatCheck();
  }
  #scheduleBeatCheck(): void {
    this.#cancelBeatCheck?.();
    this.#cancelBeatCheck = this.#world.after(BEAT_INTERVAL_MS, () => {
      const silentMs = this.#world.nowMs() - this.#lastSeenMs;
      if (silentMs >= MISSED_BEATS * BEAT_INTERVAL_MS) this.#lose();
      else this.#scheduleBeatCheck();
    });
  }
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#cancelBeatCheck?.();
    this.#cancelBeatCheck = null;
    if (socket === null) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
  #lose(): void {
    this.#drop();
    const ceilingMs = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** this.#attempts);
    this.#attempts = Math.min(this.#attempts + 1, MOST_ATTEMPTS);
    this.#owner.lost(this.#attempts);
    if (this.#isStopped) return;
    const delayMs = ceilingMs * (0.5 + this.#world.random() / 2);
    this.#cancelReconnect = this.#world.after(delayMs, () => {
      this.#cancelReconnect = null;
      this.#open();
    });
  }
}
