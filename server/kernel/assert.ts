// Assertions that stay on in production: a broken belief ends the node, never the data.

export class AssertionError extends Error {
  constructor(belief: string) {
    super(`broken belief: ${belief}`);
    this.name = 'AssertionError';
  }
}

/** `belief` says what was believed, as a sentence. */
export function assert(condition: unknown, belief: string): asserts condition {
  if (!condition) throw new AssertionError(belief);
}

/** The value that must be there; `belief` says why it must. */
export function present<T>(value: T | null | undefined, belief: string): T {
  if (value === null || value === undefined) throw new AssertionError(belief);
  return value;
}

/** For the default branch of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new AssertionError(`no such case: ${String(value)}`);
}
