// Sessions about the cluster as a whole: its brokers, its quorum, and what has settings.
import { apiVersions } from '../../../server/protocol/schema/18-api-versions.ts';
import { createTopics } from '../../../server/protocol/schema/19-create-topics.ts';
import { describeConfigs } from '../../../server/protocol/schema/32-describe-configs.ts';
import { createPartitions } from '../../../server/protocol/schema/37-create-partitions.ts';
import { electLeaders } from '../../../server/protocol/schema/43-elect-leaders.ts';
import { incrementalAlterConfigs } from '../../../server/protocol/schema/44-incremental-alter-configs.ts';
import { describeQuorum } from '../../../server/protocol/schema/55-describe-quorum.ts';
import { describeCluster } from '../../../server/protocol/schema/60-describe-cluster.ts';
import { unregisterBroker } from '../../../server/protocol/schema/64-unregister-broker.ts';
import { listConfigResources } from '../../../server/protocol/schema/74-list-config-resources.ts';
import type { Session, Talk } from '../talk.ts';

const GROUP = 32;
const SET = 0;
const DELETE = 1;

const grow = (
  talk: Talk,
  name: string,
  count: number,
  assignments: readonly (readonly number[])[] | null,
  version = 3,
) =>
  talk.ask(createPartitions, version, {
    topics: [{ name, count, assignments: assignments?.map((brokerIds) => ({ brokerIds: [...brokerIds] })) ?? null }],
    timeoutMs: 30_000,
    validateOnly: false,
  });

const setOfGroup = (talk: Talk, resourceName: string, name: string, configOperation: number, value: string | null) =>
  talk.ask(incrementalAlterConfigs, 1, {
    resources: [{ resourceType: GROUP, resourceName, configs: [{ name, configOperation, value }] }],
    validateOnly: false,
  });

