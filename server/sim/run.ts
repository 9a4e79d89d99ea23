// One run: a seed becomes options, a cluster, clients and faults; then a safety phase, in which anything may happen, and a liveness
// phase, in which everything is healed and must converge. The outcome says what was done and the first violation, if any.
import type { TopicImage } from '../engine/metadata/image.ts';
import { REFUSED_BY_RULE } from '../kernel/file-tree.ts';
import { ErrorCode } from '../protocol/errors.ts';
import { createTopics } from '../protocol/schema/19-create-topics.ts';
import { Acknowledged } from './checkers/acknowledged.ts';
import { Committed } from './checkers/committed.ts';
import { Deadlines, parkedOf } from './checkers/deadlines.ts';
import { checkAtEnd } from './checkers/final.ts';
import { Groups } from './checkers/groups.ts';
import { LagWatch, LOOK_MS } from './checkers/lag.ts';
import { Canon, METADATA_PARTITION } from './checkers/metadata.ts';
import { Owners } from './checkers/owners.ts';
import { ReplicaWatch } from './checkers/replicas.ts';
import { Transactions } from './checkers/transactions.ts';
import { holds, Violation } from './checkers/violation.ts';
import { Admin } from './clients/admin.ts';
import { AssignedMember } from './clients/assigned-member.ts';
import { Client, type ClientOptions } from './clients/client.ts';
import { CommittedReader } from './clients/committed-reader.ts';
import { Member } from './clients/member.ts';
import { Producer } from './clients/producer.ts';
import { Transactor } from './clients/transactor.ts';
import { CLUSTER_ID, SimCluster, type SimNode } from './cluster.ts';
import { SimDisk } from './disk.ts';
import { type MarkName, Marks } from './marks.ts';
import { Nemesis } from './nemesis.ts';
import { SimNet } from './net.ts';
import type { SimOptions, TopicPlan } from './options.ts';
import { Prng } from './prng.ts';
import { type Owner, Scheduler } from './scheduler.ts';
import { Trace } from './trace.ts';
import { NO_COMPRESSION, Process, worldOf } from './world.ts';

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

export class Run {
  readonly scheduler = new Scheduler();
  readonly trace = new Trace();
  readonly marks = new Marks();
  readonly net: SimNet;
  readonly cluster: SimCluster;
  readonly canon = new Canon(CLUSTER_ID, NO_COMPRESSION);
  readonly committed = new Committed();
  readonly acknowledged: Acknowledged;
  readonly groups = new Groups();
  readonly owners: Owners;
  readonly deadlines: Deadlines;
  readonly transactions = new Transactions();
  readonly options: SimOptions;
  readonly #seed: number;
  readonly #prng: Prng;
  readonly #watch: ReplicaWatch;
  readonly #nemesis: Nemesis;
  readonly #byProcess = new Map<Owner, SimNode>();
  readonly #producers: Producer[] = [];
  readonly #members: { readonly group: string; readonly member: Member | AssignedMember }[] = [];
  readonly #transactors: Transactor[] = [];
  readonly #readers: CommittedReader[] = [];
  readonly #admin: Admin;
  #violation: Violation | null = null;

