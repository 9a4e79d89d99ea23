// What one partition knows of idempotent producers: the last five batches of each, to tell a retry from a gap
// (ProducerStateManager, ProducerAppendInfo). The log asks before an append, tells after it, and rebuilds it by telling it of
// every batch since a snapshot. It never touches a file.
import type { Int64 } from '../../../kernel/int64.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { BatchHeader } from '../../../protocol/records/batch.ts';
import {
  isControl,
  isTransactional,
  lastOffsetOf,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
} from '../../../protocol/records/batch.ts';
import { type EndMarker, EPOCH_PER_TRANSACTION, type NewMarker } from '../../../protocol/records/marker.ts';
import { type ActiveProducer, type AppendOrigin, type Refusal, refused } from '../outcome.ts';
import { type CompletedTransaction, OpenTransactions } from '../transactions/open-transactions.ts';

/** Retries further back than this are not recognised: a producer keeps at most five requests in flight. */
const REMEMBERED_BATCHES = 5;
/** DIVERGES: Kafka has no such bound. Past it the producer heard of least recently is forgotten. */
const MAX_PRODUCERS = 10_000;
const MAX_SEQUENCE = 0x7fff_ffff;
const NO_OFFSET = -1;

export interface RememberedBatch {
  readonly lastSequence: number;
  readonly lastOffset: number;
  readonly offsetDelta: number;
  readonly timestampMs: Int64;
}
export interface ProducerEntry {
  readonly producerId: number;
  producerEpoch: number;
  /** Oldest first, at most five. */
  batches: RememberedBatch[];
  lastTimestampMs: Int64;
  coordinatorEpoch: number;
  /** −1 outside a transaction. */
  currentTransactionStartOffset: number;
}

export type SequenceCheck =
  | { readonly kind: 'inOrder' }
  | { readonly kind: 'duplicate'; readonly batch: RememberedBatch }
  | Refusal;
/** What the coordinator said of a transactional batch, and the lowest sequence that its producer waits to write here; null: none. */
export interface Asked {
  readonly isVerified: boolean;
  readonly lowestSequence: number | null;
}
const IN_ORDER: SequenceCheck = { kind: 'inOrder' };

/** Sequences count from 0 to 2^31−1 and begin anew. */
export function addToSequence(sequence: number, count: number): number {
  return sequence > MAX_SEQUENCE - count ? count - (MAX_SEQUENCE - sequence) - 1 : sequence + count;
}
function firstSequenceOf(batch: RememberedBatch): number {
  const first = batch.lastSequence - batch.offsetDelta;
  return first >= 0 ? first : first + MAX_SEQUENCE + 1;
}

export class ProducerState {
  /** Heard of least recently first. */
  readonly #entries = new Map<number, ProducerEntry>();
  readonly transactions = new OpenTransactions();

