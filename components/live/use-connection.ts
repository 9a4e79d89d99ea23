'use client';
// The state of the live socket and what its hello said, as hooks.
import { usePathname } from 'next/navigation';
import { useCallback, useSyncExternalStore } from 'react';
import type { ClusterSummary } from '../../server/live/contract.ts';
import { hrefOf, type Paths, pathsOf, placeOf } from '../sections.ts';
import type { Connection, Hello } from './core/live-core.ts';
import { useClusterId, useFirstPaintClusters, useLiveCore } from './core/live-provider.tsx';

const connecting: Connection = { phase: 'connecting' };

export function useConnection(): Connection {
  const core = useLiveCore();
  const watch = useCallback((watcher: () => void) => core.watch(watcher), [core]);
  return useSyncExternalStore(
    watch,
    () => core.connection,
    () => connecting,
  );
}

export function useHello(): Hello | null {
  const core = useLiveCore();
  const watch = useCallback((watcher: () => void) => core.watch(watcher), [core]);
  return useSyncExternalStore(
    watch,
    () => core.hello,
    () => null,
  );
}

/** Whether everything this page asked of the server has been answered. */
export function useIsSettled(): boolean {
  const core = useLiveCore();
  const watch = useCallback((watcher: () => void) => core.watch(watcher), [core]);
  return useSyncExternalStore(
    watch,
    () => core.isSettled,
    () => false,
  );
}

export function useClusters(): readonly ClusterSummary[] {
  const firstPaint = useFirstPaintClusters();
  return useHello()?.clusters ?? firstPaint;
}

/** The cluster in the address; undefined while unknown or when the server has no such cluster. */
export function useCluster(): ClusterSummary | undefined {
  const id = useClusterId();
  return useClusters().find((cluster) => cluster.id === id);
}

/** Addresses below /c/<cluster>, each segment encoded. */
export function usePaths(): Paths {
  return pathsOf(useClusterId());
}

/** What lies above the page in the address, for its breadcrumb. */
export function useCrumbs(): readonly { readonly label: string; readonly href: string }[] {
  const id = useClusterId();
  return (placeOf(usePathname())?.above ?? []).map((each) => ({ label: each.title, href: hrefOf(id, each) }));
}
