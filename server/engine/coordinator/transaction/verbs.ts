// What a request makes of a transaction. Pure: the state it finds, the request and the time give the next state or a refusal.
// Semantics: Kafka's TransactionCoordinator and TransactionMetadata, KIP-98, KIP-360 (epoch bumps on request), KIP-890 (versions 2).
import { ErrorCode } from '../../../protocol/errors.ts';
import { EPOCH_PER_TRANSACTION } from '../../../protocol/records/marker.ts';
import {
  bumped,
  holdsAll,
  isExhausted,
  isPreparing,
  LAST_EPOCH,
  NO_EPOCH,
  NO_PRODUCER_ID,
  type Partitions,
  type Transaction,
  union,
} from './transaction.ts';

export interface ProducerIdAndEpoch {
  readonly producerId: number;
  readonly producerEpoch: number;
}
export type Decision =
  | { readonly kind: 'refused'; readonly errorCode: number }
  /** Nothing to store: it is so already. */
  | { readonly kind: 'done'; readonly reply: ProducerIdAndEpoch }
  /** To be stored, then answered with `reply`, or with `errorCode` when the client has to wait and ask again. */
  | {
      readonly kind: 'change';
      readonly to: Transaction;
      readonly reply: ProducerIdAndEpoch;
      readonly errorCode: number;
    }
  /** Decide again with a producer id that was never given before. */
  | { readonly kind: 'needsProducerId' };

const refused = (errorCode: number): Decision => ({ kind: 'refused', errorCode });
const change = (to: Transaction, reply: ProducerIdAndEpoch = to, errorCode: number = ErrorCode.NONE): Decision => ({
  kind: 'change',
  to,
  reply: { producerId: reply.producerId, producerEpoch: reply.producerEpoch },
  errorCode,
});
const done = ({ producerId, producerEpoch }: ProducerIdAndEpoch): Decision => ({
  kind: 'done',
  reply: { producerId, producerEpoch },
});

// ------------------------------------------------------------------------------------------------------------------ init

export interface InitRequest {
  readonly transactionalId: string;
  readonly timeoutMs: number;
  /** What the client has and wants a new epoch for (KIP-360); null: it begins. */
  readonly expected: ProducerIdAndEpoch | null;
}

/** InitProducerId: a new epoch, so that whoever wrote under the id before is fenced. An open transaction is aborted first. */
export function init(
  current: Transaction | null,
  request: InitRequest,
  freshProducerId: number | null,
  nowMs: number,
): Decision {
  if (current === null) {
    return freshProducerId === null ? { kind: 'needsProducerId' } : change(newborn(request, freshProducerId, nowMs));
  }
  const { expected } = request;
  if (expected !== null && !isKnownProducer(current, expected)) return refused(ErrorCode.PRODUCER_FENCED);
  if (isPreparing(current)) return refused(ErrorCode.CONCURRENT_TRANSACTIONS);
  if (current.state === 'Ongoing') return change(fence(current, nowMs), current, ErrorCode.CONCURRENT_TRANSACTIONS);
  if (isExhausted(current)) return rotate(current, request, freshProducerId, nowMs);
  return nextEpoch(current, request, nowMs);
}
function newborn({ transactionalId, timeoutMs }: InitRequest, producerId: number, nowMs: number): Transaction {
  return {
    transactionalId,
    producerId,
    previousProducerId: NO_PRODUCER_ID,
    nextProducerId: NO_PRODUCER_ID,
    producerEpoch: 0,
    lastProducerEpoch: NO_EPOCH,
    timeoutMs,
    state: 'Empty',
    partitions: new Map(),
    startTimestampMs: -1,
    lastUpdateTimestampMs: nowMs,
    clientVersion: 0,
  };
}
function isKnownProducer(current: Transaction, { producerId, producerEpoch }: ProducerIdAndEpoch): boolean {
  if (producerId === current.producerId) return true;
  return producerId === current.previousProducerId && producerEpoch >= LAST_EPOCH;
}
/** Aborts the open transaction in an epoch of which its producer has not heard; it may still ask for that one (KIP-588). */
export function fence(current: Transaction, nowMs: number): Transaction {
  return {
    ...current,
    state: 'PrepareAbort',
    producerEpoch: bumped(current.producerEpoch),
    lastProducerEpoch: current.producerEpoch,
    lastUpdateTimestampMs: nowMs,
  };
}
/** No epochs are left: another producer id begins at 0. */
function rotate(
  current: Transaction,
  { timeoutMs, expected }: InitRequest,
  freshProducerId: number | null,
  nowMs: number,
): Decision {
  if (expected !== null && expected.producerEpoch !== current.producerEpoch) return refused(ErrorCode.PRODUCER_FENCED);
  if (freshProducerId === null) return { kind: 'needsProducerId' };
  return change({
    ...idle(current, timeoutMs, nowMs),
    producerId: freshProducerId,
    previousProducerId: current.producerId,
    producerEpoch: 0,
    lastProducerEpoch: expected === null ? NO_EPOCH : current.producerEpoch,
  });
}
function nextEpoch(current: Transaction, { timeoutMs, expected }: InitRequest, nowMs: number): Decision {
  const next = idle(current, timeoutMs, nowMs);
  if (expected === null)
    return change({ ...next, producerEpoch: bumped(current.producerEpoch), lastProducerEpoch: NO_EPOCH });
  if (expected.producerEpoch === current.producerEpoch) {
    return change({ ...next, producerEpoch: bumped(current.producerEpoch), lastProducerEpoch: current.producerEpoch });
  }
  // The answer to the first try was lost.
  if (expected.producerEpoch === current.lastProducerEpoch) return change(next);
  return refused(ErrorCode.PRODUCER_FENCED);
}
function idle(current: Transaction, timeoutMs: number, nowMs: number): Transaction {
  const since = { startTimestampMs: -1, lastUpdateTimestampMs: nowMs };
  return { ...current, ...since, timeoutMs, state: 'Empty', partitions: new Map(), nextProducerId: NO_PRODUCER_ID };
}

