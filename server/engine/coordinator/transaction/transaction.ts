// What the coordinator knows of one transactional id (Kafka's TransactionMetadata): who writes under it, in which epoch, and how
// far its transaction is. A value: verbs/ make the next one, the shard appends it as a record and puts it in its place.

export const STATES = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
] as const;
/** By their place in STATES they stand in records. Dead and PrepareEpochFence are never stored by this coordinator. */
export type TransactionState = (typeof STATES)[number];

export const NO_PRODUCER_ID = -1;
export const NO_EPOCH = -1;
/** The largest epoch a client is given; the one above only ends its last transaction. */
export const LAST_EPOCH = 32_766;
const MAX_INT16 = 32_767;

/** Topic → partitions. */
export type Partitions = ReadonlyMap<string, ReadonlySet<number>>;

export interface Transaction {
  readonly transactionalId: string;
  readonly producerId: number;
  /** The one before the epochs ran out; NO_PRODUCER_ID when there was none. */
  readonly previousProducerId: number;
  /** While the last transaction of a producer id ends: the id its client was given for the next. */
  readonly nextProducerId: number;
  readonly producerEpoch: number;
  /** The epoch before the last bump, for a client that did not hear of it. Not in any record. */
  readonly lastProducerEpoch: number;
  readonly timeoutMs: number;
  readonly state: TransactionState;
  readonly partitions: Partitions;
  /** −1 before the first transaction. */
  readonly startTimestampMs: number;
  readonly lastUpdateTimestampMs: number;
  /** transaction.version the client speaks. */
  readonly clientVersion: number;
}

export const isPreparing = ({ state }: Transaction): boolean => state === 'PrepareCommit' || state === 'PrepareAbort';
export const isExhausted = ({ producerEpoch }: Transaction): boolean => producerEpoch >= LAST_EPOCH;
export const bumped = (epoch: number): number => Math.min(epoch + 1, MAX_INT16);

/** Open for longer than its producer asked for. */
export function isTimedOut({ state, startTimestampMs, timeoutMs }: Transaction, nowMs: number): boolean {
  return state === 'Ongoing' && startTimestampMs + timeoutMs < nowMs;
}
/** Nobody used it for transactional.id.expiration.ms, and nothing is open. */
export function isExpired({ state, lastUpdateTimestampMs }: Transaction, expirationMs: number, nowMs: number): boolean {
  const isIdle = state === 'Empty' || state === 'CompleteCommit' || state === 'CompleteAbort';
  return isIdle && lastUpdateTimestampMs + expirationMs <= nowMs;
}

export function holdsAll(partitions: Partitions, wanted: Partitions): boolean {
  for (const [topic, indexes] of wanted) {
    const held = partitions.get(topic);
    for (const index of indexes) if (held?.has(index) !== true) return false;
  }
  return true;
}
export function union(one: Partitions, other: Partitions): Partitions {
  const all = new Map(one);
  for (const [topic, indexes] of other) all.set(topic, new Set([...(one.get(topic) ?? []), ...indexes]));
  return all;
}
