// One connection over a link that may be cut or slow, in either way. Bytes keep their order; as much waits as would fit into the
// buffers of a real one, then the writer is told to stop and the reader's side is no longer read. Made by faulty-net.ts.
import type { CancelTimer, Clock, Socket, Timers } from '../../../kernel/world.ts';
import type { WayFault } from '../../lab.ts';

/** As much as a real socket takes before write() answers false. */
const HIGH_WATER_BYTES = 1_048_576;
/** A connection that was dropped while its link was cut is kept from the other side's eyes so long, at most. */
const MAX_GHOST_MS = 600_000;

interface Piece {
  readonly buffers: readonly Buffer[];
  readonly sizeBytes: number;
  readonly sentAtMs: number;
}
export interface FaultySocketOptions {
  readonly timers: Timers;
  readonly clock: Clock;
  faultOf(way: 'out' | 'back'): WayFault | null;
  onGone(): void;
}

interface WayOptions {
  readonly way: 'out' | 'back';
  /** False: no more for now. */
  deliver(piece: Piece): boolean;
  /** The first that waits is due. */
  onDue(): void;
}

/** What waits on one way of the link. */
class Way {
  readonly #options: FaultySocketOptions;
  readonly #way: 'out' | 'back';
  readonly #deliver: (piece: Piece) => boolean;
  readonly #onDue: () => void;
  #queue: Piece[] = [];
  bytes = 0;
  #cancel: CancelTimer = () => {};

  constructor(options: FaultySocketOptions, given: WayOptions) {
    this.#options = options;
    this.#way = given.way;
    this.#deliver = given.deliver;
    this.#onDue = given.onDue;
  }
  get isClear(): boolean {
    return this.#queue.length === 0 && this.#options.faultOf(this.#way) === null;
  }
  get isCut(): boolean {
    return this.#options.faultOf(this.#way)?.kind === 'cut';
  }
  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }
  add(buffers: readonly Buffer[]): void {
    const sizeBytes = buffers.reduce((sum, { length }) => sum + length, 0);
    this.#queue.push({ buffers, sizeBytes, sentAtMs: this.#options.clock.monotonicMs() });
    this.bytes += sizeBytes;
  }
  /** Hands over what is due, until the receiver has enough. */
  move(): void {
    this.#cancel();
    while (true) {
      const head = this.#queue[0];
      const fault = this.#options.faultOf(this.#way);
      if (head === undefined || fault?.kind === 'cut') return;
      const waitMs = head.sentAtMs + (fault?.delayMs ?? 0) - this.#options.clock.monotonicMs();
      if (waitMs > 0) {
        this.#cancel = this.#options.timers.after(waitMs, this.#onDue);
        return;
      }
      this.#queue.shift();
      this.bytes -= head.sizeBytes;
      if (!this.#deliver(head)) return;
    }
  }
  clear(): void {
    this.#cancel();
    this.#queue = [];
    this.bytes = 0;
  }
}

export class FaultySocket implements Socket {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  readonly #inner: Socket;
  readonly #options: FaultySocketOptions;
  readonly #out: Way;
  readonly #back: Way;
  #onData: (bytes: Buffer) => void = () => {};
  #onClose: (reason: string | null) => void = () => {};
  #onDrain: () => void = () => {};
  /** The writer was told to stop. */
  #isFull = false;
  /** The real socket takes no more for now. */
  #isInnerFull = false;
  #isPaused = false;
  #isHeld = false;
  #isEnding = false;
  /** The real socket closed; the news may still be on its way. */
  #closed: { readonly reason: string | null } | null = null;
  #isDone = false;
  #isGhost = false;
  /** A handler of the owner may write or resume: what that moves waits until it has returned. */
  #isMoving = false;
  #isMovedAgain = false;
  #cancelGhost: CancelTimer = () => {};

