'use client';
// What each broker holds before and after a plan, with a bar on one scale for all.
import type { BrokerLoad, ReassignBrokerRow } from '../../server/live/contract.ts';
import { bytes, exact } from '../ui/format.ts';
import { StateWord } from '../ui/notice.tsx';
import { type Column, Table } from '../ui/table/table.tsx';

type What = keyof BrokerLoad;

function Change({ row, what, most }: { row: ReassignBrokerRow; what: What; most: number }) {
  const before = row.before[what];
  const after = row.after[what];
  const write = what === 'bytes' ? bytes : exact;
  const width = (value: number) => `${most === 0 ? 0 : Math.round((value / most) * 100)}%`;
  return (
    <span className="flex items-center gap-2" data-testid={`after-${what}`} data-before={before} data-after={after}>
      <span aria-hidden className="hidden h-3 w-16 shrink-0 flex-col justify-center gap-0.5 wide:flex">
        <span className="h-1 rounded-sm bg-line-strong" style={{ width: width(before) }} />
        <span className="h-1 rounded-sm bg-accent-fill" style={{ width: width(after) }} />
      </span>
      <span className="num whitespace-nowrap">
        {before === after ? (
          <span className="text-muted">{write(after)}</span>
        ) : (
          <>
            <span className="text-muted">{write(before)} → </span>
            <span className="font-medium text-ink-strong">{write(after)}</span>
          </>
        )}
      </span>
    </span>
  );
}

export function BrokersBeforeAfter({ rows }: { rows: readonly ReassignBrokerRow[] }) {
  const most = (what: What) => Math.max(0, ...rows.flatMap(({ before, after }) => [before[what], after[what]]));
  const column = (what: What, header: string): Column<ReassignBrokerRow> => {
    const scale = most(what);
    return {
      id: what,
      header,
      track: 'minmax(0,1.3fr)',
      onPhone: 'line',
      cell: (row) => <Change row={row} what={what} most={scale} />,
    };
  };
  const columns: readonly Column<ReassignBrokerRow>[] = [
    {
      id: 'id',
      header: 'Broker',
      track: 'minmax(0,1fr)',
      onPhone: 'title',
      cell: (row) => (
        <span className="inline-flex items-center gap-2">
          Broker {row.id}
          {row.isUp ? null : <StateWord level="critical">Down</StateWord>}
        </span>
      ),
    },
    {
      id: 'rack',
      header: 'Rack',
      track: '90px',
      isWideOnly: true,
      cell: (row) => row.rack ?? <span className="text-muted">none</span>,
    },
    column('replicas', 'Replicas'),
    column('leaders', 'Leaders'),
    column('bytes', 'Bytes'),
  ];
  return (
    <Table
      label="Brokers before and after"
      columns={columns}
      count={rows.length}
      rowAt={(index) => rows[index]}
      keyOf={(row) => String(row.id)}
      rowTestId="broker-change"
    />
  );
}
