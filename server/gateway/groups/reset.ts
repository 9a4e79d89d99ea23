// Where a reset would put a group: pure arithmetic from the current offsets, the bounds of the log and a strategy, with a
// note wherever the wish had to be cut. Called by actions.ts.
import type { ResetRow, ResetStrategy } from '../../live/contract.ts';

export interface ResetInput {
  readonly topic: string;
  readonly partition: number;
  readonly currentOffset: number | null;
  readonly startOffset: number;
  readonly endOffset: number;
  /** For a reset to a timestamp: the first offset at or after it, −1 when there is none. */
  readonly timestampOffset: number | null;
}

export function resetRow(input: ResetInput, strategy: ResetStrategy): ResetRow {
  const { offset, note } = wished(input, strategy);
  const newOffset = Math.min(Math.max(offset, input.startOffset), input.endOffset);
  const cutNote =
    newOffset < offset
      ? `cut to the end of the log (${input.endOffset})`
      : newOffset > offset
        ? `cut to the start of the log (${input.startOffset})`
        : null;
  return {
    topic: input.topic,
    partition: input.partition,
    currentOffset: input.currentOffset,
    newOffset,
    readAgain: input.currentOffset === null ? null : input.currentOffset - newOffset,
    note: [note, cutNote].filter((part) => part !== null).join('; ') || null,
  };
}

function wished(input: ResetInput, strategy: ResetStrategy): { offset: number; note: string | null } {
  switch (strategy.to) {
    case 'earliest':
      return { offset: input.startOffset, note: null };
    case 'latest':
      return { offset: input.endOffset, note: null };
    case 'offset':
      return { offset: strategy.offset, note: null };
    case 'timestamp':
      return input.timestampOffset === null || input.timestampOffset < 0
        ? { offset: input.endOffset, note: 'no record at or after that time: the end of the log' }
        : { offset: input.timestampOffset, note: null };
    case 'shift':
      return input.currentOffset === null
        ? { offset: input.startOffset + strategy.by, note: 'nothing committed: shifted from the start of the log' }
        : { offset: input.currentOffset + strategy.by, note: null };
  }
}
