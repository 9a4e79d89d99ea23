'use client';
// The list of transactional ids over all coordinators: filtered, sorted and windowed by the server; one opens beside it.
import { useDeferredValue, useEffect } from 'react';
import type { FirstPaint, TransactionRow, TransactionsView } from '../../server/live/contract.ts';
import { Freshness } from '../live/freshness.tsx';
import { useChannel } from '../live/use-channel.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { useLack } from '../live/use-lack.ts';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { SelectField, TextField } from '../ui/form.tsx';
import { duration, exact, plural } from '../ui/format.ts';
import { Empty, Failure, Notice, NotKnownYet, PageSkeleton, Problems } from '../ui/notice.tsx';
import { Quantity, RelativeTime } from '../ui/numbers.tsx';
import { Fact, Page, PageHeader } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { choiceField, flagField, textField, useUrlState } from '../ui/use-url-state.ts';
import { useWindow } from '../ui/use-window.ts';
import { Hanging } from './hanging.tsx';
import { stateName, TransactionState } from './state-word.tsx';
import { Transaction } from './transaction.tsx';
import { FIRST_ROWS, transactionFilters, transactionSorts } from './transactions-params.ts';

const fields = {
  q: textField(),
  state: choiceField(['', ...transactionFilters], ''),
  sort: choiceField(transactionSorts, 'id'),
  desc: flagField(),
  id: textField(),
};
const UNDESCRIBED = 'not described yet';
const sortNames = { id: 'id', state: 'state', producer: 'producer id', age: 'age', held: 'records held back' } as const;

const columns: readonly Column<TransactionRow>[] = [
  {
    id: 'id',
    header: 'Transactional id',
    track: 'minmax(0,2fr)',
    sortKey: 'id',
    onPhone: 'title',
    cell: (row) => <span className="font-mono">{row.transactionalId}</span>,
  },
  {
    id: 'state',
    header: 'State',
    track: '112px',
    sortKey: 'state',
    onPhone: 'line',
    isSelfLabelled: true,
    cell: (row) => <TransactionState state={row.state} doubt={row.doubt} />,
  },
  {
    id: 'producer',
    header: 'Producer id',
    track: '92px',
    isNumber: true,
    sortKey: 'producer',
    cell: (row) => <span className="num font-mono text-caption">{row.producerId}</span>,
  },
  {
    id: 'epoch',
    header: 'Epoch',
    track: '52px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.producerEpoch} unit="exact" reason={UNDESCRIBED} />,
  },
  {
    id: 'age',
    header: 'Open since',
    track: '92px',
    isNumber: true,
    sortKey: 'age',
    onPhone: 'line',
    isSelfLabelled: true,
    cell: (row) =>
      row.startedAtMs === null ? (
        <span className="text-muted">not open</span>
      ) : (
        <RelativeTime timeMs={row.startedAtMs} />
      ),
  },
  {
    id: 'timeout',
    header: 'Time-out',
    track: '72px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) =>
      row.timeoutMs === null ? (
        <Quantity value={null} reason={UNDESCRIBED} />
      ) : (
        <span className="num">{duration(row.timeoutMs)}</span>
      ),
  },
  {
    id: 'partitions',
    header: 'Partitions',
    track: '76px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <Quantity value={row.partitions} unit="exact" reason={UNDESCRIBED} />,
  },
  {
    id: 'held',
    header: 'Held back',
    track: '80px',
    isNumber: true,
    sortKey: 'held',
    onPhone: 'line',
    cell: (row) => <Quantity value={row.heldBack} unit="exact" reason="not every leader has answered" />,
  },
  {
    id: 'coordinator',
    header: 'Coordinator',
    track: '84px',
    isNumber: true,
    isWideOnly: true,
    cell: (row) => <span className="num">broker {row.coordinatorId}</span>,
  },
];

