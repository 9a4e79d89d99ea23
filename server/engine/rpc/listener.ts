// A node's listening port: accepts connections up to a bound, closes idle ones with one timer for all, and closes everything
// when the node stops. What happens on one connection is in server-connection.ts.
import type { NetListener, Socket, World } from '../../kernel/world.ts';
import type { ClientRow, FaultRule } from '../lab.ts';
import type { Address } from '../node.ts';
import type { NodeIdentity } from './api-versions.ts';
import { ConnectionCount, type ConnectionLimits } from './connection-count.ts';
import { Dispatcher } from './dispatcher.ts';
import { RequestFaults } from './faults/request-faults.ts';
import { ByteBudget, MAX_FRAME_BYTES } from './framing/frame.ts';
import { FramePool } from './framing/frame-pool.ts';
import type { Handler, RequestQuotas } from './handler.ts';
import { ConnectionRates } from './quotas/connection-rates.ts';
import { Authenticator, type SaslRules } from './sasl/authenticator.ts';
import { ServerConnection } from './server-connection.ts';
import type { TopicNameOf } from './usage.ts';

export interface ListenerLimits {
  /** socket.request.max.bytes */
  readonly maxRequestBytes: number;
  /** connections.max.idle.ms */
  readonly idleMs: number;
  /** Memory that half-received requests of all connections may take together. */
  readonly maxPartialBytes: number;
  /** How long close() lets requests in progress finish. */
  readonly closeGraceMs: number;
}
export const DEFAULT_LIMITS: ListenerLimits = {
  maxRequestBytes: MAX_FRAME_BYTES,
  idleMs: 600_000,
  maxPartialBytes: 402_653_184,
  closeGraceMs: 500,
};

export interface ListenerOptions {
  readonly address: Address;
  /** A second port, whose clients are asked who they are. */
  readonly sasl?: { readonly address: Address; readonly rules: SaslRules };
  readonly handlers: readonly Handler[];
  readonly limits?: Partial<ListenerLimits>;
  /** How many connections there may be, now. */
  readonly connectionLimits?: () => ConnectionLimits;
  /** Connections a second that an address may make; null, and by default: any number. */
  readonly connectionRateOf?: (address: string) => number | null;
  /** By default any client is served, whomever it means to reach. */
  readonly identity?: NodeIdentity;
  /** Starts each log line: "broker 1". */
  readonly brokerLabel: string;
  /** By default nobody is held to anything. */
  readonly quotas?: RequestQuotas;
  /** What topic ids in requests stand for; by default nothing. Only what the lab shows and does needs it. */
  readonly topicNameOf?: TopicNameOf;
}
export interface Listener {
  /** The bound port when 0 was asked. */
  readonly address: Address;
  /** null without a second port. */
  readonly saslAddress: Address | null;
  readonly connectionCount: number;
  /** Its connections but those of replica fetchers, at most 1,000: those with a use first. */
  clients(brokerId: number): readonly ClientRow[];
  /** The lab's fault rules, in place of all earlier ones. */
  setRules(rules: readonly FaultRule[]): void;
  /** Stops accepting, lets requests in progress finish for a moment, closes all connections. */
  close(): Promise<void>;
}

/** Idle connections are looked for this often within the idle time. */
const IDLE_TICKS = 8;
const MAX_CLIENT_ROWS = 1_000;
/** Connections that came too fast and wait to be closed; more are closed at once. */
const MAX_HELD = 1_000;

/** Rejects with NetError (EADDRINUSE, EACCES, …). */
export async function startListener(world: World, options: ListenerOptions): Promise<Listener> {
  const listener = new RunningListener(world, options);
  await listener.listen(options);
  return listener;
}

class RunningListener implements Listener {
  address: Address = { host: '', port: 0 };
  saslAddress: Address | null = null;
  readonly #world: World;
  readonly #label: string;
  readonly #limits: ListenerLimits;
  readonly #topicNameOf: TopicNameOf;
  readonly #faults: RequestFaults;
  readonly #quotas: RequestQuotas | null;
  readonly #dispatcher: Dispatcher;
  readonly #budget: ByteBudget;
  readonly #pool = new FramePool();
  readonly #connections = new Set<ServerConnection>();
  readonly #count: ConnectionCount;
  readonly #rates: ConnectionRates;
  readonly #held = new Set<Socket>();
  readonly #nets: NetListener[] = [];
  #nextId = 1;
  #tick = 0;
  #cancelTick: () => void = () => {};
  #isClosed = false;
  #isFull = false;
  #onEmpty: () => void = () => {};

