// One run: a seed becomes options, a cluster, clients and faults; then a safety phase, in which anything may happen, and a liveness
// phase, in which everything is healed and must converge. The outcome says what was done and the first violation, if any.
import { ErrorCode } from '../protocol/errors.ts';
import { createTopics } from '../protocol/schema/19-create-topics.ts';
import { Acknowledged } from './checkers/clients/acknowledged.ts';
import { Groups } from './checkers/clients/groups.ts';
import { Newest } from './checkers/clients/newest.ts';
import { Owners } from './checkers/clients/owners.ts';
import { Transactions } from './checkers/clients/transactions.ts';
import { Committed } from './checkers/committed.ts';
import { Deadlines } from './checkers/deadlines.ts';
import { checkAtEnd } from './checkers/final.ts';
import { Canon } from './checkers/metadata.ts';
import { holds, Violation } from './checkers/violation.ts';
import { Client, type ClientOptions } from './clients/client.ts';
import { CLUSTER_ID, SimCluster } from './cluster.ts';
import { Crowd } from './crowd.ts';
import { Marks } from './marks.ts';
import { Nemesis } from './nemesis.ts';
import { allTopics, cleanedBy, type IsCleaned, type SimOptions, settingsOf } from './options.ts';
import type { RunParts } from './run-parts.ts';
import { Trace } from './trace.ts';
import { Watchers } from './watchers.ts';
import { whatIsUnwell, whoHasNotFollowed, whoIsBehind, whoIsUninformed } from './wholeness.ts';
import { SimDisk } from './world/disk.ts';
import { SimNet } from './world/net.ts';
import { Prng } from './world/prng.ts';
import { type Owner, Scheduler } from './world/scheduler.ts';
import { Process, SIM_COMPRESSION, worldOf } from './world/world.ts';

export interface Outcome {
  readonly seed: number;
  readonly options: SimOptions;
  readonly violation: Violation | null;
  readonly digest: string;
  readonly events: number;
  readonly virtualMs: number;
  readonly acknowledged: number;
  readonly committedBatches: number;
  /** That were told they are committed. */
  readonly transactions: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly marks: Marks;
  readonly lastLines: readonly string[];
}

const START_LIMIT_MS = 20_000;
const CONVERGE_LIMIT_MS = 25_000;
/** A broker gives up on an answer of its controller after 30 s. */
const FOLLOW_LIMIT_MS = 40_000;
const CATCH_UP_LIMIT_MS = 60_000;
const FINISH_LIMIT_MS = 15_000;
/** Reading everything once may need a round trip for each segment. */
const CHECK_LIMIT_MS = 120_000;
const KEPT_LINES = 200;
const AFTER_SCRIPT_MS = 1000;

export async function run(
  seed: number,
  choose: (prng: Prng) => SimOptions,
  onLine?: (line: string) => void,
  script?: Script,
) {
  const prng = new Prng(seed);
  const options = choose(prng.fork('options'));
  return new Run(seed, options, prng, onLine).run(script);
}
/** What a hand-written scenario does, once the clients are at work; a violation when it could not. */
export type Script = (run: Run) => Promise<void>;

export class Run implements RunParts {
  readonly scheduler = new Scheduler();
  readonly trace = new Trace();
  readonly marks = new Marks();
  readonly net: SimNet;
  readonly cluster: SimCluster;
  readonly canon = new Canon(CLUSTER_ID, SIM_COMPRESSION);
  readonly committed = new Committed();
  readonly acknowledged: Acknowledged;
  readonly groups = new Groups();
  readonly owners: Owners;
  readonly deadlines: Deadlines;
  readonly transactions = new Transactions();
  readonly newest = new Newest();
  readonly options: SimOptions;
  readonly isCleaned: IsCleaned;
  readonly nemesis: Nemesis;
  readonly watchers: Watchers;
  readonly crowd: Crowd;
  readonly #seed: number;
  readonly #prng: Prng;
  #violation: Violation | null = null;
  /** A line of the run's story, at the time it is. */
  readonly note = (node: string, what: string, text: string): void =>
    this.trace.add(this.scheduler.nowMs, node, what, text);

