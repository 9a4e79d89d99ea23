'use client';
// The facts of the map as tables: partitions, brokers, groups, producers. A row selects what the map selects.
import type { MapView } from '../../../server/live/contract.ts';
import { Segments } from '../../ui/form.tsx';
import { type Column, Table } from '../../ui/table/table.tsx';
import { idOf, type Selection, writeSelection } from '../selection.ts';
import { partitionFacts, type Sort, sortBrokers, sortGroups, sortPartitions, sortProducers } from './facts.ts';
import { brokerColumns, groupColumns, partitionColumns, producerColumns } from './facts-columns.tsx';

export const factTabs = ['partitions', 'brokers', 'groups', 'producers'] as const;
export type FactTab = (typeof factTabs)[number];

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
