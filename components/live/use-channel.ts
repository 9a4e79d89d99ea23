'use client';
// Binds a snapshot-and-patch channel to the query cache: one cache entry per channel and parameters.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ChannelName, Channels, FirstPaint } from '../../server/live/contract.ts';
import { useIsMounted } from '../ui/hooks/use-now.ts';
import { stableKey } from './core/live-core.ts';
import type { LiveError } from './core/live-error.ts';
import { useClusterId, useLiveCore } from './core/live-provider.tsx';

export interface ChannelState<T> {
  readonly data: T | undefined;
  /** The newest error; older data may still be there beside it. */
  readonly error: LiveError | null;
  /** The data belongs to the parameters before, until the new ones answer. */
  readonly isPrevious: boolean;
}

interface ChannelOptions<N extends ChannelName> {
  /** The server's reading for the first paint. */
  readonly initial?: Channels[N]['data'] | null | undefined;
  /** The same where parameters change (lists): used only for the parameters it was read with. */
  readonly first?: FirstPaint<N> | undefined;
  /** Show the data of the parameters before while new ones load (lists). */
  readonly keepsPrevious?: boolean;
  readonly isEnabled?: boolean;
}

/** Subscribes while mounted; snapshots and patches land in the query cache. */
export function useChannel<N extends ChannelName>(
  channel: N,
  params: Channels[N]['params'],
  options: ChannelOptions<N> = {},
): ChannelState<Channels[N]['data']> {
  type View = Channels[N]['data'];
  const core = useLiveCore();
  const cluster = useClusterId();
  const queryClient = useQueryClient();
  const paramsKey = stableKey(params);
  const isEnabled = options.isEnabled ?? true;
  const { first } = options;
  const isFirst = first !== undefined && stableKey(first.params) === paramsKey;
  const initial: View | null | undefined = isFirst ? first.data : options.initial;
  const [failure, setFailure] = useState<{ key: string; error: LiveError } | null>(null);
  const failureKey = `${cluster} ${channel} ${paramsKey}`;

  const query = useQuery<View>({
    queryKey: ['live', cluster, channel, paramsKey],
    queryFn: () => Promise.reject(new Error('live channels are pushed, never fetched')),
    enabled: false,
    ...(initial ? { initialData: initial as View } : {}),
    ...(options.keepsPrevious ? { placeholderData: keepPreviousData as never } : {}),
  });

  useEffect(() => {
    if (!isEnabled) return;
    return core.subscribe(cluster, channel, JSON.parse(paramsKey), {
      onValue: (data) => {
        queryClient.setQueryData(['live', cluster, channel, paramsKey], data);
        setFailure(null);
      },
      onError: (error) => setFailure({ key: failureKey, error }),
    });
  }, [core, cluster, channel, paramsKey, queryClient, isEnabled, failureKey]);

  // While the server's HTML is taken over, only what the server drew: live data may already be newer than that.
  const isMounted = useIsMounted();
  return {
    data: isMounted ? query.data : (initial ?? undefined),
    error: failure?.key === failureKey ? failure.error : null,
    isPrevious: query.isPlaceholderData,
  };
}
