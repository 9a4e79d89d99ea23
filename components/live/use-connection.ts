'use client';
// The state of the live socket and what its hello said, as hooks.
import { useCallback, useSyncExternalStore } from 'react';
import type { ClusterSummary } from '../../server/live/contract.ts';
import type { Connection, Hello } from './live-core.ts';
import { useClusterId, useFirstPaintClusters, useLiveCore } from './live-provider.tsx';

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

/** Paths below /c/<cluster>, each segment encoded. */
export function usePaths() {
  const id = useClusterId();
  return pathsOf(id);
}
export function pathsOf(clusterId: string) {
  const root = `/c/${encodeURIComponent(clusterId)}`;
  const topic = (name: string) => `${root}/topics/${encodeURIComponent(name)}`;
  return {
    overview: root,
    map: `${root}/map`,
    topics: `${root}/topics`,
    topic,
    topicPartitions: (name: string) => `${topic(name)}/partitions`,
    topicGroups: (name: string) => `${topic(name)}/groups`,
    topicConfig: (name: string) => `${topic(name)}/config`,
    message: (name: string, partition: number, offset: number) => `${topic(name)}/m/${partition}/${offset}`,
    topicProducers: (name: string) => `${topic(name)}/producers`,
    groups: `${root}/groups`,
    group: (groupId: string) => `${root}/groups/${encodeURIComponent(groupId)}`,
    brokers: `${root}/brokers`,
    broker: (brokerId: number) => `${root}/brokers/${brokerId}`,
    traffic: `${root}/traffic`,
    reassign: `${root}/reassign`,
    transactions: `${root}/transactions`,
    transaction: (id: string) => `${root}/transactions?id=${encodeURIComponent(id)}`,
    quotas: `${root}/quotas`,
    quota: (id: string) => `${root}/quotas?id=${encodeURIComponent(id)}`,
    users: `${root}/users`,
    user: (name: string) => `${root}/users?name=${encodeURIComponent(name)}`,
    lab: `${root}/lab`,
  };
}
