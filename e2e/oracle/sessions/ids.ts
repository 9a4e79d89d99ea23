// Sessions in which topics go by their ids: produce, fetch, committed offsets, deletion.
import { metadata } from '../../../server/protocol/schema/03-metadata.ts';
import { offsetCommit } from '../../../server/protocol/schema/08-offset-commit.ts';
import { offsetFetch } from '../../../server/protocol/schema/09-offset-fetch.ts';
import { deleteTopics } from '../../../server/protocol/schema/20-delete-topics.ts';
import { batch, get, getAll, send } from '../steps/records.ts';
import { gone } from '../steps/topics.ts';
import type { Session, Talk } from '../talk.ts';

const ZERO_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
/** Of no topic. */
const STRANGE_ID = 'BwcHBwAAAAAHBwcHBwcHBw';
const STRANGE = { topic: { topicId: STRANGE_ID } };
const AT_17 = { version: 17, minBytes: 0 };

const write = (talk: Talk, topicId: string, partition = 0, acks = -1) =>
  send(talk, { topicId }, batch(2), { version: 13, partition, acks });

const commit = (talk: Talk, groupId: string, topicId: string, committedOffset: number, partitionIndex = 0) =>
  talk.ask(offsetCommit, 10, {
    groupId,
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: [{ topicId, partitions: [{ partitionIndex, committedOffset, committedMetadata: 'm' }] }],
  });
const committed = (talk: Talk, groupId: string, topicIds: readonly string[] | null) =>
  talk.ask(offsetFetch, 10, {
    groups: [{ groupId, topics: topicIds?.map((topicId) => ({ topicId, partitionIndexes: [0, 1] })) ?? null }],
    requireStable: false,
  });

const dataSessions: readonly Session[] = [
  {
    name: 'ids-produce',
    run: async (talk) => {
      const name = await talk.topic('t');
      const topicId = await talk.topicId(name);
      await write(talk, topicId);
      await write(talk, topicId, 0, 1);
      await write(talk, topicId, 5);
      await write(talk, topicId, 0, 3);
      await write(talk, STRANGE_ID);
      await write(talk, ZERO_ID);
    },
  },
  ...[13, 14, 15, 16, 17, 18].map((version) => ({
    name: `ids-fetch-v${version}`,
    run: async (talk: Talk) => {
      const name = await talk.topic('t');
      const topicId = await talk.topicId(name);
      await write(talk, topicId);
      await get(talk, { topicId }, 0, { version, minBytes: 0 });
      await get(talk, { topicId }, 9, { version, minBytes: 0 });
      await get(talk, { topicId }, 0, { version, minBytes: 0, partition: 5 });
      await get(talk, { topicId: STRANGE_ID }, 0, { version, minBytes: 0 });
    },
  })),
  {
    name: 'ids-fetch-mixed',
    run: async (talk) => {
      const name = await talk.topic('t', 2);
      const topic = { topicId: await talk.topicId(name, 2) };
      await write(talk, topic.topicId, 1);
      await getAll(talk, [{ topic, partitions: [0, 1] }, STRANGE], AT_17);
      await getAll(talk, [{ topic: { topicId: ZERO_ID } }], AT_17);
    },
  },
  {
    name: 'ids-fetch-session',
    run: async (talk) => {
      const name = await talk.topic('t', 2);
      const topic = { topicId: await talk.topicId(name, 2) };
      await write(talk, topic.topicId);
      const { sessionId } = await getAll(talk, [{ topic, partitions: [0, 1] }], { ...AT_17, sessionEpoch: 0 });
      await getAll(talk, [], { ...AT_17, sessionId, sessionEpoch: 1 });
      await getAll(talk, [{ topic, offset: 1 }], { ...AT_17, sessionId, sessionEpoch: 2 });
      await getAll(talk, [STRANGE], { ...AT_17, sessionId, sessionEpoch: 3 });
      await getAll(talk, [], { ...AT_17, sessionId, sessionEpoch: -1 });
      await getAll(talk, [], { ...AT_17, sessionId, sessionEpoch: 1 });
    },
  },
  {
    name: 'ids-of-deleted-topic',
    run: async (talk) => {
      const name = await talk.topic('t');
      const topicId = await talk.topicId(name);
      await write(talk, topicId);
      await talk.ask(deleteTopics, 6, { topics: [{ name: null, topicId }], timeoutMs: 30_000 });
      await gone(talk, name);
      await talk.topic('t');
      await write(talk, topicId);
      await get(talk, { topicId }, 0, AT_17);
      await talk.ask(metadata, 12, { topics: [{ name: null, topicId }], allowAutoTopicCreation: false });
    },
  },
  {
    name: 'ids-delete',
    run: async (talk) => {
      const remove = (topics: readonly { name: string | null; topicId?: string }[]) =>
        talk.ask(deleteTopics, 6, { topics: topics.map((topic) => ({ ...topic })), timeoutMs: 30_000 });
      const name = await talk.topic('t');
      const topicId = await talk.topicId(name);
      await remove([{ name: null, topicId: STRANGE_ID }]);
      await remove([{ name: null }]);
      await remove([{ name, topicId }]);
      await remove([{ name }, { name: null, topicId }]);
      await remove([{ name: null, topicId }, { name: 'never-there' }]);
      await gone(talk, name);
      await remove([{ name: null, topicId }]);
    },
  },
  {
    name: 'ids-metadata',
    run: async (talk) => {
      const name = await talk.topic('t', 2);
      const topicId = await talk.topicId(name, 2);
      for (const version of [12, 13]) {
        await talk.ask(metadata, version, { topics: [{ name: null, topicId }], allowAutoTopicCreation: false });
        await talk.ask(metadata, version, { topics: [{ name: null, topicId: STRANGE_ID }] });
      }
      await talk.ask(metadata, 10, { topics: [{ name: null, topicId }], allowAutoTopicCreation: false });
    },
  },
];

const groupSessions: readonly Session[] = [
  {
    name: 'ids-commit',
    run: async (talk) => {
      const groupId = `${talk.prefix}-g`;
      await talk.coordinator(groupId, 0);
      const name = await talk.topic('t', 2);
      const topicId = await talk.topicId(name, 2);
      await commit(talk, groupId, topicId, 5);
      await commit(talk, groupId, topicId, 6, 1);
      await commit(talk, groupId, topicId, 7, 8);
      await commit(talk, groupId, STRANGE_ID, 8);
      await commit(talk, groupId, ZERO_ID, 9);
      await committed(talk, groupId, [topicId]);
      await committed(talk, groupId, [topicId, STRANGE_ID]);
      await committed(talk, groupId, null);
    },
  },
  {
    name: 'ids-commit-then-recreate',
    run: async (talk) => {
      const groupId = `${talk.prefix}-g`;
      await talk.coordinator(groupId, 0);
      const name = await talk.topic('t');
      const topicId = await talk.topicId(name);
      await commit(talk, groupId, topicId, 5);
      await talk.ask(deleteTopics, 6, { topics: [{ name }], timeoutMs: 30_000 });
      await gone(talk, name);
      await committed(talk, groupId, [topicId]);
      await talk.topic('t');
      const again = await talk.topicId(name);
      talk.note('another id', again !== topicId);
      await committed(talk, groupId, [topicId]);
      await committed(talk, groupId, [again]);
    },
  },
];

export const idSessions: readonly Session[] = [...dataSessions, ...groupSessions];
