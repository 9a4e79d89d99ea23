// Sessions about records: produce, fetch, offsets by time.
import { gzipSync } from 'node:zlib';
import type { NewBatch, NewRecord } from '../../../server/protocol/records/record.ts';
import { encodeBatch } from '../../../server/protocol/records/record.ts';
import { produce } from '../../../server/protocol/schema/00-produce.ts';
import { fetch } from '../../../server/protocol/schema/01-fetch.ts';
import { listOffsets } from '../../../server/protocol/schema/02-list-offsets.ts';
import { deleteRecords } from '../../../server/protocol/schema/21-delete-records.ts';
import { initProducerId } from '../../../server/protocol/schema/22-init-producer-id.ts';
import { offsetForLeaderEpoch } from '../../../server/protocol/schema/23-offset-for-leader-epoch.ts';
import type { Session, Talk } from '../talk.ts';

const BASE_MS = 1_700_000_000_000;
const compression = {
  compress: (_codec: number, bytes: Buffer) => gzipSync(bytes),
  decompress: (): Buffer => {
    throw new Error('nothing here is decompressed');
  },
};

export const record = (value: string | null, key: string | null = null, timestampMs = BASE_MS): NewRecord => ({
  timestampMs,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
});
export const batch = (count: number, more: Partial<NewBatch> = {}): Buffer =>
  encodeBatch(
    { records: Array.from({ length: count }, (_, i) => record(`v${i}`, `k${i}`, BASE_MS + i * 10)), ...more },
    compression,
  );

interface ProduceOptions {
  readonly version?: number;
  readonly acks?: number;
  readonly partition?: number;
  readonly transactionalId?: string;
}
export const send = (talk: Talk, topic: string, records: Buffer, options: ProduceOptions = {}) =>
  talk.ask(produce, options.version ?? 9, {
    transactionalId: options.transactionalId ?? null,
    acks: options.acks ?? -1,
    timeoutMs: 10_000,
    topicData: [{ name: topic, partitionData: [{ index: options.partition ?? 0, records }] }],
  });

interface FetchOptions {
  readonly version?: number;
  readonly partition?: number;
  readonly maxBytes?: number;
  readonly isolationLevel?: number;
  readonly leaderEpoch?: number;
  readonly minBytes?: number;
  readonly maxWaitMs?: number;
}
export async function get(talk: Talk, topic: string, offset: number, options: FetchOptions = {}): Promise<void> {
  await talk.ask(fetch, options.version ?? 12, {
    maxWaitMs: options.maxWaitMs ?? 100,
    minBytes: options.minBytes ?? 1,
    maxBytes: 10_000_000,
    isolationLevel: options.isolationLevel ?? 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [
      {
        topic,
        partitions: [
          {
            partition: options.partition ?? 0,
            fetchOffset: offset,
            currentLeaderEpoch: options.leaderEpoch ?? -1,
            partitionMaxBytes: options.maxBytes ?? 1_000_000,
          },
        ],
      },
    ],
    forgottenTopicsData: [],
    rackId: '',
  });
}

export const offsetAt = (
  talk: Talk,
  topic: string,
  timestamp: number,
  version = 7,
  partition = 0,
  isolationLevel = 0,
) =>
  talk.ask(listOffsets, version, {
    replicaId: -1,
    isolationLevel,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
    timeoutMs: 5_000,
  });

export async function producer(talk: Talk) {
  await talk.producerIds();
  return talk.ask(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 60_000 });
}

function corrupted(at: number): Buffer {
  const bytes = batch(3);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  return bytes;
}

