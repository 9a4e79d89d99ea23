// Transactions and producers: the list, one transactional id, who writes to a topic, and what ends a transaction that hangs.
import { z } from 'zod';
import { DescribeProducers, DescribeTransactions, InitProducerId, ListTransactions, WriteTxnMarkers } from './apis.ts';
import { call, channel, type Shape, subject } from './declare.ts';
import { offset, partition, producerId, query, RowWindow, topicName, transactionalId } from './inputs.ts';
import { flag, int, Sampled, text, windowOf } from './parts.ts';

export const TransactionSort = z.enum(['id', 'state', 'producer', 'age', 'held']);
export type TransactionSort = Shape<typeof TransactionSort>;
export const TransactionsParams = z.strictObject({
  ...RowWindow.shape,
  query,
  /** Kafka's name of a state; 'active' for those that are open or being ended, 'hanging' for those in doubt; null: all. */
  state: z.string().min(1).max(30).nullable(),
  sort: TransactionSort,
  descending: z.boolean(),
});
export type TransactionsParams = Shape<typeof TransactionsParams>;

/** One transactional id as its coordinator knows it. What only a description tells is null until it was read. */
export const TransactionRow = z.strictObject({
  transactionalId: text,
  /** Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, Dead, PrepareEpochFence. */
  state: text,
  /** 64 bits: text. */
  producerId: text,
  producerEpoch: int.nullable(),
  timeoutMs: int.nullable(),
  /** null: no transaction is open. */
  startedAtMs: int.nullable(),
  partitions: int.nullable(),
  coordinatorId: int,
  /** Records that readers of committed records wait for because of this transaction; null: not known. */
  heldBack: int.nullable(),
  /** Why it counts as hanging; null: it does not. */
  doubt: text.nullable(),
});
export type TransactionRow = Shape<typeof TransactionRow>;

/** A transaction open in one partition that its coordinator would never end. */
export const HangingTransaction = z.strictObject({
  topic: text,
  partition: int,
  producerId: text,
  producerEpoch: int,
  /** null: no coordinator knows the producer id. */
  transactionalId: text.nullable(),
  startOffset: int,
  lastWriteAtMs: int,
  heldBack: int.nullable(),
  doubt: text,
});
export type HangingTransaction = Shape<typeof HangingTransaction>;

export const TransactionsView = z.strictObject({
  ...Sampled.shape,
  /** Sentences on what this cluster's brokers cannot tell or do; empty when all is there. */
  lacks: z.array(text),
  total: int,
  /** Transactional ids by state, over all. */
  byState: z.record(text, int),
  /** There are more ids than are kept: a search asks the brokers again where they can search. */
  isCut: flag,
  ...windowOf(TransactionRow),
  /** At most 100, the longest open first. */
  hanging: z.array(HangingTransaction),
  /** Partitions whose readers of committed records wait for some transaction, and those records; null before the first look. */
  held: z.strictObject({ partitions: int, records: int }).nullable(),
});
export type TransactionsView = Shape<typeof TransactionsView>;

export const TransactionPartition = z.strictObject({
  topic: text,
  partition: int,
  leader: int.nullable(),
  /** The first record of the transaction here; null: nothing written yet, or the leader did not tell. */
  firstOffset: int.nullable(),
  lastStableOffset: int.nullable(),
  /** The high watermark. */
  endOffset: int.nullable(),
  /** From the first record on to the high watermark. */
  heldBack: int.nullable(),
  /** Producer id of a transaction that was opened here earlier and holds readers back first; null: none. */
  behindProducerId: text.nullable(),
  lastWriteAtMs: int.nullable(),
  doubt: text.nullable(),
});
export type TransactionPartition = Shape<typeof TransactionPartition>;

export const TransactionView = z.strictObject({
  ...Sampled.shape,
  lacks: z.array(text),
  transaction: TransactionRow,
  /** At most 1,000. */
  partitions: z.array(TransactionPartition),
});
export type TransactionView = Shape<typeof TransactionView>;

export const ProducersParams = z.strictObject({
  ...RowWindow.shape,
  topic: topicName,
  partition: partition.nullable(),
});
export type ProducersParams = Shape<typeof ProducersParams>;
export const ProducerRow = z.strictObject({
  partition: int,
  producerId: text,
  producerEpoch: int,
  lastSequence: int.nullable(),
  lastWriteAtMs: int.nullable(),
  openSinceOffset: int.nullable(),
  /** null: none, or no coordinator told. */
  transactionalId: text.nullable(),
});
export type ProducerRow = Shape<typeof ProducerRow>;
export const ProducersView = z.strictObject({
  ...Sampled.shape,
  lacks: z.array(text),
  /** Partitions asked, of those the topic has. */
  asked: int,
  partitions: int,
  ...windowOf(ProducerRow),
});
export type ProducersView = Shape<typeof ProducersView>;

export const transactions = subject({
  channels: {
    transactions: channel({
      params: TransactionsParams,
      data: TransactionsView,
      says: 'Shows a window of the transactional ids, and transactions that hold readers back or hang.',
      needs: [ListTransactions],
    }),
    transaction: channel({
      params: z.strictObject({ transactionalId }),
      data: TransactionView,
      says: 'Shows one transactional id with the partitions of its open transaction.',
      needs: [ListTransactions, DescribeTransactions],
    }),
    producers: channel({
      params: ProducersParams,
      data: ProducersView,
      says: 'Shows who writes to one topic: producer ids, their epochs and sequences, and what they have open.',
      needs: [DescribeProducers],
    }),
  },
  streams: {},
  calls: {
    /** By WriteTxnMarkers to the leader. Refused as INVALID_TXN_STATE when it is not open any more. */
    'transaction.abort': call({
      args: z.strictObject({ topic: topicName, partition, producerId, startOffset: offset }),
      result: z.strictObject({ topic: text, partition: int }),
      says: 'Ends a transaction in one partition without its coordinator: what it wrote is never seen by readers of committed records.',
      right: 'admin',
      on: ({ topic }) => ['topic', topic],
      needs: [DescribeProducers, WriteTxnMarkers],
      changes: true,
      http: 'POST /topics/{topic}/partitions/{partition}/abort-transaction',
    }),
    'transaction.fence': call({
      args: z.strictObject({ transactionalId }),
      result: z.strictObject({ producerId: text, producerEpoch: int }),
      says: 'Gives a transactional id a new epoch: an open transaction is aborted, and its producer can write no more.',
      right: 'admin',
      on: (args) => ['transactionalId', args.transactionalId],
      needs: [InitProducerId],
      changes: true,
      http: 'POST /transactions/{transactionalId}/fence',
    }),
  },
});
