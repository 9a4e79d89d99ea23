// What the list of transactions can be asked for in its address; read by the page on the server and by the list in the browser.
import { firstAsked, listFields } from '../live/resource-list/address.ts';
import { choiceField, textField, type UrlValues } from '../ui/hooks/url-field.ts';

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

export const transactionFields = listFields(['id', 'state', 'producer', 'age', 'held'], {
  state: choiceField(['', ...transactionFilters], ''),
  /** The transactional id that is open. */
  id: textField(),
});
export const transactionsAsked = ({ q, state, sort, desc }: UrlValues<typeof transactionFields>) => ({
  query: q.trim(),
  state: state === '' ? null : state,
  sort,
  descending: desc,
});
export const transactionsParams = firstAsked(transactionFields, transactionsAsked);
