// Sessions about topics, settings, metadata and what a broker says to requests it cannot read.
import { metadata } from '../../../server/protocol/schema/03-metadata.ts';
import { apiVersions } from '../../../server/protocol/schema/18-api-versions.ts';
import { createTopics } from '../../../server/protocol/schema/19-create-topics.ts';
import { deleteTopics } from '../../../server/protocol/schema/20-delete-topics.ts';
import { describeConfigs } from '../../../server/protocol/schema/32-describe-configs.ts';
import { alterConfigs } from '../../../server/protocol/schema/33-alter-configs.ts';
import { describeLogDirs } from '../../../server/protocol/schema/35-describe-log-dirs.ts';
import { createPartitions } from '../../../server/protocol/schema/37-create-partitions.ts';
import { electLeaders } from '../../../server/protocol/schema/43-elect-leaders.ts';
import { incrementalAlterConfigs } from '../../../server/protocol/schema/44-incremental-alter-configs.ts';
import { alterPartitionReassignments } from '../../../server/protocol/schema/45-alter-partition-reassignments.ts';
import { listPartitionReassignments } from '../../../server/protocol/schema/46-list-partition-reassignments.ts';
import { describeTopicPartitions } from '../../../server/protocol/schema/75-describe-topic-partitions.ts';
import type { Session, Talk } from '../talk.ts';

const MAX_API_KEY = 92;
const TOPIC = 2;
const BROKER = 4;
const SET = 0;
const DELETE = 1;
const APPEND = 2;
const SUBTRACT = 3;

interface NewTopic {
  readonly name: string;
  readonly partitions?: number;
  readonly replicationFactor?: number;
  readonly assignments?: readonly (readonly number[])[];
  readonly configs?: Readonly<Record<string, string | null>>;
}
async function create(talk: Talk, topics: readonly NewTopic[], version = 7, validateOnly = false): Promise<void> {
  const answer = await talk.until(
    createTopics,
    version,
    {
      topics: topics.map(({ name, partitions = 1, replicationFactor = 1, assignments = [], configs = {} }) => ({
        name,
        numPartitions: partitions,
        replicationFactor,
        assignments: assignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds: [...brokerIds] })),
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      })),
      timeoutMs: 30_000,
      validateOnly,
    },
    () => true,
  );
  // Which settings a topic has is another session's matter.
  talk.trace.pop();
  talk.note(
    `CreateTopics v${version}`,
    answer.topics.map(({ configs: _, ...topic }) => topic),
  );
}

const remove = (talk: Talk, names: readonly string[], version = 5) =>
  talk.ask(deleteTopics, version, {
    topics: names.map((name) => ({ name })),
    topicNames: [...names],
    timeoutMs: 30_000,
  });

const describe = (talk: Talk, name: string, keys: readonly string[], version = 2, type = TOPIC) =>
  talk.ask(describeConfigs, version, {
    resources: [{ resourceType: type, resourceName: name, configurationKeys: [...keys] }],
    includeSynonyms: true,
    includeDocumentation: false,
  });

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

const grow = (talk: Talk, name: string, count: number, validateOnly = false) =>
  talk.ask(createPartitions, 3, { topics: [{ name, count, assignments: null }], timeoutMs: 30_000, validateOnly });

/** Of the named topics only, so that other sessions do not show. */
const ofTopics = (talk: Talk, names: readonly string[], version: number, allowAutoTopicCreation = false) =>
  talk.ask(metadata, version, { topics: names.map((name) => ({ name })), allowAutoTopicCreation });

/** Asks until topics that are made on the way are there: whether the first answer has them already is a matter of time. */
const made = (talk: Talk, names: readonly string[], version: number) =>
  talk.until(
    metadata,
    version,
    { topics: names.map((name) => ({ name })), allowAutoTopicCreation: true },
    ({ topics }) => topics.every(({ errorCode }) => errorCode === 0),
  );

