// What lies between a committed offset and the end of a log: records to read, and offsets that no reader gets as a record
// (transaction markers, what compaction removed, records of aborted transactions). Pure; sampling/log-tails.ts reads the batches.
import { type Batch, endsTransaction, recordsOf } from '../../client/records/batch.ts';
import type { LagParts } from '../../live/contract.ts';

export interface LookedAt {
  readonly parts: LagParts;
  /** Some of the batches belong to transactions. */
  readonly isTransactional: boolean;
}

/**
 * Takes the offsets in [from, end) apart, as far as the batches reach; those behind them count as records.
 * A record whose transaction has no marker up to `end` is open. @throws ClusterError for batches that cannot be read
 */
export function lagParts(batches: Iterable<Batch>, from: number, end: number): LookedAt {
  let markers = 0;
  let aborted = 0;
  let compacted = 0;
  let position = from;
  let isTransactional = false;
  const undecided = new Map<string, number>();
  for (const batch of batches) {
    if (batch.nextOffset <= position) continue;
    if (batch.baseOffset >= end) break;
    compacted += Math.max(0, batch.baseOffset - position);
    const offsets = batch.nextOffset - Math.max(batch.baseOffset, position);
    position = batch.nextOffset;
    isTransactional ||= batch.isTransactional;
    if (batch.isControl) {
      markers += offsets;
      const ending = endsTransaction(batch);
      if (ending === null) continue;
      if (ending === 'abort') aborted += undecided.get(batch.producerId) ?? 0;
      undecided.delete(batch.producerId);
      continue;
    }
    const records = recordsFrom(batch, from, offsets);
    compacted += offsets - records;
    if (batch.isTransactional) undecided.set(batch.producerId, (undecided.get(batch.producerId) ?? 0) + records);
  }
  const open = [...undecided.values()].reduce((sum, count) => sum + count, 0);
  return { parts: { offsets: end - from, markers, aborted, compacted, open }, isTransactional };
}

/** Only a batch that begins before the committed offset and has gaps must be opened. */
function recordsFrom(batch: Batch, from: number, offsets: number): number {
  if (batch.baseOffset >= from) return batch.recordCount;
  if (batch.recordCount === batch.nextOffset - batch.baseOffset) return offsets;
  return recordsOf(batch).filter(({ offset }) => offset >= from).length;
}
