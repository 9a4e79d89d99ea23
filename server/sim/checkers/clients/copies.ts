// What consume-transform-produce leaves behind: each input is counted once in what read_committed readers see of the output, as far as
// the group's offsets, which were committed in the same transactions, say that it was taken (invariant 19).
import { holds } from '../violation.ts';

export interface TakenInput {
  /** "topic-partition". */
  readonly partition: string;
  /** The group's, once nothing is pending. */
  readonly committedOffset: number;
  readonly endOffset: number;
}
/** What a copy of the record says. */
export const copyOf = (partition: string, offset: number): string => `${partition}@${offset}`;

/** `copies` are all values of the output that are committed. */
export function checkCopies(inputs: readonly TakenInput[], copies: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const copy of copies) counts.set(copy, (counts.get(copy) ?? 0) + 1);
  for (const { partition, committedOffset, endOffset } of inputs) {
    for (let offset = 0; offset < endOffset; offset++) {
      const copy = copyOf(partition, offset);
      const count = counts.get(copy) ?? 0;
      const wanted = offset < committedOffset ? 1 : 0;
      holds(19, count === wanted, () => `${copy} was copied ${count} times; the group is at ${committedOffset}`);
      counts.delete(copy);
    }
  }
  holds(19, counts.size === 0, () => `copies of what nobody wrote: ${[...counts.keys()].join(', ')}`);
}
