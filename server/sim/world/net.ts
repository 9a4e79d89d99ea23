// A network with TCP's promises and no more: ordered bytes that arrive, or a stream that breaks. Links between hosts have delays of
// their own and can be cut in either direction; what is sent into a cut waits as TCP would send it again, until the link heals or
// the connection gives up. Hosts are told apart by name. Faults are set from outside.
import type { Net, NetListener, Socket } from '../../kernel/world.ts';
import { NetError } from '../../kernel/world.ts';
import type { Prng } from './prng.ts';
import type { Owner, Scheduler } from './scheduler.ts';

export interface NetOptions {
  /** Mean of one way, in milliseconds. */
  readonly delayMs: number;
  /** Share of writes that arrive in two pieces. */
  readonly splitShare: number;
  /** How long a connection bears a cut before it breaks: least and most. */
  readonly giveUpMs: readonly [number, number];
}

const HIGH_WATER_BYTES = 1_048_576;
const FIRST_FREE_PORT = 40_000;

/** One process on the network, from its start to its end. */
export interface Host {
  readonly name: string;
  readonly owner: Owner;
}
type Accept = (socket: SimSocket) => void;
interface Listening {
  readonly host: Host;
  readonly accept: Accept;
}

export class SimNet {
  readonly scheduler: Scheduler;
  readonly options: NetOptions;
  readonly prng: Prng;
  readonly sockets = new Set<SimSocket>();
  /** Delays are multiplied by this; by link. */
  readonly slow = new Map<string, number>();
  readonly #cut = new Set<string>();
  readonly #dark = new Set<string>();
  readonly #listeners = new Map<string, Listening>();
  #nextPort = FIRST_FREE_PORT;

  constructor(scheduler: Scheduler, prng: Prng, options: NetOptions) {
    this.scheduler = scheduler;
    this.prng = prng;
    this.options = options;
  }

  /** The network as one process has it. */
  as(host: Host): Net {
    return {
      listen: (address, onSocket) => this.#listen(host, address, onSocket),
      connect: (address) => this.#connect(host, address),
    };
  }

