// Nothing waits past its time (invariant 9), seen from outside: a request that names how long it may wait is answered, or its connection
// ends, soon after; and what brokers keep of parked fetches is neither overdue nor without bounds nor there when nobody asks any more.
// Time in which a broker was down or frozen does not count.
import type { Broker } from '../../engine/broker/broker.ts';
import type { SimNode } from '../cluster.ts';
import { LOOK_MS } from './lag.ts';
import { holds } from './violation.ts';

/** The way there and back, a turn of the broker, half a second between two looks. */
const ANSWER_SLACK_MS = 800;
/** Of a broker's own timer, with the time between two looks. */
const PARKED_SLACK_MS = 600;
/** What may be kept of fetches that are answered, beyond one for each that waits. */
const STALE_FETCHES = 1100;

/** A broker as this looks at it. */
export type Watched = Pick<SimNode, 'id' | 'name' | 'generation' | 'running' | 'process'>;
/** What a broker keeps of fetches. */
export interface Parked {
  /** By the broker's own clock. */
  readonly nowMs: number;
  readonly heldCount: number;
  readonly fetches: readonly { readonly deadlineMs: number; readonly isFollower: boolean }[];
}
export interface DeadlinesOptions {
  readonly brokers: readonly Watched[];
  parkedAt(node: Watched): Parked | null;
}
/** Time in which a broker was down or frozen, as the looks found it. */
interface Trouble {
  readonly sinceMs: number;
  lastMs: number;
}
const NO_TROUBLE: Trouble = { sinceMs: Number.NEGATIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };
interface Open {
  readonly api: string;
  /** How long the broker may wait; null: not said. */
  readonly waitMs: number | null;
  /** When the broker could begin: it serves a connection's requests one after the other. */
  beganMs: number;
}

/** The requests of one connection that are not answered, in the order sent. */
export class Lane {
  readonly client: string;
  readonly node: Watched;
  /** Of the process it was made to: after a power loss a connection may outlive it for a while. */
  readonly generation: number;
  readonly #open: Open[] = [];

  constructor(client: string, node: Watched) {
    this.client = client;
    this.node = node;
    this.generation = node.generation;
  }
  get first(): Open | undefined {
    return this.#open[0];
  }
  /** Sent; the answer is to be called once it is answered or has no connection any more. */
  asked(api: string, waitMs: number | null, nowMs: number): (nowMs: number) => void {
    const open = { api, waitMs, beganMs: nowMs };
    this.#open.push(open);
    return (endMs) => {
      this.#open.splice(this.#open.indexOf(open), 1);
      if (this.first !== undefined) this.first.beganMs = Math.max(this.first.beganMs, endMs);
    };
  }
}

export class Deadlines {
  readonly #o: DeadlinesOptions;
  /** The last one of each client to each broker. */
  readonly #lanes = new Map<string, Lane>();
  /** The last one of each broker. */
  readonly #troubles = new Map<number, Trouble>();

  constructor(options: DeadlinesOptions) {
    this.#o = options;
  }

  /** A client is about to connect to the broker. */
  connecting(client: string, brokerId: number): Lane | null {
    const node = this.#o.brokers.find(({ id }) => id === brokerId);
    if (node === undefined) return null;
    const lane = new Lane(client, node);
    this.#lanes.set(`${client}>${node.name}`, lane);
    return lane;
  }

  /** To be called every LOOK_MS. */
  look(nowMs: number): void {
    for (const node of this.#o.brokers) {
      if (node.running === null || node.process?.isFrozen !== false) this.#isTroubled(node, nowMs);
      else this.#lookAt(node, nowMs);
    }
    for (const { client, node, generation, first } of this.#lanes.values()) {
      // The process that was asked is gone: the connection ends when the network says so.
      if (first === undefined || first.waitMs === null || node.generation !== generation) continue;
      const lateMs = nowMs - this.#dueMs(node, first.beganMs, first.waitMs);
      const text = () => `${first.api} of ${client} to ${node.name} is late by ${lateMs} ms`;
      holds(9, lateMs <= ANSWER_SLACK_MS, text);
    }
  }
  #lookAt(node: Watched, nowMs: number): void {
    const parked = this.#o.parkedAt(node);
    if (parked === null) return;
    const { fetches, heldCount } = parked;
    const quietMs = nowMs - (this.#troubles.get(node.id)?.lastMs ?? Number.NEGATIVE_INFINITY);
    for (const { deadlineMs } of fetches) {
      const lateMs = Math.min(parked.nowMs - deadlineMs, quietMs);
      holds(9, lateMs <= PARKED_SLACK_MS, () => `${node.name} keeps a fetch parked, late by ${lateMs} ms`);
    }
    const most = 2 * fetches.length + STALE_FETCHES;
    holds(9, heldCount <= most, () => `${node.name} keeps ${heldCount} for ${fetches.length} parked fetches`);
  }
  #isTroubled({ id }: Watched, nowMs: number): void {
    const last = this.#troubles.get(id);
    // Times are fractions: two looks one after the other may be a little more apart.
    if (last !== undefined && nowMs - last.lastMs < 1.5 * LOOK_MS) last.lastMs = nowMs;
    else this.#troubles.set(id, { sinceMs: nowMs, lastMs: nowMs });
  }
  /** A broker that was frozen before the request can have come to it begins to wait when it thaws. */
  #dueMs({ id }: Watched, beganMs: number, waitMs: number): number {
    const { sinceMs, lastMs } = this.#troubles.get(id) ?? NO_TROUBLE;
    const wasWaiting = beganMs + ANSWER_SLACK_MS < sinceMs;
    return wasWaiting ? Math.max(beganMs + waitMs, lastMs) : Math.max(beganMs, lastMs) + waitMs;
  }

  /** Clients have come to an end: only followers wait. */
  checkIdle(): void {
    for (const node of this.#o.brokers) {
      const left = this.#o.parkedAt(node)?.fetches.filter(({ isFollower }) => !isFollower) ?? [];
      holds(9, left.length === 0, () => `${node.name} keeps ${left.length} fetches parked for nobody`);
    }
  }
}

/** What a broker that runs keeps of fetches. */
export function parkedOf({ world, replicas }: Broker): Parked {
  const fetches = new Set<{ readonly deadlineMs: number; readonly isFollower: boolean }>(replicas.parked.all());
  for (const { parked, parkedStable, parkedFollowers } of replicas.all())
    for (const entries of [parked, parkedStable, parkedFollowers]) for (const { fetch } of entries) fetches.add(fetch);
  return { nowMs: world.clock.monotonicMs(), heldCount: replicas.parked.heldCount, fetches: [...fetches] };
}
