// The broker settings this engine honours or shows, by Kafka's names. Those in DYNAMIC stand behind topic settings and can be
// changed for one broker or for the whole cluster while it runs; the rest are given at start.
import { INT_MAX, LONG_MAX, type Row, type Setting, settingFrom } from './setting.ts';
import { TOPIC_SETTINGS } from './topic.ts';

/** Broker settings with a unit of their own, or more than one for a topic setting. Fallback null: another one decides. */
const DYNAMIC: readonly Row[] = [
  [
    'follower.replication.throttled.rate',
    'long',
    LONG_MAX,
    'Bytes per second that a broker copies of the replicas named in follower.replication.throttled.replicas.',
    { min: 0 },
  ],
  [
    'leader.replication.throttled.rate',
    'long',
    LONG_MAX,
    'Bytes per second that a leader gives to the replicas named in leader.replication.throttled.replicas.',
    { min: 0 },
  ],
  ['log.retention.ms', 'long', null, 'Age at which records are deleted; before log.retention.minutes.', { min: -1 }],
  ['log.roll.ms', 'long', null, 'Age at which a log begins a new segment; before log.roll.hours.', { min: 1 }],
  [
    'log.flush.interval.ms',
    'long',
    null,
    'Time after which written records are forced to disk; by default the operating system decides.',
    { min: 0 },
  ],
  [
    'log.roll.jitter.ms',
    'long',
    null,
    'Random time taken off log.roll.ms. Only 0 is accepted: logs roll when their age says so, without jitter.',
    { min: 0, max: 0 },
  ],
  [
    'transaction.partition.verification.enable',
    'boolean',
    true,
    'Whether leaders ask the coordinator before they take the first write of a transaction.',
  ],
];