  isCut(from: string, to: string): boolean {
    return this.#cut.has(`${from}>${to}`) || this.#dark.has(from) || this.#dark.has(to);
  }
  get hasCuts(): boolean {
    return this.#cut.size > 0 || this.#dark.size > 0;
  }
  cut(from: string, to: string): void {
    this.#cut.add(`${from}>${to}`);
  }
  heal(from: string, to: string): void {
    this.#cut.delete(`${from}>${to}`);
    this.#flow();
  }
  healAll(): void {
    this.#cut.clear();
    this.slow.clear();
    this.#flow();
  }
  #flow(): void {
    for (const socket of this.sockets) if (!this.isCut(socket.host.name, socket.peerName)) socket.flow();
  }
  delayMs(from: string, to: string): number {
    const factor = this.slow.get(`${from}>${to}`) ?? 1;
    return 0.02 + this.prng.exponential(this.options.delayMs) * factor;
  }

  /** The process is gone: its system tells the others, unless the power went too. */
  dropHost(host: Host, isPowerGone: boolean): void {
    for (const [key, listening] of this.#listeners) if (listening.host === host) this.#listeners.delete(key);
    if (isPowerGone) this.#dark.add(host.name);
    for (const socket of [...this.sockets]) {
      if (socket.host !== host) continue;
      socket.vanish();
      const delayMs = isPowerGone ? this.prng.between(50, 6000) : this.delayMs(host.name, socket.peerName);
      socket.resetPeer(delayMs);
    }
  }
  /** The machine has power again. */
  light(name: string): void {
    this.#dark.delete(name);
  }
  /** Breaks one connection in the middle of whatever it carries. False when there is none. */
  resetAny(prng: Prng): boolean {
    const open = [...this.sockets].filter((socket) => !socket.isClosed);
    if (open.length === 0) return false;
    const socket = prng.pick(open);
    socket.break('ECONNRESET');
    socket.resetPeer(0);
    return true;
  }

  async #listen(
    host: Host,
    address: { host: string; port: number },
    onSocket: (socket: Socket) => void,
  ): Promise<NetListener> {
    const key = `${address.host}:${address.port}`;
    if (this.#listeners.has(key)) throw new NetError('EADDRINUSE', `port ${address.port} is taken`);
    this.#listeners.set(key, { host, accept: onSocket });
    return {
      host: address.host,
      port: address.port,
      close: async () => {
        if (this.#listeners.get(key)?.host === host) this.#listeners.delete(key);
      },
    };
  }

  #connect(from: Host, address: { host: string; port: number; timeoutMs: number }): Promise<Socket> {
    const { scheduler } = this;
    const to = address.host;
    return new Promise((resolve, reject) => {
      const fail = (delayMs: number, errno: string): void => {
        scheduler.after(from.owner, delayMs, () => reject(new NetError(errno, `connect to ${to}:${address.port}`)));
      };
      if (this.isCut(from.name, to) || this.isCut(to, from.name)) return fail(address.timeoutMs, 'ETIMEDOUT');
      const thereMs = this.delayMs(from.name, to);
      const backMs = this.delayMs(to, from.name);
      const listening = this.#listeners.get(`${to}:${address.port}`);
      if (listening === undefined) return fail(thereMs + backMs, 'ECONNREFUSED');
      const here = { host: from.name, port: this.#nextPort++ };
      const there = { host: to, port: address.port };
      const near = new SimSocket(this, from, here, there);
      const far = new SimSocket(this, listening.host, there, here);
      near.join(far);
      far.join(near);
      scheduler.after(listening.host.owner, thereMs, () => {
        if (!far.isClosed) listening.accept(far);
      });
      far.notBefore(scheduler.nowMs + thereMs);
      scheduler.after(from.owner, thereMs + backMs, () => {
        if (near.isClosed) reject(new NetError('ECONNRESET', `connect to ${to}:${address.port}`));
        else resolve(near);
      });
    });
  }
}

interface Place {
  readonly host: string;
  readonly port: number;
}

export class SimSocket implements Socket {
  readonly host: Host;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  isClosed = false;
  readonly #net: SimNet;
  #peer: SimSocket | null = null;
  /** Arrived here and not given to the handler: a null is the orderly end. */
  readonly #inbox: (Buffer | null)[] = [];
  /** Sent from here into a cut, in order. */
  #stalled: (Buffer | null)[] = [];
  #isGivingUp = false;
  #arrivalMs = 0;
  #unreadBytes = 0;
  #isFull = false;
  #isPaused = false;
  #isEnded = false;
  #onData: (bytes: Buffer) => void = () => {};
  #onClose: (reason: string | null) => void = () => {};
  #onDrain: () => void = () => {};

  constructor(net: SimNet, host: Host, local: Place, remote: Place) {
    this.#net = net;
    this.host = host;
    this.localHost = local.host;
    this.localPort = local.port;
    this.remoteHost = remote.host;
    this.remotePort = remote.port;
    net.sockets.add(this);
  }
  join(peer: SimSocket): void {
    this.#peer = peer;
  }
  notBefore(ms: number): void {
    this.#arrivalMs = Math.max(this.#arrivalMs, ms);
  }
  get peerName(): string {
    return this.remoteHost;
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
    if (this.isClosed || this.#isEnded) return true;
    const bytes = Buffer.concat(buffers);
    this.#unreadBytes += bytes.length;
    this.#isFull ||= this.#unreadBytes > HIGH_WATER_BYTES;
    const { prng, options } = this.#net;
    const isSplit = bytes.length > 1 && prng.chance(options.splitShare);
    const at = isSplit ? prng.between(1, bytes.length - 1) : bytes.length;
    this.#send(bytes.subarray(0, at));
    if (isSplit) this.#send(bytes.subarray(at));
    return !this.#isFull;
  }
  end(): void {
    if (this.isClosed || this.#isEnded) return;
    this.#isEnded = true;
    this.#send(null);
  }
  destroy(): void {
    if (this.isClosed) return;
    this.break(null);
    this.resetPeer(this.#net.delayMs(this.host.name, this.peerName));
  }
  pause(): void {
    this.#isPaused = true;
  }
  resume(): void {
    this.#isPaused = false;
    this.#net.scheduler.after(this.host.owner, 0, () => this.#read());
  }

  #send(piece: Buffer | null): void {
    const from = this.host.name;
    if (this.#stalled.length > 0 || this.#net.isCut(from, this.peerName)) this.#stall(piece);
    else this.#carry(piece);
  }
  #carry(piece: Buffer | null): void {
    const { scheduler } = this.#net;
    const peer = this.#peer;
    if (peer === null) return;
    const delayMs = this.#net.delayMs(this.host.name, this.peerName);
    peer.notBefore(scheduler.nowMs + delayMs);
    scheduler.after(peer.host.owner, peer.#arrivalMs - scheduler.nowMs, () => peer.#arrive(piece));
  }
  #stall(piece: Buffer | null): void {
    this.#stalled.push(piece);
    if (this.#isGivingUp) return;
    this.#isGivingUp = true;
    const [least, most] = this.#net.options.giveUpMs;
    this.#net.scheduler.after(this.host.owner, this.#net.prng.between(least, most), () => {
      this.#isGivingUp = false;
      if (this.isClosed || this.#stalled.length === 0) return;
      this.break('ETIMEDOUT');
      this.resetPeer(0);
    });
  }
  /** The link carries again. */
  flow(): void {
    const stalled = this.#stalled;
    this.#stalled = [];
    for (const piece of stalled) this.#carry(piece);
  }

  #arrive(piece: Buffer | null): void {
    if (this.isClosed) return;
    this.#inbox.push(piece);
    this.#read();
  }
  #read(): void {
    while (!this.#isPaused && !this.isClosed) {
      const piece = this.#inbox.shift();
      if (piece === undefined) return;
      if (piece === null) {
        this.#close(null);
        this.resetPeer(this.#net.delayMs(this.host.name, this.peerName), null);
        return;
      }
      if (this.#peer !== null) this.#peer.#wasRead(piece.length);
      this.#onData(piece);
    }
  }
  #wasRead(bytes: number): void {
    this.#unreadBytes -= bytes;
    if (!this.#isFull || this.#unreadBytes > 0) return;
    this.#isFull = false;
    this.#net.scheduler.after(this.host.owner, 0, () => {
      if (!this.isClosed) this.#onDrain();
    });
  }

  /** Ends here, in an event of its own; what was not read is lost. */
  break(reason: string | null): void {
    this.#net.scheduler.after(this.host.owner, 0, () => this.#close(reason));
  }
  /** The other side hears that this one is gone. */
  resetPeer(delayMs: number, reason: string | null = 'ECONNRESET'): void {
    const peer = this.#peer;
    if (peer === null || peer.isClosed) return;
    const { scheduler } = this.#net;
    peer.notBefore(scheduler.nowMs + delayMs);
    scheduler.after(peer.host.owner, peer.#arrivalMs - scheduler.nowMs, () => peer.#close(reason));
  }
  /** The process is gone: nothing is called any more. */
  vanish(): void {
    this.isClosed = true;
    this.#net.sockets.delete(this);
  }
  #close(reason: string | null): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#inbox.length = 0;
    this.#stalled = [];
    this.#net.sockets.delete(this);
    this.#onClose(reason);
  }
}
