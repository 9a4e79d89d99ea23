'use client';
// Owns the tab's one live socket and the query cache, and hands them to the hooks beside it.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { type ClusterSummary, LIVE_PATH } from '../../../server/live/contract.ts';
import { LiveCore } from './live-core.ts';
import type { SocketLike } from './live-socket.ts';

const CoreContext = createContext<LiveCore | null>(null);
const ClusterContext = createContext<string | null>(null);
const ClustersContext = createContext<readonly ClusterSummary[]>([]);

function createCore(): LiveCore {
  return new LiveCore({
    openSocket: () => {
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
      return new WebSocket(`${scheme}://${location.host}${LIVE_PATH}`) as unknown as SocketLike;
    },
    nowMs: () => Date.now(),
    after: (delayMs, work) => {
      const timer = setTimeout(work, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    lingerMs: 400,
  });
}

// What arrives is already shared structurally by the patches, so comparing it again would be work for nothing.
const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: { structuralSharing: false, staleTime: Number.POSITIVE_INFINITY, gcTime: 60_000, retry: false },
    },
  });

/** `clusters` is what the server knew at the first paint; the socket's hello replaces it. */
export function LiveProvider({ clusters, children }: { clusters: readonly ClusterSummary[]; children: ReactNode }) {
  const [core] = useState(createCore);
  const [queryClient] = useState(createQueryClient);
  useEffect(() => {
    // Deferred, so that React's trial mount in development does not open a socket only to drop it.
    const timer = setTimeout(() => core.start(), 0);
    return () => {
      clearTimeout(timer);
      core.close();
    };
  }, [core]);
  useEffect(() => {
    const retry = () => core.reconnectNow();
    window.addEventListener('online', retry);
    document.addEventListener('visibilitychange', retry);
    return () => {
      window.removeEventListener('online', retry);
      document.removeEventListener('visibilitychange', retry);
    };
  }, [core]);
  return (
    <CoreContext value={core}>
      <ClustersContext value={clusters}>
        <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
      </ClustersContext>
    </CoreContext>
  );
}

export function ClusterProvider({ id, children }: { id: string; children: ReactNode }) {
  return <ClusterContext value={id}>{children}</ClusterContext>;
}

export function useLiveCore(): LiveCore {
  const core = useContext(CoreContext);
  if (core === null) throw new Error('useLiveCore needs a LiveProvider above it');
  return core;
}
/** The id of the cluster in the address. */
export function useClusterId(): string {
  const id = useContext(ClusterContext);
  if (id === null) throw new Error('useClusterId needs a ClusterProvider above it');
  return id;
}
export const useFirstPaintClusters = (): readonly ClusterSummary[] => useContext(ClustersContext);
