// The transactions of the cluster while somebody looks at them: transactional ids from every coordinator, their descriptions, and
// where readers wait. Made and closed by feature.ts, read by views.ts. Bounded; sends nothing while nobody looks.
import {
  ConfigResourceTypes,
  DESCRIBE_CONFIGS,
  DESCRIBE_PRODUCERS,
  DESCRIBE_TRANSACTIONS,
  LIST_TRANSACTIONS,
} from '../../client/apis.ts';
import type { BrokerGate } from '../../client/asking/per-broker.ts';
import { reasonOf, throwIfError } from '../../client/errors.ts';
import { WRITE_ABORT_MARKER } from '../../client/marker-api.ts';
import type { Problem } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { Job } from '../sampling/job.ts';
import { Watchers } from '../sampling/watchers.ts';
import { type Held, HeldReader } from './held.ts';
import { doubtOf, isActive, type KnownTransaction, type OpenTransaction, overdue, partitionKey } from './judge.ts';

export const TRANSACTIONS_INTERVAL_MS = 1_000;
const HELD_AGE_MS = 2_000;
const LIMITS_AGE_MS = 60_000;
/** Transactional ids kept, and described at each reading. */
export const MAX_IDS = 10_000;
const MAX_DESCRIBED = 2_000;
const CHUNK_IDS = 500;

export interface Listed {
  readonly transactionalId: string;
  readonly state: string;
  readonly producerId: string;
  readonly coordinatorId: number;
}
export interface Described extends KnownTransaction {
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly timeoutMs: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}
interface AnsweredState {
  readonly transactionalId: string;
  readonly producerId: bigint;
  readonly transactionState: string;
}
/** What an open page asks for: its filter, and the ids it shows, which are described whatever their state. */
export interface Wanted {
  readonly query: string;
  readonly ids: readonly string[];
}

export class Transactions {
  readonly #context: GatewayContext;
  readonly #gate: BrokerGate;
  readonly #describeGate: BrokerGate;
  readonly #heldReader: HeldReader;
  readonly #job: Job;
  readonly #wanted = new Map<object, Wanted>();
  readonly #watchers = new Watchers();
  #heldAtMs = 0;
  #doubtSince = new Map<string, number>();
  #limitsAtMs = Number.NEGATIVE_INFINITY;
  #longestTimeoutMs: number | null = null;
  listed: ReadonlyMap<string, Listed> = new Map();
  #byProducerId: ReadonlyMap<string, Listed> = new Map();
  #described = new Map<string, Described>();
  held: Held | null = null;
  sampledAtMs: number | null = null;
  isCut = false;
  #listProblems: readonly Problem[] = [];

