// Sessions about transaction markers that are written by hand.
import { writeTxnMarkers } from '../../../../server/protocol/schema/27-write-txn-markers.ts';
import { batch, get, send } from '../../steps/records.ts';
import { add, begin, type Producer, producersOf, transaction, write } from '../../steps/transactions.ts';
import type { Session, Talk } from '../../talk.ts';

interface Marker {
  readonly version?: number;
  readonly coordinatorEpoch?: number;
  readonly isCommit?: boolean;
  readonly transactionVersion?: number;
  readonly partitions?: readonly number[];
}
const mark = (talk: Talk, { producerId, producerEpoch }: Producer, topic: string, options: Marker = {}) =>
  talk.ask(writeTxnMarkers, options.version ?? 1, {
    markers: [
      {
        producerId,
        producerEpoch,
        transactionResult: options.isCommit ?? false,
        topics: [{ name: topic, partitionIndexes: [...(options.partitions ?? [0])] }],
        coordinatorEpoch: options.coordinatorEpoch ?? 0,
        transactionVersion: options.transactionVersion ?? 0,
      },
    ],
  });

export const markerSessions: readonly Session[] = [
  transaction('markers', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await mark(talk, producer, topic, { coordinatorEpoch: 5 });
    await producersOf(talk, topic);
    await mark(talk, producer, topic, { coordinatorEpoch: 5 });
    await mark(talk, producer, topic, { coordinatorEpoch: 4 });
    await mark(talk, { ...producer, producerEpoch: producer.producerEpoch + 1 }, topic, { coordinatorEpoch: 5 });
    await mark(talk, producer, topic, { coordinatorEpoch: 6 });
    await mark(talk, producer, topic, { coordinatorEpoch: 6, partitions: [0, 9] });
    await mark(talk, producer, 'never-created');
    await get(talk, topic, 0, { isolationLevel: 1 });
    await producersOf(talk, topic);
  }),
  transaction('markers-v2', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id, 5);
    await write(talk, producer, topic, 0, 12);
    const options = { version: 2, transactionVersion: 2, isCommit: true };
    await mark(talk, producer, topic, options);
    const next = { ...producer, producerEpoch: producer.producerEpoch + 1 };
    await mark(talk, next, topic, options);
    await mark(talk, next, topic, options);
    await mark(talk, next, topic, { ...options, transactionVersion: 1 });
    await mark(talk, { ...next, producerEpoch: next.producerEpoch + 1 }, topic, { ...options, transactionVersion: 3 });
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('markers-of-strangers', async (talk, id) => {
    const topic = await talk.topic('t');
    const { producerId } = await begin(talk, id);
    await mark(talk, { id, producerId, producerEpoch: 3 }, topic, { isCommit: true });
    await mark(talk, { id, producerId: producerId + 1_000, producerEpoch: 0 }, topic, { version: 2 });
    await get(talk, topic, 0);
    await send(talk, topic, batch(1, { producerId, producerEpoch: 2, baseSequence: 0 }));
    await send(talk, topic, batch(1, { producerId, producerEpoch: 3, baseSequence: 7 }));
    await send(talk, topic, batch(1, { producerId, producerEpoch: 3, baseSequence: 0 }));
  }),
  transaction('markers-many', async (talk, id) => {
    const topic = await talk.topic('t', 2);
    const producer = await begin(talk, id);
    await add(talk, producer, topic, [0, 1]);
    await write(talk, producer, topic, 0);
    const one = { producerId: producer.producerId, producerEpoch: producer.producerEpoch, coordinatorEpoch: 0 };
    const topics = [{ name: topic, partitionIndexes: [0, 1] }];
    await talk.ask(writeTxnMarkers, 1, { markers: [] });
    await talk.ask(writeTxnMarkers, 1, { markers: [{ ...one, transactionResult: true, topics: [] }] });
    await talk.ask(writeTxnMarkers, 1, { markers: [{ ...one, transactionResult: true, topics }] });
    await get(talk, topic, 0, { isolationLevel: 1 });
    await get(talk, topic, 0, { isolationLevel: 1, partition: 1 });
  }),
];
