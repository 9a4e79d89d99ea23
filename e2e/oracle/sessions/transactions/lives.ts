// Sessions about the life of a transaction, in the protocol before and after KIP-890.
import { initProducerId } from '../../../../server/protocol/schema/22-init-producer-id.ts';
import { batch, get, offsetAt, send } from '../../steps/records.ts';
import {
  add,
  again,
  begin,
  end,
  isComplete,
  state,
  takeOver,
  timeOut,
  transaction,
  write,
} from '../../steps/transactions.ts';
import type { Session } from '../../talk.ts';

export const lifeSessions: readonly Session[] = [
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
    await takeOver(talk, id);
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
    await again(talk, id, 4, producerId, producerEpoch);
    await again(talk, id, 4, producerId, producerEpoch);
    await again(talk, id, 4, producerId, producerEpoch + 9);
    await again(talk, id, 4, producerId + 1_000, 0);
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
  transaction('times-out', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id, 4, 1_000);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await timeOut(talk, id);
    await write(talk, producer, topic, 2);
    await end(talk, producer, true);
  }),
];
