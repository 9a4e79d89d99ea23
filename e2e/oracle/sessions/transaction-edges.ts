// Sessions about the edges of transactions: markers by hand, epochs, refusals, what administrators and readers see meanwhile.
import { produce } from '../../../server/protocol/schema/00-produce.ts';
import { offsetFetch } from '../../../server/protocol/schema/09-offset-fetch.ts';
import { joinGroup } from '../../../server/protocol/schema/11-join-group.ts';
import { syncGroup } from '../../../server/protocol/schema/14-sync-group.ts';
import { deleteRecords } from '../../../server/protocol/schema/21-delete-records.ts';
import { initProducerId } from '../../../server/protocol/schema/22-init-producer-id.ts';
import { addPartitionsToTxn } from '../../../server/protocol/schema/24-add-partitions-to-txn.ts';
import { addOffsetsToTxn } from '../../../server/protocol/schema/25-add-offsets-to-txn.ts';
import { writeTxnMarkers } from '../../../server/protocol/schema/27-write-txn-markers.ts';
import { txnOffsetCommit } from '../../../server/protocol/schema/28-txn-offset-commit.ts';
import { describeProducers } from '../../../server/protocol/schema/61-describe-producers.ts';
import { describeTransactions } from '../../../server/protocol/schema/65-describe-transactions.ts';
import { listTransactions } from '../../../server/protocol/schema/66-list-transactions.ts';
import type { Session, Talk } from '../talk.ts';
import { batch, get, offsetAt, send } from './data.ts';
import {
  add,
  begin,
  end,
  isComplete,
  ONGOING_ERROR,
  type Producer,
  state,
  TRANSACTIONAL,
  transaction,
  write,
} from './transactional.ts';

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
const producersOf = (talk: Talk, topic: string) =>
  talk.ask(describeProducers, 0, { topics: [{ name: topic, partitionIndexes: [0] }] });

const markerSessions: readonly Session[] = [
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

const again = (talk: Talk, id: string, version: number, producerId: number, producerEpoch: number) =>
  talk.ask(initProducerId, version, {
    transactionalId: id,
    transactionTimeoutMs: 60_000,
    producerId,
    producerEpoch,
  });

/** Records of sessions bear times long past: in those that last, retention would take them. */
const KEPT = { 'retention.ms': '-1' };
/** The last epoch a client is given. */
const LAST_EPOCH = 32_766;

/** Takes epoch after epoch until none is left, without a trace. */
async function exhaust(talk: Talk, id: string, version: number): Promise<Producer> {
  const input = { transactionalId: id, transactionTimeoutMs: 60_000 };
  const answer = await talk.until(initProducerId, version, input, (one) => one.producerEpoch === LAST_EPOCH, {
    attempts: 40_000,
    pauseMs: 0,
  });
  return { id, producerId: answer.producerId, producerEpoch: answer.producerEpoch };
}

const epochSessions: readonly Session[] = [
  transaction('epochs-run-out', async (talk, id) => {
    const topic = await talk.topic('t', 1, KEPT);
    await begin(talk, id);
    const last = await exhaust(talk, id, 4);
    await add(talk, last, topic);
    await write(talk, last, topic, 0);
    await end(talk, last, true);
    await state(talk, id, isComplete);
    // An older epoch is not asked for: Kafka fails on it with UNKNOWN_SERVER_ERROR.
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
    await talk.until(
      initProducerId,
      5,
      { transactionalId: id, transactionTimeoutMs: 60_000 },
      ({ errorCode }) => errorCode !== ONGOING_ERROR,
    );
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
    await talk.until(
      initProducerId,
      5,
      { transactionalId: id, transactionTimeoutMs: 60_000 },
      ({ errorCode }) => errorCode !== ONGOING_ERROR,
    );
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

/** The coordinator looks every ten seconds. */
const timeOut = (talk: Talk, id: string) =>
  talk.until(
    describeTransactions,
    0,
    { transactionalIds: [id] },
    ({ transactionStates }) => transactionStates[0]?.transactionState === 'CompleteAbort',
    { attempts: 400, pauseMs: 100 },
  );

interface OffsetsOptions {
  readonly version?: number;
  readonly generationId?: number;
  readonly memberId?: string;
  readonly groupInstanceId?: string | null;
  readonly partition?: number;
  readonly groupId?: string;
  readonly metadata?: string;
}
const commitOffsets = (
  talk: Talk,
  { id, producerId, producerEpoch }: Producer,
  topic: string,
  options: OffsetsOptions = {},
) =>
  talk.ask(txnOffsetCommit, options.version ?? 3, {
    transactionalId: id,
    groupId: options.groupId ?? groupOf(talk),
    producerId,
    producerEpoch,
    generationId: options.generationId ?? -1,
    memberId: options.memberId ?? '',
    groupInstanceId: options.groupInstanceId ?? null,
    topics: [
      {
        name: topic,
        partitions: [
          { partitionIndex: options.partition ?? 0, committedOffset: 7, committedMetadata: options.metadata ?? 'm' },
        ],
      },
    ],
  });
const groupOf = (talk: Talk) => `${talk.prefix}-g`;
const addOffsets = (talk: Talk, { id, producerId, producerEpoch }: Producer, groupId = groupOf(talk), version = 3) =>
  talk.ask(addOffsetsToTxn, version, { transactionalId: id, producerId, producerEpoch, groupId });
const committed = (talk: Talk, topic: string, requireStable: boolean) =>
  talk.ask(offsetFetch, 7, {
    groupId: groupOf(talk),
    topics: [{ name: topic, partitionIndexes: [0] }],
    requireStable,
  });

async function join(talk: Talk, instanceId: string | null = null) {
  const input = (memberId: string) => ({
    groupId: groupOf(talk),
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 10_000,
    memberId,
    groupInstanceId: instanceId,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('0000000000010001740000000000', 'hex') }],
  });
  const first = await talk.ask(joinGroup, 7, input(''));
  const { memberId, generationId } =
    first.errorCode === 79 ? await talk.ask(joinGroup, 7, input(first.memberId)) : first;
  await talk.ask(syncGroup, 5, {
    groupId: groupOf(talk),
    generationId,
    memberId,
    groupInstanceId: instanceId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId, assignment: Buffer.from('assigned') }],
  });
  return { memberId, generationId };
}

