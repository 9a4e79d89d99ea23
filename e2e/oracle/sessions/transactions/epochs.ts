// Sessions about the epochs of transactional producers: asked for again, run out, fenced, timed out.
import { initProducerId } from '../../../../server/protocol/schema/22-init-producer-id.ts';
import { get } from '../../steps/records.ts';
import {
  add,
  again,
  begin,
  end,
  exhaust,
  isComplete,
  KEPT,
  state,
  takeOver,
  timeOut,
  transaction,
  write,
} from '../../steps/transactions.ts';
import type { Session } from '../../talk.ts';

export const epochSessions: readonly Session[] = [
  transaction('epochs-run-out', async (talk, id) => {
    const topic = await talk.topic('t', 1, KEPT);
    await begin(talk, id);
    const last = await exhaust(talk, id, 4);
    await add(talk, last, topic);
    await write(talk, last, topic, 0);
    await end(talk, last, true);
    await state(talk, id, isComplete);
    const next = await again(talk, id, 4, last.producerId, last.producerEpoch);
    await again(talk, id, 4, last.producerId, last.producerEpoch);
    await add(talk, last, topic);
    await write(talk, last, topic, 2);
    await end(talk, last, true);
    const { producerId, producerEpoch } = next;
    await add(talk, { id, producerId, producerEpoch: producerEpoch + 1 }, topic);
    await write(talk, { id, producerId, producerEpoch: producerEpoch + 1 }, topic, 0);
    await end(talk, { id, producerId, producerEpoch: producerEpoch + 1 }, false);
    await state(talk, id, (name) => name === 'CompleteAbort');
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('last-epoch-stale', async (talk, id) => {
    const { producerId, producerEpoch } = await begin(talk, id);
    const last = await exhaust(talk, id, 4);
    await again(talk, id, 4, producerId, producerEpoch);
    await again(talk, id, 4, producerId, last.producerEpoch - 1);
  }),
  transaction('v2-epochs-run-out', async (talk, id) => {
    const topic = await talk.topic('t', 1, KEPT);
    await begin(talk, id, 5);
    const last = await exhaust(talk, id, 5);
    await write(talk, last, topic, 0, 12);
    const next = { ...last };
    const ended = await end(talk, next, true, 5);
    await state(talk, id, isComplete);
    // The answer was lost: asked again as before.
    await end(talk, { ...last }, true, 5);
    await end(talk, { ...last }, false, 5);
    await write(talk, last, topic, 2, 12);
    const fresh = { id, producerId: ended.producerId, producerEpoch: ended.producerEpoch };
    await write(talk, fresh, topic, 0, 12);
    await end(talk, fresh, false, 5);
    await state(talk, id, (name) => name === 'CompleteAbort');
    await again(talk, id, 5, last.producerId, last.producerEpoch);
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('v2-last-epoch-fenced', async (talk, id) => {
    const topic = await talk.topic('t', 1, KEPT);
    await begin(talk, id, 5);
    const last = await exhaust(talk, id, 5);
    await write(talk, last, topic, 0, 12);
    await takeOver(talk, id, 5);
    await write(talk, last, topic, 2, 12);
    await end(talk, { ...last }, true, 5);
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  ...[3, 5].map((version) =>
    transaction(`bump-v${version}`, async (talk, id) => {
      const { producerId, producerEpoch } = await begin(talk, id, version);
      await again(talk, id, version, producerId, producerEpoch);
      await again(talk, id, version, producerId, producerEpoch);
      await again(talk, id, version, producerId, producerEpoch + 1);
      await again(talk, id, version, producerId, producerEpoch);
      await again(talk, id, version, producerId, producerEpoch + 9);
      await again(talk, id, version, producerId + 1_000, 0);
      await again(talk, id, version, producerId, -1);
      await again(talk, id, version, -1, 0);
      await again(talk, `${id}-unheard`, version, producerId, producerEpoch);
      await begin(talk, id, version);
      await again(talk, id, version, producerId, producerEpoch + 1);
    }),
  ),
  transaction('bump-in-open', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await again(talk, id, 4, producer.producerId, producer.producerEpoch);
    await state(talk, id, isComplete);
    await again(talk, id, 4, producer.producerId, producer.producerEpoch);
    await write(talk, producer, topic, 2);
    await end(talk, producer, true);
    await end(talk, { ...producer, producerEpoch: producer.producerEpoch + 1 }, false);
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('v2-bump-in-open', async (talk, id) => {
    const topic = await talk.topic('t');
    const producer = await begin(talk, id, 5);
    await write(talk, producer, topic, 0, 12);
    await again(talk, id, 5, producer.producerId, producer.producerEpoch);
    await state(talk, id, isComplete);
    await again(talk, id, 5, producer.producerId, producer.producerEpoch);
    await write(talk, producer, topic, 2, 12);
    await end(talk, { ...producer }, true, 5);
    await end(talk, { ...producer, producerEpoch: producer.producerEpoch + 1 }, false, 5);
    await end(talk, { ...producer, producerEpoch: producer.producerEpoch + 2 }, false, 5);
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('bump-unidempotent', async (talk) => {
    const first = await talk.ask(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1_000 });
    await talk.ask(initProducerId, 4, {
      transactionalId: null,
      transactionTimeoutMs: 1_000,
      producerId: first.producerId,
      producerEpoch: first.producerEpoch,
    });
    await talk.ask(initProducerId, 2, { transactionalId: null, transactionTimeoutMs: 0 });
  }),
  transaction('fence-v2-by-new', async (talk, id) => {
    const topic = await talk.topic('t');
    const old = await begin(talk, id, 5);
    await write(talk, old, topic, 0, 12);
    await takeOver(talk, id, 5);
    await write(talk, old, topic, 2, 12);
    await end(talk, { ...old }, true, 5);
    await end(talk, { ...old }, false, 5);
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('v2-times-out', async (talk, id) => {
    const topic = await talk.topic('t', 1, KEPT);
    const producer = await begin(talk, id, 5, 1_000);
    await write(talk, producer, topic, 0, 12);
    await timeOut(talk, id);
    await write(talk, producer, topic, 2, 12);
    await end(talk, { ...producer }, true, 5);
    await end(talk, { ...producer }, false, 5);
    await again(talk, id, 5, producer.producerId, producer.producerEpoch);
    await get(talk, topic, 0, { isolationLevel: 1 });
  }),
  transaction('times-out-and-bumps', async (talk, id) => {
    const topic = await talk.topic('t', 1, KEPT);
    const producer = await begin(talk, id, 4, 1_000);
    await add(talk, producer, topic);
    await write(talk, producer, topic, 0);
    await timeOut(talk, id);
    await end(talk, producer, false);
    await add(talk, producer, topic);
    await again(talk, id, 4, producer.producerId, producer.producerEpoch);
    await begin(talk, id);
  }),
];
