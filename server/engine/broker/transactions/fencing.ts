// How old clients are told that they are fenced. Used by the handlers of transactional APIs.
import { ErrorCode } from '../../../protocol/errors.ts';

/** PRODUCER_FENCED is INVALID_PRODUCER_EPOCH to clients from before KIP-588; other codes stay. */
export function fencingCode(errorCode: number, knowsFenced: boolean): number {
  return errorCode === ErrorCode.PRODUCER_FENCED && !knowsFenced ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode;
}
