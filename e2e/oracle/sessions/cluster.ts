// Sessions about the cluster as a whole: its brokers, quorum, log dirs and features, and what has settings.

import { alterReplicaLogDirs } from '../../../server/protocol/schema/34-alter-replica-log-dirs.ts';
import { describeLogDirs } from '../../../server/protocol/schema/35-describe-log-dirs.ts';
import { electLeaders } from '../../../server/protocol/schema/43-elect-leaders.ts';
import { describeQuorum } from '../../../server/protocol/schema/55-describe-quorum.ts';
import { updateFeatures } from '../../../server/protocol/schema/57-update-features.ts';
import { describeCluster } from '../../../server/protocol/schema/60-describe-cluster.ts';
import { unregisterBroker } from '../../../server/protocol/schema/64-unregister-broker.ts';
import { listConfigResources } from '../../../server/protocol/schema/74-list-config-resources.ts';
import type { Session, Talk } from '../talk.ts';

const wholeSessions: readonly Session[] = [
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
          .peek(listConfigResources, version, { resourceTypes: [...resourceTypes] })
          .catch(() => null);
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
];

const dirSessions: readonly Session[] = [1, 2].map((version) => ({
  name: `alter-log-dirs-v${version}`,
  run: async (talk: Talk) => {
    const topic = await talk.topic('t', 2);
    const { results } = await talk.ask(describeLogDirs, 4, { topics: [{ topic, partitions: [0] }] });
    const path = results[0]?.logDir ?? '';
    const move = (to: string, name: string, partitions: readonly number[]) =>
      talk.ask(alterReplicaLogDirs, version, { dirs: [{ path: to, topics: [{ name, partitions: [...partitions] }] }] });
    await move(path, topic, [0, 1]);
    await move('/nowhere', topic, [0]);
    await move(path, topic, [7]);
    await move(path, `${topic}-missing`, [0]);
    await move(path, 'x'.repeat(249), [0]);
    await move(path, topic, []);
  },
}));

const resourceSessions: readonly Session[] = [
  {
    name: 'list-config-resources',
    run: async (talk) => {
      await talk.ask(listConfigResources, 0, {});
      for (const type of [8, 16, 4]) {
        const { configResources } = await talk.ask(listConfigResources, 1, { resourceTypes: [type] });
        talk.note('how many', configResources.length);
      }
      for (const type of [0, 1, 3, 99]) await talk.ask(listConfigResources, 1, { resourceTypes: [type] });
    },
  },
];

const UPGRADE = 1;
const SAFE_DOWNGRADE = 2;
type Update = readonly [feature: string, level: number, upgradeType: number];
const update = (talk: Talk, version: number, updates: readonly Update[]) =>
  talk.ask(updateFeatures, version, {
    featureUpdates: updates.map(([feature, maxVersionLevel, upgradeType]) => ({
      feature,
      maxVersionLevel,
      upgradeType,
      allowDowngrade: upgradeType !== UPGRADE,
    })),
    validateOnly: true,
  });

const featureSessions: readonly Session[] = [
  ...[0, 1, 2].map((version) => ({
    name: `update-features-v${version}`,
    run: async (talk: Talk) => {
      await update(talk, version, [['group.version', 1, UPGRADE]]);
      await update(talk, version, [['group.version', 0, UPGRADE]]);
      await update(talk, version, [['group.version', 2, UPGRADE]]);
      await update(talk, version, [['group.version', -1, UPGRADE]]);
      await update(talk, version, [
        ['nonsense', 1, UPGRADE],
        ['group.version', 1, UPGRADE],
      ]);
      await update(talk, version, [['metadata.version', 99, UPGRADE]]);
      await update(talk, version, []);
      if (version > 0) await update(talk, version, [['group.version', 1, 9]]);
    },
  })),
  {
    name: 'update-features-back',
    run: async (talk) => {
      await update(talk, 2, [['group.version', 0, SAFE_DOWNGRADE]]);
    },
  },
];

export const clusterSessions: readonly Session[] = [
  ...wholeSessions,
  ...dirSessions,
  ...resourceSessions,
  ...featureSessions,
];