  constructor(context: GatewayContext) {
    this.#context = context;
    this.#gate = context.client.gate();
    this.#describeGate = context.client.gate();
    this.#heldReader = new HeldReader(context);
    this.#job = new Job({
      intervalMs: () => (this.#watchers.areThere ? TRANSACTIONS_INTERVAL_MS : null),
      run: () => this.#sample(),
      isTroubled: () => this.problems.length > 0,
      onError: (error) => context.log(`gateway: reading transactions failed: ${reasonOf(error)}`),
    });
  }

  /** Somebody looks; the result ends it. */
  watchBegan(): () => void {
    const end = this.#watchers.began();
    this.#job.wake();
    return end;
  }

  want(owner: object, wanted: Wanted): void {
    const before = this.#wanted.get(owner);
    this.#wanted.set(owner, wanted);
    const isNew = wanted.ids.some((id) => !this.#described.has(id) && this.listed.has(id));
    if (before?.query !== wanted.query || (isNew && before?.ids.join() !== wanted.ids.join())) this.#job.wake();
  }

  release(owner: object): void {
    this.#wanted.delete(owner);
  }

  refreshNow(): void {
    this.#heldAtMs = 0;
    this.#job.wake();
  }

  async close(): Promise<void> {
    await this.#job.close();
  }

  get problems(): readonly Problem[] {
    return [...this.#listProblems, ...(this.held?.problems ?? [])];
  }

  get lacks(): readonly string[] {
    const { apis } = this.#context.metadata;
    if (apis.size === 0) return [];
    const serves = (family: { readonly key: number }) => apis.has(family.key);
    const lacks: string[] = [];
    if (!serves(LIST_TRANSACTIONS) || !serves(DESCRIBE_TRANSACTIONS))
      lacks.push('The brokers cannot list transactions (Apache Kafka has ListTransactions since 3.0).');
    if (!serves(DESCRIBE_PRODUCERS))
      lacks.push('The brokers cannot tell who writes to a partition, so hanging transactions are not found.');
    if (!serves(WRITE_ABORT_MARKER)) lacks.push('The brokers take no WriteTxnMarkers, so nothing can be aborted here.');
    if ((this.held?.skipped ?? 0) > 0)
      lacks.push(`${this.held?.skipped} partitions are beyond what is looked through for open transactions.`);
    return lacks;
  }

  described(transactionalId: string): Described | null {
    const found = this.#described.get(transactionalId) ?? null;
    const listed = this.listed.get(transactionalId);
    // A producer id of before: the description is old.
    return found === null || listed === undefined || listed.producerId !== found.producerId ? null : found;
  }

  ofProducer(producerId: string): Listed | null {
    return this.#byProducerId.get(producerId) ?? null;
  }

  /** Why an open transaction hangs; null: it does not. */
  doubt(open: OpenTransaction): string | null {
    return this.#judge(open, this.#doubtSince.get(doubtKey(open)) ?? Date.now());
  }

  #judge(open: OpenTransaction, doubtSinceMs: number): string | null {
    return doubtOf({
      open,
      known: this.#known(open.producerId),
      isListComplete: this.isListComplete,
      doubtSinceMs,
      nowMs: Date.now(),
      longestTimeoutMs: this.#longestTimeoutMs,
    });
  }

  overdue(transactionalId: string): string | null {
    const found = this.described(transactionalId);
    return found === null ? null : overdue(found, { nowMs: Date.now(), longestTimeoutMs: this.#longestTimeoutMs });
  }

  /** Every coordinator answered, and none is missing. */
  get isListComplete(): boolean {
    if (this.#listProblems.length > 0 || this.isCut || this.sampledAtMs === null) return false;
    const coordinators = this.#context.metadata.topics.get('__transaction_state')?.partitions ?? [];
    return coordinators.every(({ leader }) => leader !== null && this.#context.metadata.brokers.has(leader));
  }

  #known(producerId: string): KnownTransaction | null {
    const listed = this.ofProducer(producerId);
    if (listed === null) return null;
    const found = this.described(listed.transactionalId);
    return (
      found ?? { transactionalId: listed.transactionalId, state: listed.state, startedAtMs: null, partitions: null }
    );
  }

  async #sample(): Promise<void> {
    await this.#context.metadata.fresh(2_000).catch(() => undefined); // The core sampler says why.
    const { apis } = this.#context.metadata;
    const now = Date.now();
    if (now - this.#limitsAtMs > LIMITS_AGE_MS) await this.#readLongestTimeout(now);
    if (apis.has(LIST_TRANSACTIONS.key)) await this.#list();
    if (apis.has(DESCRIBE_PRODUCERS.key) && now - this.#heldAtMs >= HELD_AGE_MS - 50) {
      this.#heldAtMs = now;
      this.held = await this.#heldReader.read();
    }
    if (apis.has(DESCRIBE_TRANSACTIONS.key)) await this.#describe();
    this.sampledAtMs = Date.now();
    this.#noteDoubts(this.sampledAtMs);
    this.#context.tell('transactions');
  }

  /** Since when each open transaction has been in doubt without a break; one that is not is forgotten. */
  #noteDoubts(nowMs: number): void {
    const before = this.#doubtSince;
    this.#doubtSince = new Map();
    for (const open of this.held?.open ?? []) {
      const key = doubtKey(open);
      if (this.#judge(open, Number.NEGATIVE_INFINITY) !== null) this.#doubtSince.set(key, before.get(key) ?? nowMs);
    }
  }

  /** All ids; where there are more than are kept, those that open pages search for come first. */
  async #list(): Promise<void> {
    const found = new Map<string, Listed>();
    let isCut = false;
    const takes = (coordinatorId: number, answer: readonly AnsweredState[]) => {
      for (const { transactionalId, producerId, transactionState } of answer) {
        if (found.size >= MAX_IDS && !found.has(transactionalId)) {
          isCut = true;
          return;
        }
        found.set(transactionalId, {
          transactionalId,
          state: transactionState,
          producerId: String(producerId),
          coordinatorId,
        });
      }
    };
    const queries = this.isCut
      ? [...new Set([...this.#wanted.values()].map(({ query }) => query))].filter(Boolean)
      : [];
    const canSearch = (this.#context.metadata.apis.get(LIST_TRANSACTIONS.key)?.max ?? 0) >= 2;
    const problems = await this.#gate.askAll(this.#context.metadata.brokers.keys(), 'the transactions', async (id) => {
      for (const query of canSearch ? queries.slice(0, 8) : []) takes(id, await this.#ask(id, containing(query)));
      takes(id, await this.#ask(id, null));
    });
    const silent = new Set(problems.map(({ brokerId }) => brokerId));
    for (const [id, before] of this.listed) {
      if (silent.has(before.coordinatorId) && !found.has(id) && found.size < MAX_IDS) found.set(id, before);
    }
    this.#listProblems = problems;
    this.isCut = isCut;
    this.listed = new Map(found);
    this.#byProducerId = new Map([...found.values()].map((listed) => [listed.producerId, listed]));
  }

  async #ask(brokerId: number, pattern: string | null): Promise<readonly AnsweredState[]> {
    const endpoint = this.#context.metadata.endpointOf(brokerId);
    if (endpoint === null) return [];
    const { connections } = this.#context;
    const answer = await connections.request(endpoint, 'control', LIST_TRANSACTIONS, [], [], -1n, pattern);
    throwIfError(answer.errorCode, 'Listing transactions failed');
    return answer.transactionStates;
  }

  async #describe(): Promise<void> {
    const byCoordinator = Map.groupBy(this.#toDescribe(), ({ coordinatorId }) => coordinatorId);
    // Who does not answer is told by the listing.
    await this.#describeGate.askAll(byCoordinator.keys(), 'the transactions', async (coordinatorId) => {
      const endpoint = this.#context.metadata.endpointOf(coordinatorId);
      const ids = (byCoordinator.get(coordinatorId) ?? []).map(({ transactionalId }) => transactionalId);
      if (endpoint === null) return;
      for (let at = 0; at < ids.length; at += CHUNK_IDS) {
        const chunk = ids.slice(at, at + CHUNK_IDS);
        const answer = await this.#context.connections.request(endpoint, 'control', DESCRIBE_TRANSACTIONS, chunk);
        for (const each of answer.transactionStates) {
          if (each.errorCode === 0) this.#take(each);
          else this.#described.delete(each.transactionalId);
        }
      }
    });
    for (const id of this.#described.keys()) if (!this.listed.has(id)) this.#described.delete(id);
  }

  /** What pages show, then what is open or holds readers back. */
  #toDescribe(): readonly Listed[] {
    const chosen = new Map<string, Listed>();
    const add = (listed: Listed | null | undefined) => {
      if (listed && chosen.size < MAX_DESCRIBED) chosen.set(listed.transactionalId, listed);
    };
    for (const { ids } of this.#wanted.values()) for (const id of ids) add(this.listed.get(id));
    for (const { producerId } of this.held?.open ?? []) add(this.ofProducer(producerId));
    for (const listed of this.listed.values()) if (isActive(listed.state)) add(listed);
    return [...chosen.values()];
  }

  #take(each: {
    transactionalId: string;
    transactionState: string;
    transactionTimeoutMs: number;
    transactionStartTimeMs: bigint;
    producerId: bigint;
    producerEpoch: number;
    topics: readonly { topic: string; partitions: readonly number[] }[];
  }): void {
    const startMs = Number(each.transactionStartTimeMs);
    this.#described.set(each.transactionalId, {
      transactionalId: each.transactionalId,
      state: each.transactionState,
      startedAtMs: startMs > 0 && isActive(each.transactionState) ? startMs : null,
      producerId: String(each.producerId),
      producerEpoch: each.producerEpoch,
      timeoutMs: each.transactionTimeoutMs,
      topics: each.topics,
      partitions: new Set(
        each.topics.flatMap(({ topic, partitions }) => partitions.map((partition) => partitionKey(topic, partition))),
      ),
    });
  }

  /** Unless every broker that is up says it: nothing counts as too old then. */
  async #readLongestTimeout(now: number): Promise<void> {
    this.#limitsAtMs = now;
    const { metadata, connections } = this.#context;
    const found: number[] = [];
    const brokerIds = [...metadata.brokers.keys()];
    await this.#describeGate.askAll(brokerIds, 'the settings', async (brokerId) => {
      const endpoint = metadata.endpointOf(brokerId);
      if (endpoint === null) return;
      const resource = {
        resourceType: ConfigResourceTypes.BROKER,
        resourceName: String(brokerId),
        configurationKeys: ['transaction.max.timeout.ms'],
      };
      const answer = await connections.request(endpoint, 'control', DESCRIBE_CONFIGS, [resource], false, false);
      const value = Number(answer.results[0]?.configs[0]?.value);
      if (Number.isFinite(value) && value > 0) found.push(value);
    });
    const isWhole = brokerIds.length > 0 && found.length === brokerIds.length;
    this.#longestTimeoutMs = isWhole ? Math.max(...found) : null;
  }
}

const doubtKey = ({ topic, partition, producerId, startOffset }: OpenTransaction): string =>
  `${partitionKey(topic, partition)} ${producerId} ${startOffset}`;

/** A pattern of RE2 that matches ids with this text in them. */
function containing(text: string): string {
  return `.*${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}.*`;
}