// ------------------------------------------------------------------------------------------------------------ partitions

export interface PartitionsRequest extends ProducerIdAndEpoch {
  readonly partitions: Partitions;
  readonly clientVersion: number;
}

function refusalOf(current: Transaction | null, request: ProducerIdAndEpoch): number {
  if (current === null || current.producerId !== request.producerId) return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  if (current.producerEpoch !== request.producerEpoch) return ErrorCode.PRODUCER_FENCED;
  return isPreparing(current) ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.NONE;
}

/** AddPartitionsToTxn, AddOffsetsToTxn: the first one begins the transaction. */
export function addPartitions(current: Transaction | null, request: PartitionsRequest, nowMs: number): Decision {
  const errorCode = refusalOf(current, request);
  if (current === null || errorCode !== ErrorCode.NONE) return refused(errorCode);
  const isOpen = current.state === 'Ongoing';
  if (isOpen && holdsAll(current.partitions, request.partitions)) return done(current);
  return change({
    ...current,
    state: 'Ongoing',
    partitions: isOpen ? union(current.partitions, request.partitions) : request.partitions,
    startTimestampMs: isOpen ? current.startTimestampMs : nowMs,
    lastUpdateTimestampMs: nowMs,
    clientVersion: request.clientVersion,
  });
}

/** Whether the producer may write to the partition in its transaction: NONE or TRANSACTION_ABORTABLE, or why it may not speak. */
export function verify(
  current: Transaction | null,
  request: ProducerIdAndEpoch,
): (topic: string, partition: number) => number {
  const errorCode = refusalOf(current, request);
  if (current === null || errorCode !== ErrorCode.NONE) return () => errorCode;
  const { state, partitions } = current;
  return (topic, partition) => {
    const isHeld = state === 'Ongoing' && partitions.get(topic)?.has(partition) === true;
    return isHeld ? ErrorCode.NONE : ErrorCode.TRANSACTION_ABORTABLE;
  };
}

// ------------------------------------------------------------------------------------------------------------------- end

export interface EndRequest extends ProducerIdAndEpoch {
  readonly isCommit: boolean;
  readonly clientVersion: number;
}

