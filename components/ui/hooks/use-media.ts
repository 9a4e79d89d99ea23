'use client';
// Media queries as hooks; the server answers "no".
import { useCallback, useSyncExternalStore } from 'react';

export function useMedia(query: string): boolean {
  const watch = useCallback(
    (watcher: () => void) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', watcher);
      return () => list.removeEventListener('change', watcher);
    },
    [query],
  );
  return useSyncExternalStore(
    watch,
    () => window.matchMedia(query).matches,
    () => false,
  );
}
/** Too narrow for columns: tables become two-line cards. The same width as the `table` breakpoint. */
export const useIsNarrow = (): boolean => useMedia('(max-width: 899px)');
