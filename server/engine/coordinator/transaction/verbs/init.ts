// InitProducerId: who begins, or goes on after an error, gets an epoch of its own.
import { ErrorCode } from '../../../../protocol/errors.ts';
import {
  bumped,
  isExhausted,
  isPreparing,
  LAST_EPOCH,
  NO_EPOCH,
  NO_PRODUCER_ID,
  type Transaction,
} from '../transaction.ts';
import { change, type Decision, type ProducerIdAndEpoch, refused } from './decision.ts';
import { fence } from './end.ts';

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
