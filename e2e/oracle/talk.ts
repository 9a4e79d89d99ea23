// What a session holds: connections to one cluster, and the trace of all that was answered. Values that a later request needs
// (a member id, a producer id) are taken from the raw answer; the trace keeps the normalised one.
import type { Api } from '../../server/protocol/codec.ts';
import type { Fields, Input, Value } from '../../server/protocol/grammar.ts';
import { listOffsets } from '../../server/protocol/schema/02-list-offsets.ts';
import { metadata } from '../../server/protocol/schema/03-metadata.ts';
import { findCoordinator } from '../../server/protocol/schema/10-find-coordinator.ts';
import { describeGroups } from '../../server/protocol/schema/15-describe-groups.ts';
import { createTopics } from '../../server/protocol/schema/19-create-topics.ts';
import { initProducerId } from '../../server/protocol/schema/22-init-producer-id.ts';
import { describeTransactions } from '../../server/protocol/schema/65-describe-transactions.ts';
import { Normaliser } from './normalise.ts';
import { Wire } from './wire.ts';

/** Errors that pass by themselves: the cluster is still putting its coordinators in place. */
const PASSING = new Set([14, 15, 16]);
const ATTEMPTS = 100;
const PAUSE_MS = 100;
const SEEN_MS = 500;

export interface Session {
  readonly name: string;
  readonly run: (talk: Talk) => Promise<void>;
}

/** One line of a trace: what was asked or noted, and what came of it. */
export interface Step {
  readonly what: string;
  answer: unknown;
  /** Why there was no answer. */
  broke: string | null;
}

export class Talk {
  /** In the order of asking, also when two requests are under way; answers are made comparable when the session is over. */
  readonly trace: Step[] = [];
  /** The trace as lines that can be compared. */
  lines(): readonly string[] {
    return this.trace.map(({ what, answer, broke }) =>
      broke === null ? `${what}: ${JSON.stringify(this.#normaliser.plain(answer))}` : `${what}: ${broke}`,
    );
  }