  constructor(entries: Iterable<ProducerEntry> = []) {
    for (const entry of entries) this.#entries.set(entry.producerId, entry);
    const open = [...this.#entries.values()].filter((entry) => entry.currentTransactionStartOffset !== NO_OFFSET);
    open.sort((a, b) => a.currentTransactionStartOffset - b.currentTransactionStartOffset);
    for (const entry of open) this.transactions.begin(entry.producerId, entry.currentTransactionStartOffset);
  }
  get size(): number {
    return this.#entries.size;
  }
  entries(): Iterable<ProducerEntry> {
    return this.#entries.values();
  }
  *active(): Generator<ActiveProducer> {
    for (const entry of this.#entries.values()) {
      yield {
        producerId: entry.producerId,
        producerEpoch: entry.producerEpoch,
        lastSequence: entry.batches.at(-1)?.lastSequence ?? NO_SEQUENCE,
        lastTimestampMs: entry.lastTimestampMs,
        coordinatorEpoch: entry.coordinatorEpoch,
        currentTransactionStartOffset: entry.currentTransactionStartOffset,
      };
    }
  }

  /** Whether the producer, in this epoch, has a transaction open here. */
  hasOpenTransaction(producerId: number, producerEpoch: number): boolean {
    const entry = this.#entries.get(producerId);
    return (
      entry !== undefined && entry.currentTransactionStartOffset !== NO_OFFSET && entry.producerEpoch === producerEpoch
    );
  }

  hasLaterEpoch(producerId: number, producerEpoch: number): boolean {
    const entry = this.#entries.get(producerId);
    return entry !== undefined && entry.producerEpoch > producerEpoch;
  }

  /**
   * OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE, a duplicate of a remembered batch, or in order.
   * Batches of a coordinator have no sequence (ProducerAppendInfo.maybeValidateDataBatch).
   */
  check(header: BatchHeader, origin: AppendOrigin, { isVerified, lowestSequence }: Asked): SequenceCheck {
    if (header.producerId === NO_PRODUCER_ID) return IN_ORDER;
    const entry = this.#entries.get(header.producerId);
    const isClient = origin === 'client';
    const duplicate = isClient ? duplicateOf(entry, header) : null;
    if (duplicate !== null) return duplicate;
    if (entry !== undefined && header.producerEpoch < entry.producerEpoch) return oldEpoch(entry, header.producerEpoch);
    const isOpen = this.hasOpenTransaction(header.producerId, header.producerEpoch);
    if (isTransactional(header.attributes) && isClient && !isOpen && !isVerified) {
      return refused(ErrorCode.INVALID_TXN_STATE, 'Record was not part of an ongoing transaction');
    }
    if (entry === undefined) return isClient ? checkFirst(header, lowestSequence) : IN_ORDER;
    if (entry.currentTransactionStartOffset !== NO_OFFSET && !isTransactional(header.attributes)) {
      const message = `Expected transactional write from producer ${header.producerId}`;
      return refused(ErrorCode.INVALID_TXN_STATE, message);
    }
    return isClient ? checkSequence(entry, header) : IN_ORDER;
  }

  /**
   * Whether the transaction may be ended by this marker: 'done' when it was already, by a marker of the same epoch (a retry, in
   * version 2 only, where every transaction has an epoch of its own). TRANSACTION_COORDINATOR_FENCED, INVALID_PRODUCER_EPOCH.
   */
  checkMarker(marker: NewMarker, transactionVersion: number): 'inOrder' | 'done' | Refusal {
    const entry = this.#entries.get(marker.producerId);
    if (entry === undefined) return 'inOrder';
    if (marker.coordinatorEpoch < entry.coordinatorEpoch) {
      return refused(
        ErrorCode.TRANSACTION_COORDINATOR_FENCED,
        `Invalid coordinator epoch ${marker.coordinatorEpoch} of producer ${marker.producerId} (old), ${entry.coordinatorEpoch} (new)`,
      );
    }
    if (marker.producerEpoch < entry.producerEpoch) return oldEpoch(entry, marker.producerEpoch);
    if (transactionVersion < EPOCH_PER_TRANSACTION || marker.producerEpoch > entry.producerEpoch) return 'inOrder';
    if (entry.currentTransactionStartOffset === NO_OFFSET) return 'done';
    return oldEpoch(entry, marker.producerEpoch);
  }
  /** Takes note of a batch that is in the log. `marker`: what a control batch says. Answers the transaction it ended. */
  update(header: BatchHeader, marker: EndMarker | null = null): CompletedTransaction | null {
    const { producerId } = header;
    if (producerId === NO_PRODUCER_ID) return null;
    const entry = this.#entries.get(producerId) ?? newEntry(producerId);
    if (header.producerEpoch !== entry.producerEpoch) {
      entry.producerEpoch = header.producerEpoch;
      entry.batches = [];
    }
    entry.lastTimestampMs = header.maxTimestampMs;
    const completed = isControl(header.attributes) ? this.#end(entry, header, marker) : null;
    if (!isControl(header.attributes)) this.#remember(entry, header);
    this.#entries.delete(producerId);
    this.#entries.set(producerId, entry);
    if (this.#entries.size > MAX_PRODUCERS) this.#forgetOldest();
    return completed;
  }
  #end(entry: ProducerEntry, header: BatchHeader, marker: EndMarker | null): CompletedTransaction | null {
    if (marker === null) return null;
    entry.coordinatorEpoch = marker.coordinatorEpoch;
    const firstOffset = entry.currentTransactionStartOffset;
    entry.currentTransactionStartOffset = NO_OFFSET;
    if (firstOffset === NO_OFFSET) return null;
    const { producerId } = entry;
    const completed = { producerId, firstOffset, lastOffset: header.baseOffset, isAborted: !marker.isCommit };
    this.transactions.end(completed);
    return completed;
  }
  #remember(entry: ProducerEntry, header: BatchHeader): void {
    if (isTransactional(header.attributes) && entry.currentTransactionStartOffset === NO_OFFSET) {
      entry.currentTransactionStartOffset = header.baseOffset;
      this.transactions.begin(entry.producerId, header.baseOffset);
    }
    remember(entry, header);
  }
  /** Forgets producers not heard of for `expirationMs`, unless a transaction of theirs is open. Answers how many. */
  expire(nowMs: number, expirationMs: number): number {
    let count = 0;
    for (const entry of this.#entries.values()) {
      if (entry.currentTransactionStartOffset !== NO_OFFSET || nowMs - Number(entry.lastTimestampMs) < expirationMs)
        continue;
      this.#entries.delete(entry.producerId);
      count++;
    }
    return count;
  }
  #forgetOldest(): void {
    for (const entry of this.#entries.values()) {
      if (entry.currentTransactionStartOffset !== NO_OFFSET) continue;
      this.#entries.delete(entry.producerId);
      return;
    }
  }
}

