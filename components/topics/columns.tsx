'use client';
// The columns of the list of topics.
import type { TopicRow } from '../../server/live/contract.ts';
import { leftOutOfRecords } from '../live/words/left-out.ts';
import { TopicState } from '../live/words/topic-state.tsx';
import { Quantity } from '../ui/numbers.tsx';
import type { Column } from '../ui/table/table.tsx';

export const columns: readonly Column<TopicRow>[] = [
  {
    id: 'name',
    header: 'Name',
    track: 'minmax(0,3fr)',
    sortKey: 'name',
    onPhone: 'title',
    cell: (row) => (
      <span className="inline-flex max-w-full items-center gap-2 align-bottom">
        <span className="truncate font-mono" title={row.name}>
          {row.name}
        </span>
        {row.isInternal ? <span className="text-caption text-muted">internal</span> : null}
        <TopicState topic={row} />
      </span>
    ),
  },
  {
    id: 'partitions',
    header: 'Partitions',
    track: '90px',
    isNumber: true,
    sortKey: 'partitions',
    onPhone: 'line',
    cell: (row) => <Quantity value={row.partitions} unit="exact" />,
  },
  {
    id: 'replicas',
    header: 'Replicas',
    track: '80px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.replicationFactor} unit="exact" />,
  },
  {
    id: 'records',
    header: 'Records',
    track: '120px',
    isNumber: true,
    sortKey: 'records',
    onPhone: 'line',
    cell: (row) => (
      <Quantity value={row.records} unit="exact" reason="a leader did not answer" atLeast={leftOutOfRecords(row)} />
    ),
  },
  {
    id: 'size',
    header: 'Size',
    track: '90px',
    isNumber: true,
    sortKey: 'size',
    cell: (row) => <Quantity value={row.sizeBytes} unit="bytes" reason="a broker did not answer" />,
  },
  {
    id: 'rate',
    header: 'In',
    track: '90px',
    isNumber: true,
    sortKey: 'rate',
    onPhone: 'line',
    cell: (row) => <Quantity value={row.inRecordsPerSecond} unit="rate" reason="needs two samples" />,
  },
  {
    id: 'bytes',
    header: 'Bytes in',
    track: '100px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.inBytesPerSecond} unit="byteRate" reason="needs two samples" />,
  },
];
