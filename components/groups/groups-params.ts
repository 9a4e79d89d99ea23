// What the list of groups asks the server for, read from the address: by the page for its first paint, and in the browser.
import type { GroupSort, GroupsParams } from '../../server/live/contract.ts';

export const groupSorts: readonly GroupSort[] = ['name', 'lag', 'state', 'members'];
export const FIRST_ROWS = 200;

export function groupsParams(read: (name: string) => string): GroupsParams {
  return {
    query: read('q').trim(),
    sort: groupSorts.find((sort) => sort === read('sort')) ?? 'name',
    descending: read('desc') === '1',
    offset: 0,
    limit: FIRST_ROWS,
  };
}
