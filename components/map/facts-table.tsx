'use client';
// The facts of the map as tables: partitions, brokers, groups, producers. A row selects what the map selects.
import type { MapBroker, MapGroup, MapProducer, MapView } from '../../server/live/contract.ts';
import { Segments } from '../ui/form.tsx';
import { StateWord } from '../ui/notice.tsx';
import { Quantity } from '../ui/numbers.tsx';
import { type Column, Table } from '../ui/table.tsx';
import {
  type PartitionFact,
  partitionFacts,
  type Sort,
  sortBrokers,
  sortGroups,
  sortPartitions,
  sortProducers,
} from './facts.ts';
import { letterOf, type PartitionState } from './replica-state.ts';
import { idOf, type Selection, writeSelection } from './selection.ts';
import { hueOf } from './tiles.tsx';

export const factTabs = ['partitions', 'brokers', 'groups', 'producers'] as const;
export type FactTab = (typeof factTabs)[number];

const stateWords = {
  ok: { level: 'ok', word: 'In sync' },
  underReplicated: { level: 'warn', word: 'Under-replicated' },
  leaderless: { level: 'critical', word: 'No leader' },
} as const satisfies Record<PartitionState, unknown>;

const none = <span className="text-muted">none</span>;

function partitionColumns(topics: MapView['topics']): readonly Column<PartitionFact>[] {
  const place = new Map(topics.map(({ name }, index) => [name, index]));
  return [
    {
      id: 'name',
      header: 'Partition',
      track: 'minmax(0,1.6fr)',
      onPhone: 'title',
      sortKey: 'name',
      cell: ({ topic, partition, name }) => {
        const index = place.get(topic) ?? 0;
        return (
          <span className="flex min-w-0 items-center gap-2">
            <span
              aria-hidden
              className="w-4 shrink-0 rounded-sm text-center font-mono text-[11px] leading-4 font-semibold"
              style={{ background: hueOf(index), color: 'var(--on-map)' }}
            >
              {letterOf(index)}
            </span>
            <span className="flex min-w-0 font-mono" title={name}>
              <span className="truncate">{topic}</span>
              <span className="shrink-0">-{partition}</span>
            </span>
          </span>
        );
      },
    },
    {
      id: 'state',
      header: 'State',
      track: '150px',
      onPhone: 'line',
      isSelfLabelled: true,
      sortKey: 'state',
      cell: ({ state }) => <StateWord level={stateWords[state].level}>{stateWords[state].word}</StateWord>,
    },
    {
      id: 'leader',
      header: 'Leader',
      track: '84px',
      onPhone: 'line',
      sortKey: 'leader',
      cell: ({ leader }) => (leader === null ? none : `broker ${leader}`),
    },
    {
      id: 'followers',
      header: 'Followers',
      track: 'minmax(0,1fr)',
      cell: ({ followers }) =>
        followers.length === 0
          ? none
          : followers
              .map(
                ({ broker, state }) =>
                  `${broker}${state === 'inSync' ? '' : state === 'lagging' ? ' out of sync' : ' down'}`,
              )
              .join(', '),
    },
    {
      id: 'rate',
      header: 'In',
      track: '90px',
      isNumber: true,
      onPhone: 'line',
      sortKey: 'rate',
      cell: ({ inRecordsPerSecond }) => <Quantity value={inRecordsPerSecond} unit="rate" />,
    },
    {
      id: 'end',
      header: 'End offset',
      track: '110px',
      isNumber: true,
      isWideOnly: true,
      sortKey: 'end',
      cell: ({ endOffset }) => <Quantity value={endOffset} unit="exact" />,
    },
    {
      id: 'behind',
      header: 'Most behind',
      track: '104px',
      isNumber: true,
      sortKey: 'behind',
      cell: ({ mostBehind }) => <Quantity value={mostBehind} unit="exact" reason="its followers did not tell" />,
    },
    {
      id: 'lag',
      header: 'Lag of groups',
      track: '110px',
      isNumber: true,
      sortKey: 'lag',
      cell: ({ lag }) => <Quantity value={lag} reason="no group reads it, or nothing was committed" />,
    },
  ];
}

const brokerColumns: readonly Column<MapBroker>[] = [
  {
    id: 'id',
    header: 'Broker',
    track: 'minmax(0,1fr)',
    onPhone: 'title',
    sortKey: 'id',
    cell: ({ id }) => `Broker ${id}`,
  },
  {
    id: 'state',
    header: 'State',
    track: '90px',
    onPhone: 'line',
    isSelfLabelled: true,
    cell: ({ isUp }) => <StateWord level={isUp ? 'ok' : 'critical'}>{isUp ? 'Up' : 'Down'}</StateWord>,
  },
  { id: 'rack', header: 'Rack', track: '120px', sortKey: 'rack', cell: ({ rack }) => rack ?? none },
  {
    id: 'address',
    header: 'Address',
    track: 'minmax(0,1.2fr)',
    cell: ({ address }) => <span className="font-mono">{address}</span>,
  },
  {
    id: 'leaders',
    header: 'Leads',
    track: '80px',
    isNumber: true,
    onPhone: 'line',
    sortKey: 'leaders',
    cell: ({ leaders }) => <Quantity value={leaders} unit="exact" />,
  },
  {
    id: 'replicas',
    header: 'Holds',
    track: '80px',
    isNumber: true,
    onPhone: 'line',
    sortKey: 'replicas',
    cell: ({ replicas }) => <Quantity value={replicas} unit="exact" />,
  },
  {
    id: 'rate',
    header: 'In',
    track: '100px',
    isNumber: true,
    sortKey: 'rate',
    cell: ({ inRecordsPerSecond }) => (
      <Quantity value={inRecordsPerSecond} unit="rate" reason="the broker did not answer" />
    ),
  },
];

