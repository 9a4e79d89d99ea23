// What the seed chooses before a run begins: not each fault but how likely each kind is, how the cluster is set up and what its
// clients do. Printed with a failure; the same seed gives the same options for ever, as long as draws are only added at the end.
import { OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from '../engine/metadata/topic-name.ts';
import { placeOf } from './place.ts';
import type { Prng } from './world/prng.ts';

export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}
/** Mean milliseconds between two faults of a kind; Infinity: never. */
export interface FaultPlan {
  readonly killMs: number;
  readonly stopMs: number;
  readonly freezeMs: number;
  readonly cutMs: number;
  readonly oneWayCutMs: number;
  readonly isolateMs: number;
  readonly resetMs: number;
  readonly slowLinkMs: number;
  readonly powerLossMs: number;
  readonly wipeMs: number;
  readonly controllerKillMs: number;
  readonly controllerPowerLossMs: number;
  readonly diskErrorMs: number;
  readonly clockJumpMs: number;
}
export interface SimOptions {
  readonly brokers: number;
  readonly safetyMs: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly topics: readonly TopicPlan[];
  readonly delayMs: number;
  readonly splitShare: number;
  readonly flushMs: number;
  readonly maxSkewMs: number;
  readonly faults: FaultPlan;
  readonly producers: number;
  readonly pauseMs: number;
  readonly maxRecords: number;
  readonly groups: number;
  readonly membersPerGroup: number;
  readonly sessionTimeoutMs: number;
  readonly adminPauseMs: number;
  /** Transactional producers; they have a topic of their own. */
  readonly transactors: number;
  readonly transactionTopic: TopicPlan;
  readonly transactionVersion: 1 | 2;
  readonly transactionTimeoutMs: number;
  /** Members of one more group, whose coordinator assigns. */
  readonly assignedMembers: number;
  /** Who copy one topic to another in transactions that commit how far they read; 0, 1, or 2 that fence each other. */
  readonly copiers: number;
  /** Producers to a compacted topic. */
  readonly keyedWriters: number;
  readonly compactedTopic: TopicPlan;
  /** Producers to a topic whose records are deleted after seconds. */
  readonly expiringProducers: number;
  readonly expiringTopic: TopicPlan;
  readonly copyTopics: readonly [input: TopicPlan, output: TopicPlan];
  /** The cluster's own topics begin a new file after so many milliseconds, and what is behind is cleaned; null: within no run. */
  readonly internalRollMs: string | null;
}

export const COMPACTED_TOPIC = 'k';
export const EXPIRING_TOPIC = 'r';
/** Tombstones are gone within the run. */
export const SHORT_DELETE_RETENTION_MS = '1500';
/** Whether the cleaner writes the logs of the partition anew: they have gaps, and differ from broker to broker. */
export type IsCleaned = (partition: string) => boolean;
export function cleanedBy({ internalRollMs }: Pick<SimOptions, 'internalRollMs'>): IsCleaned {
  const topics = [COMPACTED_TOPIC, ...(internalRollMs === null ? [] : [OFFSETS_TOPIC, TRANSACTIONS_TOPIC])];
  return (partition) => topics.includes(placeOf(partition).topic);
}
/** Of all nodes. */
export function settingsOf({ settings, internalRollMs }: SimOptions): Readonly<Record<string, string>> {
  if (internalRollMs === null) return settings;
  return { ...settings, 'log.roll.ms': internalRollMs, 'log.cleaner.min.cleanable.ratio': '0.1' };
}

const NEVER = Number.POSITIVE_INFINITY;

export const NO_FAULTS: FaultPlan = {
  killMs: NEVER,
  stopMs: NEVER,
  freezeMs: NEVER,
  cutMs: NEVER,
  oneWayCutMs: NEVER,
  isolateMs: NEVER,
  resetMs: NEVER,
  slowLinkMs: NEVER,
  powerLossMs: NEVER,
  wipeMs: NEVER,
  controllerKillMs: NEVER,
  controllerPowerLossMs: NEVER,
  diskErrorMs: NEVER,
  clockJumpMs: NEVER,
};

