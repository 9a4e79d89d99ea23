// int64 values between the client library (bigint) and the dashboard (number), checked to be exact. Called everywhere an
// offset, a size or a time crosses that line.
import { GatewayError } from './gateway.ts';

/** @throws GatewayError OUT_OF_RANGE beyond ±(2^53−1), where a number would lie. */
export function toNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new GatewayError('OUT_OF_RANGE', `The broker sent ${value}, which is larger than a number can hold exactly.`);
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

/** NaN stands for "unknown" inside typed arrays; outside it is null. */
export function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** Three significant places below ten, one above: what a person reads, and small on the wire. */
export function roundRate(value: number): number {
  return Math.abs(value) >= 10 ? Math.round(value * 10) / 10 : Math.round(value * 1000) / 1000;
}

export function sumOrNull(values: Iterable<number | null>): number | null {
  let sum = 0;
  let isKnown = false;
  for (const value of values) {
    if (value === null) continue;
    sum += value;
    isKnown = true;
  }
  return isKnown ? sum : null;
}