  constructor(inner: Socket, options: FaultySocketOptions) {
    this.#inner = inner;
    this.#options = options;
    this.remoteHost = inner.remoteHost;
    this.remotePort = inner.remotePort;
    this.localHost = inner.localHost;
    this.localPort = inner.localPort;
    const onDue = () => this.#move();
    this.#out = new Way(options, {
      way: 'out',
      onDue,
      deliver: ({ buffers }) => {
        this.#isInnerFull = !this.#inner.write(buffers);
        return !this.#isInnerFull;
      },
    });
    this.#back = new Way(options, {
      way: 'back',
      onDue,
      deliver: ({ buffers }) => {
        for (const bytes of buffers) this.#onData(bytes);
        return !this.#isPaused && !this.#isDone;
      },
    });
    inner.onData((bytes) => this.#receive(bytes));
    inner.onDrain(() => {
      this.#isInnerFull = false;
      this.#move();
    });
    inner.onClose((reason) => {
      this.#closed = { reason };
      this.#move();
    });
  }

  onData(handler: (bytes: Buffer) => void): void {
    this.#onData = handler;
  }
  onClose(handler: (reason: string | null) => void): void {
    this.#onClose = handler;
  }
  onDrain(handler: () => void): void {
    this.#onDrain = handler;
  }

  write(buffers: readonly Buffer[]): boolean {
    if (this.#isDone || this.#closed !== null) return true;
    if (this.#out.isClear && !this.#isInnerFull) {
      this.#isInnerFull = !this.#inner.write(buffers);
      this.#isFull = this.#isInnerFull;
      return !this.#isFull;
    }
    this.#out.add(buffers);
    this.#move();
    this.#isFull = this.#isInnerFull || this.#out.bytes > HIGH_WATER_BYTES;
    return !this.#isFull;
  }

  pause(): void {
    this.#isPaused = true;
    this.#inner.pause();
  }
  resume(): void {
    this.#isPaused = false;
    if (!this.#isHeld) this.#inner.resume();
    this.#move();
  }
  end(): void {
    this.#isEnding = true;
    this.#move();
  }

  /** This side is done at once. The other side hears of it when the link carries the news. */
  destroy(): void {
    if (this.#isDone) return;
    const isUnseen = this.#out.isCut && this.#closed === null;
    this.#finish(null);
    if (!isUnseen) {
      this.#inner.destroy();
      this.#options.onGone();
      return;
    }
    this.#isGhost = true;
    this.#inner.pause();
    this.#cancelGhost = this.#options.timers.after(MAX_GHOST_MS, () => this.#endGhost());
  }

  /** The rules of the link are others now. */
  linkChanged(): void {
    if (this.#isGhost && !this.#out.isCut) this.#endGhost();
    else this.#move();
  }

  #endGhost(): void {
    this.#cancelGhost();
    this.#inner.destroy();
    this.#options.onGone();
  }

  #receive(bytes: Buffer): void {
    if (this.#isDone) return;
    if (this.#back.isClear) {
      this.#onData(bytes);
      return;
    }
    this.#back.add([bytes]);
    this.#move();
  }

  #move(): void {
    if (this.#isMoving) {
      this.#isMovedAgain = true;
      return;
    }
    this.#isMoving = true;
    do {
      this.#isMovedAgain = false;
      this.#moveOnce();
    } while (this.#isMovedAgain);
    this.#isMoving = false;
  }
  #moveOnce(): void {
    if (this.#isDone) return;
    if (!this.#isInnerFull) this.#out.move();
    if (!this.#isPaused) this.#back.move();
    if (this.#isDone) return;
    this.#holdReading();
    if (this.#closed !== null && this.#back.isEmpty && !this.#back.isCut) {
      const { reason } = this.#closed;
      this.#finish(reason);
      this.#options.onGone();
      return;
    }
    if (this.#isFull && this.#out.isEmpty && !this.#isInnerFull) {
      this.#isFull = false;
      this.#onDrain();
    }
    if (this.#isEnding && this.#out.isEmpty && !this.#out.isCut) {
      this.#isEnding = false;
      this.#inner.end();
    }
  }

  /** More than a receive buffer holds: the sender has to wait. */
  #holdReading(): void {
    const isHeld = this.#back.bytes > HIGH_WATER_BYTES;
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    if (isHeld) this.#inner.pause();
    else if (!this.#isPaused) this.#inner.resume();
  }

  /** Tells the owner in a later turn, as a real socket does. */
  #finish(reason: string | null): void {
    this.#isDone = true;
    this.#out.clear();
    this.#back.clear();
    this.#options.timers.soon(() => this.#onClose(reason));
  }
}
