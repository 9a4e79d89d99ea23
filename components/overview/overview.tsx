'use client';
// The overview of a cluster: health, live throughput, brokers, busiest topics, groups by lag; or how to begin.
import { Play } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import type { BrokerRow, Health, OverviewView, TopicRow } from '../../server/live/contract.ts';
import { ChartGroup, type LineSpec, LiveLines } from '../charts/live-lines.tsx';
import { ShortGroupTable } from '../live/tables/group-table.tsx';
import { useChannel } from '../live/use-channel.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { TopicState } from '../live/words/topic-state.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { bytesPerSecond, perSecond, word } from '../ui/format.ts';
import { Empty, Failure, LevelIcon, NotKnownYet, PageSkeleton, StateWord } from '../ui/notice.tsx';
import { Quantity } from '../ui/numbers.tsx';
import { Fact, Page, PageHeader, Section } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table/table.tsx';
import { ClientCommands } from './start-here.tsx';

const recordLines: readonly LineSpec[] = [
  { column: 'inRecords', label: 'In', hue: 1 },
  { column: 'outRecords', label: 'Out', hue: 2 },
];
const byteLines: readonly LineSpec[] = [
  { column: 'inBytes', label: 'In', hue: 1 },
  { column: 'outBytes', label: 'Out', hue: 2, isEstimate: true },
];

