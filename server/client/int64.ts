// int64 values between the client library (bigint) and everybody else (number), checked to be exact. Called everywhere an
// offset, a size or a time crosses that line.
import { ClusterError } from './errors.ts';

/** @throws ClusterError OUT_OF_RANGE beyond ±(2^53−1), where a number would lie. */
export function toNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new ClusterError('OUT_OF_RANGE', `The broker sent ${value}, which is larger than a number can hold exactly.`);
  }
  return number;
}

/**
 * The nearest number: of what clients wrote as they liked (the time of a record, a committed offset), where one that no number can hold
 * must not hide all others.
 */
export function nearestNumber(value: bigint): number {
  return Number(value);
}
