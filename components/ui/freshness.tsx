'use client';
// How fresh the numbers beside it are: a ring is polled (age beside it), grey is stale, hollow grey is waiting.
import clsx from 'clsx';
import { relative } from './format.ts';
import { useNow } from './hooks/use-now.ts';

export function FreshnessDot({
  sampledAtMs,
  intervalMs,
  isLost = false,
}: {
  sampledAtMs: number | null;
  intervalMs: number;
  isLost?: boolean;
}) {
  const nowMs = useNow();
  const ageMs = sampledAtMs === null || nowMs === null ? null : nowMs - sampledAtMs;
  const state = ageMs === null ? 'waiting' : isLost || ageMs > 3 * intervalMs + 2_000 ? 'stale' : 'polled';
  const age =
    sampledAtMs === null || nowMs === null
      ? 'waiting for the first sample'
      : relative(sampledAtMs, Math.max(nowMs, sampledAtMs));
  const text = state === 'waiting' ? age : state === 'stale' ? `stale, sampled ${age}` : `sampled ${age}`;
  return (
    <span
      data-testid="freshness"
      data-state={state}
      className="inline-flex items-center gap-1.5 whitespace-nowrap text-caption text-muted num"
      title={`Sampled every ${intervalMs / 1000} s while somebody looks`}
    >
      <span
        aria-hidden
        className={clsx(
          'size-2 rounded-full border-[1.5px]',
          state === 'polled' ? 'border-ok' : state === 'stale' ? 'border-offline bg-offline' : 'border-line-strong',
        )}
      />
      <span className="min-w-[13ch]">{text}</span>
    </span>
  );
}