  constructor(seed: number, options: SimOptions, prng: Prng, onLine?: (line: string) => void) {
    this.#seed = seed;
    this.#prng = prng;
    this.options = options;
    this.trace.onLine = onLine ?? null;
    const { scheduler, canon, note: trace } = this;
    const { brokers, delayMs, splitShare, flushMs } = options;
    const settings = settingsOf(options);
    this.isCleaned = cleanedBy(options);
    this.owners = new Owners(Number(settings['offsets.topic.num.partitions']));
    this.net = new SimNet(scheduler, prng.fork('net'), { delayMs, splitShare, giveUpMs: [3000, 12_000] });
    const { net } = this;
    const racks = Array.from({ length: brokers }, () => null);
    this.cluster = new SimCluster(
      { brokers, settings, racks, isCleaned: this.isCleaned },
      {
        scheduler,
        net,
        prng: prng.fork('cluster'),
        trace,
        onLog: (node, level, message) => this.watchers.onLog(node, level, message),
        onStarted: (node) => this.watchers.onStarted(node),
        onViolation: (violation) => this.fail(violation),
        onDiskLoss: (node) => this.watchers.onDiskLoss(node),
      },
    );
    const { cluster } = this;
    const diskPrng = prng.fork('disk');
    for (const node of cluster.nodes) node.disk.flushMs = () => diskPrng.exponential(flushMs);
    this.deadlines = new Deadlines({ brokers: cluster.brokers, parkedAt: ({ id }) => this.watchers.parkedAt(id) });
    this.nemesis = new Nemesis({ scheduler, cluster, net, canon, prng: prng.fork('nemesis'), options, trace });
    this.acknowledged = new Acknowledged({
      lacking: (topic, partition, offset) => this.watchers.lacking(topic, partition, offset),
      isDeleted: (topic) => !canon.state.topics.has(topic),
    });
    this.watchers = new Watchers(this);
    this.crowd = new Crowd(this);
    this.watchers.begin();
  }
  get recoveryPrng(): Prng {
    return this.#prng.fork('recovery');
  }
  get hasFailed(): boolean {
    return this.#violation !== null;
  }

