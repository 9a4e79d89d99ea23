'use client';
// The columns of the list of users: each mechanism with its iterations.
import { SCRAM_MECHANISMS, type ScramMechanism, type UserRow } from '../../server/live/contract.ts';
import { Foreign } from '../ui/foreign/foreign.tsx';
import { foreignString } from '../ui/foreign/foreign-text.ts';
import { exact } from '../ui/format.ts';
import type { Column } from '../ui/table/table.tsx';

const mechanismColumn = (mechanism: ScramMechanism): Column<UserRow> => ({
  id: mechanism,
  header: mechanism,
  track: '160px',
  onPhone: 'line',
  isSelfLabelled: true,
  cell: ({ credentials }) => {
    const credential = credentials.find((each) => each.mechanism === mechanism);
    if (credential === undefined)
      return (
        <span data-none className="text-muted">
          none
        </span>
      );
    return (
      <span className="num">
        <span className="table:hidden">{mechanism} </span>
        {exact(credential.iterations)}
        <span className="max-table:hidden"> iterations</span>
      </span>
    );
  },
});
export const columns: readonly Column<UserRow>[] = [
  {
    id: 'name',
    header: 'User',
    track: 'minmax(0,2fr)',
    sortKey: 'name',
    onPhone: 'title',
    cell: ({ name }) => (
      <span className="font-mono" title={foreignString(name)}>
        <Foreign text={name} />
      </span>
    ),
  },
  ...SCRAM_MECHANISMS.map(mechanismColumn),
];