const STATIC: readonly Row[] = [
  [
    'add.partitions.to.txn.retry.backoff.max.ms',
    'int',
    100,
    'How long a write waits for the transaction before its own to end, before the client is asked to try again.',
    { min: 0 },
  ],
  [
    'add.partitions.to.txn.retry.backoff.ms',
    'int',
    20,
    'Time between two tries of a write that waits for the transaction before its own to end.',
    { min: 1 },
  ],
  [
    'advertised.listeners',
    'string',
    null,
    'Where clients are told to connect.',
    { fixedBecause: 'it follows from the command line' },
  ],
  [
    'auto.create.topics.enable',
    'boolean',
    true,
    'Whether asking for the metadata of an unknown topic creates it, if the client allows that too.',
  ],
  [
    'auto.leader.rebalance.enable',
    'boolean',
    true,
    'Whether leadership goes back to preferred replicas by itself, looked at every leader.imbalance.check.interval.seconds.',
  ],
  [
    'broker.heartbeat.interval.ms',
    'int',
    2000,
    'Time between two heartbeats of a broker to the controller.',
    { min: 1 },
  ],
  [
    'broker.id',
    'int',
    -1,
    'The broker’s number, the same as node.id.',
    { fixedBecause: 'the cluster numbers its brokers 1, 2, 3, …' },
  ],
  [
    'broker.rack',
    'string',
    null,
    'The place the broker stands in.',
    { fixedBecause: 'the cluster gives it when the broker is added' },
  ],
  [
    'broker.session.timeout.ms',
    'int',
    9000,
    'Time without a heartbeat after which the controller fences a broker.',
    { min: 1 },
  ],
  [
    'connection.failed.authentication.delay.ms',
    'int',
    100,
    'Time for which the answer to a failed authentication is held back; the connection then ends.',
    { min: 0 },
  ],
  ['connections.max.idle.ms', 'long', 600_000, 'Time after which a silent client connection is closed.', { min: 0 }],
  [
    'connections.max.reauth.ms',
    'long',
    0,
    'Time after which a client on the SASL listener must have authenticated again; 0 leaves sessions without an end.',
    { min: 0 },
  ],
  [
    'controlled.shutdown.enable',
    'boolean',
    true,
    'Whether a broker hands its partitions over before it stops.',
    { fixedBecause: 'a broker that is asked to stop always does' },
  ],
  ['default.replication.factor', 'int', 1, 'Replicas of a topic created without saying how many.', { min: 1 }],
  ['delete.topic.enable', 'boolean', true, 'Whether topics may be deleted.'],
  ['fetch.max.bytes', 'int', 57_671_680, 'Most bytes answered to one fetch request.', { min: 1024 }],
  [
    'group.consumer.assignors',
    'list',
    'uniform,range',
    'Assignors that members of consumer groups may choose; the first is the default.',
    { values: ['uniform', 'range'] },
  ],
  [
    'group.consumer.heartbeat.interval.ms',
    'int',
    5000,
    'Time between two heartbeats of a member of a consumer group.',
    { min: 1 },
  ],
  [
    'group.consumer.max.heartbeat.interval.ms',
    'int',
    15_000,
    'Longest heartbeat interval a consumer group may have.',
    { min: 1 },
  ],
  [
    'group.consumer.max.session.timeout.ms',
    'int',
    60_000,
    'Longest session time-out a consumer group may have.',
    { min: 1 },
  ],
  ['group.consumer.max.size', 'int', INT_MAX, 'Most members one consumer group may have.', { min: 1 }],
  [
    'group.consumer.migration.policy',
    'string',
    'bidirectional',
    'Whether groups change between the classic and the consumer protocol while their members live.',
    { values: ['bidirectional', 'upgrade', 'downgrade', 'disabled'] },
  ],
  [
    'group.consumer.min.heartbeat.interval.ms',
    'int',
    5000,
    'Shortest heartbeat interval a consumer group may have.',
    { min: 1 },
  ],
  [
    'group.consumer.min.session.timeout.ms',
    'int',
    45_000,
    'Shortest session time-out a consumer group may have.',
    { min: 1 },
  ],
  [
    'group.consumer.session.timeout.ms',
    'int',
    45_000,
    'Time without a heartbeat after which a member of a consumer group is out.',
    { min: 1 },
  ],
  [
    'group.coordinator.rebalance.protocols',
    'list',
    'classic,consumer',
    'Group protocols served.',
    { values: ['classic', 'consumer'], fixedBecause: 'both are always served' },
  ],
  [
    'group.initial.rebalance.delay.ms',
    'int',
    3000,
    'How long a new group waits for more members before its first rebalance.',
    { min: 0 },
  ],
  [
    'group.max.session.timeout.ms',
    'int',
    1_800_000,
    'Longest session time-out a group member may ask for.',
    { min: 1 },
  ],
  ['group.max.size', 'int', INT_MAX, 'Most members one group may have.', { min: 1 }],
  ['group.min.session.timeout.ms', 'int', 6000, 'Shortest session time-out a group member may ask for.', { min: 1 }],
  [
    'leader.imbalance.check.interval.seconds',
    'long',
    300,
    'Time between two looks at whether leaders are where they are preferred and leaderless partitions can be led.',
    { min: 1 },
  ],
  [
    'leader.imbalance.per.broker.percentage',
    'int',
    10,
    'Share of the partitions a broker is preferred for that others may lead before leadership goes back.',
    { min: 0, max: 100 },
  ],
  [
    'listeners',
    'string',
    null,
    'Addresses the broker listens on.',
    { fixedBecause: 'they follow from the command line' },
  ],
  [
    'log.cleaner.backoff.ms',
    'long',
    15_000,
    'Time between two looks for compacted logs that are dirty enough to be cleaned.',
    { min: 0 },
  ],
  [
    'log.cleaner.dedupe.buffer.size',
    'long',
    33_554_432,
    'Memory for the keys of the log being cleaned, 24 bytes a key; a log with more dirty keys is cleaned in several passes.',
    { min: 1_048_576 },
  ],
  ['log.cleaner.enable', 'boolean', true, 'Whether compacted logs are cleaned.', { fixedBecause: 'they always are' }],
  [
    'log.dirs',
    'string',
    null,
    'The folder in which the broker keeps its logs.',
    { fixedBecause: 'it follows from the command line' },
  ],
  [
    'log.flush.offset.checkpoint.interval.ms',
    'int',
    60_000,
    'Time between two checkpoints of how far each log is surely on disk.',
    { fixedBecause: 'all checkpoints are written together, once a minute' },
  ],
  [
    'log.flush.start.offset.checkpoint.interval.ms',
    'int',
    60_000,
    'Time between two checkpoints of where each log starts.',
    { fixedBecause: 'all checkpoints are written together, once a minute' },
  ],
  ['log.retention.check.interval.ms', 'long', 300_000, 'Time between two rounds of deleting old segments.', { min: 1 }],
  ['log.retention.hours', 'int', 168, 'Age at which records are deleted, when no finer setting is given.', { min: -1 }],
  ['log.retention.minutes', 'int', null, 'Age at which records are deleted; before log.retention.hours.', { min: -1 }],
  ['log.roll.hours', 'int', 168, 'Age at which a log begins a new segment, when log.roll.ms is not given.', { min: 1 }],
  [
    'log.roll.jitter.hours',
    'int',
    0,
    'Random time taken off log.roll.hours.',
    { fixedBecause: 'logs roll when their age says so, without jitter' },
  ],
  ['max.connections', 'int', INT_MAX, 'Most client connections of one broker.', { min: 0 }],
  [
    'max.request.partition.size.limit',
    'int',
    2000,
    'Most partitions in one page of a DescribeTopicPartitions answer.',
    { fixedBecause: 'pages have one size' },
  ],
  [
    'node.id',
    'int',
    -1,
    'The node’s number within the cluster.',
    { fixedBecause: 'the cluster numbers its brokers 1, 2, 3, …' },
  ],
  ['num.partitions', 'int', 1, 'Partitions of a topic created without saying how many.', { min: 1 }],
  ['offset.metadata.max.bytes', 'int', 4096, 'Longest text a client may keep with a committed offset.', { min: 0 }],
  ['offsets.commit.timeout.ms', 'int', 5000, 'Time within which an offset commit must be on its replicas.', { min: 1 }],
  [
    'offsets.retention.check.interval.ms',
    'long',
    600_000,
    'Time between two rounds of forgetting old committed offsets.',
    { min: 1 },
  ],
  ['offsets.retention.minutes', 'int', 10_080, 'How long the offsets of a group without members are kept.', { min: 1 }],
  ['offsets.topic.num.partitions', 'int', 50, 'Partitions of __consumer_offsets when it is created.', { min: 1 }],
  [
    'offsets.topic.replication.factor',
    'short',
    3,
    'Replicas of __consumer_offsets when it is created; with fewer brokers, as many as there are.',
    { min: 1 },
  ],
  [
    'offsets.topic.segment.bytes',
    'int',
    104_857_600,
    'Segment size of __consumer_offsets when it is created.',
    { min: 1 },
  ],
  ['process.roles', 'list', 'broker', 'What the node is.', { fixedBecause: 'the controller is a node of its own' }],
  [
    'producer.id.expiration.ms',
    'int',
    86_400_000,
    'How long a silent producer’s sequence numbers are remembered.',
    { min: 1 },
  ],
  [
    'replica.lag.time.max.ms',
    'long',
    30_000,
    'How long a follower may be behind before it leaves the in-sync replicas.',
    { min: 1 },
  ],
  [
    'replica.selector.class',
    'string',
    null,
    'Which replica a consumer is sent to: unset the leader, or the closest one in sync by rack (KIP-392).',
    { values: ['org.apache.kafka.common.replica.RackAwareReplicaSelector'] },
  ],
  [
    'sasl.enabled.mechanisms',
    'list',
    'SCRAM-SHA-256,SCRAM-SHA-512,PLAIN',
    'Mechanisms by which clients of the SASL listener may authenticate.',
    { values: ['SCRAM-SHA-256', 'SCRAM-SHA-512', 'PLAIN'] },
  ],
  [
    'sasl.server.max.receive.size',
    'int',
    524_288,
    'Largest request a broker reads on the SASL listener before it knows the user.',
    { min: 1 },
  ],
  [
    'security.inter.broker.protocol',
    'string',
    'PLAINTEXT',
    'How brokers talk to each other.',
    { fixedBecause: 'they share one process and one machine' },
  ],
  ['socket.request.max.bytes', 'int', 104_857_600, 'Largest request a broker reads.', { min: 1 }],
  [
    'transaction.abort.timed.out.transaction.cleanup.interval.ms',
    'int',
    10_000,
    'Time between two looks for transactions that are open for longer than their producer allowed.',
    { min: 1 },
  ],
  [
    'transaction.max.timeout.ms',
    'int',
    900_000,
    'Longest time a producer may ask its transactions to stay open.',
    { min: 1 },
  ],
  [
    'transaction.remove.expired.transaction.cleanup.interval.ms',
    'int',
    3_600_000,
    'Time between two rounds of forgetting transactional ids that nobody uses.',
    { min: 1 },
  ],
  [
    'transaction.state.log.min.isr',
    'int',
    2,
    'In-sync replicas that __transaction_state needs to be written to, when it is created.',
    { min: 1 },
  ],
  [
    'transaction.state.log.num.partitions',
    'int',
    50,
    'Partitions of __transaction_state when it is created.',
    { min: 1 },
  ],
  [
    'transaction.state.log.replication.factor',
    'short',
    3,
    'Replicas of __transaction_state when it is created; with fewer brokers, as many as there are.',
    { min: 1 },
  ],
  [
    'transaction.state.log.segment.bytes',
    'int',
    104_857_600,
    'Segment size of __transaction_state when it is created.',
    { min: 1 },
  ],
  [
    'transactional.id.expiration.ms',
    'int',
    604_800_000,
    'How long a transactional id that nobody uses is remembered.',
    { min: 1 },
  ],
];

