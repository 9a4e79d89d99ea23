'use client';
// One polite live region for results that change on screen without focus moving.
import { useSyncExternalStore } from 'react';

let current = '';
const watchers = new Set<() => void>();

/** Says `text` to screen readers. */
export function announce(text: string): void {
  if (text === current) return;
  current = text;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function Announcer() {
  const text = useSyncExternalStore(
    watch,
    () => current,
    () => '',
  );
  return (
    <div role="status" aria-live="polite" data-testid="announcer" className="sr-only">
      {text}
    </div>
  );
}
