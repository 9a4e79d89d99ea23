'use client';
// The columns of the list of quotas: whom each is for, and its limits.
import { QUOTA_KEYS, type QuotaKey, type QuotaRow } from '../../server/live/contract.ts';
import type { Column } from '../ui/table/table.tsx';
import { entityWords } from './entity.ts';
import { exactLimit, keysOf, limitTexts, limitWords } from './limits.ts';

function LimitCell({ row: { entity, limits }, of: key }: { row: QuotaRow; of: QuotaKey }) {
  const value = limits[key];
  if (value !== undefined) {
    return (
      <span title={exactLimit(key, value)} data-testid="quota-limit" data-key={key} data-value={value}>
        <span className="table:hidden">{limitTexts[key].label} </span>
        {limitWords(key, value)}
      </span>
    );
  }
  const canHave = keysOf(entity).includes(key);
  return (
    <span data-none className={canHave ? 'text-muted' : 'sr-only'}>
      {canHave ? 'none' : 'does not apply'}
    </span>
  );
}

export const columns: readonly Column<QuotaRow>[] = [
  {
    id: 'entity',
    header: 'For',
    track: 'minmax(0,2fr)',
    sortKey: 'entity',
    onPhone: 'title',
    cell: ({ entity }) => <span title={entityWords(entity)}>{entityWords(entity)}</span>,
  },
  ...QUOTA_KEYS.map(
    (key): Column<QuotaRow> => ({
      id: key,
      header: limitTexts[key].label,
      track: '116px',
      isNumber: true,
      sortKey: key,
      onPhone: 'line',
      isSelfLabelled: true,
      cell: (row) => <LimitCell row={row} of={key} />,
    }),
  ),
];
