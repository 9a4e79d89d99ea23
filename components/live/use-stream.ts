'use client';
// Runs a stream (browse, tail) while mounted; batches go straight to the listener, never through React state.
import { useEffect, useEffectEvent } from 'react';
import type { StreamName, Streams } from '../../server/live/contract.ts';
import { stableKey } from './core/live-core.ts';
import type { LiveError } from './core/live-error.ts';
import { useClusterId, useLiveCore } from './core/live-provider.tsx';

interface StreamHandlers<T> {
  onBatch(batch: T): void;
  onError(error: LiveError): void;
  /** A new run begins: other parameters, a changed `run`, or the socket came back. */
  onStart(): void;
}

const RETRY_AFTER_ERROR_MS = 2_000;

/** `params` null stops the stream. Changing `run` starts it again with the same parameters. After an
 * error that may pass by itself it runs again every two seconds, and the error stands until something arrives. */
export function useStream<N extends StreamName>(
  stream: N,
  params: Streams[N]['params'] | null,
  run: string,
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
    let timer: ReturnType<typeof setTimeout> | null = null;
    let isAgain = false;
    const begin = () =>
      core.stream(cluster, stream, JSON.parse(paramsKey), {
        onBatch: (data) => {
          if (isAgain) onStart();
          isAgain = false;
          onBatch(data);
        },
        onError: (error) => {
          onError(error);
          if (!error.retriable) return;
          timer = setTimeout(() => {
            end();
            isAgain = true;
            end = begin();
          }, RETRY_AFTER_ERROR_MS);
        },
        onRestart: onStart,
      });
    let end = begin();
    return () => {
      if (timer !== null) clearTimeout(timer);
      end();
    };
  }, [core, cluster, stream, paramsKey, run]);
}
