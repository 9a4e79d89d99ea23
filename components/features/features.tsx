'use client';
// The versioned features of the cluster: which level is in force, and which levels the brokers serve.
import type { FeatureRow, FeaturesView } from '../../server/live/contract.ts';
import { useChannel } from '../live/use-channel.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { exact, plural } from '../ui/format.ts';
import { Empty, Failure, NotKnownYet, PageSkeleton, Problems, StateWord } from '../ui/notice.tsx';
import { Fact, Page, PageHeader } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table/table.tsx';
import { features } from './section.ts';

const range = ({ min, max }: { readonly min: number; readonly max: number }): string =>
  min === max ? String(min) : `${min} to ${max}`;

/** What the brokers serve: the levels they have in common, or each one's where there are none. */
function Served({ common, brokers }: FeatureRow) {
  if (common !== null) return <span className="num">{range(common)}</span>;
  if (brokers.length === 0) return <span className="text-muted">by no broker</span>;
  const each = brokers.map((levels) => `broker ${levels.brokerId}: ${range(levels)}`).join('; ');
  return (
    <span title={each}>
      <StateWord level="warn">not the same</StateWord> <span className="num">{each}</span>
    </span>
  );
}

const columns: readonly Column<FeatureRow>[] = [
  {
    id: 'name',
    header: 'Feature',
    track: 'minmax(0,1.2fr)',
    onPhone: 'title',
    cell: (row) => <span className="font-mono">{row.name}</span>,
  },
  {
    id: 'level',
    header: 'In force',
    track: '90px',
    isNumber: true,
    onPhone: 'line',
    cell: (row) =>
      row.level === null ? <span className="text-muted">none</span> : <span className="num">{row.level}</span>,
  },
  {
    id: 'served',
    header: 'Brokers serve',
    track: 'minmax(110px,0.8fr)',
    onPhone: 'line',
    cell: (row) => <Served {...row} />,
  },
  {
    id: 'says',
    header: 'What it decides',
    track: 'minmax(0,3fr)',
    cell: (row) => (
      <span title={row.says ?? undefined}>{row.says ?? <span className="text-muted">not known here</span>}</span>
    ),
  },
];

export function Features({ initial }: { initial: FeaturesView | null }) {
  const { data, error } = useChannel('features', {}, { initial });
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what={features.noun} />}</Page>;
  const isKnown = data.freshness.sampledAtMs !== null;
  return (
    <Page>
      <PageHeader
        title={features.title}
        facts={
          isKnown ? (
            <>
              <Fact label="have told what they serve">{plural(data.brokersAsked, 'broker')}</Fact>
              {data.finalizedEpoch === null ? null : (
                <Fact label="is the epoch of the levels in force">{exact(data.finalizedEpoch)}</Fact>
              )}
              {data.clusterId === null ? null : (
                <span>
                  cluster <span className="font-mono text-ink-strong">{data.clusterId}</span>
                </span>
              )}
            </>
          ) : null
        }
        freshness={<Freshness of={data.freshness} />}
      />
      <Failure error={error} />
      <Problems problems={data.problems} />
      {!isKnown ? (
        <NotKnownYet what={features.noun} />
      ) : data.rows.length === 0 ? (
        <Empty title="This cluster has no versioned features">
          <p>Its brokers name none. Apache Kafka has had them since 3.3, when it began to run without ZooKeeper.</p>
        </Empty>
      ) : (
        <Table
          label="Features"
          columns={columns}
          count={data.rows.length}
          rowAt={(index) => data.rows[index]}
          keyOf={(row) => row.name}
          rowTestId="feature-row"
        />
      )}
    </Page>
  );
}
