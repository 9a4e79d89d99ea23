'use client';
// One ticking clock for all relative times of a page. Null on the server and until the page is live, so that both paint the same.
import { useSyncExternalStore } from 'react';

let nowMs = 0;
let timer: ReturnType<typeof setInterval> | null = null;
const watchers = new Set<() => void>();

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  if (timer === null) {
    nowMs = Date.now();
    timer = setInterval(() => {
      nowMs = Date.now();
      for (const each of watchers) each();
    }, 1_000);
  }
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** Milliseconds since the epoch, moving once a second; null before hydration. */
export function useNow(): number | null {
  const value = useSyncExternalStore(
    watch,
    () => nowMs,
    () => 0,
  );
  return value === 0 ? null : value;
}

const noWatch = () => () => {};
/** False on the server and during hydration, then true. */
export const useIsMounted = (): boolean =>
  useSyncExternalStore(
    noWatch,
    () => true,
    () => false,
  );
