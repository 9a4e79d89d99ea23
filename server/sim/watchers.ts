// Ties the checkers of a run to what goes on in it: who looks after which event, what is heard of logs, disks and the metadata log, and
// which rare branches were come by. Looks only; what it finds goes to run.fail.
import { OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from '../engine/metadata/topic-name.ts';
import { REFUSED_BY_RULE } from '../kernel/file-tree.ts';
import { parkedOf } from './checkers/deadlines.ts';
import { LagWatch, LOOK_MS } from './checkers/lag.ts';
import type { SeenBatch } from './checkers/logs.ts';
import { METADATA_PARTITION } from './checkers/metadata.ts';
import { ReplicaWatch } from './checkers/replicas.ts';
import { checkSleepers, sleepersOf } from './checkers/sleepers.ts';
import { holds, Violation } from './checkers/violation.ts';
import type { SimNode } from './cluster.ts';
import type { MarkName } from './marks.ts';
import { EXPIRING_TOPIC } from './options.ts';
import { keyOf, placeOf } from './place.ts';
import type { RunParts } from './run-parts.ts';
import type { Owner } from './world/scheduler.ts';
import { START_MS } from './world/world.ts';

const CLEANED_MARKS: ReadonlyMap<string, MarkName> = new Map([
  [OFFSETS_TOPIC, 'offsets-cleaned'],
  [TRANSACTIONS_TOPIC, 'transactions-cleaned'],
]);

export class Watchers {
  readonly #run: RunParts;
  readonly #replicas: ReplicaWatch;
  readonly #byProcess = new Map<Owner, SimNode>();
  /** Partitions by "topic id-partition" all of whose replicas had lost their disks when they were made. */
  readonly #forsaken = new Set<string>();

  constructor(run: RunParts) {
    this.#run = run;
    this.#replicas = new ReplicaWatch({
      canon: run.canon,
      committed: run.committed,
      isCleaned: run.isCleaned,
      logsOf: (id) => run.cluster.broker(id)?.logs,
      isExcused: (id) => run.nemesis.isVictim(id),
      mark: (name) => run.marks.hit(name),
      trace: run.note,
    });
  }

  begin(): void {
    const { cluster, canon, committed, marks, owners, scheduler, note } = this.#run;
    for (const { name, logs } of cluster.brokers) {
      logs.onRoll = () => marks.hit('segment-rolled');
      logs.onClean = (partition) => marks.hit(CLEANED_MARKS.get(placeOf(partition).topic) ?? 'log-cleaned');
      logs.onRetire = (partition, batches) => this.#onRetire(name, partition, batches);
    }
    cluster.controller.logs.onAppend = (partition, bytes) => {
      if (partition === METADATA_PARTITION) canon.append(bytes);
    };
    canon.onChange = (delta) => {
      for (const topic of delta.deletedTopics) committed.forgetTopic(topic.name);
      for (const { topic, partition } of delta.changedPartitions) {
        const { leader, leaderEpoch, partitionEpoch, inSyncReplicas, replicas } = partition;
        const text = `leader ${leader} epoch ${leaderEpoch} in sync ${inSyncReplicas.join(',')}`;
        note('ctl', 'partition', `${topic.name}-${partition.partition} ${text}`);
        const isLost = replicas.every((id) => this.#run.nemesis.isVictim(id));
        if (partitionEpoch === 0 && isLost) this.#forsaken.add(`${topic.topicId}-${partition.partition}`);
        if (leaderEpoch > 0) marks.hit('leader-elected');
        if (topic.name === '__consumer_offsets') owners.led(partition.partition, leader, scheduler.nowMs);
      }
    };
    scheduler.onEvent = (owner) => this.#onEvent(owner);
    scheduler.onThrow = (owner, error) => this.#onThrow(owner, error);
  }
  /** From now on, every half second. */
  watchTime(): void {
    const { canon, cluster, net, options, scheduler, deadlines } = this.#run;
    const lagMs = Number(options.settings['replica.lag.time.max.ms']);
    const lag = new LagWatch({ canon, cluster, net, lagMs });
    const owner: Owner = { name: 'lag', isDead: false, isFrozen: false };
    const look = (): void => {
      lag.look(scheduler.nowMs);
      deadlines.look(scheduler.nowMs);
      scheduler.after(owner, LOOK_MS, look);
    };
    look();
  }

  /** Nobody promises to have it: more was lost than the fair-fault budget allows. */
  isForsaken(topicId: string, partition: number): boolean {
    return this.#forsaken.has(`${topicId}-${partition}`);
  }
  /** Which in-sync replicas do not have the record on disk. */
  lacking(topic: string, partition: number, offset: number): number[] {
    const { canon, cluster, nemesis } = this.#run;
    const inSync = canon.partition(topic, partition)?.inSyncReplicas ?? [];
    return inSync.filter((id) => {
      const log = cluster.broker(id)?.logs.get(keyOf({ topic, partition }));
      return !nemesis.isVictim(id) && (log?.endOffset ?? 0) <= offset;
    });
  }
  parkedAt(id: number) {
    const { cluster } = this.#run;
    const node = cluster.broker(id);
    const broker = node === undefined ? null : cluster.inside(node);
    return broker === null ? null : parkedOf(broker);
  }

  onStarted(node: SimNode): void {
    this.#replicas.forget(node.name);
    if (node.process !== null) this.#byProcess.set(node.process, node);
    const isController = node === this.#run.cluster.controller;
    if (isController && node.generation > 1) this.#run.marks.hit('controller-restarted');
  }
  /** What brokers have read of the metadata log must outlive the controller's power. */
  onDiskLoss(node: SimNode): void {
    const { canon, cluster } = this.#run;
    if (node !== cluster.controller) return;
    this.#guarded(() => {
      canon.rebuild(node.logs.bytesOf(METADATA_PARTITION, node.disk));
      const { offset } = canon.state;
      for (const broker of cluster.brokers) {
        const read = cluster.inside(broker)?.controller.image.offset ?? -1;
        holds(2, read <= offset, () => `${broker.name} acts on metadata up to ${read}; the controller kept ${offset}`);
      }
    });
  }
  onLog(node: SimNode, level: string, message: string): void {
    if (level === 'debug') return;
    const { marks, note } = this.#run;
    note(node.name, level, message.split('\n')[0] ?? '');
    if (message.includes('was not heard for')) marks.hit('broker-fenced');
    if (message.includes('no whole batch')) marks.hit('recovery-cut-tail');
    const isOurs = message.includes('a bug:') && !message.includes(REFUSED_BY_RULE);
    if (isOurs) this.#run.fail(new Violation(0, `${node.name}: ${message}`));
  }

  /** 21: retention takes what is committed and older than the topic says, by any clock of the cluster. */
  #onRetire(node: string, partition: string, batches: readonly SeenBatch[]): void {
    const { scheduler, options, committed, marks } = this.#run;
    const { topic } = placeOf(partition);
    const last = batches.at(-1);
    if (topic !== EXPIRING_TOPIC || last === undefined) return;
    marks.hit('retention-deleted');
    this.#guarded(() => {
      const retentionMs = Number(options.expiringTopic.configs['retention.ms']);
      const newestMs = Math.max(...batches.map(({ maxTimestampMs }) => maxTimestampMs));
      const ageMs = START_MS + scheduler.nowMs + options.maxSkewMs - newestMs;
      holds(
        21,
        ageMs >= retentionMs,
        () => `${node}: ${partition} up to ${last.lastOffset} went at ${ageMs} ms of age`,
      );
      const end = committed.endOf(partition);
      holds(
        21,
        last.lastOffset < end,
        () => `${node}: ${partition} up to ${last.lastOffset} went, committed to ${end}`,
      );
    });
  }
  #onEvent(owner: Owner): void {
    const { cluster, scheduler, trace, hasFailed } = this.#run;
    trace.note(scheduler.nowMs * 1000);
    trace.note(owner.name.charCodeAt(0) * 256 + (owner.name.charCodeAt(1) | 0));
    const node = this.#byProcess.get(owner);
    if (node === undefined || owner.isDead || hasFailed) return;
    const { id, name, logs } = node;
    const broker = cluster.inside(node);
    if (broker === null) return;
    this.#guarded(() => {
      this.#replicas.look({ id, name, logs, replicas: () => broker.replicas.all() });
      checkSleepers(name, sleepersOf(broker));
    });
  }
  #onThrow(owner: Owner, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#run.fail(error instanceof Violation ? error : new Violation(0, `${owner.name} ended by itself: ${text}`));
  }
  #guarded(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.#run.fail(error);
    }
  }
}
