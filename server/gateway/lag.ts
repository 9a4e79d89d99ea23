// The lag of one partition of a group, or the sentence why there is none. Pure. The end offset must have been read after
// the committed offset, so that a lag is never negative by accident.

export interface LagInput {
  /** null: nothing committed. */
  readonly committedOffset: number | null;
  readonly startOffset: number | null;
  readonly endOffset: number | null;
  readonly hasTopic: boolean;
  readonly hasPartition: boolean;
  readonly leader: number | null;
}

export interface Lag {
  readonly lag: number | null;
  readonly lagNote: string | null;
}

export function partitionLag(input: LagInput): Lag {
  const { committedOffset, startOffset, endOffset } = input;
  if (!input.hasTopic) return unknown('topic is gone');
  if (!input.hasPartition) return unknown('partition is gone');
  if (committedOffset === null) return unknown('nothing committed');
  if (endOffset === null) {
    return unknown(
      input.leader === null ? 'partition has no leader' : `end offset unknown: broker ${input.leader} did not answer`,
    );
  }
  if (startOffset !== null && committedOffset < startOffset) {
    return unknown(`committed offset ${committedOffset} was deleted by retention (log starts at ${startOffset})`);
  }
  if (committedOffset > endOffset) {
    return unknown(`committed offset ${committedOffset} is beyond the end of the log (${endOffset})`);
  }
  return { lag: endOffset - committedOffset, lagNote: null };
}

function unknown(lagNote: string): Lag {
  return { lag: null, lagNote };
}
