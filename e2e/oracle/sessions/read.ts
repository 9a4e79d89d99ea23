// Sessions about records on their way out: fetch, offsets by time and epoch, deletion.
import { encodeBatch } from '../../../server/protocol/records/record.ts';
import { produce } from '../../../server/protocol/schema/00-produce.ts';
import { listOffsets } from '../../../server/protocol/schema/02-list-offsets.ts';
import { metadata } from '../../../server/protocol/schema/03-metadata.ts';
import { deleteRecords } from '../../../server/protocol/schema/21-delete-records.ts';
import { offsetForLeaderEpoch } from '../../../server/protocol/schema/23-offset-for-leader-epoch.ts';
import { BASE_MS, batch, deleteTo, get, getAll, offsetAt, record, send } from '../steps/records.ts';
import type { Session, Talk } from '../talk.ts';

export const readSessions: readonly Session[] = [
  ...[4, 7, 11, 12].map((version) => ({
    name: `fetch-v${version}`,
    run: async (talk: Talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(3));
      await get(talk, topic, 0, { version });
      await get(talk, topic, 2, { version });
      await get(talk, topic, 3, { version });
    },
  })),
  {
    name: 'fetch-out-of-range',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(3));
      await get(talk, topic, 4);
      await get(talk, topic, -1);
      await get(talk, topic, 0, { partition: 5 });
      await get(talk, 'never-there', 0);
    },
  },
  {
    name: 'fetch-leader-epochs',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(1));
      await get(talk, topic, 0, { leaderEpoch: 0 });
      await get(talk, topic, 0, { leaderEpoch: 9 });
    },
  },
  {
    name: 'fetch-tiny',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(20));
      await send(talk, topic, batch(20));
      await get(talk, topic, 0, { maxBytes: 1 });
      await get(talk, topic, 20, { maxBytes: 1, version: 4 });
    },
  },
  {
    name: 'fetch-middle-of-batch',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(10));
      await get(talk, topic, 7);
    },
  },
  {
    name: 'fetch-committed-plain',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(2));
      await get(talk, topic, 0, { isolationLevel: 1 });
    },
  },
  {
    name: 'fetch-sessions',
    run: async (talk) => {
      const topic = await talk.topic('t', 2);
      await send(talk, topic, batch(1));
      const all = [{ topic, partitions: [0, 1] }];
      const { sessionId } = await getAll(talk, all, { minBytes: 0, sessionEpoch: 0 });
      talk.note('a session was made', sessionId !== 0);
      await getAll(talk, [], { minBytes: 0, sessionId, sessionEpoch: 1 });
      await getAll(talk, [], { minBytes: 0, sessionId, sessionEpoch: 5 });
      await getAll(talk, [], { minBytes: 0, sessionId: 12_345, sessionEpoch: 1 });
      await getAll(talk, [], { minBytes: 0, sessionId, sessionEpoch: -1 });
    },
  },
  {
    name: 'fetch-order-and-limits',
    run: async (talk) => {
      const [a, b] = [await talk.topic('a', 2), await talk.topic('b')];
      for (const [topic, partition] of [
        [a, 0],
        [a, 1],
        [b, 0],
        [b, 0],
      ] as const) {
        await send(talk, topic, batch(20), { partition });
      }
      const twoBatches = 2 * batch(20).length;
      const asked = [{ topic: a, partitions: [1] }, { topic: b }, { topic: a }];
      await getAll(talk, asked, { totalBytes: twoBatches });
      await getAll(talk, asked.toReversed(), { totalBytes: twoBatches });
      await getAll(talk, asked, { totalBytes: 1 });
      await getAll(talk, asked, { totalBytes: 0 });
      await getAll(talk, []);
    },
  },
  {
    name: 'fetch-session-news',
    run: async (talk) => {
      const topic = await talk.topic('t', 2);
      for (let i = 0; i < 3; i++) await send(talk, topic, batch(1));
      const all = [{ topic, partitions: [0, 1], offset: 3 }];
      await getAll(talk, [{ topic, partitions: [0], offset: 3 }], { minBytes: 0, sessionEpoch: -1 });
      const { sessionId } = await getAll(talk, [{ topic, offset: 3 }], { minBytes: 0, sessionEpoch: 0 });
      await getAll(talk, [], { minBytes: 0, sessionId, sessionEpoch: 1 });
      await deleteTo(talk, topic, 2);
      await getAll(talk, [], { minBytes: 0, sessionId, sessionEpoch: 2 });
      await getAll(talk, [], { minBytes: 0, sessionId, sessionEpoch: 3 });
      await getAll(talk, all, { minBytes: 0, sessionId, sessionEpoch: 4 });
      await getAll(talk, [], { minBytes: 0, sessionId, sessionEpoch: 5 });
      await send(talk, topic, batch(1), { partition: 1 });
      await getAll(talk, [{ topic, partitions: [1] }], { minBytes: 0, sessionId, sessionEpoch: 6 });
      await getAll(talk, [{ topic, partitions: [7] }], { minBytes: 0, sessionId, sessionEpoch: 7 });
    },
  },
  {
    name: 'fetch-histories',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(3));
      for (const lastFetchedEpoch of [0, 1, 5]) {
        for (const offset of [0, 2, 3, 9]) await get(talk, topic, offset, { lastFetchedEpoch, minBytes: 0 });
      }
      await get(talk, topic, 3, { lastFetchedEpoch: 0, leaderEpoch: 4 });
    },
  },
  {
    name: 'list-offsets-epochs',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(3));
      for (const currentLeaderEpoch of [-1, 0, 1]) {
        for (const timestamp of [-1, -2, -3, BASE_MS + 1]) {
          const partitions = [{ partitionIndex: 0, currentLeaderEpoch, timestamp }];
          await talk.ask(listOffsets, 7, { replicaId: -1, topics: [{ name: topic, partitions }] });
        }
      }
      const twice = [{ partitionIndex: 0, timestamp: -1 }];
      await talk.ask(listOffsets, 7, {
        replicaId: -1,
        topics: [{ name: topic, partitions: [...twice, ...twice, { partitionIndex: 1, timestamp: -1 }] }],
      });
    },
  },
  {
    name: 'asked-twice',
    run: async (talk) => {
      const topic = await talk.topic('t', 2);
      await send(talk, topic, batch(2));
      await getAll(talk, [{ topic }, { topic, partitions: [1] }]);
      await talk.ask(offsetForLeaderEpoch, 4, {
        topics: [{ topic, partitions: [0, 0].map((partition) => ({ partition, leaderEpoch: 0 })) }],
      });
      await talk.ask(metadata, 9, { topics: [{ name: topic }, { name: topic }] });
    },
  },
  {
    name: 'asked-twice-of-data',
    run: async (talk) => {
      const topic = await talk.topic('t', 2);
      const topicData = [0, 1].map((index) => ({ name: topic, partitionData: [{ index, records: batch(2) }] }));
      await talk.ask(produce, 11, { acks: -1, timeoutMs: 5_000, topicData });
      await getAll(talk, [{ topic, partitions: [0, 0, 1] }]);
      const partitions = [1, 1].map((partitionIndex) => ({ partitionIndex, offset: 1 }));
      await talk.ask(deleteRecords, 2, { topics: [{ name: topic, partitions }], timeoutMs: 5_000 });
    },
  },
  {
    name: 'list-offsets-times',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(5));
      await send(talk, topic, batch(5));
      for (const timestamp of [-1, -2, -3, 0, BASE_MS, BASE_MS + 15, BASE_MS + 40, BASE_MS + 41]) {
        await offsetAt(talk, topic, timestamp);
      }
    },
  },
  {
    name: 'list-offsets-versions',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(3));
      for (const version of [1, 2, 4, 6, 7, 8, 9, 10]) await offsetAt(talk, topic, -1, version);
      for (const timestamp of [-3, -4, -5, -6]) await offsetAt(talk, topic, timestamp, 10);
    },
  },
  {
    name: 'list-offsets-unknown',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await offsetAt(talk, topic, -1, 7, 9);
      await offsetAt(talk, 'never-there', -1);
      await offsetAt(talk, topic, -9);
      await offsetAt(talk, topic, -1);
      await offsetAt(talk, topic, -3);
    },
  },
  {
    name: 'delete-records',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(10));
      await deleteTo(talk, topic, 4);
      await offsetAt(talk, topic, -2);
      await get(talk, topic, 3);
      await get(talk, topic, 4);
      await deleteTo(talk, topic, 2);
      await deleteTo(talk, topic, 11);
      await deleteTo(talk, topic, -1);
      await offsetAt(talk, topic, -2);
      await deleteTo(talk, topic, 0, 6);
      await deleteTo(talk, 'never-there', 0);
    },
  },
  {
    name: 'leader-epoch-end',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(3));
      for (const [leaderEpoch, currentLeaderEpoch] of [
        [0, -1],
        [0, 0],
        [5, 0],
        [0, 7],
        [-1, -1],
      ] as const) {
        await talk.ask(offsetForLeaderEpoch, 4, {
          topics: [{ topic, partitions: [{ partition: 0, currentLeaderEpoch, leaderEpoch }] }],
        });
      }
    },
  },
  {
    name: 'records-come-back-as-sent',
    run: async (talk) => {
      const topic = await talk.topic('t');
      const headers = [
        { key: 'h', value: Buffer.from('1') },
        { key: '', value: null },
      ];
      await send(
        talk,
        topic,
        encodeBatch({ records: [{ ...record('v', 'k'), headers }, record(null, 'gone'), record('', '')] }),
      );
      await get(talk, topic, 0);
    },
  },
];
