// Sessions about the settings of topics, brokers and groups.

import { describeConfigs } from '../../../server/protocol/schema/32-describe-configs.ts';
import { alterConfigs } from '../../../server/protocol/schema/33-alter-configs.ts';
import { incrementalAlterConfigs } from '../../../server/protocol/schema/44-incremental-alter-configs.ts';
import type { Session, Talk } from '../talk.ts';

const TOPIC = 2;
const BROKER = 4;
const GROUP = 32;
const SET = 0;
const DELETE = 1;
const APPEND = 2;
const SUBTRACT = 3;

const describe = (
  talk: Talk,
  name: string,
  keys: readonly string[],
  { version = 2, type = TOPIC, includeSynonyms = true } = {},
) =>
  talk.ask(describeConfigs, version, {
    resources: [{ resourceType: type, resourceName: name, configurationKeys: [...keys] }],
    includeSynonyms,
    includeDocumentation: false,
  });
/** Waits until the setting has the value. */
const shows = (
  talk: Talk,
  name: string,
  key: string,
  value: string,
  { version = 2, type = TOPIC, includeSynonyms = true, others = [] as readonly string[] } = {},
) =>
  talk.until(
    describeConfigs,
    version,
    {
      resources: [{ resourceType: type, resourceName: name, configurationKeys: [...others, key] }],
      includeSynonyms,
    },
    ({ results }) => results[0]?.configs.find((config) => config.name === key)?.value === value,
  );

const change = (
  talk: Talk,
  name: string,
  changes: readonly (readonly [string, number, string | null])[],
  { validateOnly = false, type = TOPIC }: { validateOnly?: boolean; type?: number } = {},
) =>
  talk.ask(incrementalAlterConfigs, 1, {
    resources: [
      {
        resourceType: type,
        resourceName: name,
        configs: changes.map(([key, configOperation, value]) => ({ name: key, configOperation, value })),
      },
    ],
    validateOnly,
  });

/** Broker settings of both but those that are given at start, and those whose default is another here (settings-of-kafka.test.ts). */
const BROKER_NAMES = `
  add.partitions.to.txn.retry.backoff.max.ms add.partitions.to.txn.retry.backoff.ms auto.create.topics.enable
  auto.leader.rebalance.enable broker.heartbeat.interval.ms broker.rack broker.session.timeout.ms compression.gzip.level
  compression.lz4.level compression.type compression.zstd.level connections.max.idle.ms controlled.shutdown.enable
  delete.topic.enable fetch.max.bytes group.consumer.assignors group.consumer.heartbeat.interval.ms
  group.consumer.max.heartbeat.interval.ms group.consumer.max.session.timeout.ms group.consumer.migration.policy
  group.consumer.min.heartbeat.interval.ms group.consumer.min.session.timeout.ms group.consumer.session.timeout.ms
  group.initial.rebalance.delay.ms group.max.session.timeout.ms group.min.session.timeout.ms log.cleaner.backoff.ms
  log.cleaner.delete.retention.ms log.cleaner.enable log.cleaner.io.buffer.load.factor log.cleaner.io.buffer.size
  log.cleaner.io.max.bytes.per.second log.cleaner.max.compaction.lag.ms log.cleaner.min.cleanable.ratio
  log.cleaner.min.compaction.lag.ms log.cleaner.threads log.cleanup.policy log.flush.interval.messages log.flush.interval.ms
  log.flush.offset.checkpoint.interval.ms log.flush.start.offset.checkpoint.interval.ms log.index.interval.bytes
  log.index.size.max.bytes log.message.timestamp.after.max.ms log.message.timestamp.before.max.ms log.message.timestamp.type
  log.preallocate log.retention.bytes log.retention.check.interval.ms log.retention.hours log.retention.minutes
  log.retention.ms log.roll.hours log.roll.jitter.hours log.roll.jitter.ms log.roll.ms log.segment.bytes
  log.segment.delete.delay.ms max.connection.creation.rate max.connections.per.ip max.connections.per.ip.overrides
  max.request.partition.size.limit message.max.bytes num.partitions offset.metadata.max.bytes offsets.commit.timeout.ms
  offsets.retention.check.interval.ms offsets.retention.minutes offsets.topic.num.partitions offsets.topic.replication.factor
  offsets.topic.segment.bytes producer.id.expiration.ms replica.lag.time.max.ms replica.selector.class
  socket.request.max.bytes transaction.abort.timed.out.transaction.cleanup.interval.ms transaction.max.timeout.ms
  transaction.partition.verification.enable transaction.remove.expired.transaction.cleanup.interval.ms
  transaction.state.log.min.isr transaction.state.log.num.partitions transaction.state.log.replication.factor
  transaction.state.log.segment.bytes transactional.id.expiration.ms unclean.leader.election.enable
`
  .trim()
  .split(/\s+/);

