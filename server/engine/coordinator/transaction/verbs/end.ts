// How transactions end: EndTxn in both versions of the protocol, the abort nobody asked for, and the completion of either.
import { ErrorCode } from '../../../../protocol/errors.ts';
import { EPOCH_PER_TRANSACTION } from '../../../../protocol/records/marker.ts';
import { bumped, isExhausted, LAST_EPOCH, NO_PRODUCER_ID, type Transaction } from '../transaction.ts';
import { change, type Decision, done, type ProducerIdAndEpoch, refused } from './decision.ts';

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
