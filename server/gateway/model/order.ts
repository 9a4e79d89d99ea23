// The two orders that lists are sorted by. Pure.

/** Order by a number that may be unknown: the unknown come last either way. */
export function compareNullable(left: number | null, right: number | null, isDescending: boolean): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  return isDescending ? right - left : left - right;
}

export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
