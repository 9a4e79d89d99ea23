// Sessions about offsets that are committed in a transaction.
import { consumerBeat, ID, type JoinOptions, member, OTHER_ID, sync } from '../../steps/groups.ts';
import {
  addOffsets,
  begin,
  commitOffsets,
  end,
  groupOf,
  isComplete,
  offsetsOf,
  offsetsShow,
  state,
  transaction,
} from '../../steps/transactions.ts';
import type { Session, Talk } from '../../talk.ts';

/** The only member of the group that commits, with an assignment. */
async function join(talk: Talk, instanceId: string | null = null) {
  const options: JoinOptions = { instanceId, sessionTimeoutMs: 30_000 };
  const { memberId, generationId } = await member(talk, groupOf(talk), options);
  await sync(talk, groupOf(talk), generationId, memberId, { assigned: [memberId], instanceId });
  return { memberId, generationId };
}

export const offsetSessions: readonly Session[] = [
  transaction('offsets', async (talk, id) => {
    const topic = await talk.topic('t');
    await talk.coordinator(groupOf(talk), 0);
    const producer = await begin(talk, id);
    await addOffsets(talk, producer);
    await commitOffsets(talk, producer, topic);
    await offsetsOf(talk, topic, false);
    await offsetsOf(talk, topic, true);
    await end(talk, producer, true);
    await state(talk, id, isComplete);
    await offsetsShow(talk, topic);
  }),
  transaction('offsets-of-a-member', async (talk, id) => {
    const topic = await talk.topic('t');
    await talk.coordinator(groupOf(talk), 0);
    const { memberId, generationId } = await join(talk);
    const producer = await begin(talk, id);
    await addOffsets(talk, producer);
    await commitOffsets(talk, producer, topic, { memberId: 'unheard', generationId });
    await commitOffsets(talk, producer, topic, { memberId, generationId: generationId + 1 });
    await commitOffsets(talk, producer, topic, { memberId, generationId: generationId - 1 });
    await commitOffsets(talk, producer, topic, { memberId, generationId, groupInstanceId: 'nobody' });
    await commitOffsets(talk, producer, topic, { memberId: '', generationId });
    await commitOffsets(talk, producer, topic);
    await commitOffsets(talk, producer, topic, { memberId, generationId });
    await commitOffsets(talk, producer, topic, { memberId, generationId, partition: 9 });
    await commitOffsets(talk, producer, 'never-created', { memberId, generationId });
    await offsetsOf(talk, topic, true);
    await end(talk, producer, false);
    await state(talk, id, isComplete);
    await offsetsOf(talk, topic, true);
  }),
  transaction('offsets-of-a-static-member', async (talk, id) => {
    const topic = await talk.topic('t');
    await talk.coordinator(groupOf(talk), 0);
    const old = await join(talk, 'static');
    const producer = await begin(talk, id);
    await addOffsets(talk, producer);
    await commitOffsets(talk, producer, topic, { ...old, groupInstanceId: 'static' });
    const young = await join(talk, 'static');
    await commitOffsets(talk, producer, topic, { ...old, groupInstanceId: 'static' });
    await commitOffsets(talk, producer, topic, { ...young, groupInstanceId: 'static' });
    await end(talk, producer, true);
  }),
  transaction('offsets-refused', async (talk, id) => {
    const topic = await talk.topic('t');
    await talk.coordinator(groupOf(talk), 0);
    const producer = await begin(talk, id);
    await commitOffsets(talk, producer, topic);
    await commitOffsets(talk, producer, topic, { version: 4 });
    await addOffsets(talk, producer, '');
    await addOffsets(talk, { ...producer, producerEpoch: producer.producerEpoch + 1 });
    await addOffsets(talk, { ...producer, producerEpoch: producer.producerEpoch + 1 }, groupOf(talk), 1);
    await addOffsets(talk, { ...producer, producerId: producer.producerId + 1_000 });
    await addOffsets(talk, { ...producer, id: '' });
    await addOffsets(talk, producer);
    await commitOffsets(talk, { ...producer, producerEpoch: producer.producerEpoch + 1 }, topic);
    await commitOffsets(talk, { ...producer, producerId: producer.producerId + 1_000 }, topic);
    await commitOffsets(talk, { ...producer, id: `${id}-other` }, topic);
    await commitOffsets(talk, producer, topic, { groupId: '' });
    await commitOffsets(talk, producer, topic, { memberId: 'm', generationId: 1 });
    await commitOffsets(talk, producer, topic, { metadata: 'x'.repeat(5_000) });
    for (const version of [0, 1, 2]) await commitOffsets(talk, producer, topic, { version });
    await end(talk, producer, true);
    await state(talk, id, isComplete);
    await commitOffsets(talk, producer, topic);
  }),
  ...[3, 5].map((version) =>
    transaction(`offsets-of-a-consumer-v${version}`, async (talk, id) => {
      const topic = await talk.topic('t');
      const g = groupOf(talk);
      await talk.coordinator(g, 0);
      const { memberEpoch } = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic], instanceId: 'i' });
      const producer = await begin(talk, id, version === 5 ? 5 : 4);
      if (version < 5) await addOffsets(talk, producer);
      const of = (memberId: string, generationId: number, groupInstanceId: string | null = null) =>
        commitOffsets(talk, producer, topic, { version, memberId, generationId, groupInstanceId });
      await of(ID, memberEpoch, 'i');
      await of(ID, memberEpoch);
      await of(ID, memberEpoch + 1, 'i');
      await of(ID, memberEpoch - 1, 'i');
      await of(OTHER_ID, memberEpoch);
      await of(OTHER_ID, memberEpoch, 'i');
      await of(ID, memberEpoch, 'nobody');
      await of(ID, -1);
      await of('', memberEpoch);
      await of('', -1);
      await consumerBeat(talk, g, { memberId: ID, epoch: -2, instanceId: 'i' });
      await of(ID, memberEpoch, 'i');
      await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic], instanceId: 'i' });
      await end(talk, producer, true, version === 5 ? 5 : 4);
      await state(talk, id, isComplete);
      await offsetsShow(talk, topic);
    }),
  ),
  transaction('v2-offsets', async (talk, id) => {
    const topic = await talk.topic('t');
    await talk.coordinator(groupOf(talk), 0);
    const { memberId, generationId } = await join(talk);
    const producer = await begin(talk, id, 5);
    await commitOffsets(talk, producer, topic, { version: 5, memberId: 'unheard', generationId });
    await state(talk, id, () => true);
    await commitOffsets(talk, producer, topic, { version: 5, memberId, generationId });
    await commitOffsets(talk, producer, topic, { version: 5, memberId, generationId });
    const old = { ...producer };
    await end(talk, producer, true, 5);
    await state(talk, id, isComplete);
    await offsetsShow(talk, topic);
    await commitOffsets(talk, old, topic, { version: 5, memberId, generationId });
    await commitOffsets(talk, { ...producer, producerEpoch: producer.producerEpoch + 3 }, topic, { version: 5 });
  }),
];
