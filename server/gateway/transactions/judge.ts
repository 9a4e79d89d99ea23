// Whether a transaction that is open in a partition hangs: whether its coordinator will ever end it. Used by transactions.ts. Pure.

/** What a leader says of a producer with an open transaction. */
export interface OpenTransaction {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly startOffset: number;
  readonly lastWriteAtMs: number;
}

/** What a coordinator says of a transactional id. */
export interface KnownTransaction {
  readonly transactionalId: string;
  readonly state: string;
  readonly startedAtMs: number | null;
  /** `partition:topic`; null: not described yet. */
  readonly partitions: ReadonlySet<string> | null;
}

export interface JudgeInput {
  readonly open: OpenTransaction;
  /** The transactional id of the producer id; null: no coordinator that answered has it. */
  readonly known: KnownTransaction | null;
  /** All coordinators answered: what none of them knows does not exist. */
  readonly isListComplete: boolean;
  /** Since when every reading has put it in doubt. */
  readonly doubtSinceMs: number;
  readonly nowMs: number;
  /** The longest transaction.max.timeout.ms of all brokers; null: not known. */
  readonly longestTimeoutMs: number | null;
}

/** Two readings of different moments differ while markers are on their way; what stays for this long is meant. */
export const SETTLED_MS = 10_000;
/** Coordinators look for transactions that ran out of time every ten seconds, and then write markers. */
const CLEANUP_MS = 30_000;
const ACTIVE: ReadonlySet<string> = new Set(['Ongoing', 'PrepareCommit', 'PrepareAbort', 'PrepareEpochFence']);

export const partitionKey = (topic: string, partition: number): string => `${partition}:${topic}`;
export const isActive = (state: string): boolean => ACTIVE.has(state);

/** Why it hangs, as a sentence; null: it does not, or that is not certain yet. */
export function doubtOf(input: JudgeInput): string | null {
  const { open, known, isListComplete, doubtSinceMs, nowMs } = input;
  const isSettled = nowMs - doubtSinceMs >= SETTLED_MS;
  if (known === null) {
    return isListComplete && isSettled
      ? `No coordinator knows producer id ${open.producerId}, so nobody will end this transaction.`
      : null;
  }
  if (isActive(known.state)) {
    const tooLong = overdue(known, input);
    if (tooLong !== null) return tooLong;
  }
  if (known.partitions === null || !isSettled) return null;
  if (isActive(known.state) && known.partitions.has(partitionKey(open.topic, open.partition))) return null;
  return isActive(known.state)
    ? `The coordinator of ${known.transactionalId} does not count this partition to its open transaction, so it will not end it here.`
    : `The coordinator of ${known.transactionalId} has no open transaction (${known.state}), so nobody will end this one.`;
}

/** A transaction that is older than any time-out allows. */
export function overdue(
  known: KnownTransaction,
  { nowMs, longestTimeoutMs }: Pick<JudgeInput, 'nowMs' | 'longestTimeoutMs'>,
): string | null {
  if (longestTimeoutMs === null || known.startedAtMs === null || !isActive(known.state)) return null;
  if (nowMs - known.startedAtMs <= longestTimeoutMs + CLEANUP_MS) return null;
  return `It has been open for longer than the longest time-out that brokers allow (transaction.max.timeout.ms, ${longestTimeoutMs / 1000} s): its coordinator should have aborted it.`;
}
