// Sessions about records on their way in: what is taken, what is refused, and what a numbered batch may follow.
import { readBatchHeader, writeBatchHeader } from '../../../server/protocol/records/batch.ts';
import { encodeBatch } from '../../../server/protocol/records/record.ts';
import { initProducerId } from '../../../server/protocol/schema/22-init-producer-id.ts';
import { BASE_MS, batch, get, offsetAt, record, send, sendAll } from '../steps/records.ts';
import type { Session, Talk } from '../talk.ts';

async function producer(talk: Talk) {
  await talk.producerIds();
  return talk.ask(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 60_000 });
}

function corrupted(at: number): Buffer {
  const bytes = batch(3);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  return bytes;
}

const plainSessions: readonly Session[] = [
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
    name: 'produce-counts',
    run: async (talk) => {
      const topic = await talk.topic('t');
      const counted = (recordCount: number, lastOffsetDelta: number) => {
        const bytes = batch(2);
        writeBatchHeader(bytes, 0, { ...readBatchHeader(bytes, 0), recordCount, lastOffsetDelta });
        return bytes;
      };
      await send(talk, topic, counted(0, -1));
      await send(talk, topic, counted(1, 1));
      await send(talk, topic, counted(3, 1));
      await send(talk, topic, counted(2_000_000_000, 1_999_999_999));
      await send(talk, topic, counted(-1, 1));
      await offsetAt(talk, topic, -1);
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
      const records = (index: number) => (index === 1 ? corrupted(80) : batch(index + 1));
      await sendAll(
        talk,
        topic,
        [0, 1, 2, 9].map((index) => ({ index, records: records(index) })),
      );
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

export const produceSessions: readonly Session[] = [...plainSessions, ...idempotenceSessions];