/** Everything may happen. */
export function swarm(prng: Prng): SimOptions {
  const plain = plainSwarm(prng);
  const segmentMs = prng.pick(['500', '4000', '604800000']);
  const transactors = prng.pick([0, 0, 1, 2]);
  const settings = {
    ...plain.settings,
    'transaction.state.log.replication.factor': '3',
    'log.cleaner.backoff.ms': '300',
    'log.retention.check.interval.ms': '1000',
    'transaction.state.log.num.partitions': prng.pick(['1', '2']),
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
    'group.consumer.min.session.timeout.ms': '1000',
    'group.consumer.session.timeout.ms': String(plain.sessionTimeoutMs),
    'group.consumer.min.heartbeat.interval.ms': '100',
    'group.consumer.heartbeat.interval.ms': '300',
  };
  return {
    ...plain,
    settings,
    transactors,
    transactionTopic: { ...topicPlan(prng, 'x', segmentMs), partitions: prng.between(1, 3) },
    transactionVersion: prng.pick([1, 2, 2]),
    transactionTimeoutMs: prng.pick([2500, 20_000]),
    assignedMembers: prng.pick([0, 0, 0, 2, 3]),
    copiers: prng.pick([0, 0, 1, 2]),
    copyTopics: [
      { ...topicPlan(prng, 'ci', segmentMs), partitions: prng.between(1, 2) },
      { ...topicPlan(prng, 'co', segmentMs), partitions: prng.between(1, 2) },
    ],
    keyedWriters: prng.pick([0, 0, 1, 2]),
    compactedTopic: compactedPlan(prng),
    expiringProducers: prng.pick([0, 0, 1]),
    expiringTopic: expiringPlan(prng),
    internalRollMs: prng.pick([null, '300', '1500']),
  };
}
function compactedPlan(prng: Prng): TopicPlan {
  const plan = topicPlan(prng, COMPACTED_TOPIC, prng.pick(['200', '800']));
  const configs = {
    ...plan.configs,
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': prng.pick(['0.01', '0.4']),
    'delete.retention.ms': prng.pick([SHORT_DELETE_RETENTION_MS, '86400000', '86400000']),
    'compression.type': prng.pick(['producer', 'producer', 'uncompressed', 'lz4', 'zstd']),
  };
  return { ...plan, partitions: prng.between(1, 2), configs };
}
function expiringPlan(prng: Prng): TopicPlan {
  const plan = topicPlan(prng, EXPIRING_TOPIC, prng.pick(['200', '800']));
  const configs = { ...plan.configs, 'retention.ms': prng.pick(['2000', '6000']) };
  return { ...plan, partitions: prng.between(1, 2), configs };
}
type PlainOptions = Omit<SimOptions, `transact${string}` | 'assignedMembers' | LateOption>;
type LateOption = 'copiers' | 'copyTopics' | 'keyedWriters' | 'compactedTopic' | 'internalRollMs' | `expiring${string}`;

function plainSwarm(prng: Prng): PlainOptions {
  const lagMs = prng.pick([300, 800, 2000, 4000]);
  const sessionMs = prng.pick([1500, 3000, 6000]);
  const segmentMs = prng.pick(['200', '1000', '4000', '604800000']);
  const sometimes = (share: number, least: number, most: number): number =>
    prng.chance(share) ? prng.between(least, most) : NEVER;
  const faults: FaultPlan = {
    killMs: sometimes(0.7, 4000, 15_000),
    stopMs: sometimes(0.4, 8000, 20_000),
    freezeMs: sometimes(0.5, 5000, 15_000),
    cutMs: sometimes(0.5, 4000, 12_000),
    oneWayCutMs: sometimes(0.4, 5000, 15_000),
    isolateMs: sometimes(0.3, 8000, 20_000),
    resetMs: sometimes(0.5, 500, 4000),
    slowLinkMs: sometimes(0.4, 4000, 12_000),
    powerLossMs: sometimes(0.5, 8000, 20_000),
    wipeMs: sometimes(0.2, 15_000, 30_000),
    controllerKillMs: sometimes(0.4, 8000, 20_000),
    controllerPowerLossMs: sometimes(0.4, 8000, 20_000),
    diskErrorMs: sometimes(0.3, 5000, 15_000),
    clockJumpMs: sometimes(0.3, 5000, 20_000),
  };
  const brokers = prng.pick([3, 3, 3, 4, 5]);
  const topics = Array.from({ length: prng.between(1, 3) }, (_, i) => topicPlan(prng, `t${i}`, segmentMs));
  return {
    brokers,
    safetyMs: 40_000,
    settings: {
      'broker.session.timeout.ms': String(sessionMs),
      'broker.heartbeat.interval.ms': String(Math.round(sessionMs / prng.between(4, 8))),
      'replica.lag.time.max.ms': String(lagMs),
      'offsets.topic.replication.factor': '3',
      'offsets.topic.num.partitions': prng.pick(['1', '2', '3']),
      'group.initial.rebalance.delay.ms': prng.pick(['0', '0', '500']),
      'group.min.session.timeout.ms': '1000',
      'leader.imbalance.check.interval.seconds': prng.pick(['3', '10', '300']),
      'auto.create.topics.enable': 'false',
    },
    topics,
    delayMs: prng.pick([0.2, 1, 5, 20]),
    splitShare: prng.pick([0, 0.05, 0.5]),
    flushMs: prng.pick([0.5, 5, 50, 400]),
    maxSkewMs: prng.pick([0, 100, 5000]),
    faults,
    producers: prng.between(1, 3),
    pauseMs: prng.pick([80, 200, 600]),
    maxRecords: prng.pick([1, 3, 8]),
    groups: prng.between(0, 2),
    membersPerGroup: prng.between(1, 3),
    sessionTimeoutMs: prng.pick([1500, 4000]),
    adminPauseMs: prng.pick([1000, 3000, 10_000]),
  };
}

function topicPlan(prng: Prng, name: string, segmentMs: string): TopicPlan {
  const replicationFactor = prng.pick([3, 3, 3, 2]);
  const configs: Record<string, string> = {
    'segment.ms': segmentMs,
    'index.interval.bytes': prng.pick(['1', '256', '4096']),
    'min.insync.replicas': replicationFactor === 3 ? prng.pick(['2', '2', '1']) : '1',
  };
  if (prng.chance(0.2)) configs['flush.messages'] = '1';
  return { name, partitions: prng.between(1, 3), replicationFactor, configs };
}

/** Those that only some clients use too, if there are any. */
export function allTopics({ topics, ...options }: SimOptions): readonly TopicPlan[] {
  return [
    ...topics,
    ...(options.transactors === 0 ? [] : [options.transactionTopic]),
    ...(options.copiers === 0 ? [] : options.copyTopics),
    ...(options.keyedWriters === 0 ? [] : [options.compactedTopic]),
    ...(options.expiringProducers === 0 ? [] : [options.expiringTopic]),
  ];
}
