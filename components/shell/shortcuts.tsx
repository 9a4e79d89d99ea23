'use client';
// Keyboard: jumps between sections, the palette, and the page that lists them all.
import { useEffect, useEffectEvent, useRef } from 'react';
import { useSections } from '../live/use-sections.ts';
import { sections } from '../sections.ts';
import { Dialog } from '../ui/dialog.tsx';
import { useKeys } from '../ui/hooks/use-keys.ts';

const JUMP_WINDOW_MS = 1_200;

export function useShortcuts(go: (href: string) => void, onPalette: () => void, onHelp: () => void): void {
  const links = useSections();
  const jumpAt = useRef(Number.NEGATIVE_INFINITY);
  useKeys((event) => {
    if (event.key === '?') {
      onHelp();
      return true;
    }
    if (event.timeStamp - jumpAt.current < JUMP_WINDOW_MS) {
      jumpAt.current = Number.NEGATIVE_INFINITY;
      const target = links.find(({ section }) => section.key === event.key)?.href;
      if (target === undefined) return false;
      go(target);
      return true;
    }
    if (event.key === 'g') {
      jumpAt.current = event.timeStamp;
      return true;
    }
    if (event.key === '/') {
      const search = document.querySelector<HTMLInputElement>('main input[type=search]');
      search?.focus();
      search?.select();
      return search !== null;
    }
    return false;
  });
  const onPaletteKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return;
    event.preventDefault();
    onPalette();
  });
  useEffect(() => {
    document.addEventListener('keydown', onPaletteKey);
    return () => document.removeEventListener('keydown', onPaletteKey);
  }, []);
}

const help: readonly [string, string][] = [
  ['Ctrl K or ⌘ K', 'Search and commands'],
  ['/', 'Search on this page'],
  ['j, k', 'Next row, row before'],
  ['Enter', 'Open the row'],
  ['Ctrl Enter', 'While writing a message: produce it'],
  ['Esc', 'Close what is open'],
  ...sections.flatMap(({ key, title }): [string, string][] => (key === null ? [] : [[`g ${key}`, title]])),
  ['t', 'In a chart: the same numbers as a table'],
  ['?', 'This list'],
];

export function ShortcutHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keyboard shortcuts" testId="shortcut-help">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
        {help.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded-sm border bg-s2 px-1.5 py-0.5 font-mono text-caption text-ink-strong">{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