  #step(what: string): Step {
    const step: Step = { what, answer: null, broke: null };
    this.trace.push(step);
    return step;
  }

  /** Unique to the session, the same on both clusters. */
  readonly prefix: string;
  readonly #server: string;
  readonly #normaliser = new Normaliser();
  readonly #wires = new Map<string, Wire>();

  constructor(server: string, prefix: string) {
    this.#server = server;
    this.prefix = prefix;
  }

  /** One request on the connection called `wire`; a broken connection is an answer too. */
  async ask<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    version: number,
    input: Input<Q>,
    wire = 'main',
  ): Promise<Value<R>> {
    const step = this.#step(`${api.name} v${version}`);
    try {
      const answer = await this.peek(api, version, input, wire);
      step.answer = answer;
      return answer;
    } catch (error) {
      step.broke = error instanceof Error ? error.message : String(error);
      throw new SessionEnd();
    }
  }

  /** As `ask`, and goes on after a broken connection: null then. */
  async tryAsk<Q extends Fields, R extends Fields>(api: Api<Q, R>, version: number, input: Input<Q>, wire = 'main') {
    return this.ask(api, version, input, wire).catch((error: unknown) => {
      if (error instanceof SessionEnd) return null;
      throw error;
    });
  }

  /** One request that leaves no trace: of its answer only what `note` keeps is compared. Rejects on a broken connection. */
  async peek<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    version: number,
    input: Input<Q>,
    wire = 'main',
  ): Promise<Value<R>> {
    try {
      return await (await this.#wire(wire)).send(api, version, input);
    } catch (error) {
      this.#forget(wire);
      throw error;
    }
  }

  async askBytes(key: number, version: number, body: Buffer, isFlexible: boolean): Promise<void> {
    const step = this.#step(`key ${key} v${version}`);
    try {
      const answer = await (await this.#wire('main')).sendBytes(key, version, body, isFlexible);
      step.answer = `${answer.length} bytes, begins ${answer.subarray(0, 2).toString('hex')}`;
    } catch (error) {
      step.broke = error instanceof Error ? error.message : String(error);
      this.#forget('main');
    }
  }

  /** Asks without a trace until `isDone`; what was answered last is in the trace once. For what takes a moment by nature. */
  async until<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    version: number,
    input: Input<Q>,
    isDone: (answer: Value<R>) => boolean,
    { attempts = ATTEMPTS, pauseMs = PAUSE_MS }: { attempts?: number; pauseMs?: number } = {},
  ): Promise<Value<R>> {
    const wire = await this.#wire('main');
    for (let attempt = 0; ; attempt++) {
      const answer = await wire.send(api, version, input);
      if (isDone(answer) || attempt === attempts) {
        this.#step(`${api.name} v${version}, at last`).answer = answer;
        return answer;
      }
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** Long enough for a broker to have seen what its controller decided. */
  async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, SEEN_MS));
  }

  /** Something the session worked out itself. */
  note(what: string, value: unknown): void {
    this.#step(what).answer = value;
  }

  /** A topic of this session, ready for use; gives its name. Not in the trace. */
  async topic(stem: string, partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = `${this.prefix}-${stem}`;
    const wire = await this.#wire('main');
    const wanted = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
    const answer = await wire.send(createTopics, 5, {
      topics: [{ name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: wanted }],
      timeoutMs: 30_000,
      validateOnly: false,
    });
    const code = answer.topics[0]?.errorCode;
    if (code !== 0) throw new Error(`topic ${name} could not be created: error ${code}`);
    await this.topicId(name, partitions);
    return name;
  }

  /** Waits until the broker serves all its partitions. */
  async topicId(name: string, partitions = 1): Promise<string> {
    const indexes = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1 }));
    await this.#quietly(`topic ${name} to be served`, async (wire) => {
      const { topics } = await wire.send(listOffsets, 7, {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ name, partitions: indexes }],
      });
      return topics[0]?.partitions.every(({ errorCode }) => errorCode === 0) === true;
    });
    const wire = await this.#wire('main');
    const { topics } = await wire.send(metadata, 12, { topics: [{ name }], allowAutoTopicCreation: false });
    return topics[0]?.topicId ?? '';
  }

  /** Waits until the coordinator of a group (0) or transactional id (1) serves. Not in the trace. */
  async coordinator(key: string, keyType: 0 | 1): Promise<void> {
    await this.#quietly(`the coordinator of ${key}`, async (wire) => {
      const found = await wire.send(findCoordinator, 3, { key, keyType });
      if (found.errorCode !== 0) return false;
      if (keyType === 0) {
        const { groups } = await wire.send(describeGroups, 5, { groups: [key], includeAuthorizedOperations: false });
        return !PASSING.has(groups[0]?.errorCode ?? 0);
      }
      const { transactionStates } = await wire.send(describeTransactions, 0, { transactionalIds: [key] });
      return !PASSING.has(transactionStates[0]?.errorCode ?? 0);
    });
  }

  /** Waits until the broker can give out producer ids. Not in the trace. */
  async producerIds(): Promise<void> {
    await this.#quietly('producer ids', async (wire) => {
      const answer = await wire.send(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 60_000 });
      return !PASSING.has(answer.errorCode);
    });
  }

  async #quietly(what: string, isReady: (wire: Wire) => Promise<boolean>): Promise<void> {
    const wire = await this.#wire('main');
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await isReady(wire)) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    throw new Error(`waited in vain for ${what}`);
  }

  close(): void {
    for (const wire of this.#wires.values()) wire.close();
  }

  /** An answer that comes late must not be taken for that to the next request. */
  #forget(name: string): void {
    this.#wires.get(name)?.close();
    this.#wires.delete(name);
  }

  async #wire(name: string): Promise<Wire> {
    let wire = this.#wires.get(name);
    if (wire === undefined) {
      wire = await Wire.open(this.#server, `oracle-${name}`);
      this.#wires.set(name, wire);
    }
    return wire;
  }
}

/** The connection broke, which the trace says; nothing more can be asked on it. */
export class SessionEnd extends Error {}
