// The list of quotas as a page asks for it: filtered, sorted and windowed, with the one looked at and who is held by what. No I/O.
import type { QuotaEntity, QuotaRow, QuotasParams, QuotasView } from '../../live/contract.ts';
import { byNumber, byText, chosenOf, inTurn, type ListOf, searching, windowed } from '../windowed.ts';
import { kindOf } from './entity.ts';
import { closerThan, heldBy } from './precedence.ts';
import type { Quotas } from './quotas.ts';

const NONE: ReadonlyMap<string, QuotaRow> = new Map();

export function quotasView({ sampled }: Quotas, params: QuotasParams): QuotasView | null {
  if (sampled.isBlank) return null;
  const all = sampled.value ?? NONE;
  const chosen = chosenOf(all, params.id);
  return {
    freshness: sampled.freshness,
    problems: sampled.problems,
    ...windowed(listOf(all, params), params),
    chosen,
    closer: chosen === null ? [] : closerThan(all, chosen),
    held: params.client === null || sampled.value === null ? [] : heldBy(all, params.client),
  };
}

export function listOf(
  all: ReadonlyMap<string, QuotaRow>,
  { query, kind, sort, descending }: Pick<QuotasParams, 'query' | 'kind' | 'sort' | 'descending'>,
): ListOf<QuotaRow, QuotaRow> {
  const matches = searching(query);
  const byEntity = (isDescending: boolean) => byText<QuotaRow>(({ entity }) => orderOf(entity), isDescending);
  return {
    all: all.values(),
    keeps: ({ entity }) => (kind === null || kindOf(entity) === kind) && matches(wordsOf(entity)),
    order:
      sort === 'entity'
        ? byEntity(descending)
        : inTurn(
            byNumber(({ limits }) => limits[sort] ?? null, descending),
            byEntity(false),
          ),
    row: (quota) => quota,
  };
}

/** What a search looks at: names, and the word of each default. */
function wordsOf(entity: QuotaEntity): string {
  const words = { user: 'user', 'client-id': 'client', ip: 'address' } as const;
  return entity
    .map(({ type, name }) => (name === null ? `every other ${words[type]} default` : `${words[type]} ${name}`))
    .join(', ');
}

/** Users with what belongs to each, then client ids, then addresses; a default after the names. */
function orderOf(entity: QuotaEntity): string {
  const places = { user: 0, 'client-id': 1, ip: 2 } as const;
  return entity.map(({ type, name }) => `${places[type]}${name === null ? '\u0002' : `\u0001${name}`}`).join('\u0000');
}
