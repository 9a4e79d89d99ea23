'use client';
// The command palette: every topic, group, page and action by name. Opened by Ctrl/⌘ K from the shell.
import { Dialog as Base } from '@base-ui/react/dialog';
import clsx from 'clsx';
import { useParams, useRouter } from 'next/navigation';
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from 'react';
import { useRead } from '../live/use-call.ts';
import { useCluster, usePaths } from '../live/use-connection.ts';
import { listed } from './order.ts';

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly run: () => void;
}
interface PaletteProps {
  isOpen: boolean;
  onClose: () => void;
  onTheme: () => void;
  onHelp: () => void;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function useEntries(
  query: string,
  { onTheme, onHelp }: Pick<PaletteProps, 'onTheme' | 'onHelp'>,
  isOpen: boolean,
): Entry[] {
  const router = useRouter();
  const paths = usePaths();
  const { topic } = useParams<{ topic?: string }>();
  const hasLab = useCluster()?.capabilities.lab ?? false;
  const wanted = useDeferredValue(query.trim());
  const found = useRead('search', isOpen ? { query: wanted } : null, 2_000);
  const go = (label: string, href: string, kind = 'Page'): Entry => ({
    id: `${kind} ${href}`,
    kind,
    label,
    run: () => router.push(href),
  });
  const here = topic === undefined ? null : decoded(topic);
  const ofTopic =
    here === null
      ? []
      : [
          go(`Produce to ${here}`, `${paths.topic(here)}?produce=1`, 'Action'),
          go(`Follow ${here} live`, `${paths.topic(here)}?live=1`, 'Action'),
          go(`Producers of ${here}`, paths.topicProducers(here), 'Page'),
          go(`Configuration of ${here}`, paths.topicConfig(here), 'Page'),
        ];
  const fixed = [
    ...ofTopic,
    go('Overview', paths.overview),
    go('Live map', paths.map),
    go('Topics', paths.topics),
    go('Groups', paths.groups),
    go('Transactions', paths.transactions),
    go('Brokers', paths.brokers),
    go('Quotas', paths.quotas),
    go('Users', paths.users),
    go('Test traffic', paths.traffic),
    ...(hasLab ? [go('Lab', paths.lab)] : []),
    go('Create a topic', `${paths.topics}?create=1`, 'Action'),
    go('Set a quota', `${paths.quotas}?new=1`, 'Action'),
    go('Create a user', `${paths.users}?new=1`, 'Action'),
    go('Start test traffic', `${paths.traffic}`, 'Action'),
    go('Reassign partitions', paths.reassign, 'Action'),
    { id: 'theme', kind: 'Action', label: 'Switch theme', run: onTheme },
    { id: 'help', kind: 'Action', label: 'Show keyboard shortcuts', run: onHelp },
  ];
  const topics = (found.data?.topics ?? []).map((name) => go(name, paths.topic(name), 'Topic'));
  const groups = (found.data?.groups ?? []).map((groupId) => go(groupId, paths.group(groupId), 'Group'));
  return listed(query, fixed, [topics, groups]);
}

export function Palette({ isOpen, onClose, onTheme, onHelp }: PaletteProps) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const entries = useEntries(query, { onTheme, onHelp }, isOpen);
  const index = Math.min(active, entries.length - 1);

  useEffect(() => {
    if (isOpen) return;
    setQuery('');
    setActive(0);
  }, [isOpen]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the active row scrolls into view when it changes.
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [index]);

  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive((index + 1) % Math.max(1, entries.length));
    else if (event.key === 'ArrowUp') setActive((index - 1 + entries.length) % Math.max(1, entries.length));
    else if (event.key === 'Enter') run(entries[index]);
    else return;
    event.preventDefault();
  };

  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-overlay" />
        <Base.Popup
          data-testid="palette"
          className="fixed inset-x-3 top-[10vh] z-50 mx-auto flex max-h-[70dvh] max-w-xl flex-col overflow-hidden rounded border bg-s1 shadow-overlay"
        >
          <Base.Title className="sr-only">Search and commands</Base.Title>
          <input
            type="text"
            role="combobox"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={entries[index] ? `${listId}-${index}` : undefined}
            aria-label="Search topics, groups and commands"
            placeholder="Search topics, groups and commands"
            className="h-12 border-b bg-transparent px-4 text-section text-ink-strong outline-none placeholder:text-muted"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
            autoComplete="off"
            spellCheck={false}
          />
          <div
            ref={list}
            id={listId}
            role="listbox"
            aria-label="Results"
            className="min-h-0 flex-1 overflow-y-auto py-1"
          >
            {entries.length === 0 ? (
              <p className="px-4 py-6 text-center text-muted">Nothing is called “{query}”.</p>
            ) : null}
            {entries.map((entry, position) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above handles the keys.
              // biome-ignore lint/a11y/useFocusableInteractive: the combobox keeps the focus.
              <div
                key={entry.id}
                id={`${listId}-${position}`}
                role="option"
                aria-selected={position === index}
                onClick={() => run(entry)}
                onPointerMove={({ movementX, movementY }) => {
                  // A list that appears under a pointer at rest is not pointed at.
                  if (movementX !== 0 || movementY !== 0) setActive(position);
                }}
                className={clsx(
                  'flex h-9 cursor-pointer items-center gap-3 px-4',
                  position === index && 'bg-accent-soft text-ink-strong',
                )}
              >
                <span
                  className={clsx(
                    'min-w-0 flex-1 truncate',
                    (entry.kind === 'Topic' || entry.kind === 'Group') && 'font-mono text-table',
                  )}
                >
                  {entry.label}
                </span>
                <span className="text-caption text-muted">{entry.kind}</span>
              </div>
            ))}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
