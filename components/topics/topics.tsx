'use client';
// The list of topics: searched, sorted and windowed by the server, so that ten thousand cost as little as ten.
import { Plus } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useState } from 'react';
import type { FirstPaint, TopicRow, TopicSort, TopicsView } from '../../server/live/contract.ts';
import { Freshness } from '../live/freshness.tsx';
import { leftOutOfRecords } from '../live/left-out.ts';
import { TopicState } from '../live/topic-state.tsx';
import { useChannel } from '../live/use-channel.ts';
import { usePaths } from '../live/use-connection.ts';
import { announce } from '../ui/announce.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { CheckField, SelectField, TextField } from '../ui/form.tsx';
import { exact, plural } from '../ui/format.ts';
import { Empty, Failure, NotKnownYet, PageSkeleton, Problems } from '../ui/notice.tsx';
import { Quantity } from '../ui/numbers.tsx';
import { Fact, Page, PageHeader } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { choiceField, flagField, textField, useUrlState } from '../ui/use-url-state.ts';
import { CreateTopic } from './create-topic.tsx';
import { FIRST_ROWS, topicSorts } from './topics-params.ts';

const sortLabels: Record<TopicSort, string> = {
  name: 'name',
  partitions: 'partitions',
  records: 'records',
  size: 'size',
  rate: 'rate',
};
const fields = {
  q: textField(),
  sort: choiceField(topicSorts, 'name'),
  desc: flagField(),
  internal: flagField(),
  create: flagField(),
};
const WINDOW_ROWS = 150;
const WINDOW_STEP = 50;

const columns: readonly Column<TopicRow>[] = [
  {
    id: 'name',
    header: 'Name',
    track: 'minmax(0,3fr)',
    sortKey: 'name',
    onPhone: 'title',
    cell: (row) => (
      <span className="inline-flex max-w-full items-center gap-2 align-bottom">
        <span className="truncate font-mono" title={row.name}>
          {row.name}
        </span>
        {row.isInternal ? <span className="text-caption text-muted">internal</span> : null}
        <TopicState topic={row} />
      </span>
    ),
  },
  {
    id: 'partitions',
    header: 'Partitions',
    track: '90px',
    isNumber: true,
    sortKey: 'partitions',
    onPhone: 'line',
    cell: (row) => <Quantity value={row.partitions} unit="exact" />,
  },
  {
    id: 'replicas',
    header: 'Replicas',
    track: '80px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.replicationFactor} unit="exact" />,
  },
  {
    id: 'records',
    header: 'Records',
    track: '120px',
    isNumber: true,
    sortKey: 'records',
    onPhone: 'line',
    cell: (row) => (
      <Quantity value={row.records} unit="exact" reason="a leader did not answer" atLeast={leftOutOfRecords(row)} />
    ),
  },
  {
    id: 'size',
    header: 'Size',
    track: '90px',
    isNumber: true,
    sortKey: 'size',
    cell: (row) => <Quantity value={row.sizeBytes} unit="bytes" reason="a broker did not answer" />,
  },
  {
    id: 'rate',
    header: 'In',
    track: '90px',
    isNumber: true,
    sortKey: 'rate',
    onPhone: 'line',
    cell: (row) => <Quantity value={row.inRecordsPerSecond} unit="rate" reason="needs two samples" />,
  },
  {
    id: 'bytes',
    header: 'Bytes in',
    track: '100px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.inBytesPerSecond} unit="byteRate" reason="needs two samples" />,
  },
];

/** The window to ask for so that rows first..last are in it with room on both sides. */
export function windowOf(first: number, last: number): { offset: number; limit: number } {
  const spare = Math.max(0, WINDOW_ROWS - (last - first + 1)) / 2;
  const offset = Math.max(0, Math.floor((first - spare) / WINDOW_STEP) * WINDOW_STEP);
  return { offset, limit: Math.min(FIRST_ROWS, WINDOW_ROWS + WINDOW_STEP) };
}

