// Transactions and producers: the list, one transactional id, and who writes to a topic.
import type { RowWindow, Sampled } from './parts.ts';

export type TransactionSort = 'id' | 'state' | 'producer' | 'age' | 'held';
export interface TransactionsParams extends RowWindow {
  readonly query: string;
  /** Kafka's name of a state; 'active' for those that are open or being ended, 'hanging' for those in doubt; null: all. */
  readonly state: string | null;
  readonly sort: TransactionSort;
  readonly descending: boolean;
}
/** One transactional id as its coordinator knows it. What only a description tells is null until it was read. */
export interface TransactionRow {
  readonly transactionalId: string;
  /** Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort, Dead, PrepareEpochFence. */
  readonly state: string;
  /** 64 bits: text. */
  readonly producerId: string;
  readonly producerEpoch: number | null;
  readonly timeoutMs: number | null;
  /** null: no transaction is open. */
  readonly startedAtMs: number | null;
  readonly partitions: number | null;
  readonly coordinatorId: number;
  /** Records that readers of committed records wait for because of this transaction; null: not known. */
  readonly heldBack: number | null;
  /** Why it counts as hanging; null: it does not. */
  readonly doubt: string | null;
}
/** A transaction open in one partition that its coordinator would never end. */
export interface HangingTransaction {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  /** null: no coordinator knows the producer id. */
  readonly transactionalId: string | null;
  readonly startOffset: number;
  readonly lastWriteAtMs: number;
  readonly heldBack: number | null;
  readonly doubt: string;
}
export interface TransactionsView extends Sampled {
  /** Sentences on what this cluster's brokers cannot tell or do; empty when all is there. */
  readonly lacks: readonly string[];
  readonly total: number;
  /** Transactional ids by state, over all. */
  readonly byState: Readonly<Record<string, number>>;
  /** There are more ids than are kept: a search asks the brokers again where they can search. */
  readonly isCut: boolean;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly TransactionRow[];
  /** At most 100, the longest open first. */
  readonly hanging: readonly HangingTransaction[];
  /** Partitions whose readers of committed records wait for some transaction, and those records; null before the first look. */
  readonly held: { readonly partitions: number; readonly records: number } | null;
}
export interface TransactionPartition {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number | null;
  /** The first record of the transaction here; null: nothing written yet, or the leader did not tell. */
  readonly firstOffset: number | null;
  readonly lastStableOffset: number | null;
  /** The high watermark. */
  readonly endOffset: number | null;
  /** From the first record on to the high watermark. */
  readonly heldBack: number | null;
  /** Producer id of a transaction that was opened here earlier and holds readers back first; null: none. */
  readonly behindProducerId: string | null;
  readonly lastWriteAtMs: number | null;
  readonly doubt: string | null;
}
export interface TransactionView extends Sampled {
  readonly lacks: readonly string[];
  readonly transaction: TransactionRow;
  /** At most 1,000. */
  readonly partitions: readonly TransactionPartition[];
}

export interface ProducersParams extends RowWindow {
  readonly topic: string;
  readonly partition: number | null;
}
export interface ProducerRow {
  readonly partition: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly lastSequence: number | null;
  readonly lastWriteAtMs: number | null;
  readonly openSinceOffset: number | null;
  /** null: none, or no coordinator told. */
  readonly transactionalId: string | null;
}
export interface ProducersView extends Sampled {
  readonly lacks: readonly string[];
  /** Partitions asked, of those the topic has. */
  readonly asked: number;
  readonly partitions: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly ProducerRow[];
}
