'use client';
import Link from 'next/link';
import type { PartitionRow, TopicView } from '../../server/live/contract.ts';
import { ChartGroup, type LineSpec, LiveLines } from '../charts/live-lines.tsx';
import { useChannel } from '../live/use-channel.ts';
import { usePaths } from '../live/use-connection.ts';
import { topicTabs } from '../topics/section.ts';
import { bytesPerSecond, perSecond } from '../ui/format.ts';
import { PageSkeleton, StateWord } from '../ui/notice.tsx';
import { Quantity } from '../ui/numbers.tsx';
import { type Column, Table } from '../ui/table/table.tsx';
import { LeaderlessPartitions } from './leaderless.tsx';
import { isRefusing } from './refusing.ts';
// A topic's partitions and its throughput.
import type { TopicTabProps } from './topic-frame.tsx';

const recordLines: readonly LineSpec[] = [{ column: 'inRecords', label: 'In', hue: 1 }];
const byteLines: readonly LineSpec[] = [{ column: 'inBytes', label: 'In', hue: 1 }];
const SILENT = 'the leader did not answer';

function BrokerLink({ id }: { id: number }) {
  const paths = usePaths();
  return (
    <Link href={paths.broker(id)} className="relative z-[1] hover:text-accent hover:underline">
      {id}
    </Link>
  );
}

function Brokers({ ids }: { ids: readonly number[] }) {
  return ids.length === 0 ? (
    <span className="text-muted">none</span>
  ) : (
    <span className="num">
      {ids.map((id, index) => (
        <span key={id}>
          {index > 0 ? ', ' : ''}
          <BrokerLink id={id} />
        </span>
      ))}
    </span>
  );
}

const offsetCell = (value: number | null) =>
  value === null ? (
    <Quantity value={null} reason={SILENT} />
  ) : (
    <span className="num live font-mono text-caption" title={String(value)}>
      {value}
    </span>
  );

const columnsWith = (minInSync: number | null): readonly Column<PartitionRow>[] => [
  {
    id: 'partition',
    header: 'Partition',
    track: '80px',
    onPhone: 'title',
    cell: (row) => <span className="num">{row.partition}</span>,
  },
  {
    id: 'leader',
    header: 'Leader',
    track: 'minmax(110px,1fr)',
    onPhone: 'line',
    cell: (row) =>
      row.leader === null ? (
        <StateWord level="critical">No leader</StateWord>
      ) : (
        <>
          broker <BrokerLink id={row.leader} />
        </>
      ),
  },
  {
    id: 'epoch',
    header: 'Epoch',
    track: '60px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.leaderEpoch} unit="exact" />,
  },
  {
    id: 'replicas',
    isWideOnly: true,
    header: 'Replicas',
    track: '90px',
    cell: (row) => <Brokers ids={row.replicas} />,
  },
  {
    id: 'isr',
    isWideOnly: true,
    header: 'In sync',
    onPhone: 'line',
    track: '96px',
    cell: (row) =>
      row.inSyncReplicas.length < row.replicas.length ? (
        <span title={isRefusing(row, minInSync) ? `refuses writes with acks=all: fewer than ${minInSync}` : undefined}>
          <StateWord level={row.inSyncReplicas.length === 0 || isRefusing(row, minInSync) ? 'critical' : 'warn'}>
            {row.inSyncReplicas.join(', ') || 'none'}
          </StateWord>
        </span>
      ) : (
        <Brokers ids={row.inSyncReplicas} />
      ),
  },
  {
    id: 'start',
    isWideOnly: true,
    header: 'Start offset',
    track: '104px',
    isNumber: true,
    cell: (row) => offsetCell(row.startOffset),
  },
  {
    id: 'end',
    header: 'End offset',
    track: '104px',
    isNumber: true,
    onPhone: 'line',
    cell: (row) => offsetCell(row.endOffset),
  },
  {
    id: 'size',
    header: 'Size',
    track: '90px',
    isNumber: true,
    cell: (row) => <Quantity value={row.sizeBytes} unit="bytes" reason={SILENT} />,
  },
  {
    id: 'rate',
    header: 'In',
    track: '90px',
    isNumber: true,
    cell: (row) => <Quantity value={row.inRecordsPerSecond} unit="rate" reason="needs two samples" />,
  },
];

function Partitions({ view }: { view: TopicView }) {
  const hint = 'Nothing was written while this page was open. Produce a message and the line begins.';
  return (
    <div className="flex flex-col gap-5">
      {view.partitions.some(({ leader }) => leader === null) ? (
        <LeaderlessPartitions name={view.topic.name} partitions={view.partitions} />
      ) : null}
      <ChartGroup>
        <div className="grid gap-x-8 gap-y-4 lg:grid-cols-2">
          <LiveLines
            title="Messages per second"
            series={view.series}
            lines={recordLines}
            write={perSecond}
            heightPx={140}
            emptyHint={hint}
          />
          <LiveLines
            title="Bytes per second"
            series={view.series}
            lines={byteLines}
            write={bytesPerSecond}
            heightPx={140}
            emptyHint={hint}
          />
        </div>
      </ChartGroup>
      <Table
        label="Partitions"
        columns={columnsWith(view.minInSync)}
        count={view.partitions.length}
        rowAt={(index) => view.partitions[index]}
        keyOf={(row) => String(row.partition)}
        rowTestId="partition-row"
      />
    </div>
  );
}

export function PartitionsTab({ name, initial }: TopicTabProps) {
  const { data } = useChannel('topic', { name }, { initial });
  return data ? <Partitions view={data} /> : <PageSkeleton what={topicTabs.partitions.noun} />;
}
