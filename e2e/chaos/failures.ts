// Why a client's requests failed for good, with how often: for the figures of a chaos run, never for its verdict.

/** Enough to see what is wrong; more would hide it. */
const MAX_REASONS = 50;

export class Failures {
  readonly #counts = new Map<string, number>();

  add(client: string, error: unknown): void {
    const reason = `${client}: ${reasonOf(error)}`;
    if (this.#counts.size < MAX_REASONS) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  toJSON(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}

/** The last words of an error: what lies at the bottom of a chain of retries. */
function reasonOf(error: unknown): string {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    const inner: unknown = current.cause ?? (current instanceof AggregateError ? current.errors.at(-1) : undefined);
    if (!(inner instanceof Error)) break;
    current = inner;
  }
  return (current instanceof Error ? current.message : String(current)).slice(0, 120);
}
