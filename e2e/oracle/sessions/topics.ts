// Sessions about topics: created, grown, deleted, moved, and how metadata shows them.
import { metadata } from '../../../server/protocol/schema/03-metadata.ts';
import { createTopics } from '../../../server/protocol/schema/19-create-topics.ts';
import { deleteTopics } from '../../../server/protocol/schema/20-delete-topics.ts';
import { describeLogDirs } from '../../../server/protocol/schema/35-describe-log-dirs.ts';
import { createPartitions } from '../../../server/protocol/schema/37-create-partitions.ts';
import { electLeaders } from '../../../server/protocol/schema/43-elect-leaders.ts';
import { alterPartitionReassignments } from '../../../server/protocol/schema/45-alter-partition-reassignments.ts';
import { listPartitionReassignments } from '../../../server/protocol/schema/46-list-partition-reassignments.ts';
import { describeTopicPartitions } from '../../../server/protocol/schema/75-describe-topic-partitions.ts';
import { asked, gone, grow, type NewTopic } from '../steps/topics.ts';
import type { Session, Talk } from '../talk.ts';

async function create(talk: Talk, topics: readonly NewTopic[], version = 7, validateOnly = false): Promise<void> {
  const answer = await talk.peek(createTopics, version, asked(topics, validateOnly));
  // Which settings a topic has is another session's matter.
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

export const topicSessions: readonly Session[] = [
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
      await gone(talk, name);
      await remove(talk, [name], 4);
      await remove(talk, ['', '..'], 6);
    },
  },
  {
    name: 'create-partitions',
    run: async (talk) => {
      const name = await talk.topic('t', 2);
      await grow(talk, name, 4, { validateOnly: true });
      await grow(talk, name, 2);
      await grow(talk, name, 1);
      await grow(talk, name, 0);
      await grow(talk, 'never-there', 3);
      await grow(talk, name, 4);
      await talk.topicId(name, 4);
      await ofTopics(talk, [name], 9);
    },
  },
  {
    name: 'create-partitions-assigned',
    run: async (talk) => {
      const name = await talk.topic('t');
      await grow(talk, name, 2, { assignments: [[9]] });
      await grow(talk, name, 2, { assignments: [[1], [1]] });
      await grow(talk, name, 3, { assignments: [[1]] });
      await grow(talk, name, 2, { assignments: [[1, 1]] });
      await grow(talk, name, 2, { assignments: [[]] });
      await grow(talk, name, 2, { assignments: [] });
      await grow(talk, name, 3, { assignments: [[1], [1]] });
      await grow(talk, name, 4, { version: 0 });
      await grow(talk, name, 5, { version: 1 });
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
        const wanted = { name: `${talk.prefix}-v${version}`, configs: { 'retention.bytes': '77' } };
        const { topics } = await talk.peek(createTopics, version, asked([wanted]));
        const [topic] = topics;
        talk.note('shape', [topic?.numPartitions, topic?.replicationFactor, topic?.topicConfigErrorCode]);
        talk.note(
          'settings',
          topic?.configs?.filter(({ name }) => name === 'retention.bytes' || name === 'cleanup.policy'),
        );
      }
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
    name: 'describe-topic-partitions-odd',
    run: async (talk) => {
      const [a, b] = [await talk.topic('a', 3), await talk.topic('b', 3)];
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
      await ask([a], 0, null);
      await ask([a], -5, null);
      await ask([b, a, a], 3, null);
      await ask([b, a], 4, null);
      await ask([b, a], 10, { topicName: b, partitionIndex: 1 });
      await ask([b, a], 10, { topicName: a, partitionIndex: 3 });
      await ask([b, a], 10, { topicName: a, partitionIndex: 99 });
      await ask([b, a], 10, { topicName: b, partitionIndex: -1 });
      await ask([], 10, { topicName: b, partitionIndex: -1 });
      await ask([a, 'never-there'], 10, null);
      await ask([a, `${a}-gone`], 10, { topicName: `${a}-gone`, partitionIndex: 0 });
    },
  },
  {
    name: 'describe-topic-partitions-bad-name',
    run: async (talk) => {
      const topics = [{ name: await talk.topic('t') }, { name: 'bad name' }];
      await talk.ask(describeTopicPartitions, 0, { topics, responsePartitionLimit: 10, cursor: null });
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
