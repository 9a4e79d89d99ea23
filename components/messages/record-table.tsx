'use client';
// Rows of records: partition, offset, time, key, the beginning of the value, size.
import type { Payload, RecordRow } from '../../server/live/contract.ts';
import { usePaths } from '../live/use-connection.ts';
import { Foreign } from '../ui/foreign/foreign.tsx';
import { bytes } from '../ui/format.ts';
import { ExactTime } from '../ui/numbers.tsx';
import { type Column, Table } from '../ui/table/table.tsx';
import { previewOf } from './payload-bytes.ts';

function Preview({ payload, limit, what }: { payload: Payload; limit: number; what: string }) {
  if (payload.sizeBytes < 0)
    return <span className="italic text-muted">{what === 'value' ? 'tombstone' : 'null'}</span>;
  if (payload.sizeBytes === 0) return <span className="italic text-muted">empty</span>;
  if (payload.text === null) return <span className="text-muted">{previewOf(payload, limit)}</span>;
  // Of a key every character counts; of a value the row shows the beginning, on one line.
  const text = what === 'key' ? payload.text.slice(0, limit) : previewOf(payload, limit);
  return <Foreign text={text} isCut={payload.isTruncated || payload.text.length > limit} />;
}

const sizeOf = (row: RecordRow): number => Math.max(0, row.key.sizeBytes) + Math.max(0, row.value.sizeBytes);
export const recordKey = (row: { readonly partition: number; readonly offset: number }): string =>
  `${row.partition}:${row.offset}`;

const columns: readonly Column<RecordRow>[] = [
  {
    id: 'place',
    header: 'Partition : offset',
    track: 'minmax(130px,max-content)',
    onPhone: 'title',
    cell: (row) => (
      <span className="num font-mono">
        {row.partition}
        <span className="text-muted"> : </span>
        {row.offset}
      </span>
    ),
  },
  {
    id: 'time',
    header: 'Time',
    track: '186px',
    cell: (row) => <ExactTime timeMs={row.timestampMs} className="text-muted" />,
  },
  {
    id: 'key',
    isSelfLabelled: true,
    header: 'Key',
    track: 'minmax(60px,1fr)',
    onPhone: 'line',
    cell: (row) => (
      <span className="font-mono text-caption">
        <Preview payload={row.key} limit={80} what="key" />
      </span>
    ),
  },
  {
    id: 'value',
    isFilling: true,
    isSelfLabelled: true,
    header: 'Value',
    track: 'minmax(0,5fr)',
    onPhone: 'line',
    cell: (row) => (
      <span className="font-mono text-caption text-ink-strong" data-testid="message-value">
        <Preview payload={row.value} limit={300} what="value" />
      </span>
    ),
  },
  {
    id: 'size',
    header: 'Size',
    track: '72px',
    isNumber: true,
    cell: (row) => <span className="num text-muted">{bytes(sizeOf(row))}</span>,
  },
];

interface RecordTableProps {
  topic: string;
  records: readonly RecordRow[];
  selected: string | null;
  onOpen: (row: RecordRow) => void;
}
export function RecordTable({ topic, records, selected, onOpen }: RecordTableProps) {
  const paths = usePaths();
  return (
    <Table
      label={`Messages of ${topic}`}
      columns={columns}
      count={records.length}
      rowAt={(index) => records[index]}
      keyOf={recordKey}
      hrefOf={(row) => paths.message(topic, row.partition, row.offset)}
      onOpen={onOpen}
      rowTestId="message-row"
      selectedKey={selected}
      hasKeys
    />
  );
}
