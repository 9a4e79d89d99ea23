// What the list of topics asks the server for, read from the address: by the page for its first paint, and in the browser.
import type { TopicSort, TopicsParams } from '../../server/live/contract.ts';

export const topicSorts: readonly TopicSort[] = ['name', 'partitions', 'records', 'size', 'rate'];
/** Rows of the first window; the browser asks for the next ones as it scrolls. */
export const FIRST_ROWS = 200;

export function topicsParams(read: (name: string) => string): TopicsParams {
  return {
    query: read('q').trim(),
    sort: topicSorts.find((sort) => sort === read('sort')) ?? 'name',
    descending: read('desc') === '1',
    includeInternal: read('internal') === '1',
    offset: 0,
    limit: FIRST_ROWS,
  };
}
