'use client';
// Everything about one record: place, times, key, value, headers, and what to do with it. Used by the drawer and the page.
import { CornerUpRight } from 'lucide-react';
import { useState } from 'react';
import type { RecordRow } from '../../server/live/contract.ts';
import { useRead } from '../live/use-call.ts';
import { usePaths } from '../live/use-connection.ts';
import { ButtonLink } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Foreign } from '../ui/foreign/foreign.tsx';
import { plural } from '../ui/format.ts';
import { Failure } from '../ui/notice.tsx';
import { ExactTime, RelativeTime } from '../ui/numbers.tsx';
import { PayloadView } from './payload-view.tsx';

export function RecordDetail({ topic, record: given }: { topic: string; record: RecordRow }) {
  const paths = usePaths();
  const [wantsAll, setWantsAll] = useState(false);
  const all = useRead(
    'record.get',
    wantsAll ? { topic, partition: given.partition, offset: given.offset, isWhole: true } : null,
    60_000,
  );
  const record = all.data ?? given;
  const link = paths.message(topic, record.partition, record.offset);
  const fileName = `${topic}-${record.partition}-${record.offset}`;
  // Once read whole, what is still cut cannot be had by reading again.
  const onLoadAll = all.data ? undefined : () => setWantsAll(true);
  return (
    <article data-testid="record-detail" className="flex min-w-0 flex-col gap-5">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1 text-table">
        <dt className="text-muted">Partition</dt>
        <dd className="num font-mono text-ink-strong">{record.partition}</dd>
        <dt className="text-muted">Offset</dt>
        <dd className="num font-mono text-ink-strong">{record.offset}</dd>
        <dt className="text-muted">{record.timestampType === 'LogAppendTime' ? 'Appended' : 'Created'}</dt>
        <dd>
          <ExactTime timeMs={record.timestampMs} className="text-ink-strong" />{' '}
          <span className="text-muted">
            (<RelativeTime timeMs={record.timestampMs} />, {record.timestampMs})
          </span>
        </dd>
      </dl>
      <div className="flex flex-wrap gap-2">
        <ButtonLink
          size="sm"
          href={`${paths.topic(topic)}?produce=1&again=${record.partition}:${record.offset}`}
          scroll={false}
          icon={<CornerUpRight aria-hidden className="size-3.5" />}
        >
          Produce again
        </ButtonLink>
        <CopyButton text={() => `${window.location.origin}${link}`} what="link" isLabelled />
      </div>
      <Failure error={all.error} />
      <section aria-label="Key" className="flex flex-col gap-1.5">
        <h2 className="font-medium text-ink-strong">Key</h2>
        <PayloadView
          what="key"
          fileName={`${fileName}-key`}
          payload={record.key}
          onLoadAll={onLoadAll}
          isLoading={all.isFetching}
        />
      </section>
      <section aria-label="Value" className="flex flex-col gap-1.5">
        <h2 className="font-medium text-ink-strong">Value</h2>
        <PayloadView
          what="value"
          fileName={`${fileName}-value`}
          payload={record.value}
          onLoadAll={onLoadAll}
          isLoading={all.isFetching}
        />
      </section>
      <section aria-label="Headers" className="flex flex-col gap-1.5">
        <h2 className="font-medium text-ink-strong">
          {record.headers.length === 0 ? 'No headers' : plural(record.headers.length, 'header')}
        </h2>
        {record.headers.length > 0 ? (
          <ul className="flex flex-col border-t">
            {record.headers.map((header, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a record's headers never move, and names may repeat.
              <li key={index} className="flex flex-col gap-1 border-b py-2">
                <Foreign text={header.key} className="font-mono text-table text-ink-strong" />
                <PayloadView what={`header ${header.key}`} payload={header.value} onLoadAll={onLoadAll} />
              </li>
            ))}
          </ul>
        ) : null}
      </section>
    </article>
  );
}