/** Rows that a topic setting implies: same type, range and default under the broker's name. */
function behindTopics(): Setting[] {
  const known = new Set([...DYNAMIC, ...STATIC].map(([name]) => name));
  const settings: Setting[] = [];
  for (const topic of TOPIC_SETTINGS) {
    for (const { name } of topic.synonyms) {
      if (known.has(name)) continue;
      settings.push({ ...topic, name, scope: 'broker', synonyms: [], isReadOnly: false });
    }
  }
  return settings;
}

const CHAINS: Readonly<Record<string, readonly [name: string, factor: number][]>> = {
  'log.retention.ms': [
    ['log.retention.minutes', 60_000],
    ['log.retention.hours', 3_600_000],
  ],
  'log.retention.minutes': [['log.retention.hours', 60]],
  'log.roll.ms': [['log.roll.hours', 3_600_000]],
};
function withChain(setting: Setting): Setting {
  const chain = CHAINS[setting.name];
  return chain === undefined ? setting : { ...setting, synonyms: chain.map(([name, factor]) => ({ name, factor })) };
}

export const BROKER_SETTINGS = [
  ...DYNAMIC.map((row) => settingFrom('broker', false, row)),
  ...STATIC.map((row) => settingFrom('broker', true, row)),
  ...behindTopics(),
].map(withChain);
