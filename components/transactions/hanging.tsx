'use client';
// Transactions that nobody will end: where they stand, why they count as such, and the way to end them.
import { useState } from 'react';
import type { TransactionsView } from '../../server/live/contract.ts';
import { Button } from '../ui/button.tsx';
import { exact, plural } from '../ui/format.ts';
import { StateWord } from '../ui/notice.tsx';
import { RelativeTime } from '../ui/numbers.tsx';
import { Section } from '../ui/page.tsx';
import { type Abortable, AbortTransaction } from './act.tsx';

export function Hanging({ hanging, canAbort }: { hanging: TransactionsView['hanging']; canAbort: boolean }) {
  const [aborts, setAborts] = useState<Abortable | null>(null);
  if (hanging.length === 0 && aborts === null) return null;
  return (
    <Section title={plural(hanging.length, 'hanging transaction')}>
      <ul className="flex flex-col rounded border" data-testid="hanging">
        {hanging.map((each) => (
          <li
            key={`${each.topic} ${each.partition} ${each.producerId}`}
            data-testid="hanging-row"
            className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b px-3 py-2.5 text-table last:border-b-0"
          >
            <StateWord level="critical">Hanging</StateWord>
            <div className="min-w-0 flex-1 basis-72">
              <p className="break-words text-ink-strong">
                <span className="font-mono">{each.topic}</span> partition {each.partition}, producer id{' '}
                <span className="num font-mono">{each.producerId}</span>
                {each.transactionalId === null ? null : (
                  <>
                    {' '}
                    of <span className="font-mono">{each.transactionalId}</span>
                  </>
                )}
              </p>
              <p className="text-muted">{each.doubt}</p>
              <p className="num text-caption text-muted">
                open from offset <span className="font-mono">{each.startOffset}</span> on, last write{' '}
                <RelativeTime timeMs={each.lastWriteAtMs} />
                {each.heldBack === null ? '' : `, ${exact(each.heldBack)} held back`}
              </p>
            </div>
            {canAbort ? (
              <Button size="sm" look="danger" onClick={() => setAborts(each)}>
                Abort
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {aborts === null ? null : <AbortTransaction what={aborts} onClose={() => setAborts(null)} />}
    </Section>
  );
}