const produceSessions: readonly Session[] = [
  ...[3, 5, 7, 8, 9, 11, 12].map((version) => ({
    name: `produce-v${version}`,
    run: async (talk: Talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(3), { version });
      await send(talk, topic, batch(2), { version, acks: 1 });
      await get(talk, topic, 0, { version: version < 9 ? 11 : 12 });
    },
  })),
  {
    name: 'produce-unknown-places',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, 'never-there', batch(1));
      await send(talk, topic, batch(1), { partition: 7 });
      await send(talk, topic, batch(1), { partition: -1 });
    },
  },
  {
    name: 'produce-bad-acks',
    run: async (talk) => {
      const topic = await talk.topic('t');
      for (const acks of [2, -2, 100]) await send(talk, topic, batch(1), { acks });
      await get(talk, topic, 0);
    },
  },
  {
    name: 'produce-corrupt',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, corrupted(70));
      await send(talk, topic, corrupted(17));
      await send(talk, topic, batch(1));
      await get(talk, topic, 0);
    },
  },
  {
    name: 'produce-old-magic',
    run: async (talk) => {
      const topic = await talk.topic('t');
      const bytes = batch(1);
      bytes.writeInt8(1, 16);
      await send(talk, topic, bytes);
    },
  },
  {
    name: 'produce-too-large',
    run: async (talk) => {
      const topic = await talk.topic('t', 1, { 'max.message.bytes': '1000' });
      await send(talk, topic, encodeBatch({ records: [record('x'.repeat(2_000))] }));
      await send(talk, topic, encodeBatch({ records: [record('x'.repeat(500))] }));
      await offsetAt(talk, topic, -1);
    },
  },
  {
    name: 'produce-two-batches',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, Buffer.concat([batch(1), batch(1)]));
      await offsetAt(talk, topic, -1);
    },
  },
  {
    name: 'produce-compressed',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(5, { codec: 1 }));
      await offsetAt(talk, topic, -1);
      await offsetAt(talk, topic, BASE_MS + 15);
    },
  },
  {
    name: 'produce-compacted-without-key',
    run: async (talk) => {
      const topic = await talk.topic('t', 1, { 'cleanup.policy': 'compact' });
      await send(talk, topic, encodeBatch({ records: [record('a', 'k'), record('b'), record('c')] }));
      await send(talk, topic, batch(2));
      await offsetAt(talk, topic, -1);
    },
  },
  {
    name: 'produce-append-time',
    run: async (talk) => {
      const topic = await talk.topic('t', 1, { 'message.timestamp.type': 'LogAppendTime' });
      await send(talk, topic, batch(2));
    },
  },
  {
    name: 'produce-far-timestamps',
    run: async (talk) => {
      const topic = await talk.topic('t', 1, { 'message.timestamp.before.max.ms': '1000' });
      await send(talk, topic, batch(2));
      const ahead = await talk.topic('ahead', 1, { 'message.timestamp.after.max.ms': '1000' });
      await send(talk, ahead, encodeBatch({ records: [record('v', null, 4_000_000_000_000)] }));
    },
  },
  {
    name: 'produce-control-batch',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, batch(1, { flags: 0x20 }));
    },
  },
  {
    name: 'produce-empty',
    run: async (talk) => {
      const topic = await talk.topic('t');
      await send(talk, topic, Buffer.alloc(0));
      await offsetAt(talk, topic, -1);
    },
  },
  {
    name: 'produce-several-partitions',
    run: async (talk) => {
      const topic = await talk.topic('t', 3);
      await talk.ask(produce, 9, {
        transactionalId: null,
        acks: -1,
        timeoutMs: 10_000,
        topicData: [
          {
            name: topic,
            partitionData: [0, 1, 2, 9].map((index) => ({
              index,
              records: index === 1 ? corrupted(80) : batch(index + 1),
            })),
          },
        ],
      });
    },
  },
];