function newEntry(producerId: number): ProducerEntry {
  return {
    producerId,
    producerEpoch: NO_PRODUCER_EPOCH,
    batches: [],
    lastTimestampMs: -1,
    coordinatorEpoch: -1,
    currentTransactionStartOffset: NO_OFFSET,
  };
}
function duplicateOf(entry: ProducerEntry | undefined, header: BatchHeader): SequenceCheck | null {
  if (entry === undefined || header.producerEpoch !== entry.producerEpoch) return null;
  const lastSequence = addToSequence(header.baseSequence, header.lastOffsetDelta);
  const batch = entry.batches.find(
    (one) => one.lastSequence === lastSequence && firstSequenceOf(one) === header.baseSequence,
  );
  return batch === undefined ? null : { kind: 'duplicate', batch };
}
function oldEpoch(entry: ProducerEntry, producerEpoch: number): Refusal {
  return refused(
    ErrorCode.INVALID_PRODUCER_EPOCH,
    `Epoch of producer ${entry.producerId} is ${producerEpoch}, which is smaller than the last seen epoch ${entry.producerEpoch}`,
  );
}
/** A producer never heard of may begin anywhere, since its state may have expired, but not behind what it was to begin with. */
function checkFirst({ producerId, baseSequence }: BatchHeader, lowestSequence: number | null): SequenceCheck {
  if (lowestSequence === null || baseSequence <= lowestSequence) return IN_ORDER;
  return refused(
    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    `Out of order sequence number for producer ${producerId}: ${baseSequence} (incoming seq. number), ${lowestSequence} is to be written first`,
  );
}
function checkSequence(entry: ProducerEntry, header: BatchHeader): SequenceCheck {
  const expected = expectedSequence(entry, header.producerEpoch);
  if (expected === null || header.baseSequence === expected) return IN_ORDER;
  return refused(
    ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
    `Out of order sequence number for producer ${header.producerId}: ${header.baseSequence} (incoming seq. number), ${expected - 1} (current end sequence number)`,
  );
}
function remember(entry: ProducerEntry, header: BatchHeader): void {
  if (entry.batches.length === REMEMBERED_BATCHES) entry.batches.shift();
  entry.batches.push({
    lastSequence: addToSequence(header.baseSequence, header.lastOffsetDelta),
    lastOffset: lastOffsetOf(header),
    offsetDelta: header.lastOffsetDelta,
    timestampMs: header.maxTimestampMs,
  });
}
/** Null: any will do. A new epoch begins at 0; an epoch known only from a control batch at 0 as well. */
function expectedSequence(entry: ProducerEntry, producerEpoch: number): number | null {
  if (entry.producerEpoch === NO_PRODUCER_EPOCH) return null;
  if (producerEpoch !== entry.producerEpoch) return 0;
  const last = entry.batches.at(-1);
  return last === undefined ? 0 : addToSequence(last.lastSequence, 1);
}