export const clusterSessions: readonly Session[] = [
  ...[0, 1, 2].map((version) => ({
    name: `describe-cluster-v${version}`,
    run: async (talk: Talk) => {
      for (const includeClusterAuthorizedOperations of [false, true]) {
        await talk.ask(describeCluster, version, { includeClusterAuthorizedOperations });
      }
    },
  })),
  {
    name: 'describe-cluster-endpoints',
    run: async (talk) => {
      for (const endpointType of [1, 2, 3]) {
        await talk.ask(describeCluster, 1, { includeClusterAuthorizedOperations: false, endpointType });
      }
      await talk.ask(describeCluster, 2, { includeClusterAuthorizedOperations: false, includeFencedBrokers: true });
    },
  },
  {
    name: 'quorum-of-other-topics',
    run: async (talk) => {
      const ask = (topicName: string, partitionIndex: number) =>
        talk.ask(describeQuorum, 1, { topics: [{ topicName, partitions: [{ partitionIndex }] }] });
      await ask('never-there', 0);
      await ask('__cluster_metadata', 7);
      await talk.ask(describeQuorum, 1, { topics: [] });
    },
  },
  {
    name: 'unregister-unknown-broker',
    run: async (talk) => {
      await talk.ask(unregisterBroker, 0, { brokerId: 77 });
      await talk.ask(unregisterBroker, 0, { brokerId: -1 });
    },
  },
  {
    name: 'config-resources-by-type',
    run: async (talk) => {
      const list = async (version: number, resourceTypes: readonly number[]) => {
        const answer = await talk
          .until(listConfigResources, version, { resourceTypes: [...resourceTypes] }, () => true)
          .catch(() => null);
        talk.trace.pop();
        // Other sessions have topics and groups too.
        const own = (name: string) => name === '1' || name.startsWith(`${talk.prefix}-`);
        const { configResources = [], errorCode = null } = answer ?? {};
        talk.note(`listed v${version} ${resourceTypes}`, errorCode);
        talk.note(
          'of them',
          configResources.filter(({ resourceName }) => own(resourceName)),
        );
      };
      await talk.topic('t');
      await list(0, []);
      for (const types of [[], [2], [4], [8], [16], [2, 4], [77]]) await list(1, types);
    },
  },
  {
    name: 'group-configs',
    run: async (talk) => {
      const groupId = `${talk.prefix}-g`;
      const shown = () =>
        talk.ask(describeConfigs, 2, {
          resources: [
            {
              resourceType: GROUP,
              resourceName: groupId,
              configurationKeys: ['consumer.session.timeout.ms', 'consumer.heartbeat.interval.ms'],
            },
          ],
          includeSynonyms: false,
        });
      await shown();
      await setOfGroup(talk, groupId, 'consumer.session.timeout.ms', SET, '50000');
      await talk.until(
        describeConfigs,
        2,
        {
          resources: [
            { resourceType: GROUP, resourceName: groupId, configurationKeys: ['consumer.session.timeout.ms'] },
          ],
          includeSynonyms: false,
        },
        ({ results }) => results[0]?.configs[0]?.value === '50000',
      );
      await setOfGroup(talk, groupId, 'consumer.session.timeout.ms', DELETE, null);
      await setOfGroup(talk, groupId, 'consumer.session.timeout.ms', SET, '1');
      await setOfGroup(talk, groupId, 'consumer.session.timeout.ms', SET, 'soon');
      await setOfGroup(talk, groupId, 'nonsense', SET, '1');
      await setOfGroup(talk, '', 'consumer.session.timeout.ms', SET, '50000');
    },
  },
  {
    name: 'group-configs-synonyms',
    run: async (talk) => {
      const configurationKeys = ['consumer.session.timeout.ms'];
      const resources = [{ resourceType: GROUP, resourceName: `${talk.prefix}-g`, configurationKeys }];
      await talk.ask(describeConfigs, 2, { resources, includeSynonyms: true });
    },
  },
  {
    name: 'create-partitions-assigned',
    run: async (talk) => {
      const name = await talk.topic('t');
      await grow(talk, name, 2, [[9]]);
      await grow(talk, name, 2, [[1], [1]]);
      await grow(talk, name, 3, [[1]]);
      await grow(talk, name, 2, [[1, 1]]);
      await grow(talk, name, 2, [[]]);
      await grow(talk, name, 2, []);
      await grow(talk, name, 3, [[1], [1]]);
      await grow(talk, name, 4, null, 0);
      await grow(talk, name, 5, null, 1);
    },
  },
  {
    name: 'create-partitions-twice',
    run: async (talk) => {
      const name = await talk.topic('t');
      const topics = [2, 3].map((count) => ({ name, count, assignments: null }));
      await talk.ask(createPartitions, 3, { topics, timeoutMs: 30_000, validateOnly: false });
      await talk.ask(createPartitions, 3, { topics: [], timeoutMs: 30_000, validateOnly: false });
    },
  },
  {
    name: 'create-topics-answer-settings',
    run: async (talk) => {
      for (const version of [5, 7]) {
        const { topics } = await talk.until(
          createTopics,
          version,
          {
            topics: [
              {
                name: `${talk.prefix}-v${version}`,
                numPartitions: 1,
                replicationFactor: 1,
                assignments: [],
                configs: [{ name: 'retention.bytes', value: '77' }],
              },
            ],
            timeoutMs: 30_000,
            validateOnly: false,
          },
          () => true,
        );
        talk.trace.pop();
        const [topic] = topics;
        talk.note('shape', [topic?.numPartitions, topic?.replicationFactor, topic?.topicConfigErrorCode]);
        talk.note(
          'settings',
          topic?.configs?.filter(({ name }) => name === 'retention.bytes' || name === 'cleanup.policy'),
        );
      }
    },
  },
  {
    name: 'elect-leaders-versions',
    run: async (talk) => {
      const topic = await talk.topic('t', 2);
      for (const version of [0, 1, 2]) {
        await talk.ask(electLeaders, version, {
          electionType: 0,
          topicPartitions: [
            { topic, partitions: [0, 1] },
            { topic: 'never-there', partitions: [0] },
          ],
          timeoutMs: 10_000,
        });
      }
      const topicPartitions = [{ topic, partitions: [0] }];
      await talk.tryAsk(electLeaders, 2, { electionType: 5, topicPartitions, timeoutMs: 10_000 });
    },
  },
  {
    name: 'api-versions-old',
    run: async (talk) => {
      for (const version of [0, 1, 2]) {
        const answer = await talk.until(apiVersions, version, {}, () => true);
        talk.trace.pop();
        talk.note(`v${version}`, [answer.errorCode, answer.throttleTimeMs, answer.apiKeys.length > 30]);
      }
    },
  },
];
