'use client';
import Link from 'next/link';
import type { ProducerRow, TopicView } from '../../server/live/contract.ts';
import { useChannel } from '../live/use-channel.ts';
import { usePaths } from '../live/use-connection.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { topicTabs } from '../topics/section.ts';
import { SelectField } from '../ui/form.tsx';
import { exact, plural } from '../ui/format.ts';
import type { UrlField } from '../ui/hooks/url-field.ts';
import { useUrlState } from '../ui/hooks/use-url-state.ts';
import { useWindow } from '../ui/hooks/use-window.ts';
import { Empty, Failure, Notice, PageSkeleton, Problems, Skeleton, StateWord } from '../ui/notice.tsx';
import { Quantity, RelativeTime } from '../ui/numbers.tsx';
import { type Column, Table } from '../ui/table/table.tsx';
// Who writes to a topic: producers with an id, partition by partition, and where their open transactions begin.
import type { TopicTabProps } from './topic-frame.tsx';

const WINDOW_ROWS = 200;
const PARTITIONS_LISTED = 1_000;
const partitionField: UrlField<number | null> = {
  read: (text) => (text !== null && /^\d{1,7}$/.test(text) ? Number(text) : null),
  write: (value) => (value === null ? null : String(value)),
};
const fields = { p: partitionField };

function TransactionLink({ id }: { id: string }) {
  const paths = usePaths();
  return (
    <Link href={paths.transaction(id)} className="font-mono hover:text-accent hover:underline">
      {id}
    </Link>
  );
}

const columns: readonly Column<ProducerRow>[] = [
  {
    id: 'producer',
    header: 'Producer id',
    track: '120px',
    onPhone: 'title',
    cell: (row) => <span className="num font-mono">{row.producerId}</span>,
  },
  {
    id: 'partition',
    header: 'Partition',
    track: '80px',
    isNumber: true,
    onPhone: 'line',
    cell: (row) => <span className="num">{row.partition}</span>,
  },
  {
    id: 'transactional',
    header: 'Transactional id',
    track: 'minmax(0,2fr)',
    onPhone: 'line',
    isSelfLabelled: true,
    cell: (row) =>
      row.transactionalId === null ? (
        <span className="text-muted">not transactional</span>
      ) : (
        <TransactionLink id={row.transactionalId} />
      ),
  },
  {
    id: 'epoch',
    header: 'Epoch',
    track: '64px',
    isNumber: true,
    cell: (row) => <span className="num">{row.producerEpoch}</span>,
  },
  {
    id: 'sequence',
    header: 'Last sequence',
    track: '110px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.lastSequence} unit="exact" reason="only markers are left of it" />,
  },
  {
    id: 'write',
    header: 'Last write',
    track: '100px',
    isNumber: true,
    cell: (row) =>
      row.lastWriteAtMs === null ? <Quantity value={null} /> : <RelativeTime timeMs={row.lastWriteAtMs} />,
  },
  {
    id: 'open',
    header: 'Open transaction',
    track: 'minmax(130px,1fr)',
    onPhone: 'line',
    isSelfLabelled: true,
    cell: (row) =>
      row.openSinceOffset === null ? (
        <span className="text-muted">
          none<span className="table:hidden"> open</span>
        </span>
      ) : (
        <StateWord level="notice">
          <span>
            <span className="table:hidden">open </span>from offset {row.openSinceOffset}
          </span>
        </StateWord>
      ),
  },
];

function Producers({ view }: { view: TopicView }) {
  const topic = view.topic.name;
  const [{ p: partition }, set] = useUrlState(fields);
  const [offset, onWindow] = useWindow();
  const { data, error } = useChannel(
    'producers',
    { topic, partition, offset, limit: WINDOW_ROWS },
    { keepsPrevious: true },
  );
  if (!data)
    return error ? (
      <Failure error={error} />
    ) : (
      <div role="status" aria-busy="true" aria-label="Loading producers">
        <Skeleton className="h-24 w-full" />
      </div>
    );
  const isCut = partition === null && data.asked < data.partitions && data.lacks.length === 0;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SelectField
          label="Partition"
          isBare
          value={partition ?? ''}
          onChange={(event) => set({ p: event.target.value === '' ? null : Number(event.target.value) })}
        >
          <option value="">All partitions</option>
          {view.partitions.slice(0, PARTITIONS_LISTED).map((each) => (
            <option key={each.partition} value={each.partition}>
              Partition {each.partition}
            </option>
          ))}
        </SelectField>
        <span className="num text-table text-muted">{plural(data.matching, 'producer entry', 'producer entries')}</span>
        <Freshness of={data.freshness} />
      </div>
      <Failure error={error} />
      <Problems problems={data.problems} />
      {data.lacks.map((sentence) => (
        <Notice key={sentence} level="notice">
          <p>{sentence}</p>
        </Notice>
      ))}
      {isCut ? (
        <Notice level="notice">
          <p>The first {exact(data.asked)} partitions were asked. Choose a partition to see another one.</p>
        </Notice>
      ) : null}
      {data.matching === 0 ? (
        data.lacks.length > 0 ? null : (
          <Empty title="No producer with an id has written here lately">
            <p>
              Idempotent and transactional producers show here, until the brokers forget them
              (producer.id.expiration.ms). Others write without an id and leave no trace.
            </p>
          </Empty>
        )
      ) : (
        <Table
          label="Producers"
          columns={columns}
          count={data.matching}
          rowAt={(index) => data.rows[index - data.offset]}
          keyOf={(row) => `${row.partition} ${row.producerId}`}
          rowTestId="producer-row"
          onWindow={onWindow}
        />
      )}
    </div>
  );
}

export function ProducersTab({ name, initial }: TopicTabProps) {
  const { data } = useChannel('topic', { name }, { initial });
  return data ? <Producers view={data} /> : <PageSkeleton what={topicTabs.producers.noun} />;
}