function NoMatch({ view, query, onClear }: { view: TopicsView; query: string; onClear: () => void }) {
  if (query !== '') {
    return (
      <Empty title={`No topic matches “${query}”`} action={<Button onClick={onClear}>Clear search</Button>}>
        <p>
          {plural(view.total, 'topic exists', 'topics exist')}; names are searched as they are written, without regard
          to case.
        </p>
      </Empty>
    );
  }
  return (
    <Empty
      title="No topics yet"
      action={
        <ButtonLink look="primary" href="?create=1" scroll={false}>
          Create a topic
        </ButtonLink>
      }
    >
      <p>
        A topic is a named log, split into partitions. Create one here, or let a client do it: the first message to an
        unknown topic creates it where the cluster allows that.
      </p>
    </Empty>
  );
}

export function Topics({ initial }: { initial: FirstPaint<'topics'> }) {
  const paths = usePaths();
  const [state, set] = useUrlState(fields);
  const [range, setRange] = useState({ first: 0, last: 0 });
  const query = useDeferredValue(state.q.trim());
  const { offset, limit } = windowOf(range.first, range.last);
  const { data, error, isPrevious } = useChannel(
    'topics',
    { query, sort: state.sort, descending: state.desc, includeInternal: state.internal, offset, limit },
    { first: initial, keepsPrevious: true },
  );
  const onWindow = useCallback(
    (first: number, last: number) =>
      setRange((old) => (old.first === first && old.last === last ? old : { first, last })),
    [],
  );
  const onSort = (key: string) => {
    const sort = topicSorts.find((each) => each === key) ?? 'name';
    set({ sort, desc: sort === state.sort ? !state.desc : sort !== 'name' });
  };
  const matching = data?.matching;
  useEffect(() => {
    if (matching !== undefined && !isPrevious) announce(plural(matching, 'topic matches', 'topics match'));
  }, [matching, isPrevious]);
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="topics" />}</Page>;

  return (
    <Page>
      <PageHeader
        title="Topics"
        facts={
          data.freshness.sampledAtMs === null ? null : (
            <Fact label="in this cluster, internal ones included">{exact(data.total)}</Fact>
          )
        }
        freshness={<Freshness of={data.freshness} />}
        actions={
          <Button
            look="primary"
            data-testid="create-topic"
            onClick={() => set({ create: true }, true)}
            icon={<Plus aria-hidden className="size-4" />}
          >
            Create topic
          </Button>
        }
      />
      <Failure error={error} />
      <Problems problems={data.problems} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <TextField
          label="Search topics"
          isBare
          type="search"
          placeholder="Search topics  /"
          data-testid="topic-search"
          value={state.q}
          onChange={(event) => set({ q: event.target.value })}
          className="w-full sm:w-80"
        />
        <CheckField label="Internal topics" isChecked={state.internal} onChange={(internal) => set({ internal })} />
        <SelectField
          label="Sort by"
          isBare
          className="table:hidden"
          value={state.sort}
          onChange={(event) => onSort(event.target.value)}
        >
          {topicSorts.map((sort) => (
            <option key={sort} value={sort}>
              Sort by {sortLabels[sort]}
            </option>
          ))}
        </SelectField>
        <span className="text-table text-muted num max-table:basis-full" data-testid="topic-count">
          {plural(data.matching, 'topic')}
        </span>
      </div>
      {data.freshness.sampledAtMs === null ? (
        <NotKnownYet what="topics" />
      ) : data.matching === 0 ? (
        <NoMatch view={data} query={state.q} onClear={() => set({ q: '' })} />
      ) : (
        <Table
          label="Topics"
          columns={columns}
          count={data.matching}
          rowAt={(index) => data.rows[index - data.offset]}
          keyOf={(row) => row.name}
          hrefOf={(row) => paths.topic(row.name)}
          rowTestId="topic-row"
          sort={{ by: state.sort, isDescending: state.desc, onSort }}
          onWindow={onWindow}
          hasKeys
        />
      )}
      <CreateTopic isOpen={state.create} onClose={() => set({ create: false })} />
    </Page>
  );
}
