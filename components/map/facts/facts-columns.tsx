// The columns of the map's tables: one set for each kind of fact. Drawn by facts-table.tsx.
import type { ReactNode } from 'react';
import type { MapBroker, MapGroup, MapProducer, MapView } from '../../../server/live/contract.ts';
import { StateWord } from '../../ui/notice.tsx';
import { Quantity } from '../../ui/numbers.tsx';
import type { Column } from '../../ui/table/table.tsx';
import { hueOf } from '../drawing/tiles.tsx';
import { letterOf, type PartitionState } from '../replica-state.ts';
import type { PartitionFact } from './facts.ts';

const stateWords = {
  ok: { level: 'ok', word: 'In sync' },
  underReplicated: { level: 'warn', word: 'Under-replicated' },
  leaderless: { level: 'critical', word: 'No leader' },
} as const satisfies Record<PartitionState, unknown>;

const none = <span className="text-muted">none</span>;

/** What names the row: it leads to what the map selects. */
function title<T>(header: string, track: string, cell: (row: T) => ReactNode, id = 'name'): Column<T> {
  return { id, header, track, onPhone: 'title', sortKey: id, cell };
}

/** A number that has its place on a phone too and can be sorted by. */
function figure<T>(id: string, header: string, track: string, cell: (row: T) => ReactNode): Column<T> {
  return { id, header, track, isNumber: true, onPhone: 'line', sortKey: id, cell };
}

export function partitionColumns(topics: MapView['topics']): readonly Column<PartitionFact>[] {
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
    figure('rate', 'In', '90px', ({ inRecordsPerSecond }) => <Quantity value={inRecordsPerSecond} unit="rate" />),
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

export const brokerColumns: readonly Column<MapBroker>[] = [
  title('Broker', 'minmax(0,1fr)', ({ id }) => `Broker ${id}`, 'id'),
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
  figure('leaders', 'Leads', '80px', ({ leaders }) => <Quantity value={leaders} unit="exact" />),
  figure('replicas', 'Holds', '80px', ({ replicas }) => <Quantity value={replicas} unit="exact" />),
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

export const groupColumns: readonly Column<MapGroup>[] = [
  title('Group', 'minmax(0,1.6fr)', ({ groupId }) => <span className="font-mono">{groupId}</span>),
  {
    id: 'state',
    header: 'State',
    track: '150px',
    onPhone: 'line',
    isSelfLabelled: true,
    sortKey: 'state',
    cell: ({ state }) => state,
  },
  figure('members', 'Members', '90px', ({ memberCount }) => <Quantity value={memberCount} unit="exact" />),
  {
    id: 'reads',
    header: 'Reads of those drawn',
    track: '150px',
    isNumber: true,
    cell: ({ partitions }) => <Quantity value={partitions.length} unit="exact" />,
  },
  figure('lag', 'Lag', '100px', ({ totalLag }) => <Quantity value={totalLag} />),
  {
    id: 'rate',
    header: 'Out',
    track: '100px',
    isNumber: true,
    sortKey: 'rate',
    cell: ({ outRecordsPerSecond }) => <Quantity value={outRecordsPerSecond} unit="rate" />,
  },
];

export const producerColumns: readonly Column<MapProducer>[] = [
  title('Producer', 'minmax(0,1.2fr)', ({ name }) => name),
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
  figure('rate', 'Sends', '100px', ({ recordsPerSecond }) => (
    <Quantity value={recordsPerSecond} unit="rate" reason="Kafka does not tell" />
  )),
];
