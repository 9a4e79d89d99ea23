// Sessions about what administrators and readers see of transactions.
import { describeProducers } from '../../../../server/protocol/schema/61-describe-producers.ts';
import { describeTransactions } from '../../../../server/protocol/schema/65-describe-transactions.ts';
import { listTransactions } from '../../../../server/protocol/schema/66-list-transactions.ts';
import { batch, deleteTo, get, offsetAt, send } from '../../steps/records.ts';
import { add, begin, end, isComplete, producersOf, state, transaction, write } from '../../steps/transactions.ts';
import type { Session, Talk } from '../../talk.ts';

/** Two aborted transactions, one within the other. */
async function abortTwo(talk: Talk, id: string): Promise<string> {
  const topic = await talk.topic('t');
  await talk.coordinator(`${id}-2`, 1);
  const one = await begin(talk, id);
  const two = await begin(talk, `${id}-2`);
  await add(talk, one, topic);
  await add(talk, two, topic);
  await write(talk, one, topic, 0);
  await write(talk, two, topic, 0);
  await write(talk, one, topic, 2);
  await end(talk, two, false);
  await state(talk, two.id, isComplete);
  await get(talk, topic, 0, { isolationLevel: 1 });
  await end(talk, one, false);
  await state(talk, id, isComplete);
  return topic;
}

export const seenSessions: readonly Session[] = [
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
    await talk.ask(listTransactions, 1, {
      stateFilters: ['Ongoing', 'Nonsense'],
      producerIdFilters: [producer.producerId],
    });
    await end(talk, producer, false);
    await state(talk, id, isComplete);
    await producersOf(talk, topic);
  }),
  transaction('list-filters', async (talk, id) => {
    const topic = await talk.topic('t');
    await talk.coordinator(`${id}-idle`, 1);
    const open = await begin(talk, id);
    const idle = await begin(talk, `${id}-idle`);
    await add(talk, open, topic);
    const ids = [open.producerId, idle.producerId];
    const list = (version: number, more: Record<string, unknown>) =>
      talk.ask(listTransactions, version, { stateFilters: [], producerIdFilters: ids, ...more });
    for (const version of [0, 1, 2]) {
      await list(version, {});
      await list(version, { stateFilters: ['Ongoing'] });
      await list(version, { stateFilters: ['Empty', 'ongoing', 'Odd'] });
      await list(version, { stateFilters: ['Dead', 'PrepareEpochFence', 'CompleteCommit'] });
      await list(version, { producerIdFilters: [open.producerId] });
    }
    await list(1, { durationFilter: 0 });
    await list(1, { durationFilter: 100_000_000 });
    await list(2, { transactionalIdPattern: id });
    await list(2, { transactionalIdPattern: `${id}.*` });
    await list(2, { transactionalIdPattern: '.*-idle' });
    await list(2, { transactionalIdPattern: '' });
    await list(2, { transactionalIdPattern: 'nothing' });
    await list(2, { transactionalIdPattern: '(' });
    await list(2, { transactionalIdPattern: '[a' });
    await end(talk, open, false);
    await state(talk, id, isComplete);
    await list(2, { durationFilter: 0 });
  }),
  transaction('list-offsets', async (talk, id) => {
    const topic = await talk.topic('t');
    await send(talk, topic, batch(2));
    const producer = await begin(talk, id);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await send(talk, topic, batch(3));
    const times = [-1, -2, -3, 0, 1_700_000_000_000, 1_700_000_000_010, 1_700_000_000_020, 1_700_000_000_021];
    for (const isolationLevel of [0, 1]) {
      for (const time of times) await offsetAt(talk, topic, time, 7, 0, isolationLevel);
    }
    await end(talk, producer, true);
    await state(talk, id, isComplete);
    for (const time of times) await offsetAt(talk, topic, time, 7, 0, 1);
  }),
  transaction('delete-records', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await send(talk, topic, batch(3));
    await deleteTo(talk, topic, 1);
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await producersOf(talk, topic);
    await deleteTo(talk, topic, 3);
    await offsetAt(talk, topic, -2, 7, 0, 1);
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await get(talk, topic, 3, { isolationLevel: 1 });
    await deleteTo(talk, topic, -1);
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await producersOf(talk, topic);
    await end(talk, producer, false);
    await state(talk, id, isComplete);
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await get(talk, topic, 5, { isolationLevel: 1 });
  }),
  transaction('aborted-index', async (talk, id) => {
    const topic = await abortTwo(talk, id);
    for (const offset of [0, 1, 2, 3, 6, 7, 8]) await get(talk, topic, offset, { isolationLevel: 1 });
    await get(talk, topic, 0, { isolationLevel: 1, version: 4 });
    await get(talk, topic, 0, { isolationLevel: 1, version: 11 });
  }),
  transaction('aborted-beyond', async (talk, id) => {
    const topic = await abortTwo(talk, id);
    for (const offset of [0, 2, 4]) await get(talk, topic, offset, { isolationLevel: 1, maxBytes: 1 });
  }),
  transaction('describe-ids', async (talk, id) => {
    const producer = await begin(talk, id);
    await talk.ask(describeTransactions, 0, { transactionalIds: [] });
    await talk.ask(describeTransactions, 0, { transactionalIds: [id, id] });
    await end(talk, producer, false);
    await talk.ask(describeTransactions, 0, { transactionalIds: [id] });
    await talk.ask(describeProducers, 0, { topics: [] });
    await talk.ask(describeProducers, 0, { topics: [{ name: '__consumer_offsets', partitionIndexes: [-1] }] });
  }),
];
