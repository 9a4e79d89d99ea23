// The list of users as a page asks for it: filtered, sorted and windowed, with the one looked at. No I/O.
import type { UserRow, UsersParams, UsersView } from '../../live/contract.ts';
import { compareText } from '../model/rows.ts';
import type { Users } from './users.ts';

const MAX_WINDOW_ROWS = 200;

export function usersView({ sampled }: Users, params: UsersParams): UsersView | null {
  if (sampled.isBlank) return null;
  const all: ReadonlyMap<string, UserRow> = sampled.value?.users ?? new Map();
  const query = params.query.trim().toLowerCase();
  const matching = [...all.values()].filter(({ name }) => name.toLowerCase().includes(query));
  const sign = params.descending ? -1 : 1;
  matching.sort((left, right) => sign * compareText(left.name, right.name));
  const first = Math.max(0, params.offset);
  return {
    freshness: sampled.freshness,
    problems: sampled.problems,
    total: all.size,
    matching: matching.length,
    offset: params.offset,
    rows: matching.slice(first, first + Math.min(params.limit, MAX_WINDOW_ROWS)),
    chosen: params.name === null ? null : (all.get(params.name) ?? null),
    clients: sampled.value?.clients ?? null,
  };
}