function HealthBlock({ health }: { health: Health }) {
  // The sentence is that of the first cause.
  const [first, ...others] = health.causes;
  return (
    <div className="flex flex-col gap-1.5 border-y py-3">
      <p
        data-testid="health-sentence"
        data-level={health.level}
        className="flex items-start gap-2 text-section font-medium text-ink-strong"
      >
        <LevelIcon level={health.level} className="mt-1" />
        {first?.href == null ? (
          <span>{health.sentence}</span>
        ) : (
          <Link
            href={first.href}
            className="underline decoration-line-strong underline-offset-4 hover:decoration-current"
          >
            {health.sentence}
          </Link>
        )}
      </p>
      {others.length > 0 ? (
        <ul aria-label="More causes" className="flex flex-col gap-1 pl-6 text-table">
          {others.map((cause) => (
            <li key={cause.sentence} className="flex items-start gap-1.5">
              <LevelIcon level={cause.level} className="mt-0.5 size-3.5!" />
              {cause.href === null ? (
                cause.sentence
              ) : (
                <Link
                  href={cause.href}
                  className="text-accent underline decoration-line-strong underline-offset-2 hover:decoration-current"
                >
                  {cause.sentence}
                </Link>
              )}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function BrokerStrip({ brokers }: { brokers: readonly BrokerRow[] }) {
  const paths = usePaths();
  return (
    <ul className="grid gap-3 [grid-template-columns:repeat(auto-fit,minmax(min(100%,230px),1fr))]">
      {brokers.map((broker) => (
        <li
          key={broker.id}
          data-testid="broker-card"
          className="relative flex flex-col gap-1 rounded border bg-s1 px-3 py-2.5 hover:border-line-strong"
        >
          <span className="flex items-center justify-between gap-2">
            <Link href={paths.broker(broker.id)} className="font-medium text-ink-strong after:absolute after:inset-0">
              Broker {broker.id}
            </Link>
            <StateWord level={broker.isUp ? 'ok' : 'critical'}>{broker.isUp ? 'Up' : 'Down'}</StateWord>
          </span>
          <span className="font-mono text-caption text-muted">
            {broker.host}:{broker.port}
          </span>
          <span className="flex gap-4 text-caption text-muted num">
            <Fact label={word(broker.leaders, 'leader')}>{broker.leaders}</Fact>
            <Fact label="">
              <Quantity value={broker.sizeBytes} unit="bytes" reason="the broker did not answer" />
            </Fact>
            <Fact label="">
              <Quantity value={broker.inRecordsPerSecond} unit="rate" />
            </Fact>
          </span>
        </li>
      ))}
    </ul>
  );
}

const topicColumns: readonly Column<TopicRow>[] = [
  {
    id: 'name',
    header: 'Topic',
    track: 'minmax(0,1fr)',
    onPhone: 'title',
    cell: (row) => <span className="font-mono">{row.name}</span>,
  },
  { id: 'state', header: 'State', track: 'minmax(0,auto)', cell: (row) => <TopicState topic={row} /> },
  {
    id: 'rate',
    header: 'In',
    track: '84px',
    isNumber: true,
    onPhone: 'line',
    cell: (row) => <Quantity value={row.inRecordsPerSecond} unit="rate" />,
  },
  {
    id: 'bytes',
    header: 'Bytes in',
    track: '92px',
    isNumber: true,
    onPhone: 'line',
    cell: (row) => <Quantity value={row.inBytesPerSecond} unit="byteRate" />,
  },
];

function Charts({ overview }: { overview: OverviewView }) {
  const hint = 'Nothing flows yet. Produce with any Kafka client, or start test traffic, and the lines begin.';
  return (
    <ChartGroup>
      <div className="grid gap-x-8 gap-y-4 lg:grid-cols-2">
        <LiveLines
          title="Messages per second"
          series={overview.series}
          lines={recordLines}
          write={perSecond}
          emptyHint={hint}
          testId="chart-records"
        />
        <LiveLines
          title="Bytes per second (out is an estimate)"
          series={overview.series}
          lines={byteLines}
          write={bytesPerSecond}
          emptyHint={hint}
          testId="chart-bytes"
        />
      </div>
    </ChartGroup>
  );
}

function Begin() {
  const cluster = useCluster();
  return (
    <Empty
      title="This cluster has no topics yet"
      action={
        <ButtonLink
          look="primary"
          href="?traffic=1"
          scroll={false}
          data-testid="start-traffic"
          icon={<Play aria-hidden className="size-4" />}
        >
          Start test traffic
        </ButtonLink>
      }
    >
      <p>Any Kafka client can use it. Send a first message with one of these, or let this page produce some:</p>
      <ClientCommands bootstrapServers={cluster?.bootstrapServers ?? []} />
    </Empty>
  );
}

export function Overview({ initial }: { initial: OverviewView | null }) {
  const { data, error } = useChannel('overview', {}, { initial });
  const cluster = useCluster();
  const paths = usePaths();
  const servers = useMemo(() => cluster?.bootstrapServers.join(',') ?? '', [cluster]);
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="overview" />}</Page>;
  const isUnknown = data.freshness.sampledAtMs === null;
  return (
    <Page>
      <PageHeader
        title={cluster?.name ?? 'Overview'}
        actions={
          <ButtonLink
            href="?traffic=1"
            scroll={false}
            data-testid="start-traffic-header"
            icon={<Play aria-hidden className="size-4" />}
          >
            Start test traffic
          </ButtonLink>
        }
        facts={
          <>
            <Fact label="brokers up">
              {isUnknown ? (
                <Quantity value={null} reason="never reached" />
              ) : (
                `${data.brokersUp} of ${data.brokersKnown}`
              )}
            </Fact>
            <Fact label={word(data.topics, 'topic')}>
              <Quantity value={isUnknown ? null : data.topics} reason="never reached" />
            </Fact>
            <Fact label={word(data.partitions, 'partition')}>
              <Quantity value={isUnknown ? null : data.partitions} reason="never reached" />
            </Fact>
            <Fact label={word(data.groups, 'group')}>
              <Quantity value={data.groups} />
            </Fact>
            <Fact label="stored">
              <Quantity value={data.sizeBytes} unit="bytes" />
            </Fact>
            <span className="inline-flex min-w-0 items-center font-mono text-caption" data-testid="bootstrap-servers">
              <span className="max-w-80 truncate" title={servers}>
                {servers}
              </span>
              <CopyButton text={servers} what="bootstrap servers" />
            </span>
          </>
        }
        freshness={<Freshness of={data.freshness} />}
      />
      <Failure error={error} />
      <HealthBlock health={data.health} />
      {isUnknown ? (
        <NotKnownYet what="brokers and topics" />
      ) : data.topics === 0 ? (
        <Begin />
      ) : (
        <Charts overview={data} />
      )}
      {isUnknown ? null : (
        <Section title="Brokers">
          <BrokerStrip brokers={data.brokers} />
        </Section>
      )}
      {data.topics === 0 ? null : (
        <div className="grid gap-x-8 gap-y-5 wide:grid-cols-2">
          <Section
            title="Busiest topics"
            aside={
              <Link href={`${paths.topics}?sort=rate&desc=1`} className="text-table text-accent hover:underline">
                All topics
              </Link>
            }
          >
            {data.busiestTopics.length === 0 ? (
              <p className="py-2 text-table text-muted">Nothing is being written right now.</p>
            ) : (
              <Table
                label="Busiest topics"
                columns={topicColumns}
                count={data.busiestTopics.length}
                rowAt={(index) => data.busiestTopics[index]}
                keyOf={(row) => row.name}
                hrefOf={(row) => paths.topic(row.name)}
                rowTestId="topic-row"
              />
            )}
          </Section>
          <Section
            title="Groups with the most lag"
            aside={
              <Link href={`${paths.groups}?sort=lag&desc=1`} className="text-table text-accent hover:underline">
                All groups
              </Link>
            }
          >
            {data.laggingGroups.length === 0 ? (
              <p className="py-2 text-table text-muted">
                {data.groups === 0
                  ? 'No group reads from this cluster yet.'
                  : data.groups === null
                    ? 'The groups are not known yet.'
                    : 'No group is behind.'}
              </p>
            ) : (
              <ShortGroupTable rows={data.laggingGroups} />
            )}
          </Section>
        </div>
      )}
    </Page>
  );
}
