'use client';
// The list of transactional ids over all coordinators: filtered, sorted and windowed by the server; one opens beside it.
import type { FirstPaint } from '../../server/live/contract.ts';
import { ResourceList } from '../live/resource-list.tsx';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { useLack } from '../live/use-lack.ts';
import { CopyBlock } from '../ui/copy-button.tsx';
import { exact } from '../ui/format.ts';
import { Empty } from '../ui/notice.tsx';
import { columns } from './columns.tsx';
import { Facts, Lacks } from './facts.tsx';
import { Hanging } from './hanging.tsx';
import { transactions as section } from './section.ts';
import { stateName } from './state-word.tsx';
import { Transaction } from './transaction.tsx';
import { transactionFields, transactionFilters, transactionsAsked } from './transactions-params.ts';

function NoTransaction() {
  const cluster = useCluster();
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

export function Transactions({ initial }: { initial: FirstPaint<'transactions'> }) {
  const paths = usePaths();
  const canAbort = useLack('transaction.abort') === null;
  return (
    <ResourceList
      channel="transactions"
      initial={initial}
      fields={transactionFields}
      asked={transactionsAsked}
      title={section.title}
      nouns={['transaction', 'transactions']}
      counted={['transactional id', 'transactional ids']}
      placeholder="Id or producer id"
      testIds={{ row: 'transaction-row', count: 'transaction-count' }}
      columns={columns}
      filters={[
        {
          kind: 'choice',
          field: 'state',
          label: 'State',
          every: 'Every state',
          options: ({ byState }) =>
            transactionFilters.map((state) => {
              const count = byState[state];
              return [state, `${stateName(state)}${count === undefined ? '' : ` (${exact(count)})`}`];
            }),
        },
      ]}
      sorts={[
        { key: 'id', label: 'id' },
        { key: 'state', label: 'state' },
        { key: 'producer', label: 'producer id' },
        { key: 'age', label: 'age', isHighFirst: true },
        { key: 'held', label: 'records held back', isHighFirst: true },
      ]}
      keyOf={(row) => row.transactionalId}
      hrefOf={(row) => paths.transaction(row.transactionalId)}
      opens={{ key: ({ id }) => id, to: (id) => ({ id }) }}
      facts={(view) => <Facts view={view} />}
      above={({ view }) => (
        <>
          <Lacks view={view} />
          <Hanging hanging={view.hanging} canAbort={canAbort} />
        </>
      )}
      empty={<NoTransaction />}
      beside={({ address: { id }, close }) =>
        id === '' ? null : <Transaction key={id} transactionalId={id} onClose={close} />
      }
    />
  );
}
