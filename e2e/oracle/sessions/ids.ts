// Sessions in which topics go by their ids: produce, fetch, committed offsets, deletion.
import { produce } from '../../../server/protocol/schema/00-produce.ts';
import { fetch } from '../../../server/protocol/schema/01-fetch.ts';
import { metadata } from '../../../server/protocol/schema/03-metadata.ts';
import { offsetCommit } from '../../../server/protocol/schema/08-offset-commit.ts';
import { offsetFetch } from '../../../server/protocol/schema/09-offset-fetch.ts';
import { deleteTopics } from '../../../server/protocol/schema/20-delete-topics.ts';
import type { Session, Talk } from '../talk.ts';
import { batch } from './data.ts';

const ZERO_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
/** Of no topic. */
const STRANGE_ID = 'BwcHBwAAAAAHBwcHBwcHBw';

const send = (talk: Talk, topicId: string, partition = 0, acks = -1) =>
  talk.ask(produce, 13, {
    transactionalId: null,
    acks,
    timeoutMs: 10_000,
    topicData: [{ topicId, partitionData: [{ index: partition, records: batch(2) }] }],
  });

interface Place {
  readonly topicId: string;
  readonly partitions?: readonly number[];
  readonly offset?: number;
}
const get = (talk: Talk, version: number, places: readonly Place[], session = { sessionId: 0, sessionEpoch: -1 }) =>
  talk.ask(fetch, version, {
    ...session,
    maxWaitMs: 100,
    minBytes: 0,
    maxBytes: 10_000_000,
    isolationLevel: 0,
    topics: places.map(({ topicId, partitions = [0], offset = 0 }) => ({
      topicId,
      partitions: partitions.map((partition) => ({ partition, fetchOffset: offset, partitionMaxBytes: 1_000_000 })),
    })),
    forgottenTopicsData: [],
    rackId: '',
  });

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

const gone = (talk: Talk, name: string) =>
  talk.until(
    metadata,
    9,
    { topics: [{ name }], allowAutoTopicCreation: false },
    ({ topics }) => topics[0]?.errorCode === 3,
  );

const dataSessions: readonly Session[] = [
  {
    name: 'ids-produce',
    run: async (talk) => {
      const name = await talk.topic('t');
      const topicId = await talk.topicId(name);
      await send(talk, topicId);
      await send(talk, topicId, 0, 1);
      await send(talk, topicId, 5);
      await send(talk, topicId, 0, 3);
      await send(talk, STRANGE_ID);
      await send(talk, ZERO_ID);
    },
  },
  ...[13, 14, 15, 16, 17, 18].map((version) => ({
    name: `ids-fetch-v${version}`,
    run: async (talk: Talk) => {
      const name = await talk.topic('t');
      const topicId = await talk.topicId(name);
      await send(talk, topicId);
      await get(talk, version, [{ topicId }]);
      await get(talk, version, [{ topicId, offset: 9 }]);
      await get(talk, version, [{ topicId, partitions: [5] }]);
      await get(talk, version, [{ topicId: STRANGE_ID }]);
    },
  })),
  {
    name: 'ids-fetch-mixed',
    run: async (talk) => {
      const name = await talk.topic('t', 2);
      const topicId = await talk.topicId(name, 2);
      await send(talk, topicId, 1);
      await get(talk, 17, [{ topicId, partitions: [0, 1] }, { topicId: STRANGE_ID }]);
      await get(talk, 17, [{ topicId: ZERO_ID }]);
    },
  },
  {
    name: 'ids-fetch-session',
    run: async (talk) => {
      const name = await talk.topic('t', 2);
      const topicId = await talk.topicId(name, 2);
      await send(talk, topicId);
      const { sessionId } = await get(talk, 17, [{ topicId, partitions: [0, 1] }], { sessionId: 0, sessionEpoch: 0 });
      await get(talk, 17, [], { sessionId, sessionEpoch: 1 });
      await get(talk, 17, [{ topicId, offset: 1 }], { sessionId, sessionEpoch: 2 });
      await get(talk, 17, [{ topicId: STRANGE_ID }], { sessionId, sessionEpoch: 3 });
      await get(talk, 17, [], { sessionId, sessionEpoch: -1 });
      await get(talk, 17, [], { sessionId, sessionEpoch: 1 });
    },
  },
  {
    name: 'ids-of-deleted-topic',
    run: async (talk) => {
      const name = await talk.topic('t');
      const topicId = await talk.topicId(name);
      await send(talk, topicId);
      await talk.ask(deleteTopics, 6, { topics: [{ name: null, topicId }], timeoutMs: 30_000 });
      await gone(talk, name);
      await talk.topic('t');
      await send(talk, topicId);
      await get(talk, 17, [{ topicId }]);
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