  constructor(seed: number, options: SimOptions, prng: Prng, onLine?: (line: string) => void) {
    this.#seed = seed;
    this.#prng = prng;
    this.options = options;
    this.owners = new Owners(Number(options.settings['offsets.topic.num.partitions']));
    this.trace.onLine = onLine ?? null;
    const trace = (node: string, what: string, text: string) => this.trace.add(this.scheduler.nowMs, node, what, text);
    const { delayMs, splitShare } = options;
    this.net = new SimNet(this.scheduler, prng.fork('net'), { delayMs, splitShare, giveUpMs: [3000, 12_000] });
    const racks = Array.from({ length: options.brokers }, () => null);
    this.cluster = new SimCluster(
      { brokers: options.brokers, settings: options.settings, racks },
      {
        scheduler: this.scheduler,
        net: this.net,
        prng: prng.fork('cluster'),
        trace,
        onLog: (node, level, message) => this.#onLog(node, level, message),
        onStarted: (node) => this.#onStarted(node),
        onViolation: (violation) => this.fail(violation),
        onDiskLoss: (node) => this.#onDiskLoss(node),
      },
    );
    this.deadlines = new Deadlines({
      brokers: this.cluster.brokers,
      parkedAt: ({ id }) => {
        const node = this.cluster.broker(id);
        const broker = node === undefined ? null : this.cluster.inside(node);
        return broker === null ? null : parkedOf(broker);
      },
    });
    this.#nemesis = new Nemesis({
      scheduler: this.scheduler,
      cluster: this.cluster,
      net: this.net,
      canon: this.canon,
      prng: prng.fork('nemesis'),
      options,
      trace,
    });
    const isExcused = (id: number) => this.#nemesis.isVictim(id);
    this.#watch = new ReplicaWatch({
      canon: this.canon,
      committed: this.committed,
      logsOf: (id) => this.cluster.broker(id)?.logs,
      isExcused,
      mark: (name) => this.marks.hit(name),
      trace,
    });
    this.acknowledged = new Acknowledged({
      lacking: (topic, partition, offset) => this.#lacking(topic, partition, offset),
      isDeleted: (topic) => !this.canon.state.topics.has(topic),
    });
    const { adminPauseMs: pauseMs } = options;
    const mark = (name: MarkName) => this.marks.hit(name);
    const { topics, brokers } = { topics: allTopics(options), brokers: options.brokers };
    this.#admin = new Admin({ ...this.clientOptions('adm'), pauseMs, topics, brokers, mark });
    this.#wire();
  }
  get recoveryPrng(): Prng {
    return this.#prng.fork('recovery');
  }
  get admin(): Admin {
    return this.#admin;
  }

  #wire(): void {
    const { prng, flushMs } = { prng: this.#prng.fork('disk'), flushMs: this.options.flushMs };
    for (const node of this.cluster.nodes) node.disk.flushMs = () => prng.exponential(flushMs);
    for (const broker of this.cluster.brokers) broker.logs.onRoll = () => this.marks.hit('segment-rolled');
    const { controller } = this.cluster;
    controller.logs.onAppend = (partition, bytes) => {
      if (partition === METADATA_PARTITION) this.canon.append(bytes);
    };
    this.canon.onChange = (delta) => {
      for (const topic of delta.deletedTopics) this.#forgetTopic(topic);
      for (const { topic, partition } of delta.changedPartitions) {
        const { leader, leaderEpoch, inSyncReplicas } = partition;
        const text = `leader ${leader} epoch ${leaderEpoch} in sync ${inSyncReplicas.join(',')}`;
        this.trace.add(this.scheduler.nowMs, 'ctl', 'partition', `${topic.name}-${partition.partition} ${text}`);
        if (leaderEpoch > 0) this.marks.hit('leader-elected');
        if (topic.name === '__consumer_offsets') this.owners.led(partition.partition, leader, this.scheduler.nowMs);
      }
    };
    this.scheduler.onEvent = (owner) => this.#onEvent(owner);
    this.scheduler.onThrow = (owner, error) => this.#onThrow(owner, error);
  }

  fail(error: unknown): void {
    const violation = error instanceof Violation ? error : new Violation(0, `${(error as Error)?.stack ?? error}`);
    if (this.#violation !== null) return;
    this.#violation = violation;
    this.trace.add(this.scheduler.nowMs, 'sim', 'VIOLATION', violation.message);
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
      faults: this.#nemesis.done,
      marks,
      lastLines: trace.last(KEPT_LINES),
    };
  }

  async #phases(script?: Script): Promise<void> {
    this.cluster.startAll();
    await this.#within(START_LIMIT_MS, 'every node starts', () =>
      this.cluster.nodes.every((node) => node.running !== null),
    );
    const admin = new Client(this.clientOptions('admin'));
    await this.#wait(START_LIMIT_MS, 'topics are created', this.#createTopics(admin));
    this.#startClients();
    this.#watchLag();
    this.#nemesis.begin();
    if (script !== undefined) await this.#wait(this.options.safetyMs, 'the scenario is played', script(this));
    const safetyEndMs = this.scheduler.nowMs + (script === undefined ? this.options.safetyMs : AFTER_SCRIPT_MS);
    await this.scheduler.runUntil(safetyEndMs, () => this.#violation !== null);
    this.#nemesis.end();
    for (const { member } of this.#members) member.stallShare = 0;
    await this.#within(
      CONVERGE_LIMIT_MS,
      () => this.#whatIsUnwell(),
      () => this.#whatIsUnwell() === null,
    );
    for (const one of [...this.#producers, ...this.#transactors]) one.client.isStopping = true;
    this.#admin.client.isStopping = true;
    await this.#within(FINISH_LIMIT_MS, 'producers come to an end', () => this.#producers.every((one) => one.isDone));
    await this.#within(CATCH_UP_LIMIT_MS, 'transactional producers come to an end', () =>
      this.#transactors.every((one) => one.isDone),
    );
    await this.#within(FINISH_LIMIT_MS, 'the admin comes to an end', () => this.#admin.isDone);
    await this.#within(
      CATCH_UP_LIMIT_MS,
      () => this.#whoIsBehind(),
      () => this.#whoIsBehind() === null,
    );
    for (const { member } of this.#members) member.client.isStopping = true;
    for (const reader of this.#readers) reader.client.isStopping = true;
    await this.#within(FINISH_LIMIT_MS, 'readers come to an end', () => this.#readers.every((one) => one.isDone));
    await this.#within(FINISH_LIMIT_MS, 'members leave', () => this.#members.every(({ member }) => member.isDone));
    await this.#within(
      FOLLOW_LIMIT_MS,
      () => this.#whoIsUninformed(),
      () => this.#whoIsUninformed() === null,
    );
    if (this.#violation !== null) return;
    this.deadlines.checkIdle();
    await this.#wait(CHECK_LIMIT_MS, 'the last checks', checkAtEnd(this, admin));
  }

  #watchLag(): void {
    const lagMs = Number(this.options.settings['replica.lag.time.max.ms']);
    const lag = new LagWatch({ canon: this.canon, cluster: this.cluster, net: this.net, lagMs });
    const owner: Owner = { name: 'lag', isDead: false, isFrozen: false };
    const look = (): void => {
      lag.look(this.scheduler.nowMs);
      this.deadlines.look(this.scheduler.nowMs);
      this.scheduler.after(owner, LOOK_MS, look);
    };
    look();
  }

  /** Invariant 18 when it does not come true in time. */
  async #within(limitMs: number, belief: string | (() => string | null), isDone: () => boolean): Promise<void> {
    if (this.#violation !== null) return;
    const endMs = this.scheduler.nowMs + limitMs;
    const isOver = await this.scheduler.runUntil(endMs, () => this.#violation !== null || isDone());
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
  #startClients(): void {
    const { producers, pauseMs, maxRecords, topics } = this.options;
    const prng = this.#prng.fork('clients');
    for (let i = 0; i < producers; i++) {
      const producer = new Producer({
        ...this.clientOptions(`p${i + 1}`),
        topics,
        acks: prng.chance(0.8) ? -1 : 1,
        isIdempotent: prng.chance(0.6),
        pauseMs,
        maxRecords,
        timeoutMs: prng.pick([500, 3000, 10_000]),
        acknowledged: this.acknowledged,
        mark: (name: MarkName) => this.marks.hit(name),
      });
      this.#producers.push(producer);
      producer.run();
    }
    this.#startGroups(prng.fork('groups'));
    this.#startTransactions(prng.fork('transactions'));
    this.#startAssigned(prng.fork('assigned'));
    this.#admin.run();
  }
  #startGroups(prng: Prng): void {
    const { groups, membersPerGroup, sessionTimeoutMs, topics } = this.options;
    for (let i = 0; i < groups; i++) {
      const group = `g${i + 1}`;
      for (let j = 0; j < membersPerGroup; j++) {
        const member = new Member({
          ...this.clientOptions(`${group}m${j + 1}`),
          group,
          topics,
          sessionTimeoutMs,
          stallShare: prng.pick([0, 0.02, 0.1]),
          groups: this.groups,
          isLeader: ({ topic, partition }, { leader, leaderEpoch }) => {
            const known = this.canon.partition(topic, partition);
            return known?.leader === leader && known.leaderEpoch === leaderEpoch;
          },
          mark: (name: MarkName) => this.marks.hit(name),
        });
        this.#members.push({ group, member });
        member.run();
      }
    }
  }

  #startTransactions(prng: Prng): void {
    const { transactors, transactionTopic: topic, transactionVersion: version, transactionTimeoutMs } = this.options;
    const { transactions, marks } = this;
    const mark = (name: MarkName) => marks.hit(name);
    for (let i = 0; i < transactors; i++) {
      const pauseMs = prng.pick([50, 200, 800]);
      const common = { topic, version, pauseMs, transactionTimeoutMs, transactions, mark };
      const transactor = new Transactor({ ...this.clientOptions(`x${i + 1}`), ...common });
      this.#transactors.push(transactor);
      transactor.run();
    }
    if (transactors === 0) return;
    const reader = new CommittedReader({ ...this.clientOptions('rc'), topic, transactions });
    this.#readers.push(reader);
    reader.run();
  }
  #startAssigned(prng: Prng): void {
    const { assignedMembers, sessionTimeoutMs: sessionMs, topics } = this.options;
    const { groups, owners, marks } = this;
    for (let i = 0; i < assignedMembers; i++) {
      const stallShare = prng.pick([0, 0.02, 0.1]);
      const mark = (name: MarkName) => marks.hit(name);
      const common = { group: 'ag', topics, sessionMs, stallShare, groups, owners, mark };
      const member = new AssignedMember({ ...this.clientOptions(`agm${i + 1}`), ...common });
      this.#members.push({ group: 'ag', member });
      member.run();
    }
  }

  /** What keeps the cluster from being whole again, or null. */
  #whatIsUnwell(): string | null {
    for (const node of this.cluster.nodes) if (node.running === null) return `${node.name} does not run`;
    for (const broker of this.canon.state.brokers.values()) if (broker.isFenced) return `broker ${broker.id} is fenced`;
    for (const topic of this.canon.state.topics.values()) {
      for (const { partition, leader, inSyncReplicas, replicas } of topic.partitions) {
        const place = `${topic.name}-${partition}`;
        if (leader === -1) return `${place} has no leader`;
        if (inSyncReplicas.length < replicas.length) return `${place}: in sync ${inSyncReplicas} of ${replicas}`;
      }
    }
    return null;
  }
  /** A broker that has not read the whole metadata log, or null. */
  #whoIsUninformed(): string | null {
    const { offset } = this.canon.state;
    const late = this.cluster.brokers.find((node) => this.cluster.inside(node)?.controller.image.offset !== offset);
    return late === undefined ? null : `${late.name} has not read the metadata up to ${offset}`;
  }
  /** A group that has not read and committed everything, or null. */
  #whoIsBehind(): string | null {
    for (const group of new Set(this.#members.map((one) => one.group))) {
      for (const { name, partitions } of this.options.topics) {
        for (let partition = 0; partition < partitions; partition++) {
          const key = `${name}-${partition}`;
          const end = this.highWatermarkOf(name, partition);
          const committed = Math.max(0, this.groups.committedOf(group, key));
          if (committed < end) return `${group} is at ${committed} of ${end} in ${key}`;
        }
      }
    }
    return null;
  }
  highWatermarkOf(topic: string, partition: number): number {
    const leader = this.cluster.broker(this.canon.partition(topic, partition)?.leader ?? -1);
    const broker = leader === undefined ? null : this.cluster.inside(leader);
    return broker?.replicas.get(topic, partition)?.highWatermark ?? Number.POSITIVE_INFINITY;
  }
  #lacking(topic: string, partition: number, offset: number): number[] {
    const known = this.canon.partition(topic, partition);
    if (known === undefined) return [];
    return known.inSyncReplicas.filter((id) => {
      if (this.#nemesis.isVictim(id)) return false;
      const log = this.cluster.broker(id)?.logs.get(`${topic}-${partition}`);
      return (log?.endOffset ?? 0) <= offset;
    });
  }

  #onStarted(node: SimNode): void {
    this.#watch.forget(node.name);
    if (node.process !== null) this.#byProcess.set(node.process, node);
    if (node === this.cluster.controller && node.generation > 1) this.marks.hit('controller-restarted');
  }
  /** What brokers have read of the metadata log must outlive the controller's power. */
  #onDiskLoss(node: SimNode): void {
    if (node !== this.cluster.controller) return;
    try {
      this.canon.rebuild(node.logs.bytesOf(METADATA_PARTITION, node.disk));
      for (const broker of this.cluster.brokers) {
        const read = this.cluster.inside(broker)?.controller.image.offset ?? -1;
        const { offset } = this.canon.state;
        holds(2, read <= offset, () => `${broker.name} acts on metadata up to ${read}; the controller kept ${offset}`);
      }
    } catch (error) {
      this.fail(error);
    }
  }
  #onEvent(owner: Owner): void {
    this.trace.note(this.scheduler.nowMs * 1000);
    this.trace.note(owner.name.charCodeAt(0) * 256 + (owner.name.charCodeAt(1) | 0));
    const node = this.#byProcess.get(owner);
    if (node === undefined || owner.isDead || this.#violation !== null) return;
    const broker = this.cluster.inside(node);
    if (broker === null) return;
    try {
      this.#watch.look({ id: node.id, name: node.name, logs: node.logs, replicas: () => broker.replicas.all() });
    } catch (error) {
      this.fail(error);
    }
  }
  #onThrow(owner: Owner, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.fail(error instanceof Violation ? error : new Violation(0, `${owner.name} ended by itself: ${text}`));
  }
  #onLog(node: SimNode, level: string, message: string): void {
    if (level === 'debug') return;
    this.trace.add(this.scheduler.nowMs, node.name, level, message.split('\n')[0] ?? '');
    if (message.includes('was not heard for')) this.marks.hit('broker-fenced');
    if (message.includes('no whole batch')) this.marks.hit('recovery-cut-tail');
    const isOurs = message.includes('a bug:') && !message.includes(REFUSED_BY_RULE);
    if (isOurs) this.fail(new Violation(0, `${node.name}: ${message}`));
  }
  #forgetTopic(topic: TopicImage): void {
    this.committed.forgetTopic(topic.name);
  }
}

function allTopics({ topics, transactors, transactionTopic }: SimOptions): readonly TopicPlan[] {
  return transactors === 0 ? topics : [...topics, transactionTopic];
}
