// The list of users as a page asks for it: filtered, sorted and windowed, with the one looked at. No I/O.
import type { UserRow, UsersParams, UsersView } from '../../live/contract.ts';
import { byText, chosenOf, searching, windowed } from '../windowed.ts';
import type { Users } from './users.ts';

export function usersView({ sampled }: Users, params: UsersParams): UsersView | null {
  if (sampled.isBlank) return null;
  const all: ReadonlyMap<string, UserRow> = sampled.value?.users ?? new Map();
  const matches = searching(params.query);
  return {
    freshness: sampled.freshness,
    problems: sampled.problems,
    ...windowed(
      {
        all: all.values(),
        keeps: ({ name }) => matches(name),
        order: byText(({ name }) => name, params.descending),
        row: (user) => user,
      },
      params,
    ),
    chosen: chosenOf(all, params.name),
    clients: sampled.value?.clients ?? null,
  };
}