/** EndTxn. From version 2 on the client is given its next epoch, and may abort a transaction without partitions. */
export function end(
  current: Transaction | null,
  request: EndRequest,
  freshProducerId: number | null,
  nowMs: number,
): Decision {
  if (current === null) return refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  if (request.clientVersion < EPOCH_PER_TRANSACTION) return endInSameEpoch(current, request, nowMs);
  const isRetry = isRetryOf(current, request);
  if (request.producerId !== current.producerId && !isRetry) return refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  if (request.producerEpoch !== current.producerEpoch && !isRetry) return refused(ErrorCode.PRODUCER_FENCED);
  switch (current.state) {
    case 'Ongoing':
      return isRetry ? refused(ErrorCode.PRODUCER_FENCED) : endInNewEpoch(current, request, freshProducerId, nowMs);
    case 'PrepareCommit':
    case 'PrepareAbort':
      return refused(ErrorCode.CONCURRENT_TRANSACTIONS);
    case 'CompleteCommit':
      if (isRetry) return request.isCommit ? done(current) : refused(ErrorCode.INVALID_TXN_STATE);
      return abortOfNothing(current, request, freshProducerId, nowMs);
    case 'CompleteAbort':
      if (isRetry) return request.isCommit ? refused(ErrorCode.INVALID_TXN_STATE) : done(current);
      return abortOfNothing(current, request, freshProducerId, nowMs);
    case 'Empty':
      if (isRetry) return refused(ErrorCode.PRODUCER_FENCED);
      return abortOfNothing(current, request, freshProducerId, nowMs);
    default:
      return refused(ErrorCode.UNKNOWN_SERVER_ERROR);
  }
}
/** The client did not hear that its transaction ended: it knows the epoch, or the producer id, before. */
function isRetryOf(current: Transaction, { producerId, producerEpoch }: ProducerIdAndEpoch): boolean {
  if (producerId === current.producerId) return current.producerEpoch === producerEpoch + 1;
  return producerId === current.previousProducerId && producerEpoch === LAST_EPOCH && current.producerEpoch === 0;
}
function abortOfNothing(
  current: Transaction,
  request: EndRequest,
  freshProducerId: number | null,
  nowMs: number,
): Decision {
  if (request.isCommit) return refused(ErrorCode.INVALID_TXN_STATE);
  const begun = { ...current, partitions: new Map(), startTimestampMs: nowMs };
  return endInNewEpoch(begun, request, freshProducerId, nowMs);
}
function endInNewEpoch(
  current: Transaction,
  { isCommit, clientVersion }: EndRequest,
  freshProducerId: number | null,
  nowMs: number,
): Decision {
  const isLast = isExhausted(current);
  if (isLast && freshProducerId === null) return { kind: 'needsProducerId' };
  const to: Transaction = {
    ...current,
    state: isCommit ? 'PrepareCommit' : 'PrepareAbort',
    producerEpoch: bumped(current.producerEpoch),
    lastProducerEpoch: current.producerEpoch,
    nextProducerId: isLast ? (freshProducerId ?? NO_PRODUCER_ID) : NO_PRODUCER_ID,
    lastUpdateTimestampMs: nowMs,
    clientVersion,
  };
  return change(to, isLast ? { producerId: to.nextProducerId, producerEpoch: 0 } : to);
}
function endInSameEpoch(current: Transaction, request: EndRequest, nowMs: number): Decision {
  if (request.producerId !== current.producerId) return refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  if (request.producerEpoch !== current.producerEpoch) return refused(ErrorCode.PRODUCER_FENCED);
  const { isCommit } = request;
  switch (current.state) {
    case 'Ongoing':
      return change({
        ...current,
        state: isCommit ? 'PrepareCommit' : 'PrepareAbort',
        lastUpdateTimestampMs: nowMs,
        clientVersion: request.clientVersion,
      });
    case 'CompleteCommit':
      return isCommit ? done(current) : refused(ErrorCode.INVALID_TXN_STATE);
    case 'CompleteAbort':
      return isCommit ? refused(ErrorCode.INVALID_TXN_STATE) : done(current);
    case 'PrepareCommit':
    case 'PrepareAbort':
      return refused(ErrorCode.CONCURRENT_TRANSACTIONS);
    default:
      return refused(ErrorCode.INVALID_TXN_STATE);
  }
}

/** Every marker is written. */
export function complete(current: Transaction, nowMs: number): Transaction {
  const isRotated = current.nextProducerId !== NO_PRODUCER_ID;
  return {
    ...current,
    state: current.state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    partitions: new Map(),
    producerId: isRotated ? current.nextProducerId : current.producerId,
    previousProducerId: isRotated ? current.producerId : current.previousProducerId,
    producerEpoch: isRotated ? 0 : current.producerEpoch,
    nextProducerId: NO_PRODUCER_ID,
    lastUpdateTimestampMs: nowMs,
  };
}

/** Open for longer than its producer asked for. */
export function isTimedOut({ state, startTimestampMs, timeoutMs }: Transaction, nowMs: number): boolean {
  return state === 'Ongoing' && startTimestampMs + timeoutMs < nowMs;
}
/** Nobody used it for transactional.id.expiration.ms, and nothing is open. */
export function isExpired({ state, lastUpdateTimestampMs }: Transaction, expirationMs: number, nowMs: number): boolean {
  const isIdle = state === 'Empty' || state === 'CompleteCommit' || state === 'CompleteAbort';
  return isIdle && lastUpdateTimestampMs + expirationMs <= nowMs;
}
