// Steps of sessions about transactions: begin, add, write, commit offsets, end, look, and a session of its own transactional id.
import { offsetFetch } from '../../../server/protocol/schema/09-offset-fetch.ts';
import { initProducerId } from '../../../server/protocol/schema/22-init-producer-id.ts';
import { addPartitionsToTxn } from '../../../server/protocol/schema/24-add-partitions-to-txn.ts';
import { addOffsetsToTxn } from '../../../server/protocol/schema/25-add-offsets-to-txn.ts';
import { endTxn } from '../../../server/protocol/schema/26-end-txn.ts';
import { txnOffsetCommit } from '../../../server/protocol/schema/28-txn-offset-commit.ts';
import { describeProducers } from '../../../server/protocol/schema/61-describe-producers.ts';
import { describeTransactions } from '../../../server/protocol/schema/65-describe-transactions.ts';
import type { Session, Talk } from '../talk.ts';
import { batch, send } from './records.ts';

export const TRANSACTIONAL = 0x10;
const CONCURRENT_TRANSACTIONS = 51;
const TIMEOUT_MS = 60_000;
/** The last epoch a client is given. */
export const LAST_EPOCH = 32_766;
/** Records of sessions bear times long past: in those that last, retention would take them. */
export const KEPT = { 'retention.ms': '-1' };

export interface Producer {
  readonly id: string;
  readonly producerId: number;
  producerEpoch: number;
}

export async function begin(talk: Talk, id: string, version = 4, timeoutMs = TIMEOUT_MS): Promise<Producer> {
  const answer = await talk.ask(initProducerId, version, { transactionalId: id, transactionTimeoutMs: timeoutMs });
  return { id, producerId: answer.producerId, producerEpoch: answer.producerEpoch };
}

/** Asks for an epoch as one who has had one. */
export const again = (talk: Talk, id: string, version: number, producerId: number, producerEpoch: number) =>
  talk.ask(initProducerId, version, {
    transactionalId: id,
    transactionTimeoutMs: TIMEOUT_MS,
    producerId,
    producerEpoch,
  });

/** Another producer takes the id over, once what its owner left open has been aborted. */
export const takeOver = (talk: Talk, id: string, version = 4) =>
  talk.until(
    initProducerId,
    version,
    { transactionalId: id, transactionTimeoutMs: TIMEOUT_MS },
    ({ errorCode }) => errorCode !== CONCURRENT_TRANSACTIONS,
  );

/** Takes epoch after epoch until none is left, without a trace. */
export async function exhaust(talk: Talk, id: string, version: number): Promise<Producer> {
  const input = { transactionalId: id, transactionTimeoutMs: TIMEOUT_MS };
  const answer = await talk.until(initProducerId, version, input, (one) => one.producerEpoch === LAST_EPOCH, {
    attempts: 40_000,
    pauseMs: 0,
  });
  return { id, producerId: answer.producerId, producerEpoch: answer.producerEpoch };
}

export const add = (
  talk: Talk,
  { id, producerId, producerEpoch }: Producer,
  topic: string,
  partitions: readonly number[] = [0],
) =>
  talk.ask(addPartitionsToTxn, 3, {
    v3AndBelowTransactionalId: id,
    v3AndBelowProducerId: producerId,
    v3AndBelowProducerEpoch: producerEpoch,
    v3AndBelowTopics: [{ name: topic, partitions: [...partitions] }],
  });

export const write = (
  talk: Talk,
  { id, producerId, producerEpoch }: Producer,
  topic: string,
  baseSequence: number,
  version = 11,
) =>
  send(talk, topic, batch(2, { producerId, producerEpoch, baseSequence, flags: TRANSACTIONAL }), {
    version,
    transactionalId: id,
  });

/** Markers are written a moment after the answer: asks again while the last transaction is still being completed. */
export async function end(talk: Talk, producer: Producer, committed: boolean, version = 4) {
  const answer = await talk.until(
    endTxn,
    version,
    { transactionalId: producer.id, producerId: producer.producerId, producerEpoch: producer.producerEpoch, committed },
    ({ errorCode }) => errorCode !== CONCURRENT_TRANSACTIONS,
  );
  if (version >= 5 && answer.errorCode === 0) producer.producerEpoch = answer.producerEpoch;
  return answer;
}

export const state = (talk: Talk, id: string, isDone: (state: string) => boolean) =>
  talk.until(describeTransactions, 0, { transactionalIds: [id] }, ({ transactionStates }) => {
    const first = transactionStates[0];
    return first !== undefined && (first.errorCode !== 0 || isDone(first.transactionState));
  });
export const isComplete = (name: string) => name.startsWith('Complete');

/** Waits for the coordinator to abort it: it looks every ten seconds. */
export const timeOut = (talk: Talk, id: string) =>
  talk.until(
    describeTransactions,
    0,
    { transactionalIds: [id] },
    ({ transactionStates }) => transactionStates[0]?.transactionState === 'CompleteAbort',
    { attempts: 400, pauseMs: 100 },
  );

export const producersOf = (talk: Talk, topic: string) =>
  talk.ask(describeProducers, 0, { topics: [{ name: topic, partitionIndexes: [0] }] });

export const groupOf = (talk: Talk) => `${talk.prefix}-g`;
export const addOffsets = (
  talk: Talk,
  { id, producerId, producerEpoch }: Producer,
  groupId = groupOf(talk),
  version = 3,
) => talk.ask(addOffsetsToTxn, version, { transactionalId: id, producerId, producerEpoch, groupId });

interface OffsetsOptions {
  readonly version?: number;
  readonly generationId?: number;
  readonly memberId?: string;
  readonly groupInstanceId?: string | null;
  readonly partition?: number;
  readonly groupId?: string;
  readonly metadata?: string;
}
export const commitOffsets = (
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
const offsetsAsked = (talk: Talk, topic: string, requireStable: boolean) => ({
  groupId: groupOf(talk),
  topics: [{ name: topic, partitionIndexes: [0] }],
  requireStable,
});
export const offsetsOf = (talk: Talk, topic: string, requireStable: boolean) =>
  talk.ask(offsetFetch, 7, offsetsAsked(talk, topic, requireStable));
/** Waits for the offset that commitOffsets committed to show. */
export const offsetsShow = (talk: Talk, topic: string) =>
  talk.until(
    offsetFetch,
    7,
    offsetsAsked(talk, topic, true),
    ({ topics }) => topics[0]?.partitions[0]?.committedOffset === 7,
  );

export const transaction = (name: string, run: (talk: Talk, id: string) => Promise<void>): Session => ({
  name: `txn-${name}`,
  run: async (talk) => {
    const id = `${talk.prefix}-id`;
    await talk.coordinator(id, 1);
    await talk.producerIds();
    await run(talk, id);
  },
});
