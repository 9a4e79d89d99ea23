'use client';
// The columns of the list of transactions.
import type { TransactionRow } from '../../server/live/contract.ts';
import { Foreign } from '../ui/foreign/foreign.tsx';
import { duration } from '../ui/format.ts';
import { Quantity, RelativeTime } from '../ui/numbers.tsx';
import type { Column } from '../ui/table/table.tsx';
import { TransactionState } from './state-word.tsx';

const UNDESCRIBED = 'not described yet';

export const columns: readonly Column<TransactionRow>[] = [
  {
    id: 'id',
    header: 'Transactional id',
    track: 'minmax(0,2fr)',
    sortKey: 'id',
    onPhone: 'title',
    cell: (row) => <Foreign text={row.transactionalId} className="font-mono" />,
  },
  {
    id: 'state',
    header: 'State',
    track: '112px',
    sortKey: 'state',
    onPhone: 'line',
    isSelfLabelled: true,
    cell: (row) => <TransactionState state={row.state} doubt={row.doubt} />,
  },
  {
    id: 'producer',
    header: 'Producer id',
    track: '92px',
    isNumber: true,
    sortKey: 'producer',
    cell: (row) => <span className="num font-mono text-caption">{row.producerId}</span>,
  },
  {
    id: 'epoch',
    header: 'Epoch',
    track: '52px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.producerEpoch} unit="exact" reason={UNDESCRIBED} />,
  },
  {
    id: 'age',
    header: 'Open since',
    track: '92px',
    isNumber: true,
    sortKey: 'age',
    onPhone: 'line',
    isSelfLabelled: true,
    cell: (row) =>
      row.startedAtMs === null ? (
        <span className="text-muted">not open</span>
      ) : (
        <RelativeTime timeMs={row.startedAtMs} />
      ),
  },
  {
    id: 'timeout',
    header: 'Time-out',
    track: '72px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) =>
      row.timeoutMs === null ? (
        <Quantity value={null} reason={UNDESCRIBED} />
      ) : (
        <span className="num">{duration(row.timeoutMs)}</span>
      ),
  },
  {
    id: 'partitions',
    header: 'Partitions',
    track: '76px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.partitions} unit="exact" reason={UNDESCRIBED} />,
  },
  {
    id: 'held',
    header: 'Held back',
    track: '80px',
    isNumber: true,
    sortKey: 'held',
    onPhone: 'line',
    cell: (row) => <Quantity value={row.heldBack} unit="exact" reason="not every leader has answered" />,
  },
  {
    id: 'coordinator',
    header: 'Coordinator',
    track: '84px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <span className="num">broker {row.coordinatorId}</span>,
  },
];
