// Steps of sessions about transactions: begin, add, write, end, and a session of its own transactional id.
import { initProducerId } from '../../../server/protocol/schema/22-init-producer-id.ts';
import { addPartitionsToTxn } from '../../../server/protocol/schema/24-add-partitions-to-txn.ts';
import { endTxn } from '../../../server/protocol/schema/26-end-txn.ts';
import { describeTransactions } from '../../../server/protocol/schema/65-describe-transactions.ts';
import type { Session, Talk } from '../talk.ts';
import { batch, send } from './data.ts';

export const TRANSACTIONAL = 0x10;
export const ONGOING_ERROR = 51;

export interface Producer {
  readonly id: string;
  readonly producerId: number;
  producerEpoch: number;
}

export async function begin(talk: Talk, id: string, version = 4, timeoutMs = 60_000): Promise<Producer> {
  const answer = await talk.ask(initProducerId, version, { transactionalId: id, transactionTimeoutMs: timeoutMs });
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
    ({ errorCode }) => errorCode !== ONGOING_ERROR,
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

export const transaction = (name: string, run: (talk: Talk, id: string) => Promise<void>): Session => ({
  name: `txn-${name}`,
  run: async (talk) => {
    const id = `${talk.prefix}-id`;
    await talk.coordinator(id, 1);
    await talk.producerIds();
    await run(talk, id);
  },
});