  fail(error: unknown): void {
    const violation = error instanceof Violation ? error : new Violation(0, `${(error as Error)?.stack ?? error}`);
    if (this.#violation !== null) return;
    this.#violation = violation;
    this.note('sim', 'VIOLATION', violation.message);
  }

  async run(script?: Script): Promise<Outcome> {
    try {
      await this.#phases(script);
    } catch (error) {
      this.fail(error);
    }
    const { scheduler, trace, marks, options, acknowledged, committed } = this;
    return {
      seed: this.#seed,
      options,
      violation: this.#violation,
      digest: trace.digest,
      events: scheduler.count,
      virtualMs: scheduler.nowMs,
      acknowledged: acknowledged.count,
      committedBatches: committed.count,
      transactions: this.transactions.committedCount,
      faults: this.nemesis.done,
      marks,
      lastLines: trace.last(KEPT_LINES),
    };
  }

  async #phases(script?: Script): Promise<void> {
    const { cluster, scheduler, nemesis, crowd, options } = this;
    cluster.startAll();
    await this.#within(START_LIMIT_MS, 'every node starts', () => cluster.nodes.every((node) => node.running !== null));
    const admin = new Client(this.clientOptions('admin'));
    await this.#wait(START_LIMIT_MS, 'topics are created', this.#createTopics(admin));
    crowd.start(this.#prng.fork('clients'));
    this.watchers.watchTime();
    nemesis.begin();
    if (script !== undefined) await this.#wait(options.safetyMs, 'the scenario is played', script(this));
    const safetyEndMs = scheduler.nowMs + (script === undefined ? options.safetyMs : AFTER_SCRIPT_MS);
    await scheduler.runUntil(safetyEndMs, () => this.hasFailed);
    nemesis.end();
    crowd.endStalls();
    await this.#comesTrue(CONVERGE_LIMIT_MS, () => whatIsUnwell(this));
    const writers = [...crowd.producers, ...crowd.keyedWriters, ...crowd.transactors, crowd.admin];
    for (const { client } of writers) client.isStopping = true;
    await this.#end(FINISH_LIMIT_MS, 'producers come to an end', crowd.producers);
    await this.#end(FINISH_LIMIT_MS, 'keyed writers come to an end', crowd.keyedWriters);
    await this.#end(CATCH_UP_LIMIT_MS, 'transactional producers come to an end', crowd.transactors);
    for (const { client } of crowd.copiers) client.isStopping = true;
    await this.#end(CATCH_UP_LIMIT_MS, 'copiers come to an end', crowd.copiers);
    await this.#end(FINISH_LIMIT_MS, 'the admin comes to an end', [crowd.admin]);
    await this.#comesTrue(CATCH_UP_LIMIT_MS, () => whoIsBehind(this));
    for (const { client } of [...crowd.members, ...crowd.readers]) client.isStopping = true;
    await this.#end(FINISH_LIMIT_MS, 'readers come to an end', crowd.readers);
    await this.#end(FINISH_LIMIT_MS, 'members leave', crowd.members);
    await this.#comesTrue(FOLLOW_LIMIT_MS, () => whoIsUninformed(this) ?? whoHasNotFollowed(this));
    if (this.hasFailed) return;
    this.deadlines.checkIdle();
    await this.#wait(CHECK_LIMIT_MS, 'the last checks', checkAtEnd(this, admin));
  }

  /** Nothing stands in the way any more, within the time. */
  #comesTrue(limitMs: number, obstacle: () => string | null): Promise<void> {
    return this.#within(limitMs, obstacle, () => obstacle() === null);
  }
  #end(limitMs: number, belief: string, clients: readonly { readonly isDone: boolean }[]): Promise<void> {
    return this.#within(limitMs, belief, () => clients.every((one) => one.isDone));
  }
  /** Invariant 18 when it does not come true in time. */
  async #within(limitMs: number, belief: string | (() => string | null), isDone: () => boolean): Promise<void> {
    if (this.hasFailed) return;
    const endMs = this.scheduler.nowMs + limitMs;
    const isOver = await this.scheduler.runUntil(endMs, () => this.hasFailed || isDone());
    if (isOver) return;
    const text = typeof belief === 'string' ? belief : belief();
    this.fail(new Violation(18, `not within ${limitMs} ms: ${text}`));
  }
  async #wait(limitMs: number, belief: string, work: Promise<void>): Promise<void> {
    let isDone = false;
    work.then(
      () => {
        isDone = true;
      },
      (error: unknown) => this.fail(error),
    );
    await this.#within(limitMs, belief, () => isDone);
  }

  async #createTopics(admin: Client): Promise<void> {
    const topics = allTopics(this.options).map(({ name, partitions, replicationFactor, configs }) => ({
      name,
      numPartitions: partitions,
      replicationFactor,
      configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    }));
    const answer = await admin.ask(1, createTopics, 7, { topics, timeoutMs: 10_000 }, 12_000);
    for (const { name, errorCode } of answer?.topics ?? []) {
      if (errorCode !== ErrorCode.NONE) throw new Violation(14, `topic ${name} was not created: ${errorCode}`);
    }
  }
  /** For scenarios: comes true within the time, looked at every millisecond. Rejects with a violation. */
  async until(limitMs: number, belief: string, isDone: () => boolean): Promise<void> {
    const owner: Owner = { name: 'scenario', isDead: false, isFrozen: false };
    const endMs = this.scheduler.nowMs + limitMs;
    while (!isDone()) {
      holds(18, this.scheduler.nowMs < endMs, () => `scenario: not within ${limitMs} ms: ${belief}`);
      await new Promise<void>((resolve) => void this.scheduler.after(owner, 1, resolve));
    }
  }
  clientOptions(name: string): ClientOptions {
    const process = new Process(name);
    const own = worldOf(process, {
      scheduler: this.scheduler,
      net: this.net,
      prng: this.#prng.fork(`world ${name}`),
      disk: new SimDisk(),
      skewMs: () => 0,
      onLog: () => {},
    });
    // What clients saw is compared: they all look at the same watch.
    const world = { ...own, clock: { ...own.clock, monotonicMs: () => this.scheduler.nowMs } };
    const { bootstrap } = this.cluster;
    const { deadlines } = this;
    return { name, world, prng: this.#prng, bootstrap, deadlines, fail: (error) => this.fail(error) };
  }
}
