// What the page of users can be asked for in its address; read by the page on the server and by the list in the browser.
import type { UsersParams } from '../../server/live/contract.ts';

export const FIRST_ROWS = 200;

export function usersParams(read: (name: string) => string): UsersParams {
  const name = read('name');
  return {
    query: read('q').trim().slice(0, 249),
    descending: read('desc') === '1',
    name: name === '' ? null : name.slice(0, 1_000),
    offset: 0,
    limit: FIRST_ROWS,
  };
}
