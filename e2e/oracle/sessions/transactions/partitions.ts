// Sessions about the partitions of a transaction: added, verified, and written to by those who may not.
import { addPartitionsToTxn } from '../../../../server/protocol/schema/24-add-partitions-to-txn.ts';
import { batch, get, offsetAt, send, sendAll } from '../../steps/records.ts';
import {
  add,
  begin,
  end,
  isComplete,
  type Producer,
  state,
  TRANSACTIONAL,
  transaction,
  write,
} from '../../steps/transactions.ts';
import type { Session, Talk } from '../../talk.ts';

interface Entry {
  readonly producer: Producer;
  readonly topic: string;
  readonly partitions?: readonly number[];
  readonly verifyOnly?: boolean;
}
const addAll = (talk: Talk, version: number, entries: readonly Entry[]) =>
  talk.ask(addPartitionsToTxn, version, {
    transactions: entries.map(({ producer, topic, partitions = [0], verifyOnly = false }) => ({
      transactionalId: producer.id,
      producerId: producer.producerId,
      producerEpoch: producer.producerEpoch,
      verifyOnly,
      topics: [{ name: topic, partitions: [...partitions] }],
    })),
  });

export const partitionSessions: readonly Session[] = [
  ...[4, 5].map((version) =>
    transaction(`add-batched-v${version}`, async (talk, id) => {
      const topic = await talk.topic('t', 3);
      await talk.coordinator(`${id}-2`, 1);
      const one = await begin(talk, id);
      const two = await begin(talk, `${id}-2`);
      await addAll(talk, version, [{ producer: one, topic, verifyOnly: true }]);
      await addAll(talk, version, [
        { producer: one, topic, partitions: [0, 1] },
        { producer: two, topic, partitions: [2] },
      ]);
      await addAll(talk, version, [
        { producer: one, topic, partitions: [0, 1, 2], verifyOnly: true },
        { producer: { ...two, producerEpoch: 5 }, topic, partitions: [2] },
      ]);
      await addAll(talk, version, [
        { producer: { ...one, producerEpoch: 5 }, topic, verifyOnly: true },
        { producer: { ...two, producerId: two.producerId + 1_000 }, topic, verifyOnly: true },
      ]);
      await addAll(talk, version, [
        { producer: { ...one, id: `${id}-unheard` }, topic, verifyOnly: true },
        { producer: two, topic: 'never-created' },
      ]);
      await addAll(talk, version, [{ producer: one, topic, partitions: [0, 9] }]);
      await addAll(talk, version, [{ producer: { ...one, id: '' }, topic }]);
      await state(talk, id, () => true);
      await end(talk, one, true);
      await state(talk, id, isComplete);
      await addAll(talk, version, [{ producer: one, topic, verifyOnly: true }]);
    }),
  ),
  transaction('add-nothing', async (talk) => {
    for (const version of [4, 5]) {
      await talk.tryAsk(addPartitionsToTxn, version, { transactions: [] });
    }
  }),
  ...[0, 1, 2].map((version) =>
    transaction(`add-v${version}`, async (talk, id) => {
      const topic = await talk.topic('t');
      const producer = await begin(talk, id, 1);
      const ask = (producerEpoch: number, transactionalId = id) =>
        talk.ask(addPartitionsToTxn, version, {
          v3AndBelowTransactionalId: transactionalId,
          v3AndBelowProducerId: producer.producerId,
          v3AndBelowProducerEpoch: producerEpoch,
          v3AndBelowTopics: [{ name: topic, partitions: [0] }],
        });
      await ask(producer.producerEpoch + 1);
      await ask(producer.producerEpoch, '');
      await ask(producer.producerEpoch);
      await ask(producer.producerEpoch);
      await end(talk, { ...producer, producerEpoch: producer.producerEpoch + 1 }, true, version);
      await end(talk, producer, true, version);
    }),
  ),
  transaction('writes-refused', async (talk, id) => {
    const topic = await talk.topic('t', 2);
    const producer = await begin(talk, id);
    await add(talk, producer, topic);
    await send(talk, topic, batch(1, { ...producer, baseSequence: 0, flags: TRANSACTIONAL }), { version: 11 });
    await send(talk, topic, batch(1, { ...producer, baseSequence: 0 }), { version: 11, transactionalId: id });
    await write(talk, { ...producer, id: `${id}-other` }, topic, 0);
    await write(talk, { ...producer, producerEpoch: 7 }, topic, 0);
    await write(talk, { ...producer, producerId: producer.producerId + 1_000 }, topic, 0);
    for (const version of [3, 9, 10, 11, 12]) await write(talk, { ...producer, producerEpoch: 7 }, topic, 0, version);
    await write(talk, producer, topic, 5);
    await write(talk, producer, topic, 0);
    await write(talk, producer, topic, 0);
    await write(talk, producer, topic, 9);
    const both = [0, 1].map((index) => {
      const baseSequence = index === 0 ? 2 : 0;
      return { index, records: batch(1, { ...producer, baseSequence, flags: TRANSACTIONAL }) };
    });
    await sendAll(talk, topic, both, { version: 11, transactionalId: id });
    await end(talk, producer, true);
    await state(talk, id, isComplete);
    await write(talk, producer, topic, 3);
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('writes-acks', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await add(talk, producer, topic);
    const records = batch(1, { ...producer, baseSequence: 0, flags: TRANSACTIONAL });
    await send(talk, topic, records, { version: 11, transactionalId: id, acks: 1 });
    await offsetAt(talk, topic, -1, 7, 0, 0);
  }),
];
