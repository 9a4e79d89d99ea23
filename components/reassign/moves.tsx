'use client';
// Lists of moves: what a plan would do, and how far each is. Searched and paged by the server.
import clsx from 'clsx';
import type { ReactNode } from 'react';
import type { ReassignMove, ReassignMoveState, ReassignProgressRow } from '../../server/live/contract.ts';
import { bytes } from '../ui/format.ts';
import { type Level, StateWord } from '../ui/notice.tsx';
import { Quantity } from '../ui/numbers.tsx';
import { type Column, Table } from '../ui/table/table.tsx';
import { Bar } from './bar.tsx';

/** Broker ids in their order; those that come or go stand out, also without colour. */
export function Replicas({
  ids,
  others,
  look,
}: {
  ids: readonly number[];
  others: readonly number[];
  look: 'gone' | 'new';
}) {
  return (
    <span className="num font-mono text-caption">
      {ids.map((id, index) => {
        const isOther = !others.includes(id);
        return (
          <span key={id}>
            {index > 0 ? ', ' : ''}
            <span
              title={isOther ? (look === 'new' ? 'gets a replica' : 'gives up its replica') : undefined}
              className={clsx(
                isOther && look === 'new' && 'font-semibold text-accent underline underline-offset-2',
                isOther && look === 'gone' && 'text-muted line-through',
              )}
            >
              {id}
            </span>
          </span>
        );
      })}
    </span>
  );
}

function LeaderChange({ move }: { move: ReassignMove }) {
  const { leaderBefore, leaderAfter } = move;
  if (leaderAfter === null) return <span className="text-muted">as it comes</span>;
  if (leaderBefore === leaderAfter) return <span className="num text-muted">{leaderAfter}, stays</span>;
  return (
    <span className="num">
      {leaderBefore ?? 'none'} → {leaderAfter}
    </span>
  );
}

const name = (move: ReassignMove): ReactNode => (
  <span title={`partition ${move.partition} of ${move.topic}`}>
    <span className="font-mono">{move.topic}</span> <span className="num text-muted">partition {move.partition}</span>
  </span>
);
const placeColumns = <T extends ReassignMove>(): readonly Column<T>[] => [
  { id: 'name', header: 'Partition', track: 'minmax(0,2fr)', onPhone: 'title', cell: name },
  {
    id: 'from',
    header: 'From',
    track: 'minmax(0,1fr)',
    onPhone: 'line',
    cell: (row) => <Replicas ids={row.from} others={row.to} look="gone" />,
  },
  {
    id: 'to',
    header: 'To',
    track: 'minmax(0,1fr)',
    onPhone: 'line',
    cell: (row) => <Replicas ids={row.to} others={row.from} look="new" />,
  },
];

const planColumns: readonly Column<ReassignMove>[] = [
  ...placeColumns<ReassignMove>(),
  { id: 'leader', header: 'Leader', track: '110px', cell: (row) => <LeaderChange move={row} /> },
  {
    id: 'bytes',
    header: 'To copy',
    track: '90px',
    isNumber: true,
    onPhone: 'line',
    cell: (row) => <Quantity value={row.bytes} unit="bytes" reason="the leader did not say its size" />,
  },
];

export function PlannedMoves({ rows }: { rows: readonly ReassignMove[] | undefined }) {
  return (
    <Table
      label="Moves"
      columns={planColumns}
      count={rows?.length ?? 3}
      rowAt={(index) => rows?.[index]}
      keyOf={keyOf}
      rowTestId="planned-move"
    />
  );
}

const states: Readonly<Record<ReassignMoveState, readonly [Level, string]>> = {
  waiting: ['offline', 'Waiting'],
  moving: ['notice', 'Moving'],
  done: ['ok', 'Done'],
  failed: ['critical', 'Failed'],
  cancelled: ['offline', 'Went back'],
};

function Copied({ row }: { row: ReassignProgressRow }) {
  if (row.state === 'waiting' || row.state === 'cancelled') return <span className="text-muted">—</span>;
  if (row.bytes === 0) return <span className="text-muted">nothing to copy</span>;
  const total = row.bytes ?? 0;
  return (
    <span className="flex items-center gap-2">
      <Bar
        isSmall
        label={`Copied of partition ${row.partition} of ${row.topic}`}
        share={(row.copiedBytes ?? 0) / Math.max(1, total)}
      />
      <span className="num whitespace-nowrap text-caption">
        {bytes(row.copiedBytes)} of {bytes(row.bytes)}
      </span>
    </span>
  );
}

const progressColumns: readonly Column<ReassignProgressRow>[] = [
  {
    ...(placeColumns<ReassignProgressRow>()[0] as Column<ReassignProgressRow>),
    cell: (row) => (
      <>
        {name(row)}
        {row.note === null ? null : (
          <span className="ml-2 text-caption text-warn" title={row.note}>
            {row.note}
          </span>
        )}
      </>
    ),
  },
  ...placeColumns<ReassignProgressRow>().slice(1),
  {
    id: 'state',
    header: 'State',
    track: '100px',
    onPhone: 'line',
    isSelfLabelled: true,
    cell: (row) => <StateWord level={states[row.state][0]}>{states[row.state][1]}</StateWord>,
  },
  { id: 'copied', header: 'Copied', track: '220px', cell: (row) => <Copied row={row} /> },
];

export function MovesUnderWay({ rows }: { rows: readonly ReassignProgressRow[] }) {
  return (
    <Table
      label="Partitions"
      columns={progressColumns}
      count={rows.length}
      rowAt={(index) => rows[index]}
      keyOf={keyOf}
      rowTestId="move-row"
    />
  );
}

const keyOf = ({ topic, partition }: ReassignMove): string => `${topic}/${partition}`;
