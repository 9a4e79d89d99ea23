'use client';
// The list of brokers.
import type { BrokerRow, BrokersView } from '../../server/live/contract.ts';
import { ActionLink } from '../live/action-button.tsx';
import { useChannel } from '../live/use-channel.ts';
import { usePaths } from '../live/use-connection.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { reassign } from '../reassign/section.ts';
import { Failure, NotKnownYet, PageSkeleton, Problems, StateWord } from '../ui/notice.tsx';
import { Quantity } from '../ui/numbers.tsx';
import { Fact, Page, PageHeader } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table/table.tsx';
import { brokers as section } from './section.ts';

const SILENT = 'the broker did not answer';

const columns: readonly Column<BrokerRow>[] = [
  { id: 'id', header: 'Broker', track: 'minmax(0,1fr)', onPhone: 'title', cell: (row) => `Broker ${row.id}` },
  {
    id: 'state',
    isSelfLabelled: true,
    header: 'State',
    track: '90px',
    onPhone: 'line',
    cell: (row) => <StateWord level={row.isUp ? 'ok' : 'critical'}>{row.isUp ? 'Up' : 'Down'}</StateWord>,
  },
  {
    id: 'address',
    header: 'Address',
    track: 'minmax(0,1.4fr)',
    cell: (row) => <span className="font-mono">{`${row.host}:${row.port}`}</span>,
  },
  {
    id: 'rack',
    header: 'Rack',
    track: '90px',
    isWideOnly: true,
    cell: (row) => row.rack ?? <span className="text-muted">none</span>,
  },
  {
    id: 'leaders',
    header: 'Leaders',
    track: '80px',
    isNumber: true,
    onPhone: 'line',
    cell: (row) => <Quantity value={row.leaders} unit="exact" />,
  },
  {
    id: 'replicas',
    header: 'Partitions',
    track: '90px',
    isNumber: true,
    cell: (row) => <Quantity value={row.replicas} unit="exact" />,
  },
  {
    id: 'size',
    header: 'Size',
    track: '90px',
    isNumber: true,
    onPhone: 'line',
    cell: (row) => <Quantity value={row.sizeBytes} unit="bytes" reason={SILENT} />,
  },
  {
    id: 'rate',
    header: 'In',
    track: '90px',
    isNumber: true,
    cell: (row) => <Quantity value={row.inRecordsPerSecond} unit="rate" reason={SILENT} />,
  },
  {
    id: 'bytes',
    header: 'Bytes in',
    track: '100px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.inBytesPerSecond} unit="byteRate" reason={SILENT} />,
  },
];

export function Brokers({ initial }: { initial: BrokersView | null }) {
  const { data, error } = useChannel('brokers', {}, { initial });
  const paths = usePaths();
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="brokers" />}</Page>;
  const up = data.rows.filter((row) => row.isUp).length;
  return (
    <Page>
      <PageHeader
        title={section.title}
        facts={
          data.rows.length === 0 ? null : (
            <Fact label="up">
              {up} of {data.rows.length}
            </Fact>
          )
        }
        freshness={<Freshness of={data.freshness} />}
        actions={
          <ActionLink needs="reassign.start" href={paths.reassign}>
            {reassign.title}
          </ActionLink>
        }
      />
      <Failure error={error} />
      <Problems problems={data.problems} />
      {data.rows.length === 0 ? <NotKnownYet what="brokers" /> : null}
      <Table
        label="Brokers"
        columns={columns}
        count={data.rows.length}
        rowAt={(index) => data.rows[index]}
        keyOf={(row) => String(row.id)}
        hrefOf={(row) => paths.broker(row.id)}
        rowTestId="broker-row"
        hasKeys
      />
    </Page>
  );
}
