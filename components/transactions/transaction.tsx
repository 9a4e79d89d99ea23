'use client';
// One transactional id in a drawer: where its transaction stands, who waits for it and where, and what can be done.
import Link from 'next/link';
import { useState } from 'react';
import type { TransactionPartition, TransactionView } from '../../server/live/contract.ts';
import { ActionButton } from '../live/action-button.tsx';
import { useChannel } from '../live/use-channel.ts';
import { usePaths } from '../live/use-connection.ts';
import { Freshness } from '../live/words/freshness.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Drawer } from '../ui/dialog.tsx';
import { duration, plural } from '../ui/format.ts';
import { Failure, Notice, Problems, Skeleton } from '../ui/notice.tsx';
import { Quantity, RelativeTime } from '../ui/numbers.tsx';
import { Section } from '../ui/page.tsx';
import { type Abortable, AbortTransaction, FenceProducer } from './act.tsx';
import { atPartition, standing, waiting } from './explain.ts';
import { TransactionState } from './state-word.tsx';

const PARTITIONS_SHOWN = 200;

function Facts({ view }: { view: TransactionView }) {
  const { transaction: row } = view;
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ['Producer id', <CopiedId key="id" text={row.producerId} />],
    ['Epoch', <Quantity key="epoch" value={row.producerEpoch} unit="exact" reason="not described yet" />],
    [
      'Open since',
      row.startedAtMs === null ? <None key="since" /> : <RelativeTime key="since" timeMs={row.startedAtMs} />,
    ],
    [
      'Time-out',
      row.timeoutMs === null ? <None key="timeout" /> : <span key="timeout">{duration(row.timeoutMs)}</span>,
    ],
    ['Coordinator', <span key="coordinator">broker {row.coordinatorId}</span>],
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-2 text-table sm:grid-cols-3">
      {facts.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="text-caption text-muted">{label}</dt>
          <dd className="num text-ink-strong">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const None = () => <span className="text-muted">none</span>;

function CopiedId({ text }: { text: string }) {
  return (
    <span className="-my-1.5 inline-flex items-center gap-1 font-mono">
      {text} <CopyButton text={text} what="producer id" />
    </span>
  );
}

function Place({ row, onAbort }: { row: TransactionPartition; onAbort: (() => void) | null }) {
  const paths = usePaths();
  return (
    <li
      data-testid="transaction-partition"
      data-key={`${row.topic}-${row.partition}`}
      className="flex flex-wrap items-start gap-x-3 gap-y-1 border-b py-2 text-table"
    >
      <div className="min-w-0 flex-1 basis-60">
        <p className="break-all">
          <Link href={paths.topicPartitions(row.topic)} className="font-mono hover:text-accent hover:underline">
            {row.topic}
          </Link>{' '}
          <span className="num text-muted">partition {row.partition}</span>
        </p>
        <p className={row.doubt === null ? 'text-caption text-muted' : 'text-caption text-critical'}>
          {atPartition(row)}
        </p>
        {row.firstOffset === null ? null : (
          <p className="num text-caption text-muted">
            first offset <span className="font-mono">{row.firstOffset}</span>
            {row.lastStableOffset === null ? null : (
              <>
                , last stable <span className="font-mono">{row.lastStableOffset}</span>
              </>
            )}
            {row.endOffset === null ? null : (
              <>
                , end <span className="font-mono">{row.endOffset}</span>
              </>
            )}
            {row.lastWriteAtMs === null ? null : (
              <>
                , last write <RelativeTime timeMs={row.lastWriteAtMs} />
              </>
            )}
          </p>
        )}
      </div>
      <div className="flex items-center gap-3">
        <span className="text-right" data-testid="held-back" data-value={row.heldBack ?? ''}>
          <Quantity value={row.heldBack} unit="exact" reason="the leader did not answer" />
          <span className="block text-caption text-muted">held back</span>
        </span>
        {onAbort === null ? null : (
          <ActionButton needs="transaction.abort" size="sm" look="danger" onClick={onAbort}>
            Abort here
          </ActionButton>
        )}
      </div>
    </li>
  );
}

function Content({ view }: { view: TransactionView }) {
  const { transaction: row, partitions } = view;
  const [aborts, setAborts] = useState<Abortable | null>(null);
  const wait = waiting(view);
  const shown = partitions.slice(0, PARTITIONS_SHOWN);
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center gap-3">
        <TransactionState state={row.state} doubt={row.doubt} />
        <Freshness of={view.freshness} />
      </div>
      <div className="flex flex-col gap-1" data-testid="transaction-explained">
        <p>{standing(view)}</p>
        {wait === null ? null : <p>{wait}</p>}
      </div>
      {row.doubt === null ? null : (
        <Notice level="critical" testId="transaction-doubt">
          <p>{row.doubt}</p>
        </Notice>
      )}
      {view.lacks.map((sentence) => (
        <Notice key={sentence} level="notice">
          <p>{sentence}</p>
        </Notice>
      ))}
      <Problems problems={view.problems} />
      <Facts view={view} />
      <Section title={partitions.length === 0 ? 'Partitions' : plural(partitions.length, 'partition')}>
        {partitions.length === 0 ? (
          <p className="text-table text-muted">It holds no partition.</p>
        ) : (
          <ul>
            {shown.map((each) => (
              <Place
                key={`${each.topic} ${each.partition}`}
                row={each}
                onAbort={
                  each.firstOffset === null || each.doubt === null
                    ? null
                    : () =>
                        setAborts({
                          ...each,
                          producerId: row.producerId,
                          transactionalId: row.transactionalId,
                          startOffset: each.firstOffset ?? 0,
                        })
                }
              />
            ))}
          </ul>
        )}
        {partitions.length > shown.length ? (
          <p className="text-table text-muted">and {plural(partitions.length - shown.length, 'more partition')}.</p>
        ) : null}
      </Section>
      {aborts === null ? null : <AbortTransaction what={aborts} onClose={() => setAborts(null)} />}
    </div>
  );
}

export function Transaction({ transactionalId, onClose }: { transactionalId: string; onClose: () => void }) {
  const { data: view, error } = useChannel('transaction', { transactionalId });
  const [isFencing, setFencing] = useState(false);
  return (
    <Drawer
      isOpen
      onClose={onClose}
      title={<span className="break-all font-mono">{transactionalId}</span>}
      description="Transactional id"
      testId="transaction"
      width="wide"
      footer={
        view ? (
          <ActionButton needs="transaction.fence" look="danger" onClick={() => setFencing(true)}>
            Fence producer
          </ActionButton>
        ) : null
      }
    >
      {error ? <Failure error={error} /> : null}
      {view ? <Content view={view} /> : error ? null : <Skeleton className="h-40 w-full" />}
      {view && isFencing ? <FenceProducer row={view.transaction} onClose={() => setFencing(false)} /> : null}
    </Drawer>
  );
}
