'use client';
// Runs a stream (browse, tail) while mounted; batches go straight to the listener, never through React state.
import { useEffect, useEffectEvent } from 'react';
import type { StreamName, Streams } from '../../server/live/contract.ts';
import { stableKey } from './live-core.ts';
import type { LiveError } from './live-error.ts';
import { useClusterId, useLiveCore } from './live-provider.tsx';

interface StreamHandlers<T> {
  onBatch(batch: T): void;
  onError(error: LiveError): void;
  /** A new run begins: other parameters, a changed `run`, or the socket came back. */
  onStart(): void;
}

/** `params` null stops the stream. Changing `run` starts it again with the same parameters. */
export function useStream<N extends StreamName>(
  stream: N,
  params: Streams[N]['params'] | null,
  run: number,
  handlers: StreamHandlers<Streams[N]['data']>,
): void {
  const core = useLiveCore();
  const cluster = useClusterId();
  const paramsKey = params === null ? null : stableKey(params);
  const onBatch = useEffectEvent((data: unknown) => handlers.onBatch(data as Streams[N]['data']));
  const onError = useEffectEvent((error: LiveError) => handlers.onError(error));
  const onStart = useEffectEvent(() => handlers.onStart());
  // biome-ignore lint/correctness/useExhaustiveDependencies: `run` starts the stream anew on purpose.
  useEffect(() => {
    if (paramsKey === null) return;
    onStart();
    return core.stream(cluster, stream, JSON.parse(paramsKey), { onBatch, onError, onRestart: onStart });
  }, [core, cluster, stream, paramsKey, run]);
}