function NoMatch({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const cluster = useCluster();
  if (isFiltered)
    return <Empty title="No transactional id matches" action={<Button onClick={onClear}>Clear the filter</Button>} />;
  return (
    <Empty title="No producer writes transactions yet">
      <p>A producer with a transactional id appears here as soon as it has begun. With kafkajs:</p>
      <CopyBlock
        what="kafkajs program"
        text={[
          `const kafka = new Kafka({ brokers: ['${cluster?.bootstrapServers[0] ?? 'localhost:9092'}'] });`,
          "const producer = kafka.producer({ transactionalId: 'orders-1', idempotent: true, maxInFlightRequests: 1 });",
          'await producer.connect();',
          'const transaction = await producer.transaction();',
          "await transaction.send({ topic: 'orders', messages: [{ value: 'one' }] });",
          'await transaction.commit();',
        ].join('\n')}
      />
    </Empty>
  );
}

function Facts({ view }: { view: TransactionsView }) {
  const active = ['Ongoing', 'PrepareCommit', 'PrepareAbort', 'PrepareEpochFence'].reduce(
    (sum, state) => sum + (view.byState[state] ?? 0),
    0,
  );
  return (
    <>
      <Fact label={view.total === 1 ? 'transactional id' : 'transactional ids'}>
        {exact(view.total)}
        {view.isCut ? '+' : ''}
      </Fact>
      <span data-testid="transactions-open" data-value={active}>
        <Fact label="open or ending">{exact(active)}</Fact>
      </span>
      {view.held === null ? null : (
        <Fact label={`held back in ${plural(view.held.partitions, 'partition')}`}>
          {plural(view.held.records, 'record')}
        </Fact>
      )}
    </>
  );
}

export function Transactions({ initial }: { initial: FirstPaint<'transactions'> }) {
  const paths = usePaths();
  const canAbort = useLack('transaction.abort') === null;
  const [state, set] = useUrlState(fields);
  const [offset, onWindow] = useWindow();
  const query = useDeferredValue(state.q.trim());
  const wanted = { query, state: state.state === '' ? null : state.state, sort: state.sort, descending: state.desc };
  const { data, error, isPrevious } = useChannel(
    'transactions',
    { ...wanted, offset, limit: FIRST_ROWS },
    { first: initial, keepsPrevious: true },
  );
  const onSort = (key: string) => {
    const sort = transactionSorts.find((each) => each === key) ?? 'id';
    set({ sort, desc: sort === state.sort ? !state.desc : sort === 'age' || sort === 'held' });
  };
  const matching = data?.matching;
  useEffect(() => {
    if (matching !== undefined && !isPrevious) announce(plural(matching, 'transaction matches', 'transactions match'));
  }, [matching, isPrevious]);
  if (!data) return <Page>{error ? <Failure error={error} /> : <PageSkeleton what="transactions" />}</Page>;
  const isFiltered = state.q !== '' || state.state !== '';
  return (
    <Page>
      <PageHeader
        title="Transactions"
        facts={data.freshness.sampledAtMs === null ? null : <Facts view={data} />}
        freshness={<Freshness of={data.freshness} />}
      />
      <Failure error={error} />
      <Problems problems={data.problems} />
      {data.lacks.map((sentence) => (
        <Notice key={sentence} level="notice" testId="transactions-lack">
          <p>{sentence}</p>
        </Notice>
      ))}
      {data.isCut ? (
        <Notice level="notice">
          <p>There are more ids than are kept here ({exact(data.total)}). Search for the one you want.</p>
        </Notice>
      ) : null}
      <Hanging hanging={data.hanging} canAbort={canAbort} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <TextField
          label="Search transactions"
          isBare
          type="search"
          placeholder="Id or producer id  /"
          value={state.q}
          onChange={(event) => set({ q: event.target.value })}
          className="w-full sm:w-80"
        />
        <SelectField
          label="State"
          isBare
          className="max-table:flex-1 max-table:basis-36"
          value={state.state}
          onChange={(event) => set({ state: transactionFilters.find((each) => each === event.target.value) ?? '' })}
        >
          <option value="">Every state</option>
          {transactionFilters.map((each) => (
            <option key={each} value={each}>
              {stateName(each)}
              {data.byState[each] === undefined ? '' : ` (${exact(data.byState[each])})`}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Sort by"
          isBare
          className="max-table:flex-1 max-table:basis-36 table:hidden"
          value={state.sort}
          onChange={(event) => onSort(event.target.value)}
        >
          {transactionSorts.map((sort) => (
            <option key={sort} value={sort}>
              Sort by {sortNames[sort]}
            </option>
          ))}
        </SelectField>
        <span className="text-table text-muted num max-table:basis-full">
          {plural(data.matching, 'transactional id')}
        </span>
      </div>
      {data.freshness.sampledAtMs === null ? (
        <NotKnownYet what="transactions" />
      ) : data.matching === 0 ? (
        <NoMatch isFiltered={isFiltered} onClear={() => set({ q: '', state: '' })} />
      ) : (
        <Table
          label="Transactions"
          columns={columns}
          count={data.matching}
          rowAt={(index) => data.rows[index - data.offset]}
          keyOf={(row) => row.transactionalId}
          hrefOf={(row) => paths.transaction(row.transactionalId)}
          onOpen={(row) => set({ id: row.transactionalId }, true)}
          rowTestId="transaction-row"
          sort={{ by: state.sort, isDescending: state.desc, onSort }}
          onWindow={onWindow}
          hasKeys
          selectedKey={state.id === '' ? null : state.id}
        />
      )}
      {state.id === '' ? null : (
        <Transaction key={state.id} transactionalId={state.id} onClose={() => set({ id: '' }, true)} />
      )}
    </Page>
  );
}