const topicSessions: readonly Session[] = [
  ...[2, 4, 5, 6, 7].map((version) => ({
    name: `create-topic-v${version}`,
    run: (talk: Talk) => create(talk, [{ name: `${talk.prefix}-t`, partitions: 2 }], version),
  })),
  {
    name: 'create-topic-twice',
    run: async (talk) => {
      const name = `${talk.prefix}-t`;
      await create(talk, [{ name }]);
      await create(talk, [{ name }]);
      await create(talk, [{ name: `${name}2` }, { name: `${name}2` }]);
    },
  },
  {
    name: 'create-topic-bad-names',
    run: async (talk) => {
      for (const name of ['', '.', '..', 'a b', 'ä', 'a/b', 'x'.repeat(250)]) await create(talk, [{ name }]);
      await create(talk, [{ name: `${talk.prefix}-t.t` }]);
      await create(talk, [{ name: `${talk.prefix}-t_t` }]);
    },
  },
  {
    name: 'create-topic-bad-shapes',
    run: async (talk) => {
      const name = `${talk.prefix}-t`;
      for (const partitions of [0, -2]) await create(talk, [{ name, partitions }]);
      for (const replicationFactor of [0, -2, 9]) await create(talk, [{ name, replicationFactor }]);
      await create(talk, [{ name, partitions: -1, replicationFactor: -1, assignments: [[1], [1]] }]);
      await create(talk, [{ name: `${name}2`, partitions: -1, replicationFactor: -1, assignments: [[1, 1]] }]);
      await create(talk, [{ name: `${name}3`, partitions: -1, replicationFactor: -1, assignments: [[7]] }]);
      await create(talk, [{ name: `${name}4`, partitions: 1, replicationFactor: 1, assignments: [[1]] }]);
    },
  },
  {
    name: 'create-topic-bad-configs',
    run: async (talk) => {
      const name = `${talk.prefix}-t`;
      await create(talk, [{ name, configs: { nonsense: '1' } }]);
      await create(talk, [{ name, configs: { 'retention.ms': 'soon' } }]);
      await create(talk, [{ name, configs: { 'retention.ms': '-2' } }]);
      await create(talk, [{ name, configs: { 'cleanup.policy': 'keep' } }]);
      await create(talk, [{ name, configs: { 'min.insync.replicas': '0' } }]);
      await create(talk, [{ name, configs: { 'retention.ms': null } }]);
    },
  },
  {
    name: 'create-topic-validate-only',
    run: async (talk) => {
      const name = `${talk.prefix}-t`;
      await create(talk, [{ name, partitions: 3 }], 7, true);
      await ofTopics(talk, [name], 9);
    },
  },
  {
    name: 'delete-topics',
    run: async (talk) => {
      const name = await talk.topic('t');
      await remove(talk, ['never-there', name]);
      await talk.until(
        metadata,
        9,
        { topics: [{ name }], allowAutoTopicCreation: false },
        ({ topics }) => topics[0]?.errorCode === 3,
      );
      await remove(talk, [name], 4);
      await remove(talk, ['', '..'], 6);
    },
  },
  {
    name: 'create-partitions',
    run: async (talk) => {
      const name = await talk.topic('t', 2);
      await grow(talk, name, 4, true);
      await grow(talk, name, 2);
      await grow(talk, name, 1);
      await grow(talk, name, 0);
      await grow(talk, 'never-there', 3);
      await grow(talk, name, 4);
      await talk.topicId(name, 4);
      await ofTopics(talk, [name], 9);
    },
  },
  ...[0, 1, 4, 7, 8, 9, 10, 12, 13].map((version) => ({
    name: `metadata-v${version}`,
    run: async (talk: Talk) => {
      const name = await talk.topic('t', 2);
      // Before version 4 to ask is to create.
      const names = [name, `${name}-none`];
      if (version < 4) await made(talk, names, version);
      else await ofTopics(talk, names, version);
    },
  })),
  {
    name: 'metadata-bad-names',
    run: async (talk) => {
      await ofTopics(talk, ['', 'a b', '..'], 9);
      await ofTopics(talk, ['', 'a b'], 9, true);
      await talk.ask(metadata, 12, {
        topics: [{ name: null, topicId: 'BwcHBwAAAAAHBwcHBwcHBw' }],
        allowAutoTopicCreation: false,
      });
    },
  },
  {
    name: 'metadata-auto-create',
    run: async (talk) => {
      const name = `${talk.prefix}-auto`;
      await made(talk, [name], 9);
      await talk.topicId(name);
      await ofTopics(talk, [name], 9);
    },
  },
  {
    name: 'describe-topic-partitions',
    run: async (talk) => {
      const name = await talk.topic('t', 5);
      const ask = (
        names: readonly string[],
        responsePartitionLimit: number,
        cursor: { topicName: string; partitionIndex: number } | null,
      ) =>
        talk.ask(describeTopicPartitions, 0, {
          topics: names.map((each) => ({ name: each })),
          responsePartitionLimit,
          cursor,
        });
      await ask([name], 2000, null);
      await ask([name], 2, null);
      await ask([name], 2, { topicName: name, partitionIndex: 2 });
      await ask(['never-there'], 2000, null);
    },
  },
  {
    name: 'elections-and-moves',
    run: async (talk) => {
      const topic = await talk.topic('t');
      const elect = (partitions: number[], electionType: number) =>
        talk.ask(electLeaders, 2, { electionType, topicPartitions: [{ topic, partitions }], timeoutMs: 10_000 });
      await elect([0], 0);
      await elect([0], 1);
      await elect([7], 0);
      const move = (partitionIndex: number, replicas: number[] | null, name = topic) =>
        talk.ask(alterPartitionReassignments, 0, {
          timeoutMs: 10_000,
          topics: [{ name, partitions: [{ partitionIndex, replicas }] }],
        });
      await move(0, [1]);
      await move(0, null);
      await move(0, [9]);
      await move(0, []);
      await move(0, [1, 1]);
      await move(5, [1]);
      await move(0, [1], 'never-there');
      await talk.ask(listPartitionReassignments, 0, {
        timeoutMs: 10_000,
        topics: [{ name: topic, partitionIndexes: [0] }],
      });
    },
  },
  {
    name: 'log-dirs',
    run: async (talk) => {
      const topic = await talk.topic('t', 2);
      await talk.ask(describeLogDirs, 3, { topics: [{ topic, partitions: [0, 1, 7] }] });
      await talk.ask(describeLogDirs, 3, { topics: [{ topic: 'never-there', partitions: [0] }] });
    },
  },
];

