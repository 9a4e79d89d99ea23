// The list of quotas as a page asks for it: filtered, sorted and windowed, with the one looked at and who is held by what. No I/O.
import type { QuotaEntity, QuotaRow, QuotasParams, QuotasView } from '../../live/contract.ts';
import { compareNullable, compareText } from '../model/rows.ts';
import { kindOf } from './entity.ts';
import { closerThan, heldBy } from './precedence.ts';
import type { Quotas } from './quotas.ts';

const MAX_WINDOW_ROWS = 200;
const NONE: ReadonlyMap<string, QuotaRow> = new Map();

export function quotasView({ sampled }: Quotas, params: QuotasParams): QuotasView | null {
  if (sampled.isBlank) return null;
  const all = sampled.value ?? NONE;
  const matching = matchingRows(all, params);
  const chosen = params.id === null ? null : (all.get(params.id) ?? null);
  const first = Math.max(0, params.offset);
  return {
    freshness: sampled.freshness,
    problems: sampled.problems,
    total: all.size,
    matching: matching.length,
    offset: params.offset,
    rows: matching.slice(first, first + Math.min(params.limit, MAX_WINDOW_ROWS)),
    chosen,
    closer: chosen === null ? [] : closerThan(all, chosen),
    held: params.client === null || sampled.value === null ? [] : heldBy(all, params.client),
  };
}

export function matchingRows(
  all: ReadonlyMap<string, QuotaRow>,
  { query, kind, sort, descending }: Pick<QuotasParams, 'query' | 'kind' | 'sort' | 'descending'>,
): readonly QuotaRow[] {
  const wanted = query.trim().toLowerCase();
  const rows = [...all.values()].filter(
    ({ entity }) => (kind === null || kindOf(entity) === kind) && wordsOf(entity).includes(wanted),
  );
  const byEntity = (left: QuotaRow, right: QuotaRow) => compareText(orderOf(left.entity), orderOf(right.entity));
  if (sort === 'entity')
    return rows.sort((left, right) => (descending ? byEntity(right, left) : byEntity(left, right)));
  return rows.sort(
    (left, right) =>
      compareNullable(left.limits[sort] ?? null, right.limits[sort] ?? null, descending) || byEntity(left, right),
  );
}

/** What a search looks at: names, and the word of each default. */
function wordsOf(entity: QuotaEntity): string {
  const words = { user: 'user', 'client-id': 'client', ip: 'address' } as const;
  return entity
    .map(({ type, name }) => (name === null ? `every other ${words[type]} default` : `${words[type]} ${name}`))
    .join(', ')
    .toLowerCase();
}

/** Users with what belongs to each, then client ids, then addresses; a default after the names. */
function orderOf(entity: QuotaEntity): string {
  const places = { user: 0, 'client-id': 1, ip: 2 } as const;
  return entity.map(({ type, name }) => `${places[type]}${name === null ? '\u0002' : `\u0001${name}`}`).join('\u0000');
}