const groupColumns: readonly Column<MapGroup>[] = [
  {
    id: 'name',
    header: 'Group',
    track: 'minmax(0,1.6fr)',
    onPhone: 'title',
    sortKey: 'name',
    cell: ({ groupId }) => <span className="font-mono">{groupId}</span>,
  },
  {
    id: 'state',
    header: 'State',
    track: '150px',
    onPhone: 'line',
    isSelfLabelled: true,
    sortKey: 'state',
    cell: ({ state }) => state,
  },
  {
    id: 'members',
    header: 'Members',
    track: '90px',
    isNumber: true,
    onPhone: 'line',
    sortKey: 'members',
    cell: ({ memberCount }) => <Quantity value={memberCount} unit="exact" />,
  },
  {
    id: 'reads',
    header: 'Reads of those drawn',
    track: '150px',
    isNumber: true,
    cell: ({ partitions }) => <Quantity value={partitions.length} unit="exact" />,
  },
  {
    id: 'lag',
    header: 'Lag',
    track: '100px',
    isNumber: true,
    onPhone: 'line',
    sortKey: 'lag',
    cell: ({ totalLag }) => <Quantity value={totalLag} />,
  },
  {
    id: 'rate',
    header: 'Out',
    track: '100px',
    isNumber: true,
    sortKey: 'rate',
    cell: ({ outRecordsPerSecond }) => <Quantity value={outRecordsPerSecond} unit="rate" />,
  },
];

const producerColumns: readonly Column<MapProducer>[] = [
  {
    id: 'name',
    header: 'Producer',
    track: 'minmax(0,1.2fr)',
    onPhone: 'title',
    sortKey: 'name',
    cell: ({ name }) => name,
  },
  {
    id: 'note',
    header: 'Software',
    track: 'minmax(0,1fr)',
    onPhone: 'line',
    isSelfLabelled: true,
    cell: ({ note }) => note,
  },
  {
    id: 'topics',
    header: 'Writes to',
    track: 'minmax(0,1.6fr)',
    cell: ({ topics }) => <span className="font-mono">{topics.join(', ')}</span>,
  },
  { id: 'brokers', header: 'Through brokers', track: '130px', cell: ({ brokers }) => brokers.join(', ') },
  {
    id: 'rate',
    header: 'Sends',
    track: '100px',
    isNumber: true,
    onPhone: 'line',
    sortKey: 'rate',
    cell: ({ recordsPerSecond }) => <Quantity value={recordsPerSecond} unit="rate" reason="Kafka does not tell" />,
  },
];

interface FactsTableProps {
  view: MapView;
  tab: FactTab;
  sort: Sort;
  selection: Selection | null;
  onTab: (tab: FactTab) => void;
  onSort: (sort: Sort) => void;
  onSelect: (selection: Selection | null) => void;
}

export function FactsTable({ view, tab, sort, selection, onTab, onSort, onSelect }: FactsTableProps) {
  const selectedKey = selection === null ? null : idOf(selection);
  const sorting = {
    ...sort,
    onSort: (by: string) => onSort({ by, isDescending: by === sort.by ? !sort.isDescending : false }),
  };
  function table<T>(
    label: string,
    rows: readonly T[],
    columns: readonly Column<T>[],
    toSelection: (row: T) => Selection,
    empty: string,
  ) {
    if (rows.length === 0) return <p className="py-6 text-muted">{empty}</p>;
    return (
      <Table
        label={label}
        columns={columns}
        count={rows.length}
        rowAt={(index) => rows[index]}
        keyOf={(row) => idOf(toSelection(row))}
        rowTestId="map-row"
        hrefOf={(row) => `?sel=${encodeURIComponent(writeSelection(toSelection(row)) ?? '')}`}
        onOpen={(row) => onSelect(idOf(toSelection(row)) === selectedKey ? null : toSelection(row))}
        sort={sorting}
        selectedKey={selectedKey}
        hasKeys
      />
    );
  }
  return (
    <section aria-label="The same facts as a table" className="flex min-w-0 flex-col gap-2" data-testid="map-table">
      <div className="max-w-full overflow-x-auto">
        <Segments
          label="Table of"
          value={tab}
          options={[
            { value: 'partitions', label: `Partitions ${view.partitions.length}` },
            { value: 'brokers', label: `Brokers ${view.brokers.length}` },
            { value: 'groups', label: `Groups ${view.groups.length}` },
            { value: 'producers', label: `Producers ${view.producers.rows.length}` },
          ]}
          onChange={onTab}
        />
      </div>
      {tab === 'partitions'
        ? table(
            'Partitions on the map',
            sortPartitions(partitionFacts(view), sort),
            partitionColumns(view.topics),
            ({ topic, partition }) => ({ kind: 'partition', topic, partition }),
            'No partition is drawn.',
          )
        : null}
      {tab === 'brokers'
        ? table(
            'Brokers on the map',
            sortBrokers(view.brokers, sort),
            brokerColumns,
            ({ id }) => ({ kind: 'broker', broker: id }),
            'No broker is known.',
          )
        : null}
      {tab === 'groups'
        ? table(
            'Groups on the map',
            sortGroups(view.groups, sort),
            groupColumns,
            ({ groupId }) => ({ kind: 'group', groupId }),
            view.groupCount === null ? 'The groups are being read.' : 'No group reads these topics.',
          )
        : null}
      {tab === 'producers'
        ? table(
            'Producers on the map',
            sortProducers(view.producers.rows, sort),
            producerColumns,
            ({ key }) => ({ kind: 'producer', key }),
            view.producers.source === 'unknown'
              ? 'Kafka does not tell who produces; what comes in stands with the topics and partitions.'
              : 'Nobody has produced to these topics lately.',
          )
        : null}
    </section>
  );
}
