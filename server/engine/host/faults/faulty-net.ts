// World.net with links that can be cut or slow, as the lab says. Wraps what a node opens towards other nodes: bytes wait in order and
// nobody is told, as on a real network, until the link is healed or somebody's time-out strikes. What clients open is not touched.
import type { CancelTimer, Clock, Net, Socket, Timers } from '../../../kernel/world.ts';
import { NetError } from '../../../kernel/world.ts';
import type { LinkRule, WayFault } from '../../lab.ts';
import { FaultySocket } from './faulty-socket.ts';

export class FaultyNet implements Net {
  readonly #net: Net;
  readonly #timers: Timers;
  readonly #clock: Clock;
  #rules: ReadonlyMap<number, LinkRule> = new Map();
  readonly #sockets = new Set<FaultySocket>();
  /** Connects that wait for a link. */
  readonly #waiting = new Set<() => void>();
  readonly listen: Net['listen'];

  constructor({ net, timers, clock }: { readonly net: Net; readonly timers: Timers; readonly clock: Clock }) {
    this.#net = net;
    this.#timers = timers;
    this.#clock = clock;
    this.listen = (address, onSocket) => net.listen(address, onSocket);
  }

  /** In place of all earlier ones. What waited on a healed link goes on at once. */
  setLinks(links: readonly LinkRule[]): void {
    this.#rules = new Map(links.map((link) => [link.port, link]));
    for (const socket of this.#sockets) socket.linkChanged();
    for (const look of [...this.#waiting]) look();
  }

  async connect(address: { host: string; port: number; timeoutMs: number }): Promise<Socket> {
    const { port, timeoutMs } = address;
    const leftMs = await this.#reach(port, timeoutMs);
    const inner = await this.#net.connect({ ...address, timeoutMs: leftMs });
    const socket: FaultySocket = new FaultySocket(inner, {
      timers: this.#timers,
      clock: this.#clock,
      faultOf: (way) => this.#faultOf(port, way),
      onGone: () => this.#sockets.delete(socket),
    });
    this.#sockets.add(socket);
    return socket;
  }

  #faultOf(port: number, way: 'out' | 'back'): WayFault | null {
    return this.#rules.get(port)?.[way] ?? null;
  }

  /** The handshake goes there and back. Gives the time that is left; rejects with ETIMEDOUT as a real one would. */
  #reach(port: number, timeoutMs: number): Promise<number> {
    if (!this.#rules.has(port)) return Promise.resolve(timeoutMs);
    const startedAtMs = this.#clock.monotonicMs();
    return new Promise((resolve, reject) => {
      let cancel: CancelTimer = () => {};
      const look = () => {
        cancel();
        const tookMs = this.#clock.monotonicMs() - startedAtMs;
        const tripMs = tripOf(this.#rules.get(port));
        if (tookMs >= timeoutMs) {
          this.#waiting.delete(look);
          reject(new NetError('ETIMEDOUT', `no answer within ${timeoutMs} ms`));
        } else if (tookMs >= tripMs) {
          this.#waiting.delete(look);
          resolve(timeoutMs - tookMs);
        } else {
          cancel = this.#timers.after(Math.min(tripMs, timeoutMs) - tookMs, look);
        }
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** For ever while one of the ways is cut. */
function tripOf(rule: LinkRule | undefined): number {
  const ways = [rule?.out, rule?.back];
  return ways.reduce((sum, way) => sum + (way?.kind === 'cut' ? Number.POSITIVE_INFINITY : (way?.delayMs ?? 0)), 0);
}
