'use client';
// Calls over the live socket as TanStack mutations, and calls that only read as queries.
import { useMutation, useQuery } from '@tanstack/react-query';
import type { CallArgs, CallName, CallResult } from '../../server/live/contract.ts';
import { stableKey } from './core/live-core.ts';
import { LiveError } from './core/live-error.ts';
import { useClusterId, useLiveCore } from './core/live-provider.tsx';

const RETRY_AFTER_ERROR_MS = 2_000;

/**
 * A mutation over one call. Nothing changes optimistically: the visible change arrives on a channel. `onDone` runs even when
 * that change has already taken the calling component off the page; callbacks given to mutate() do not.
 */
export function useCall<N extends CallName>(name: N, onDone?: (result: CallResult<N>) => void) {
  const core = useLiveCore();
  const cluster = useClusterId();
  return useMutation<CallResult<N>, LiveError, CallArgs<N>>({
    mutationKey: ['call', cluster, name],
    mutationFn: (args) => core.call(cluster, name, args) as Promise<CallResult<N>>,
    networkMode: 'always',
    // What a call was given may be a secret: it is forgotten with the component that made it.
    gcTime: 0,
    ...(onDone ? { onSuccess: (result) => onDone(result) } : {}),
  });
}

/** A call that only reads, kept in the cache under its arguments. `args` null waits. */
export function useRead<N extends CallName>(name: N, args: CallArgs<N> | null, keepMs = 0) {
  const core = useLiveCore();
  const cluster = useClusterId();
  return useQuery<CallResult<N>, LiveError>({
    queryKey: ['read', cluster, name, stableKey(args)],
    queryFn: () => core.call(cluster, name, args) as Promise<CallResult<N>>,
    enabled: args !== null,
    networkMode: 'always',
    staleTime: keepMs,
    retry: false,
    // What may pass by itself is asked again while the reason stands on the page.
    refetchInterval: ({ state }) =>
      state.error instanceof LiveError && state.error.retriable ? RETRY_AFTER_ERROR_MS : false,
  });
}
