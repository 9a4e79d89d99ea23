// What a reader of committed records sees of a Fetch answer: batches of aborted transactions keep their place and lose their records.
// As org.apache.kafka.clients.consumer.internals.CompletedFetch does it. Called by whoever asked for committed records.
import { type Batch, endsTransaction } from './batch.ts';

/** A transaction that ended aborted and reaches into the answer, as the leader lists it. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: number;
}

/** `batches` in order of offset, as fetched with isolation read_committed. */
export function* withoutAborted(
  batches: Iterable<Batch>,
  aborted: readonly AbortedTransaction[],
): Generator<Batch, void, undefined> {
  const waiting = aborted.toSorted((left, right) => left.firstOffset - right.firstOffset);
  const open = new Set<string>();
  let next = 0;
  for (const batch of batches) {
    for (; next < waiting.length; next += 1) {
      const transaction = waiting[next];
      if (transaction === undefined || transaction.firstOffset >= batch.nextOffset) break;
      open.add(transaction.producerId);
    }
    if (endsTransaction(batch) === 'abort') open.delete(batch.producerId);
    const isAborted = batch.isTransactional && !batch.isControl && open.has(batch.producerId);
    yield isAborted ? { ...batch, recordCount: 0 } : batch;
  }
}
