// What a checker says when an invariant does not hold. The first one ends the run.

export class Violation extends Error {
  /** Number in the list of invariants (server/sim/SPEC.md). */
  readonly invariant: number;
  constructor(invariant: number, text: string) {
    super(`invariant ${invariant}: ${text}`);
    this.name = 'Violation';
    this.invariant = invariant;
  }
}

/** `text` is made only when it is needed. */
export function holds(invariant: number, condition: boolean, text: () => string): asserts condition {
  if (!condition) throw new Violation(invariant, text());
}
