// What one partition knows of idempotent producers: the last five batches of each, to tell a retry from a gap
// (ProducerStateManager, ProducerAppendInfo). The log asks before an append, tells after it, and rebuilds it by telling it of
// every batch since a snapshot. It never touches a file.
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
import { type ActiveProducer, type Refusal, refused } from '../outcome.ts';

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
  readonly timestampMs: number;
}
export interface ProducerEntry {
  readonly producerId: number;
  producerEpoch: number;
  /** Oldest first, at most five. */
  batches: RememberedBatch[];
  lastTimestampMs: number;
  coordinatorEpoch: number;
  /** −1 outside a transaction. */
  currentTransactionStartOffset: number;
}

export type SequenceCheck =
  | { readonly kind: 'inOrder' }
  | { readonly kind: 'duplicate'; readonly batch: RememberedBatch }
  | Refusal;
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

  constructor(entries: Iterable<ProducerEntry> = []) {
    for (const entry of entries) this.#entries.set(entry.producerId, entry);
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

  /** OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, a duplicate of a remembered batch, or in order. */
  check(header: BatchHeader): SequenceCheck {
    const entry = this.#entries.get(header.producerId);
    // A producer never heard of may begin anywhere: its state may have expired.
    if (header.producerId === NO_PRODUCER_ID || entry === undefined) return IN_ORDER;
    const lastSequence = addToSequence(header.baseSequence, header.lastOffsetDelta);
    if (header.producerEpoch === entry.producerEpoch) {
      const batch = entry.batches.find(
        (one) => one.lastSequence === lastSequence && firstSequenceOf(one) === header.baseSequence,
      );
      if (batch !== undefined) return { kind: 'duplicate', batch };
    }
    if (header.producerEpoch < entry.producerEpoch) {
      return refused(
        ErrorCode.INVALID_PRODUCER_EPOCH,
        `Epoch of producer ${header.producerId} is ${header.producerEpoch}, which is smaller than the last seen epoch ${entry.producerEpoch}`,
      );
    }
    const expected = expectedSequence(entry, header.producerEpoch);
    if (expected === null || header.baseSequence === expected) return IN_ORDER;
    return refused(
      ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
      `Out of order sequence number for producer ${header.producerId}: ${header.baseSequence} (incoming seq. number), ${expected - 1} (current end sequence number)`,
    );
  }

  /** Takes note of a batch that is in the log. */
  update(header: BatchHeader): void {
    const { producerId } = header;
    if (producerId === NO_PRODUCER_ID) return;
    const entry = this.#entries.get(producerId) ?? newEntry(producerId);
    if (header.producerEpoch !== entry.producerEpoch) {
      entry.producerEpoch = header.producerEpoch;
      entry.batches = [];
    }
    entry.lastTimestampMs = header.maxTimestampMs;
    if (isControl(header.attributes)) {
      entry.currentTransactionStartOffset = NO_OFFSET;
    } else {
      remember(entry, header);
    }
    this.#entries.delete(producerId);
    this.#entries.set(producerId, entry);
    if (this.#entries.size > MAX_PRODUCERS) this.#forgetOldest();
  }
  /** Forgets producers not heard of for `expirationMs`, unless a transaction of theirs is open. Answers how many. */
  expire(nowMs: number, expirationMs: number): number {
    let count = 0;
    for (const entry of this.#entries.values()) {
      if (entry.currentTransactionStartOffset !== NO_OFFSET || nowMs - entry.lastTimestampMs < expirationMs) continue;
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
function remember(entry: ProducerEntry, header: BatchHeader): void {
  if (isTransactional(header.attributes) && entry.currentTransactionStartOffset === NO_OFFSET) {
    entry.currentTransactionStartOffset = header.baseOffset;
  }
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
