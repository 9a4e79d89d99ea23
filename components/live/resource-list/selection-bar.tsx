'use client';
// What is selected and what can be done with it: below the list, and at the bottom of the window while the list is longer than that.
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { exact, word } from '../../ui/format.ts';
import { SELECTION_LIMIT } from './selection.ts';
import type { ListSelection } from './use-selection.ts';

const NAMED_ROWS = 20;

export function SelectionBar({
  selection,
  nouns,
  matching,
  children,
}: {
  selection: ListSelection;
  nouns: readonly [one: string, many: string];
  matching: number;
  /** The subject's own actions. */
  children?: ReactNode;
}) {
  const { rows, extent } = selection;
  if (rows.size === 0) return null;
  const names = [...rows.values()];
  const isFull = rows.size >= SELECTION_LIMIT && extent !== 'all';
  return (
    <section
      aria-label="Selection"
      data-testid="selection-bar"
      className="sticky bottom-4 z-20 flex max-w-full flex-wrap items-center gap-x-2 gap-y-1 self-center max-sm:gap-x-1 rounded border bg-s1 py-1.5 pr-1.5 pl-4 text-table shadow-overlay animate-[appear_120ms_ease-out] max-sm:bottom-20"
    >
      <span
        data-testid="selected-count"
        data-value={rows.size}
        className="num font-medium text-ink-strong"
        title={[...names.slice(0, NAMED_ROWS), ...(names.length > NAMED_ROWS ? ['…'] : [])].join('\n')}
      >
        {exact(rows.size)}
        <span className="max-sm:hidden"> {word(rows.size, ...nouns)}</span> selected
      </span>
      {isFull ? <span className="text-muted">as many as can be at once</span> : null}
      {extent === 'all' || isFull ? null : (
        <Button look="quiet" size="sm" onClick={selection.toggleAll}>
          Select {matching > SELECTION_LIMIT ? `the first ${exact(SELECTION_LIMIT)}` : `all ${exact(matching)}`}
        </Button>
      )}
      <CopyButton text={() => names.join('\n')} what="names" isLabelled />
      {children}
      <Button
        look="quiet"
        size="sm"
        aria-label="Clear the selection"
        title="Clear the selection (Esc)"
        onClick={selection.clear}
        icon={<X aria-hidden className="size-3.5" />}
      />
    </section>
  );
}
