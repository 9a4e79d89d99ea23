// The lag of one partition of a group, or the sentence why there is none. Pure. The end offset must have been read after
// the committed offset, so that a lag is never negative by accident.
import type { LagParts } from '../../live/contract.ts';

export interface LagInput {
  /** null: nothing committed. */
  readonly committedOffset: number | null;
  readonly startOffset: number | null;
  readonly endOffset: number | null;
  readonly hasTopic: boolean;
  readonly hasPartition: boolean;
  readonly leader: number | null;
  /** What lies between the two offsets, where the log was looked at. */
  readonly parts: LagParts | null;
}

export interface Lag {
  readonly lag: number | null;
  readonly lagNote: string | null;
  readonly lagParts: LagParts | null;
}

const GONE = ['topic is gone', 'partition is gone'] as const;

/** True where something was committed, the partition is there, and yet its lag cannot be told. */
export function isLagUnknown(row: Pick<Lag, 'lag' | 'lagNote'> & { readonly committedOffset: number | null }): boolean {
  return row.lag === null && row.committedOffset !== null && !GONE.some((note) => note === row.lagNote);
}

export function partitionLag(input: LagInput): Lag {
  const { committedOffset, startOffset, endOffset } = input;
  if (!input.hasTopic) return unknown(GONE[0]);
  if (!input.hasPartition) return unknown(GONE[1]);
  if (committedOffset === null) return unknown('nothing committed');
  if (endOffset === null) {
    return unknown(
      input.leader === null ? 'partition has no leader' : `end offset unknown: broker ${input.leader} does not tell it`,
    );
  }
  if (startOffset !== null && committedOffset < startOffset) {
    return unknown(`committed offset ${committedOffset} was deleted by retention (log starts at ${startOffset})`);
  }
  if (committedOffset > endOffset) {
    return unknown(`committed offset ${committedOffset} is beyond the end of the log (${endOffset})`);
  }
  const lagParts = input.parts;
  return { lag: lagParts === null ? endOffset - committedOffset : recordsLeft(lagParts), lagNote: null, lagParts };
}

/** Records that a reader with read_committed may yet get. */
export function recordsLeft({ offsets, markers, aborted, compacted }: LagParts): number {
  return offsets - markers - aborted - compacted;
}

function unknown(lagNote: string): Lag {
  return { lag: null, lagNote, lagParts: null };
}
