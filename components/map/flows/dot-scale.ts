// How many records one moving dot stands for, and when the next dot of a line starts. Pure. The legend names the scale, so it changes
// seldom and only to round numbers.

/** Dots that start per second over the whole map: more cannot be told apart, fewer look like standstill. */
const MOST_PER_SECOND = 40;
const FEWEST_PER_SECOND = 8;

/** 1, 2, 5, 10, 20, 50, … such that at most MOST_PER_SECOND start. */
export function scaleFor(recordsPerSecond: number): number {
  let scale = 1;
  for (let step = 0; recordsPerSecond / scale > MOST_PER_SECOND; step += 1) scale *= step % 3 === 1 ? 2.5 : 2;
  return scale;
}

/** Keeps the scale until it shows too much or too little. */
export function nextScale(current: number, recordsPerSecond: number): number {
  const dots = recordsPerSecond / current;
  if (dots > MOST_PER_SECOND * 1.25) return scaleFor(recordsPerSecond);
  if (current > 1 && dots < FEWEST_PER_SECOND) return scaleFor(recordsPerSecond);
  return current;
}

/** How many dots start, and what is left over for the next time; `due` is what was left over before. At most 3 at once. */
export function startingDots(
  due: number,
  recordsPerSecond: number,
  scale: number,
  elapsedMs: number,
): { readonly count: number; readonly due: number } {
  const next = due + ((recordsPerSecond / scale) * elapsedMs) / 1000;
  const count = Math.min(3, Math.floor(next));
  return { count, due: Math.min(1, next - count) };
}

/** Where a line is in its first interval, 0 to 1, from its name: lines of equal rates do not start as one. */
export function phaseOf(key: string): number {
  let sum = 7;
  for (let at = 0; at < key.length; at += 1) sum = (sum * 31 + key.charCodeAt(at)) % 9973;
  return sum / 9973;
}
