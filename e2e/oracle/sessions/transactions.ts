// Sessions about transactions, in the protocol before and after KIP-890.

import { offsetFetch } from '../../../server/protocol/schema/09-offset-fetch.ts';
import { initProducerId } from '../../../server/protocol/schema/22-init-producer-id.ts';
import { addOffsetsToTxn } from '../../../server/protocol/schema/25-add-offsets-to-txn.ts';
import { txnOffsetCommit } from '../../../server/protocol/schema/28-txn-offset-commit.ts';
import { describeProducers } from '../../../server/protocol/schema/61-describe-producers.ts';
import { describeTransactions } from '../../../server/protocol/schema/65-describe-transactions.ts';
import { listTransactions } from '../../../server/protocol/schema/66-list-transactions.ts';
import type { Session } from '../talk.ts';
import { batch, get, offsetAt, send } from './data.ts';
import { add, begin, end, isComplete, ONGOING_ERROR, state, transaction, write } from './transactional.ts';

export const transactionSessions: readonly Session[] = [
  transaction('commit', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await get(talk, topic, 0, { isolationLevel: 1 });
    await end(talk, producer, true);
    await state(talk, id, isComplete);
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('abort', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await end(talk, producer, false);
    await state(talk, id, isComplete);
    await get(talk, topic, 0, { isolationLevel: 1 });
    await get(talk, topic, 0, { isolationLevel: 0 });
  }),
  transaction('two-in-a-row', async (talk, id) => {
    const topic = await talk.topic('t', 2);
    const producer = await begin(talk, id);
    await add(talk, producer, topic, [0, 1]);
    await write(talk, producer, topic, 0);
    await end(talk, producer, true);
    await state(talk, id, isComplete);
    await add(talk, producer, topic, [0]);
    await write(talk, producer, topic, 2);
    await end(talk, producer, false);
    await state(talk, id, (name) => name === 'CompleteAbort');
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('nothing-to-end', async (talk, id) => {
    const producer = await begin(talk, id);
    await end(talk, producer, true);
    await end(talk, producer, false);
  }),
  transaction('end-twice', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await end(talk, producer, true);
    await state(talk, id, isComplete);
    await end(talk, producer, true);
    await end(talk, producer, false);
  }),
  transaction('zombie', async (talk, id) => {
    const topic = await talk.topic('t');
    const old = await begin(talk, id);
    await add(talk, old, topic);
    await write(talk, old, topic, 0);
    await talk.until(
      initProducerId,
      4,
      { transactionalId: id, transactionTimeoutMs: 60_000 },
      ({ errorCode }) => errorCode !== ONGOING_ERROR,
    );
    await add(talk, old, topic);
    await write(talk, old, topic, 2);
    await end(talk, old, true);
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('bad-timeouts', async (talk, id) => {
    await begin(talk, id, 4, 0);
    await begin(talk, id, 4, -5);
    await begin(talk, id, 4, 100_000_000);
    await talk.ask(initProducerId, 4, { transactionalId: '', transactionTimeoutMs: 1_000 });
  }),
  ...[0, 1, 2, 3, 5].map((version) =>
    transaction(`init-v${version}`, async (talk, id) => {
      await begin(talk, id, version);
      await begin(talk, id, version);
    }),
  ),
  transaction('init-again-with-epoch', async (talk, id) => {
    const { producerId, producerEpoch } = await begin(talk, id);
    const again = (epoch: number, producer = producerId) =>
      talk.ask(initProducerId, 4, {
        transactionalId: id,
        transactionTimeoutMs: 60_000,
        producerId: producer,
        producerEpoch: epoch,
      });
    await again(producerEpoch);
    await again(producerEpoch);
    await again(producerEpoch + 9);
    await again(0, producerId + 1_000);
  }),
  transaction('wrong-producer', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await add(talk, { ...producer, producerId: producer.producerId + 1_000 }, topic);
    await add(talk, { ...producer, producerEpoch: producer.producerEpoch + 3 }, topic);
    await add(talk, { ...producer, id: `${id}-other` }, topic);
    await add(talk, producer, 'never-there');
    await add(talk, producer, topic, [0, 9]);
  }),
  transaction('write-without-adding', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await write(talk, producer, topic, 0, 11);
    await offsetAt(talk, topic, -1);
  }),
  transaction('plain-batch-in-between', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await send(talk, topic, batch(1));
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await offsetAt(talk, topic, -1, 7, 0, 0);
    await end(talk, producer, true);
    await state(talk, id, isComplete);
    await offsetAt(talk, topic, -1, 7, 0, 1);
  }),
  transaction('v2', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id, 5);
    await write(talk, producer, topic, 0, 12);
    await end(talk, producer, true, 5);
    await state(talk, id, isComplete);
    await write(talk, producer, topic, 0, 12);
    await end(talk, producer, false, 5);
    await state(talk, id, (name) => name === 'CompleteAbort');
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('v2-empty', async (talk, id) => {
    const producer = await begin(talk, id, 5);
    await end(talk, producer, false, 5);
    await end(talk, producer, true, 5);
  }),
  transaction('offsets', async (talk, id) => {
    const topic = await talk.topic('t');
    const groupId = `${talk.prefix}-g`;
    await talk.coordinator(groupId, 0);
    const { producerId, producerEpoch } = await begin(talk, id);
    const transactional = { transactionalId: id, producerId, producerEpoch, groupId };
    await talk.ask(addOffsetsToTxn, 3, transactional);
    await talk.ask(txnOffsetCommit, 3, {
      ...transactional,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: 7, committedMetadata: 'm' }] }],
    });
    const committed = (requireStable: boolean) =>
      talk.ask(offsetFetch, 7, { groupId, topics: [{ name: topic, partitionIndexes: [0] }], requireStable });
    await committed(false);
    await committed(true);
    await end(talk, { id, producerId, producerEpoch }, true);
    await state(talk, id, isComplete);
    await talk.until(
      offsetFetch,
      7,
      { groupId, topics: [{ name: topic, partitionIndexes: [0] }], requireStable: true },
      ({ topics }) => topics[0]?.partitions[0]?.committedOffset === 7,
    );
  }),
  transaction('seen', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await talk.ask(describeTransactions, 0, { transactionalIds: [id, 'nobody', ''] });
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await talk.ask(describeTransactions, 0, { transactionalIds: [id] });
    await talk.ask(describeProducers, 0, {
      topics: [
        { name: topic, partitionIndexes: [0, 9] },
        { name: 'never-there', partitionIndexes: [0] },
      ],
    });
    const listed = await talk.until(
      listTransactions,
      1,
      { stateFilters: ['Ongoing', 'Nonsense'], producerIdFilters: [producer.producerId] },
      () => true,
    );
    talk.note('unknown filters', listed.unknownStateFilters);
    await end(talk, producer, false);
    await state(talk, id, isComplete);
    await talk.ask(describeProducers, 0, { topics: [{ name: topic, partitionIndexes: [0] }] });
  }),
  transaction('times-out', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id, 4, 1_000);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    // The coordinator looks every ten seconds.
    const { trace } = talk;
    for (let round = 0; round < 4; round++) {
      const before = trace.length;
      const { transactionStates } = await state(talk, id, isComplete);
      if (transactionStates[0]?.transactionState === 'CompleteAbort') break;
      trace.length = before;
    }
    await write(talk, producer, topic, 2);
    await end(talk, producer, true);
  }),
];
