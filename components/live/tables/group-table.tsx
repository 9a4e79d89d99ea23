'use client';
// A table of groups; used by the list of groups, the overview and a topic's groups.
import type { GroupRow, TopicGroupRow } from '../../../server/live/contract.ts';
import { Foreign } from '../../ui/foreign/foreign.tsx';
import { exact, perSecond, plural } from '../../ui/format.ts';
import { Quantity } from '../../ui/numbers.tsx';
import { type Column, Table } from '../../ui/table/table.tsx';
import { usePaths } from '../use-connection.ts';
import { GroupState } from '../words/group-state.tsx';

const NO_LAG = 'the coordinator has not answered, or nothing is committed';

/** Why a group's total lag may be higher than it says; null: it is whole. */
export function partOfLag({ unknownLagPartitions }: Pick<GroupRow, 'unknownLagPartitions'>): string | null {
  return unknownLagPartitions === 0
    ? null
    : `the lag of ${plural(unknownLagPartitions, 'partition')} cannot be told now`;
}

export function LagTrend({ perSecond: change }: { perSecond: number | null }) {
  if (change === null)
    return (
      <span className="text-muted" title="needs two samples">
        —
      </span>
    );
  if (Math.abs(change) < 0.5) return <span className="text-muted">steady</span>;
  const isGrowing = change > 0;
  return (
    <span
      className={isGrowing ? 'live num text-warn' : 'live num text-ok'}
      title={`lag ${isGrowing ? 'grows' : 'shrinks'} by ${exact(Math.abs(change))} records per second`}
    >
      <span aria-hidden>{isGrowing ? '↑ ' : '↓ '}</span>
      <span className="sr-only">{isGrowing ? 'growing ' : 'shrinking '}</span>
      {perSecond(Math.abs(change))}
    </span>
  );
}

const groupColumn: Column<GroupRow> = {
  id: 'group',
  header: 'Group',
  track: 'minmax(0,2fr)',
  sortKey: 'name',
  onPhone: 'title',
  cell: (row) => <Foreign text={row.groupId} className="font-mono" />,
};
const stateColumn: Column<GroupRow> = {
  id: 'state',
  isSelfLabelled: true,
  header: 'State',
  track: '164px',
  sortKey: 'state',
  onPhone: 'line',
  cell: (row) => <GroupState state={row.state} />,
};
const membersColumn: Column<GroupRow> = {
  id: 'members',
  header: 'Members',
  track: '68px',
  isNumber: true,
  sortKey: 'members',
  cell: (row) => <Quantity value={row.members} unit="exact" reason="the coordinator has not answered" />,
};
const lagColumn: Column<GroupRow> = {
  id: 'lag',
  header: 'Lag',
  track: '92px',
  isNumber: true,
  sortKey: 'lag',
  onPhone: 'line',
  cell: (row) => <Quantity value={row.totalLag} unit="exact" reason={NO_LAG} atLeast={partOfLag(row)} />,
};
const trendColumn: Column<GroupRow> = {
  id: 'trend',
  header: 'Trend',
  track: '84px',
  isNumber: true,
  cell: (row) => <LagTrend perSecond={row.lagChangePerSecond} />,
  onPhone: 'line',
};

export const groupColumns: readonly Column<GroupRow>[] = [
  groupColumn,
  stateColumn,
  {
    id: 'type',
    header: 'Type',
    track: '76px',
    onPhone: 'line',
    isSelfLabelled: true,
    cell: (row) => <span data-testid="group-type">{row.type}</span>,
  },
  membersColumn,
  {
    id: 'topics',
    header: 'Topics',
    track: '56px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.topics} unit="exact" />,
  },
  {
    id: 'coordinator',
    header: 'Coordinator',
    track: '88px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => (row.coordinatorId === null ? '—' : `broker ${row.coordinatorId}`),
  },
  lagColumn,
  trendColumn,
];
const shortColumns: readonly Column<GroupRow>[] = [
  groupColumn,
  { ...lagColumn, track: '100px' },
  { ...trendColumn, track: '100px' },
];
const topicColumns = [
  groupColumn,
  stateColumn,
  membersColumn,
  {
    id: 'topicLag',
    header: 'Lag on this topic',
    track: '140px',
    isNumber: true,
    onPhone: 'line',
    cell: (row) => <Quantity value={row.topicLag} unit="exact" reason={NO_LAG} />,
  },
  { ...trendColumn },
] as readonly Column<TopicGroupRow>[];

export function ShortGroupTable({ rows }: { rows: readonly GroupRow[] }) {
  const paths = usePaths();
  return (
    <Table
      label="Groups with the most lag"
      columns={shortColumns}
      count={rows.length}
      rowAt={(index) => rows[index]}
      keyOf={(row) => row.groupId}
      hrefOf={(row) => paths.group(row.groupId)}
      rowTestId="group-row"
    />
  );
}
export function TopicGroupTable({ rows }: { rows: readonly TopicGroupRow[] }) {
  const paths = usePaths();
  return (
    <Table
      label="Groups that read this topic"
      columns={topicColumns}
      count={rows.length}
      rowAt={(index) => rows[index]}
      keyOf={(row) => row.groupId}
      hrefOf={(row) => paths.group(row.groupId)}
      rowTestId="group-row"
      hasKeys
    />
  );
}
