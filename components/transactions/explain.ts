// What a transaction's state means for its readers, in sentences. Pure.
import type { TransactionPartition, TransactionRow, TransactionView } from '../../server/live/contract.ts';
import { exact, plural } from '../ui/format.ts';

/** One or two sentences on where it stands. */
export function standing({ transaction }: Pick<TransactionView, 'transaction'>): string {
  const { state, partitions } = transaction;
  const left = partitions === null ? 'some partitions' : plural(partitions, 'partition');
  switch (state) {
    case 'Ongoing':
      return partitions === 0
        ? 'It is open and has no partition yet.'
        : `It is open on ${left}: its producer may write more, commit or abort it.`;
    case 'PrepareCommit':
      return `Its producer has committed it. The coordinator still has to write the marker into ${left}; nothing can undo it now.`;
    case 'PrepareAbort':
      return `It is being aborted: the coordinator still has to write the marker into ${left}.`;
    case 'PrepareEpochFence':
      return 'Its producer has been replaced, and the coordinator is about to abort what that one left open.';
    case 'CompleteCommit':
      return 'No transaction is open. The last one was committed: all its records can be read.';
    case 'CompleteAbort':
      return 'No transaction is open. The last one was aborted: readers of committed records skip what it wrote.';
    case 'Empty':
      return 'A producer has taken this id and has not begun a transaction.';
    case 'Dead':
      return 'The id has expired and is being forgotten.';
    default:
      return `Its coordinator calls its state ${state}.`;
  }
}

/** What readers wait for because of it; null when nothing is known to wait. */
export function waiting({
  transaction,
  partitions,
}: Pick<TransactionView, 'transaction' | 'partitions'>): string | null {
  const { heldBack } = transaction;
  if (heldBack === null) return 'How many records wait for it is not known: not every leader has answered.';
  const places = partitions.filter((each) => (each.heldBack ?? 0) > 0).length;
  if (heldBack === 0) {
    return partitions.length === 0
      ? null
      : 'No record waits for it now: it has written nothing yet, or what it wrote is behind the last stable offset.';
  }
  const they = heldBack === 1 ? '1 record is' : `${exact(heldBack)} records are`;
  return `${they} held back in ${plural(places, 'partition')} from consumers with isolation.level=read_committed, its own and those written after it, until it ends. Others read them already.`;
}

/** One partition: where it began and who waits. */
export function atPartition(row: TransactionPartition): string {
  if (row.doubt !== null) return row.doubt;
  if (row.firstOffset === null) return 'Nothing written here yet.';
  if (row.behindProducerId !== null)
    return `Producer id ${row.behindProducerId} opened a transaction here earlier; readers wait for that one first.`;
  if (row.heldBack === null || row.endOffset === null) return `Open from offset ${row.firstOffset} on.`;
  if (row.heldBack === 0) return `Open from offset ${row.firstOffset} on; nothing waits.`;
  return `Readers of committed records stand at ${row.firstOffset}, ${plural(row.heldBack, 'record')} before the end.`;
}

/** What fencing would hit. */
export function fencingHits({ state, partitions, heldBack, producerEpoch }: TransactionRow): readonly string[] {
  const epoch =
    producerEpoch === null ? 'The producer that has it now' : `The producer that has it now (epoch ${producerEpoch})`;
  const hits = [
    `${epoch} can write and commit no more under this id; its next request fails, and it has to start anew.`,
  ];
  if (state === 'Ongoing') {
    const where = partitions === null ? '' : ` on ${plural(partitions, 'partition')}`;
    const lost =
      heldBack === null || heldBack === 0
        ? ''
        : `, and up to ${plural(heldBack, 'record')} held back now become readable or are skipped`;
    hits.push(`Its open transaction${where} is aborted${lost}.`);
  } else hits.push('No transaction of it is open, so no record is lost.');
  return hits;
}