const configSessions: readonly Session[] = [
  ...[1, 2, 3, 4].map((version) => ({
    name: `describe-configs-v${version}`,
    run: async (talk: Talk) => {
      const name = await talk.topic('t', 1, { 'retention.bytes': '1234' });
      await describe(talk, name, ['retention.bytes', 'cleanup.policy', 'segment.bytes', 'nonsense'], version);
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
      await describe(talk, '9', ['log.retention.ms'], 2, BROKER);
      await describe(talk, 'x', ['log.retention.ms'], 2, BROKER);
      await describe(talk, 'x', [], 2, 77);
    },
  },
  {
    name: 'topic-configs-all',
    run: async (talk) => {
      const name = await talk.topic('t');
      const answer = await talk.until(
        describeConfigs,
        2,
        { resources: [{ resourceType: TOPIC, resourceName: name, configurationKeys: null }], includeSynonyms: false },
        () => true,
      );
      talk.trace.pop();
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
      const shows = (key: string, value: string) =>
        talk.until(
          describeConfigs,
          2,
          { resources: [{ resourceType: TOPIC, resourceName: name, configurationKeys: [key] }], includeSynonyms: true },
          ({ results }) => results[0]?.configs[0]?.value === value,
        );
      await change(talk, name, [['retention.bytes', SET, '5000']]);
      await shows('retention.bytes', '5000');
      await change(talk, name, [['cleanup.policy', APPEND, 'compact']]);
      await shows('cleanup.policy', 'delete,compact');
      await change(talk, name, [['cleanup.policy', APPEND, 'compact']]);
      await change(talk, name, [['cleanup.policy', SUBTRACT, 'delete']]);
      await shows('cleanup.policy', 'compact');
      await change(talk, name, [['cleanup.policy', SUBTRACT, 'delete']]);
      await change(talk, name, [['retention.bytes', DELETE, null]]);
      await shows('retention.bytes', '-1');
      await change(talk, name, [['retention.bytes', DELETE, null]]);
      await change(talk, name, [['retention.bytes', SET, '7000']], { validateOnly: true });
      await describe(talk, name, ['retention.bytes', 'cleanup.policy']);
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
      await change(talk, 'never-there', [['retention.ms', SET, '1']]);
      await change(talk, '', [['retention.ms', SET, '1']]);
      await change(talk, 'a b', [['retention.ms', SET, '1']]);
      await change(talk, name, []);
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
      await talk.until(
        describeConfigs,
        1,
        {
          resources: [{ resourceType: BROKER, resourceName: '1', configurationKeys: ['log.retention.ms'] }],
          includeSynonyms: true,
        },
        ({ results }) => results[0]?.configs[0]?.value === '7200000',
      );
      await change(talk, '1', [['log.retention.ms', DELETE, null]], { type });
      await change(talk, '9', [['log.retention.ms', SET, '1']], { type });
      await change(talk, '1', [['broker.id', SET, '5']], { type });
      await change(talk, '1', [['log.segment.bytes', SET, 'many']], { type });
      await change(talk, '1', [['log.cleanup.policy', APPEND, 'keep']], { type });
    },
  },
  {
    name: 'replace-configs',
    run: async (talk) => {
      const name = await talk.topic('t', 1, { 'retention.bytes': '1000' });
      const replace = (configs: { name: string; value: string | null }[], resourceName = name) =>
        talk.ask(alterConfigs, 1, { resources: [{ resourceType: TOPIC, resourceName, configs }], validateOnly: false });
      await replace([{ name: 'segment.bytes', value: '1048576' }]);
      await talk.until(
        describeConfigs,
        2,
        {
          resources: [
            { resourceType: TOPIC, resourceName: name, configurationKeys: ['retention.bytes', 'segment.bytes'] },
          ],
          includeSynonyms: true,
        },
        ({ results }) => results[0]?.configs.some(({ value }) => value === '1048576') === true,
      );
      await replace([{ name: 'retention.ms', value: 'soon' }]);
      await replace([{ name: 'retention.ms', value: null }]);
      await replace([{ name: 'nonsense', value: '1' }]);
      await replace([{ name: 'retention.ms', value: '1' }], 'never-there');
      await replace([{ name: 'retention.ms', value: '1' }], '');
    },
  },
];

/** Streams and share groups, delegation tokens, telemetry and voters; DescribeLogDirs, which Kafka 4.3 has one version more of. */
const APART: ReadonlySet<number> = new Set([
  35, 38, 39, 40, 41, 71, 72, 76, 77, 78, 79, 80, 81, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92,
]);
const UPDATE_FEATURES = 57;
const SOFTWARE = { clientSoftwareName: 'oracle', clientSoftwareVersion: '1' };

/** Every key there is with its versions, so that one API more or less moves no line of the others. */
async function offeredApis(talk: Talk): Promise<Map<number, string>> {
  const answer = await talk.until(apiVersions, 3, SOFTWARE, () => true);
  talk.trace.pop();
  const byKey = new Map(answer.apiKeys.map((api) => [api.apiKey, `${api.minVersion} to ${api.maxVersion}`]));
  return new Map(Array.from({ length: MAX_API_KEY + 1 }, (_, key) => [key, byKey.get(key) ?? 'none']));
}

const wireSessions: readonly Session[] = [
  {
    name: 'api-versions-too-new',
    run: async (talk) => {
      await talk.askBytes(18, 99, Buffer.from([0]), true);
    },
  },
  {
    name: 'api-versions-names',
    run: async (talk) => {
      const ask = async (clientSoftwareName: string, clientSoftwareVersion: string) => {
        const answer = await talk.until(apiVersions, 3, { clientSoftwareName, clientSoftwareVersion }, () => true);
        talk.trace.pop();
        talk.note(`"${clientSoftwareName}" "${clientSoftwareVersion}"`, answer.errorCode);
      };
      await ask('oracle', '1.0');
      await ask('', '1.0');
      await ask('a b', '');
    },
  },
  {
    name: 'api-versions-offered',
    run: async (talk) => {
      const offered = await offeredApis(talk);
      for (const [key, versions] of offered)
        if (!APART.has(key) && key !== UPDATE_FEATURES) talk.note(`api ${key}`, versions);
    },
  },
  {
    name: 'api-versions-apart',
    run: async (talk) => {
      const offered = await offeredApis(talk);
      for (const key of APART) talk.note(`api ${key}`, offered.get(key));
    },
  },
  {
    name: 'api-versions-update-features',
    run: async (talk) => talk.note('offered', (await offeredApis(talk)).get(UPDATE_FEATURES)),
  },
  {
    name: 'api-versions-features',
    run: async (talk) => {
      const answer = await talk.until(apiVersions, 4, SOFTWARE, () => true);
      talk.trace.pop();
      for (const name of ['group.version', 'transaction.version']) {
        talk.note(`${name} supported`, answer.supportedFeatures.find((feature) => feature.name === name) ?? 'no');
        talk.note(`${name} finalised`, answer.finalizedFeatures.find((feature) => feature.name === name) ?? 'no');
      }
    },
  },
  ...(
    [
      ['unknown-key', 999, 0],
      ['version-too-new', 3, 99],
      ['version-too-old', 1, 0],
    ] as const
  ).map(([name, key, version]) => ({
    name: `wire-${name}`,
    run: (talk: Talk) => talk.askBytes(key, version, Buffer.alloc(16), false),
  })),
  { name: 'wire-cut-body', run: (talk) => talk.askBytes(3, 9, Buffer.from([5]), true) },
];

export const adminSessions: readonly Session[] = [...topicSessions, ...configSessions, ...wireSessions];
