// What the list of transactions can be asked for in its address; read by the page on the server and by the list in the browser.
import type { TransactionsParams } from '../../server/live/contract.ts';

export const FIRST_ROWS = 200;
export const transactionSorts = ['id', 'state', 'producer', 'age', 'held'] as const;
/** Kafka's states, after the two that gather several. */
export const transactionFilters = [
  'active',
  'hanging',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Empty',
  'PrepareEpochFence',
  'Dead',
] as const;

export function transactionsParams(read: (name: string) => string): TransactionsParams {
  return {
    query: read('q').trim(),
    state: transactionFilters.find((state) => state === read('state')) ?? null,
    sort: transactionSorts.find((sort) => sort === read('sort')) ?? 'id',
    descending: read('desc') === '1',
    offset: 0,
    limit: FIRST_ROWS,
  };
}
