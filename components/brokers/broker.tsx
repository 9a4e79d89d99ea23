'use client';
// One broker: its live numbers and its configuration.
import type { BrokersView } from '../../server/live/contract.ts';
import { ActionLink } from '../live/action-button.tsx';
import { ConfigTable } from '../live/tables/config-table.tsx';
import { useRead } from '../live/use-call.ts';
import { useChannel } from '../live/use-channel.ts';
import { useCrumbs, usePaths } from '../live/use-connection.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { word } from '../ui/format.ts';
import { Empty, Failure, NotKnownYet, PageSkeleton, Problems, StateWord } from '../ui/notice.tsx';
import { Quantity } from '../ui/numbers.tsx';
import { Fact, Page, PageHeader, Section } from '../ui/page.tsx';

export function Broker({ brokerId, initial }: { brokerId: number; initial: BrokersView | null }) {
  const paths = usePaths();
  const crumbs = useCrumbs();
  const { data, error } = useChannel('brokers', {}, { initial });
  const configs = useRead('broker.configs', { brokerId });
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="broker" />}</Page>;
  const broker = data.rows.find((row) => row.id === brokerId);
  if (!broker) {
    return data.freshness.sampledAtMs === null ? (
      <Page>
        <PageHeader crumbs={crumbs} title={`Broker ${brokerId}`} />
        <Problems problems={data.problems} />
        <NotKnownYet what="brokers" />
      </Page>
    ) : (
      <Page>
        <Empty
          isPage
          title={`There is no broker ${brokerId}`}
          action={<ButtonLink href={paths.brokers}>All brokers</ButtonLink>}
        />
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader
        crumbs={crumbs}
        title={`Broker ${broker.id}`}
        facts={
          <>
            <StateWord level={broker.isUp ? 'ok' : 'critical'}>{broker.isUp ? 'Up' : 'Down'}</StateWord>
            <span className="font-mono">{`${broker.host}:${broker.port}`}</span>
            <Fact label={word(broker.leaders, 'leader')}>{broker.leaders}</Fact>
            <Fact label={word(broker.replicas, 'partition')}>{broker.replicas}</Fact>
            <Fact label="stored">
              <Quantity value={broker.sizeBytes} unit="bytes" reason="the broker did not answer" />
            </Fact>
            <Fact label="in">
              <Quantity value={broker.inRecordsPerSecond} unit="rate" />,{' '}
              <Quantity value={broker.inBytesPerSecond} unit="byteRate" />
            </Fact>
            {broker.rack === null ? null : <span>rack {broker.rack}</span>}
          </>
        }
        freshness={<Freshness of={data.freshness} />}
        actions={
          <ActionLink needs="reassign.start" href={`${paths.reassign}?kind=drain&broker=${broker.id}`}>
            Drain
          </ActionLink>
        }
      />
      <Problems problems={data.problems.filter((problem) => problem.brokerId === brokerId)} />
      <Section title="Configuration">
        {configs.data ? (
          <ConfigTable rows={configs.data} />
        ) : configs.error ? (
          <Failure
            error={configs.error}
            action={
              <Button size="sm" onClick={() => void configs.refetch()}>
                Read again
              </Button>
            }
          />
        ) : (
          <PageSkeleton what="configuration" />
        )}
      </Section>
    </Page>
  );
}
