// What all simulated clients share: connections to brokers over the engine's own wire code, metadata, and waiting. A client bears
// everything a cluster may do to it: it never throws but for a bug.
import type { Address } from '../../engine/node.ts';
import { type Connection, ConnectionError, connect } from '../../engine/rpc/connection.ts';
import type { World } from '../../kernel/world.ts';
import type { Api } from '../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../protocol/grammar.ts';
import { metadata } from '../../protocol/schema/03-metadata.ts';
import { Violation } from '../checkers/violation.ts';
import type { Prng } from '../prng.ts';

export interface ClientOptions {
  readonly name: string;
  readonly world: World;
  readonly prng: Prng;
  readonly bootstrap: ReadonlyMap<number, Address>;
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
  readonly #connections = new Map<number, Connection>();
  readonly #leaders = new Map<string, KnownPartition>();
  readonly #partitionCounts = new Map<string, number>();
  readonly #topicIds = new Map<string, string>();

  constructor(options: ClientOptions) {
    this.name = options.name;
    this.world = options.world;
    this.prng = options.prng.fork(options.name);
    this.#bootstrap = options.bootstrap;
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
  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
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
      return await connection.send(api, version, input, timeoutMs);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      // 8: what comes back answers what was asked, in order.
      if (error.message.includes('broken answer')) throw new Violation(8, `${this.name}: ${error.message}`);
      return null;
    }
  }
  async #connection(nodeId: number): Promise<Connection> {
    const open = this.#connections.get(nodeId);
    if (open?.isOpen === true) return open;
    const address = this.#bootstrap.get(nodeId);
    if (address === undefined) throw new ConnectionError('refused', `there is no broker ${nodeId}`);
    const connection = await connect(this.world, address, { clientId: this.name, timeoutMs: CONNECT_TIMEOUT_MS });
    this.#connections.get(nodeId)?.close();
    this.#connections.set(nodeId, connection);
    return connection;
  }

  leaderOf(topic: string, partition: number): KnownPartition | undefined {
    return this.#leaders.get(`${topic}-${partition}`);
  }
  topicIdOf(topic: string): string | undefined {
    return this.#topicIds.get(topic);
  }
  partitionCount(topic: string): number {
    return this.#partitionCounts.get(topic) ?? 0;
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
      this.#partitionCounts.set(name, partitions.length);
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
