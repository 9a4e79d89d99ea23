'use client';
// What is said of all transactions, over their list: in numbers, and what the list cannot show.
import type { TransactionsView } from '../../server/live/contract.ts';
import { exact, plural } from '../ui/format.ts';
import { Notice } from '../ui/notice.tsx';
import { Fact } from '../ui/page.tsx';

const UNDER_WAY = ['Ongoing', 'PrepareCommit', 'PrepareAbort', 'PrepareEpochFence'];

export function Facts({ view }: { view: TransactionsView }) {
  const active = UNDER_WAY.reduce((sum, state) => sum + (view.byState[state] ?? 0), 0);
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

export function Lacks({ view }: { view: TransactionsView }) {
  return (
    <>
      {view.lacks.map((sentence) => (
        <Notice key={sentence} level="notice" testId="transactions-lack">
          <p>{sentence}</p>
        </Notice>
      ))}
      {view.isCut ? (
        <Notice level="notice">
          <p>There are more ids than are kept here ({exact(view.total)}). Search for the one you want.</p>
        </Notice>
      ) : null}
    </>
  );
}