  constructor(world: World, options: ListenerOptions) {
    this.#world = world;
    this.#label = options.brokerLabel;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#topicNameOf = options.topicNameOf ?? (() => null);
    this.#quotas = options.quotas ?? null;
    this.#count = new ConnectionCount(options.connectionLimits);
    this.#rates = new ConnectionRates(world.clock, options.connectionRateOf ?? (() => null));
    this.#faults = new RequestFaults(world, this.#topicNameOf);
    this.#dispatcher = new Dispatcher(options.handlers, this.#faults, options.identity ?? null);
    this.#budget = new ByteBudget(this.#limits.maxPartialBytes);
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** When the second port cannot be had the first is given back. */
  async listen({ address, sasl }: ListenerOptions): Promise<void> {
    this.address = await this.#open(address, null);
    if (sasl !== undefined) {
      try {
        this.saslAddress = await this.#open(sasl.address, sasl.rules);
      } catch (error) {
        await this.close();
        throw error;
      }
    }
    this.#scheduleTick();
  }
  async #open(address: Address, rules: SaslRules | null): Promise<Address> {
    const net = await this.#world.net.listen(address, (socket) => this.#accept(socket, rules));
    this.#nets.push(net);
    return { host: address.host, port: net.port };
  }

  setRules(rules: readonly FaultRule[]): void {
    this.#faults.set(rules);
  }

  clients(brokerId: number): readonly ClientRow[] {
    const shown = [...this.#connections].filter(({ usage }) => !usage.isReplica);
    shown.sort((a, b) => Number(b.usage.hasUse) - Number(a.usage.hasUse));
    return shown.slice(0, MAX_CLIENT_ROWS).map((connection) => ({
      brokerId,
      connectionId: connection.id,
      software: `${connection.softwareName} ${connection.softwareVersion}`.trim(),
      address: `${connection.remoteHost}:${connection.remotePort}`,
      connectedAtMs: connection.connectedAtMs,
      ...connection.usage.facts(this.#topicNameOf),
    }));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTick();
    const netClosed = Promise.all(this.#nets.map((net) => net.close()));
    for (const socket of this.#held) socket.destroy();
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const connection of [...this.#connections]) connection.endWhenIdle();
    if (this.#connections.size > 0) {
      const cancel = this.#world.timers.after(this.#limits.closeGraceMs, () => {
        for (const connection of [...this.#connections]) connection.drop();
      });
      await empty;
      cancel();
    }
    await netClosed;
  }

  #accept(socket: Socket, rules: SaslRules | null): void {
    const waitMs = this.#isClosed ? 0 : this.#rates.enter(socket.remoteHost);
    if (waitMs > 0) this.#hold(socket, waitMs);
    else this.#admit(socket, rules);
  }
  /** It came too fast: closed later, unread, so that who tries again at once does not come faster still. */
  #hold(socket: Socket, forMs: number): void {
    if (this.#held.size >= MAX_HELD) {
      socket.destroy();
      return;
    }
    this.#held.add(socket);
    socket.pause();
    const cancel = this.#world.timers.after(forMs, () => {
      this.#held.delete(socket);
      socket.destroy();
    });
    socket.onClose(() => {
      cancel();
      this.#held.delete(socket);
    });
  }
  #admit(socket: Socket, rules: SaslRules | null): void {
    const refusal = this.#isClosed ? '' : this.#count.enter(socket.remoteHost);
    if (refusal !== null) {
      if (!this.#isFull && !this.#isClosed) this.#world.log.warn(`${this.#label}: ${refusal}`);
      this.#isFull = true;
      socket.destroy();
      return;
    }
    this.#isFull = false;
    const authenticator = rules === null ? null : new Authenticator(this.#world, rules, this.#nameOf(socket));
    const connection = new ServerConnection({
      id: this.#nextId++,
      label: this.#label,
      socket,
      dispatcher: this.#dispatcher,
      world: this.#world,
      maxRequestBytes: this.#limits.maxRequestBytes,
      budget: this.#budget,
      quotas: this.#quotas,
      listener: rules === null ? 'PLAINTEXT' : 'SASL_PLAINTEXT',
      authenticator,
      pool: this.#pool,
      tick: () => this.#tick,
      onGone: () => this.#forget(connection),
    });
    this.#connections.add(connection);
  }

  #nameOf({ remoteHost, remotePort }: Socket): string {
    return `${this.#label}: connection from ${remoteHost}:${remotePort}`;
  }

  #forget(connection: ServerConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#count.leave(connection.remoteHost);
    if (this.#connections.size === 0) this.#onEmpty();
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#world.timers.after(this.#limits.idleMs / IDLE_TICKS, () => {
      this.#tick++;
      for (const connection of [...this.#connections]) connection.dropIfIdleSince(this.#tick - IDLE_TICKS);
      this.#scheduleTick();
    });
  }
}
