// Numbers that may be unknown, and how exact a rate is told. Pure. Used all over the gateway.

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

export function rounded(value: number | null): number | null {
  return value === null ? null : roundRate(value);
}
