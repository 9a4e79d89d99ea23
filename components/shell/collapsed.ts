'use client';
// Whether the rail is collapsed: kept in localStorage, followed by every part that draws it.
import { useSyncExternalStore } from 'react';

const COLLAPSED_KEY = 'barnabas.rail';
const watchers = new Set<() => void>();
const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};
function readCollapsed(): boolean {
  try {
    return localStorage.getItem(COLLAPSED_KEY) === 'collapsed';
  } catch {
    // Storage can be forbidden; the rail is then open.
    return false;
  }
}
export function writeCollapsed(isCollapsed: boolean): void {
  try {
    localStorage.setItem(COLLAPSED_KEY, isCollapsed ? 'collapsed' : 'open');
  } catch (error) {
    console.warn('the rail cannot be remembered', error);
  }
  for (const watcher of watchers) watcher();
}

export const useIsCollapsed = (): boolean => useSyncExternalStore(watch, readCollapsed, () => false);
