'use client';
// The command palette: every topic, group, page and action by name. Opened by Ctrl/⌘ K from the shell.
import { Dialog as Base } from '@base-ui/react/dialog';
import clsx from 'clsx';
import { useParams, useRouter } from 'next/navigation';
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from 'react';
import { useRead } from '../live/use-call.ts';
import { usePaths } from '../live/use-connection.ts';
import { useLacks } from '../live/use-lack.ts';
import { useSections } from '../live/use-sections.ts';
import { listed } from './order.ts';

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  /** Why this cluster cannot do it. */
  readonly lack: string | null;
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

/** What is lacking leads to the section's page, which says why. */
const NOT_HERE = 'Not on this cluster';

function useEntries(
  query: string,
  { onTheme, onHelp }: Pick<PaletteProps, 'onTheme' | 'onHelp'>,
  isOpen: boolean,
): Entry[] {
  const router = useRouter();
  const paths = usePaths();
  const sections = useSections();
  const lacks = useLacks();
  const parameters = useParams<Record<string, string>>();
  const wanted = useDeferredValue(query.trim());
  const found = useRead('search', isOpen ? { query: wanted } : null, 2_000);
  const go = (label: string, href: string, kind: string, lack: string | null = null): Entry => ({
    id: `${kind} ${label} ${href}`,
    kind: lack === null ? kind : NOT_HERE,
    label,
    lack,
    run: () => router.push(href),
  });
  const ofThing = sections.flatMap(({ section: { ofThing: thing }, href }) => {
    const name = thing === undefined ? undefined : parameters[thing.parameter];
    if (thing === undefined || name === undefined) return [];
    const called = decoded(name);
    return thing.entries(href).map((entry) => go(entry.label(called), entry.href(called), entry.kind));
  });
  const pages = sections
    .filter(({ section }) => section.within === undefined)
    .map(({ section, href, lack }) => go(section.title, href, 'Page', lack));
  const actions = sections.flatMap(({ section, href, lack }) =>
    (section.actions ?? []).map(({ label, query: search = '', needs }) => {
      const why = lack ?? (needs === undefined ? null : (lacks[needs] ?? null));
      return go(label, why === null ? href + search : href, 'Action', why);
    }),
  );
  const known = [
    ...ofThing,
    ...pages,
    ...actions,
    { id: 'theme', kind: 'Action', label: 'Switch theme', lack: null, run: onTheme },
    { id: 'help', kind: 'Action', label: 'Show keyboard shortcuts', lack: null, run: onHelp },
  ];
  const topics = (found.data?.topics ?? []).map((name) => go(name, paths.topic(name), 'Topic'));
  const groups = (found.data?.groups ?? []).map((groupId) => go(groupId, paths.group(groupId), 'Group'));
  return listed(query, known, [topics, groups]);
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
                aria-description={entry.lack ?? undefined}
                onClick={() => run(entry)}
                onPointerMove={({ movementX, movementY }) => {
                  // A list that appears under a pointer at rest is not pointed at.
                  if (movementX !== 0 || movementY !== 0) setActive(position);
                }}
                className={clsx(
                  'flex h-9 cursor-pointer items-center gap-3 px-4',
                  position === index && 'bg-accent-soft',
                  entry.lack !== null ? 'text-muted' : position === index && 'text-ink-strong',
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
                <span className="text-caption text-muted" title={entry.lack ?? undefined}>
                  {entry.kind}
                </span>
              </div>
            ))}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