export const configSessions: readonly Session[] = [
  {
    name: 'broker-configs-of-ours',
    run: async (talk) => {
      const resources = [{ resourceType: BROKER, resourceName: '1', configurationKeys: [...BROKER_NAMES, 'nonsense'] }];
      const answer = await talk.peek(describeConfigs, 4, { resources, includeSynonyms: false });
      const configs = answer.results[0]?.configs ?? [];
      talk.note(
        'settings of a broker',
        configs
          .map(({ name, value, configType, readOnly, isSensitive, configSource }) =>
            [name, value, configType, readOnly, isSensitive, configSource].join(' '),
          )
          .sort(),
      );
    },
  },
  ...[1, 2, 3, 4].map((version) => ({
    name: `describe-configs-v${version}`,
    run: async (talk: Talk) => {
      const name = await talk.topic('t', 1, { 'retention.bytes': '1234' });
      await describe(talk, name, ['retention.bytes', 'cleanup.policy', 'segment.bytes', 'nonsense'], { version });
    },
  })),
  {
    name: 'describe-configs-min-insync',
    run: async (talk) => {
      const name = await talk.topic('t');
      await describe(talk, name, ['min.insync.replicas']);
    },
  },
  {
    name: 'describe-configs-retention',
    run: async (talk) => {
      const name = await talk.topic('t');
      const set = await talk.topic('set', 1, { 'retention.ms': '1234' });
      await describe(talk, name, ['retention.ms']);
      await describe(talk, set, ['retention.ms']);
    },
  },
  {
    name: 'describe-configs-bad',
    run: async (talk) => {
      await describe(talk, 'never-there', ['segment.bytes']);
      await describe(talk, 'a b', ['segment.bytes']);
      await describe(talk, '9', ['log.retention.ms'], { type: BROKER });
      await describe(talk, 'x', ['log.retention.ms'], { type: BROKER });
      await describe(talk, 'x', [], { type: 77 });
    },
  },
  {
    name: 'topic-configs-all',
    run: async (talk) => {
      const name = await talk.topic('t');
      const resources = [{ resourceType: TOPIC, resourceName: name, configurationKeys: null }];
      const answer = await talk.peek(describeConfigs, 2, { resources, includeSynonyms: false });
      const configs = answer.results[0]?.configs ?? [];
      talk.note(
        'settings of a topic',
        configs
          .filter(({ name }) => name !== 'min.insync.replicas')
          .map((config) => `${config.name}=${config.value} source ${config.configSource} ${config.readOnly}`)
          .sort(),
      );
    },
  },
  {
    name: 'change-topic-configs',
    run: async (talk) => {
      const name = await talk.topic('t');
      await change(talk, name, [['retention.bytes', SET, '5000']]);
      await shows(talk, name, 'retention.bytes', '5000');
      await change(talk, name, [['cleanup.policy', APPEND, 'compact']]);
      await shows(talk, name, 'cleanup.policy', 'delete,compact');
      await change(talk, name, [['cleanup.policy', APPEND, 'compact']]);
      await change(talk, name, [['cleanup.policy', SUBTRACT, 'delete']]);
      await shows(talk, name, 'cleanup.policy', 'compact');
      await change(talk, name, [['cleanup.policy', SUBTRACT, 'delete']]);
      await change(talk, name, [['retention.bytes', DELETE, null]]);
      await shows(talk, name, 'retention.bytes', '-1');
      await change(talk, name, [['retention.bytes', DELETE, null]]);
      await change(talk, name, [['retention.bytes', SET, '7000']], { validateOnly: true });
      await describe(talk, name, ['retention.bytes', 'cleanup.policy']);
      await change(talk, name, [['cleanup.policy', SUBTRACT, 'compact']]);
      await shows(talk, name, 'cleanup.policy', '');
      await change(talk, name, [['cleanup.policy', APPEND, 'delete']]);
      await shows(talk, name, 'cleanup.policy', 'delete');
    },
  },
  {
    name: 'change-topic-configs-badly',
    run: async (talk) => {
      const name = await talk.topic('t');
      await change(talk, name, [['nonsense', SET, '1']]);
      await change(talk, name, [['retention.ms', SET, 'soon']]);
      await change(talk, name, [['retention.ms', APPEND, '5']]);
      await change(talk, name, [['retention.ms', SET, null]]);
      await change(talk, name, [
        ['retention.ms', SET, '1'],
        ['retention.ms', SET, '2'],
      ]);
      await change(talk, name, [['retention.bytes', SET, '-5']], { validateOnly: true });
      await change(talk, name, [['segment.bytes', SET, '1048575']]);
      await change(talk, name, [['compression.type', SET, 'ZSTD']]);
      await change(talk, name, [['cleanup.policy', SET, '']]);
      await change(talk, name, [['cleanup.policy', SET, 'delete,delete']]);
      await change(talk, name, [
        ['min.compaction.lag.ms', SET, '10'],
        ['max.compaction.lag.ms', SET, '5'],
      ]);
      await change(talk, 'never-there', [['retention.ms', SET, '1']]);
      await change(talk, '', [['retention.ms', SET, '1']]);
      await change(talk, 'a b', [['retention.ms', SET, '1']]);
      await change(talk, name, []);
    },
  },
  {
    name: 'configs-oddly-written',
    run: async (talk) => {
      for (const [key, value] of [
        ['delete.retention.ms', ' 5000 '],
        ['delete.retention.ms', '+5000'],
        ['delete.retention.ms', '-0'],
        ['delete.retention.ms', '0005'],
        ['delete.retention.ms', '5e3'],
        ['delete.retention.ms', '5_000'],
        ['delete.retention.ms', '0x10'],
        ['segment.bytes', '1048576 '],
        ['unclean.leader.election.enable', 'TRUE'],
        ['unclean.leader.election.enable', ' true'],
        ['unclean.leader.election.enable', '1'],
        ['compression.type', ' zstd'],
        ['cleanup.policy', ' delete , compact '],
        ['cleanup.policy', 'delete,,compact'],
        ['cleanup.policy', ','],
        ['cleanup.policy', 'DELETE'],
        ['min.cleanable.dirty.ratio', '.5'],
        ['min.cleanable.dirty.ratio', '5e-1'],
        ['min.cleanable.dirty.ratio', '1'],
        ['min.cleanable.dirty.ratio', '0'],
        ['flush.ms', '9223372036854775808'],
        ['leader.replication.throttled.replicas', '0:1,1:1'],
        ['leader.replication.throttled.replicas', ' * '],
        ['leader.replication.throttled.replicas', 'none'],
      ] as const) {
        const name = await talk.topic(`t${talk.trace.length}`);
        talk.note(`${key}=${value}`, null);
        const { responses } = await change(talk, name, [[key, SET, value]]);
        if (responses[0]?.errorCode === 0) await talk.pause();
        await describe(talk, name, [key]);
      }
    },
  },
  {
    name: 'configs-java-numbers',
    run: async (talk) => {
      const name = await talk.topic('t');
      const validateOnly = true;
      for (const value of ['NaN', '0.5d', '0x1p-1']) {
        await change(talk, name, [['min.cleanable.dirty.ratio', SET, value]], { validateOnly });
      }
    },
  },
  {
    name: 'change-configs-unknown-operation',
    run: async (talk) => {
      const name = await talk.topic('t');
      await change(talk, name, [['retention.ms', 9, '5']]);
    },
  },
  {
    name: 'change-configs-unknown-of-broker',
    run: (talk) => change(talk, '1', [['nonsense', SET, '5']], { type: BROKER }).then(() => undefined),
  },
  {
    name: 'change-broker-configs',
    run: async (talk) => {
      const type = BROKER;
      await change(talk, '1', [['log.retention.ms', SET, '7200000']], { type });
      await shows(talk, '1', 'log.retention.ms', '7200000', { version: 1, type });
      await change(talk, '1', [['log.retention.ms', DELETE, null]], { type });
      await change(talk, '9', [['log.retention.ms', SET, '1']], { type });
      await change(talk, '1', [['broker.id', SET, '5']], { type });
      await change(talk, '1', [['log.segment.bytes', SET, 'many']], { type });
      await change(talk, '1', [['log.cleanup.policy', APPEND, 'keep']], { type });
      const validateOnly = true;
      for (const value of ['0', '-5'])
        await change(talk, '1', [['log.retention.ms', SET, value]], { type, validateOnly });
      await change(talk, '1', [['log.retention.bytes', SET, '-5']], { type, validateOnly });
      await change(talk, '1', [['log.roll.ms', SET, '0']], { type, validateOnly });
      await change(talk, '1', [['log.flush.interval.ms', SET, '-5']], { type, validateOnly });
      await change(talk, '1', [['log.retention.hours', SET, '5']], { type, validateOnly });
      await change(talk, '1', [['unclean.leader.election.enable', SET, 'TRUE']], { type, validateOnly });
    },
  },
  {
    name: 'replace-configs',
    run: async (talk) => {
      const name = await talk.topic('t', 1, { 'retention.bytes': '1000' });
      const replace = (configs: { name: string; value: string | null }[], resourceName = name) =>
        talk.ask(alterConfigs, 1, { resources: [{ resourceType: TOPIC, resourceName, configs }], validateOnly: false });
      await replace([{ name: 'segment.bytes', value: '1048576' }]);
      await shows(talk, name, 'segment.bytes', '1048576', { others: ['retention.bytes'] });
      await replace([{ name: 'retention.ms', value: 'soon' }]);
      await replace([{ name: 'retention.ms', value: null }]);
      await replace([{ name: 'nonsense', value: '1' }]);
      await replace([{ name: 'retention.ms', value: '1' }], 'never-there');
      await replace([{ name: 'retention.ms', value: '1' }], '');
    },
  },
  {
    name: 'group-configs',
    run: async (talk) => {
      const groupId = `${talk.prefix}-g`;
      const type = GROUP;
      const keys = ['consumer.session.timeout.ms', 'consumer.heartbeat.interval.ms'];
      await describe(talk, groupId, keys, { type, includeSynonyms: false });
      await change(talk, groupId, [['consumer.session.timeout.ms', SET, '50000']], { type });
      await shows(talk, groupId, 'consumer.session.timeout.ms', '50000', { type, includeSynonyms: false });
      await change(talk, groupId, [['consumer.session.timeout.ms', DELETE, null]], { type });
      await change(talk, groupId, [['consumer.session.timeout.ms', SET, '1']], { type });
      await change(talk, groupId, [['consumer.session.timeout.ms', SET, 'soon']], { type });
      await change(talk, groupId, [['nonsense', SET, '1']], { type });
      await change(talk, '', [['consumer.session.timeout.ms', SET, '50000']], { type });
    },
  },
  {
    name: 'group-configs-badly',
    run: async (talk) => {
      const type = GROUP;
      const [session, interval] = ['consumer.session.timeout.ms', 'consumer.heartbeat.interval.ms'];
      const name = `${talk.prefix}-g`;
      await change(talk, name, [[session, SET, '60001']], { type });
      await change(talk, name, [[session, SET, '60000']], { type });
      await change(talk, name, [[interval, SET, '15001']], { type });
      await change(talk, name, [[interval, SET, '15000']], { type });
      await change(talk, name, [[interval, SET, '0']], { type });
      await change(talk, name, [[interval, SET, null]], { type });
      await change(talk, name, [[interval, APPEND, '5']], { type });
      await change(
        talk,
        name,
        [
          [interval, SET, '6000'],
          [interval, DELETE, null],
        ],
        { type },
      );
      await change(talk, name, [['nonsense', DELETE, null]], { type });
      await change(talk, `${name}2`, [[interval, SET, '6000']], { type, validateOnly: true });
      await describe(talk, `${name}2`, [interval], { type, includeSynonyms: false });
      await shows(talk, name, interval, '15000', { type, includeSynonyms: false, others: [session] });
      await change(talk, name, [[session, DELETE, null]], { type });
      await shows(talk, name, session, '45000', { type, includeSynonyms: false, others: [interval] });
    },
  },
  {
    name: 'broker-configs-badly',
    run: async (talk) => {
      const type = BROKER;
      const validateOnly = true;
      for (const [key, operation, value] of [
        ['log.roll.jitter.ms', SET, '-1'],
        ['log.roll.jitter.ms', SET, '5'],
        ['log.retention.minutes', SET, '5'],
        ['log.cleaner.backoff.ms', SET, '-1'],
        ['log.cleaner.threads', SET, '0'],
        ['log.cleaner.dedupe.buffer.size', SET, '1048575'],
        ['min.insync.replicas', SET, '2'],
        ['max.connections.per.ip.overrides', SET, '127.0.0.1:5'],
        ['max.connections.per.ip.overrides', SET, '127.0.0.1'],
        ['log.cleanup.policy', SUBTRACT, 'delete'],
        ['log.cleanup.policy', APPEND, 'compact'],
        ['log.retention.ms', APPEND, '5'],
        ['log.retention.ms', SET, null],
        ['log.retention.ms', DELETE, null],
        ['num.partitions', DELETE, null],
        ['num.partitions', SET, '2'],
        ['listeners', SET, 'PLAINTEXT://:9999'],
        ['leader.replication.throttled.rate', SET, '-1'],
        ['leader.replication.throttled.rate', SET, '0'],
        ['compression.type', SET, 'none'],
        ['compression.gzip.level', SET, '0'],
        ['unclean.leader.election.enable', SET, 'yes'],
        ['producer.id.expiration.ms', SET, '0'],
        ['transaction.partition.verification.enable', SET, 'FALSE'],
      ] as const) {
        for (const name of ['', '1']) {
          talk.note(`${name} ${key}=${value}`, operation);
          await change(talk, name, [[key, operation, value]], { type, validateOnly });
        }
      }
    },
  },
  {
    name: 'group-configs-synonyms',
    run: async (talk) => {
      await describe(talk, `${talk.prefix}-g`, ['consumer.session.timeout.ms'], { type: GROUP });
    },
  },
];
