// What all simulated clients share: connections to brokers over the engine's own wire code, metadata, and waiting. A client bears
// everything a cluster may do to it: it never throws but for a bug.
import type { Address } from '../../engine/node.ts';
import { type Connection, ConnectionError, connect } from '../../engine/rpc/connection.ts';
import type { World } from '../../kernel/world.ts';
import type { Api } from '../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../protocol/grammar.ts';
import { produce } from '../../protocol/schema/00-produce.ts';
import { fetch } from '../../protocol/schema/01-fetch.ts';
import { metadata } from '../../protocol/schema/03-metadata.ts';
import type { Deadlines, Lane } from '../checkers/deadlines.ts';
import { Violation } from '../checkers/violation.ts';
import type { Prng } from '../world/prng.ts';

export interface ClientOptions {
  readonly name: string;
  readonly world: World;
  readonly prng: Prng;
  readonly bootstrap: ReadonlyMap<number, Address>;
  readonly deadlines: Deadlines;
  /** Takes what a client's own loop threw: a violation, or a bug of the simulation. */
  fail(error: unknown): void;
}
export interface KnownPartition {
  readonly leader: number;
  readonly leaderEpoch: number;
}

const CONNECT_TIMEOUT_MS = 2000;
const METADATA_TIMEOUT_MS = 2000;
const METADATA_VERSION = 12;

export class Client {
  readonly name: string;
  readonly world: World;
  readonly prng: Prng;
  isStopping = false;
  readonly #bootstrap: ReadonlyMap<number, Address>;
  readonly #deadlines: Deadlines;
  readonly #fail: (error: unknown) => void;
  readonly #connections = new Map<number, Connection>();
  readonly #lanes = new WeakMap<Connection, Lane>();
  readonly #leaders = new Map<string, KnownPartition>();
  readonly #topicIds = new Map<string, string>();

  constructor(options: ClientOptions) {
    this.name = options.name;
    this.world = options.world;
    this.prng = options.prng.fork(options.name);
    this.#bootstrap = options.bootstrap;
    this.#deadlines = options.deadlines;
    this.#fail = options.fail;
  }

  get nowMs(): number {
    return this.world.clock.monotonicMs();
  }
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.timers.after(delayMs, resolve);
    });
  }
  anyBroker(): number {
    return this.prng.pick([...this.#bootstrap.keys()]);
  }

  /** The answer, or null when there was none; the connection is another one next time. */
  async ask<Q extends Fields, R extends Fields>(
    nodeId: number,
    api: Api<Q, R>,
    version: number,
    input: Input<Q>,
    timeoutMs: number,
  ): Promise<Value<R> | null> {
    try {
      const connection = await this.#connection(nodeId);
      const settled = this.#lanes.get(connection)?.asked(api.name, mayWaitMs(api.key, input), this.nowMs);
      return await connection.send(api, version, input, timeoutMs).finally(() => settled?.(this.nowMs));
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      return null;
    }
  }
  async #connection(nodeId: number): Promise<Connection> {
    const open = this.#connections.get(nodeId);
    if (open?.isOpen === true) return open;
    const address = this.#bootstrap.get(nodeId);
    if (address === undefined) throw new ConnectionError('refused', `there is no broker ${nodeId}`);
    const lane = this.#deadlines.connecting(this.name, nodeId);
    const connection = await connect(this.world, address, { clientId: this.name, timeoutMs: CONNECT_TIMEOUT_MS });
    this.#connections.get(nodeId)?.close();
    this.#connections.set(nodeId, connection);
    if (lane !== null) this.#lanes.set(connection, lane);
    connection.onClose((reason) => {
      // 8: what comes back answers what was asked, in order, once.
      if (reason.includes('broken answer')) this.#fail(new Violation(8, `${this.name}: ${reason}`));
    });
    return connection;
  }

  leaderOf(topic: string, partition: number): KnownPartition | undefined {
    return this.#leaders.get(`${topic}-${partition}`);
  }
  topicIdOf(topic: string): string | undefined {
    return this.#topicIds.get(topic);
  }
  /** Asks any broker who leads what. */
  async refresh(topics: readonly string[]): Promise<boolean> {
    const wanted = topics.map((name) => ({ name }));
    const request = { topics: wanted, allowAutoTopicCreation: false };
    const answer = await this.ask(this.anyBroker(), metadata, METADATA_VERSION, request, METADATA_TIMEOUT_MS);
    if (answer === null) return false;
    for (const { name, topicId, errorCode, partitions } of answer.topics) {
      if (name === null || errorCode !== 0) continue;
      this.#topicIds.set(name, topicId);
      for (const { partitionIndex, leaderId, leaderEpoch } of partitions) {
        const key = `${name}-${partitionIndex}`;
        // What is older than what is known comes from a broker that is behind.
        if ((this.#leaders.get(key)?.leaderEpoch ?? -1) > leaderEpoch) continue;
        this.#leaders.set(key, { leader: leaderId, leaderEpoch });
      }
    }
    return true;
  }
}

/** How long the broker that is asked may wait before it answers, where that is in its own hands; null: not said. */
function mayWaitMs(apiKey: number, input: object): number | null {
  if (apiKey === fetch.key && 'maxWaitMs' in input) return Number(input.maxWaitMs);
  const isPlain = !('transactionalId' in input) || input.transactionalId === null;
  return apiKey === produce.key && isPlain && 'timeoutMs' in input ? Number(input.timeoutMs) : null;
}