const idempotenceSessions: readonly Session[] = [
  {
    name: 'idempotent-duplicates',
    run: async (talk) => {
      const topic = await talk.topic('t');
      const { producerId, producerEpoch } = await producer(talk);
      const numbered = (baseSequence: number, count: number) =>
        batch(count, { producerId, producerEpoch, baseSequence });
      await send(talk, topic, numbered(0, 3));
      await send(talk, topic, numbered(3, 2));
      await send(talk, topic, numbered(0, 3));
      await send(talk, topic, numbered(3, 2));
      await offsetAt(talk, topic, -1);
    },
  },
  {
    name: 'idempotent-gap',
    run: async (talk) => {
      const topic = await talk.topic('t');
      const { producerId, producerEpoch } = await producer(talk);
      await send(talk, topic, batch(1, { producerId, producerEpoch, baseSequence: 0 }));
      await send(talk, topic, batch(1, { producerId, producerEpoch, baseSequence: 5 }));
      await send(talk, topic, batch(1, { producerId, producerEpoch, baseSequence: 1 }));
      await offsetAt(talk, topic, -1);
    },
  },
  {
    name: 'idempotent-first-sequence',
    run: async (talk) => {
      const topic = await talk.topic('t');
      const { producerId, producerEpoch } = await producer(talk);
      await send(talk, topic, batch(1, { producerId, producerEpoch, baseSequence: 4 }));
      await offsetAt(talk, topic, -1);
    },
  },
  {
    name: 'idempotent-old-epoch',
    run: async (talk) => {
      const topic = await talk.topic('t');
      const { producerId } = await producer(talk);
      await send(talk, topic, batch(1, { producerId, producerEpoch: 3, baseSequence: 0 }));
      await send(talk, topic, batch(1, { producerId, producerEpoch: 2, baseSequence: 1 }));
      await send(talk, topic, batch(1, { producerId, producerEpoch: 4, baseSequence: 7 }));
      await send(talk, topic, batch(1, { producerId, producerEpoch: 4, baseSequence: 0 }));
    },
  },
  {
    name: 'idempotent-six-back',
    run: async (talk) => {
      const topic = await talk.topic('t');
      const { producerId, producerEpoch } = await producer(talk);
      for (let baseSequence = 0; baseSequence < 7; baseSequence++) {
        await send(talk, topic, batch(1, { producerId, producerEpoch, baseSequence }));
      }
      await send(talk, topic, batch(1, { producerId, producerEpoch, baseSequence: 0 }));
      await send(talk, topic, batch(1, { producerId, producerEpoch, baseSequence: 4 }));
    },
  },
];

const readSessions: readonly Session[] = [
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
      const base = {
        maxWaitMs: 100,
        minBytes: 0,
        maxBytes: 1_000_000,
        isolationLevel: 0,
        forgottenTopicsData: [],
        rackId: '',
      };
      const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 100_000 }));
      const first = await talk.ask(fetch, 12, {
        ...base,
        sessionId: 0,
        sessionEpoch: 0,
        topics: [{ topic, partitions }],
      });
      const { sessionId } = first;
      talk.note('a session was made', sessionId !== 0);
      await talk.ask(fetch, 12, { ...base, sessionId, sessionEpoch: 1, topics: [] });
      await talk.ask(fetch, 12, { ...base, sessionId, sessionEpoch: 5, topics: [] });
      await talk.ask(fetch, 12, { ...base, sessionId: 12_345, sessionEpoch: 1, topics: [] });
      await talk.ask(fetch, 12, { ...base, sessionId, sessionEpoch: -1, topics: [] });
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
      const deleteTo = (offset: number, partitionIndex = 0, name = topic) =>
        talk.ask(deleteRecords, 2, { topics: [{ name, partitions: [{ partitionIndex, offset }] }], timeoutMs: 10_000 });
      await deleteTo(4);
      await offsetAt(talk, topic, -2);
      await get(talk, topic, 3);
      await get(talk, topic, 4);
      await deleteTo(2);
      await deleteTo(11);
      await deleteTo(-1);
      await offsetAt(talk, topic, -2);
      await deleteTo(0, 6);
      await deleteTo(0, 0, 'never-there');
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

export const dataSessions: readonly Session[] = [...produceSessions, ...idempotenceSessions, ...readSessions];