const offsetSessions: readonly Session[] = [
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
    await committed(talk, topic, true);
    await end(talk, producer, false);
    await state(talk, id, isComplete);
    await committed(talk, topic, true);
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
    await talk.until(
      offsetFetch,
      7,
      { groupId: groupOf(talk), topics: [{ name: topic, partitionIndexes: [0] }], requireStable: true },
      ({ topics }) => topics[0]?.partitions[0]?.committedOffset === 7,
    );
    await commitOffsets(talk, old, topic, { version: 5, memberId, generationId });
    await commitOffsets(talk, { ...producer, producerEpoch: producer.producerEpoch + 3 }, topic, { version: 5 });
  }),
];

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

const partitionSessions: readonly Session[] = [
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
      // Without a transaction Kafka never answers.
      await state(talk, id, () => true);
      await end(talk, one, true);
      await state(talk, id, isComplete);
      await addAll(talk, version, [{ producer: one, topic, verifyOnly: true }]);
    }),
  ),
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
    await talk.ask(produce, 11, {
      transactionalId: id,
      acks: -1,
      timeoutMs: 10_000,
      topicData: [
        {
          name: topic,
          partitionData: [0, 1].map((index) => ({
            index,
            records: batch(1, { ...producer, baseSequence: index === 0 ? 2 : 0, flags: TRANSACTIONAL }),
          })),
        },
      ],
    });
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

const seenSessions: readonly Session[] = [
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
    const deleteTo = (offset: number) =>
      talk.ask(deleteRecords, 2, {
        topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset }] }],
        timeoutMs: 9_000,
      });
    await deleteTo(1);
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await producersOf(talk, topic);
    await deleteTo(3);
    await offsetAt(talk, topic, -2, 7, 0, 1);
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await get(talk, topic, 3, { isolationLevel: 1 });
    await deleteTo(-1);
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await producersOf(talk, topic);
    await end(talk, producer, false);
    await state(talk, id, isComplete);
    await offsetAt(talk, topic, -1, 7, 0, 1);
    await get(talk, topic, 5, { isolationLevel: 1 });
  }),
  transaction('aborted-index', async (talk, id) => {
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
    for (const offset of [0, 1, 2, 3, 6, 7, 8]) await get(talk, topic, offset, { isolationLevel: 1 });
    await get(talk, topic, 0, { isolationLevel: 1, version: 4 });
    await get(talk, topic, 0, { isolationLevel: 1, version: 11 });
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

export const transactionEdgeSessions: readonly Session[] = [
  ...epochSessions,
  ...markerSessions,
  ...offsetSessions,
  ...partitionSessions,
  ...seenSessions,
];
