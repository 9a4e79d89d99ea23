// What stands between a group and the end of its partitions, in words: records to read, and offsets that hold none. Pure.
import type { GroupPartition, LagParts } from '../../server/live/contract.ts';
import { plural, word } from '../ui/format.ts';

export const WHAT_LAG_IS =
  'Records left to read. Within 500 offsets of the end, transaction markers, aborted records and compacted offsets are left out; further off, and in Kafka’s own tools, every offset counts.';

/** "1 marker, 2 aborted": the offsets left that are no lag; empty when there are none. */
export function passedOverOf(parts: LagParts | null): string {
  if (parts === null) return '';
  const { markers, aborted, compacted } = parts;
  return [
    markers > 0 ? plural(markers, 'marker') : null,
    aborted > 0 ? `${aborted} aborted` : null,
    compacted > 0 ? `${compacted} compacted away` : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** Sentences about a group whose lag is not what its offsets suggest; none where it is. */
export function explainLag(partitions: readonly Pick<GroupPartition, 'lag' | 'lagParts'>[]): readonly string[] {
  const total = { offsets: 0, markers: 0, aborted: 0, compacted: 0, open: 0, lag: 0 };
  for (const { lag, lagParts } of partitions) {
    total.lag += lag ?? 0;
    if (lagParts === null) continue;
    for (const part of ['offsets', 'markers', 'aborted', 'compacted', 'open'] as const) total[part] += lagParts[part];
  }
  const passedOver = total.markers + total.aborted + total.compacted;
  const sentences: string[] = [];
  if (passedOver > 0 && total.lag === 0) {
    sentences.push(
      `It has read every record there is: ${plural(passedOver, 'offset')} after its position ${word(passedOver, 'holds', 'hold')} none to read (${passedOverOf(total)}).`,
    );
  }
  if (total.aborted > 0) {
    sentences.push(
      `${plural(total.aborted, 'record')} of aborted transactions ${word(total.aborted, 'comes', 'come')} only to readers with isolation.level=read_uncommitted.`,
    );
  }
  if (total.open > 0) {
    sentences.push(
      `${plural(total.open, 'record')} of its lag ${word(total.open, 'belongs', 'belong')} to open transactions: readers with isolation.level=read_committed get ${word(total.open, 'it', 'them')} once ${word(total.open, 'that is', 'those are')} committed.`,
    );
  }
  return sentences;
}
