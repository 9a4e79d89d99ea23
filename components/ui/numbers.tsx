'use client';
// Numbers that move: short on screen, exact on hover and for copies. Unknown is a dash that says why.
import clsx from 'clsx';
import { useRef } from 'react';
import {
  bytes,
  bytesPerSecond,
  clockTime,
  exact,
  oddTimeWords,
  perSecond,
  readTime,
  relative,
  short,
  UNKNOWN,
} from './format.ts';
import { useNow } from './hooks/use-now.ts';
import { useTint } from './hooks/use-tint.ts';

type Unit = 'count' | 'exact' | 'bytes' | 'rate' | 'byteRate';
const writers: Record<Unit, (value: number | null) => string> = {
  count: short,
  exact,
  bytes,
  rate: perSecond,
  byteRate: bytesPerSecond,
};
const suffix: Record<Unit, string> = { count: '', exact: '', bytes: ' B', rate: ' records/s', byteRate: ' B/s' };

interface QuantityProps {
  value: number | null | undefined;
  unit?: Unit;
  /** Why the value is unknown. */
  reason?: string;
  isEstimate?: boolean;
  /** Why the value may be higher; null or left out: it is what it says. */
  atLeast?: string | null;
  testId?: string;
  className?: string;
}

export function Quantity({
  value = null,
  unit = 'count',
  reason = 'not sampled yet',
  isEstimate = false,
  atLeast = null,
  testId,
  className,
}: QuantityProps) {
  const element = useRef<HTMLSpanElement>(null);
  const text = value === null ? null : writers[unit](value);
  useTint(element, text);
  if (value === null) {
    return (
      <span
        className={clsx('num text-muted', className)}
        title={`unknown: ${reason}`}
        data-testid={testId}
        data-value=""
      >
        <span aria-hidden>{UNKNOWN}</span>
        <span className="sr-only">unknown</span>
      </span>
    );
  }
  const exactText = `${exact(Math.abs(value) < 10 && !Number.isInteger(value) ? Number(value.toFixed(2)) : value)}${suffix[unit]}`;
  return (
    <span
      ref={element}
      className={clsx('num live whitespace-nowrap rounded-sm', className)}
      title={
        atLeast !== null
          ? `at least ${exactText}: ${atLeast}`
          : isEstimate
            ? `about ${exactText} (an estimate)`
            : exactText
      }
      data-testid={testId}
      data-value={value}
    >
      {atLeast !== null ? '≥ ' : isEstimate ? '≈ ' : ''}
      {text}
    </span>
  );
}

interface TimeProps {
  timeMs: number;
  className?: string;
}

/** What is no time is never drawn as one: "no timestamp", or the number itself with what it may mean. */
function NoTime({ timeMs, className }: TimeProps) {
  const reading = readTime(timeMs);
  if (reading.kind === 'none') return <span className={clsx('text-muted', className)}>no timestamp</span>;
  if (reading.kind === 'time') return null;
  return (
    <span className={clsx('num whitespace-nowrap', className)} title={oddTimeWords(timeMs, reading)} data-odd-time>
      {timeMs}
      <span className="text-warn"> {reading.asUnit === null ? 'no likely time' : `${reading.asUnit.unit}?`}</span>
    </span>
  );
}

/** A time as "14 s ago", exact on hover. */
export function RelativeTime({ timeMs, className }: TimeProps) {
  const nowMs = useNow();
  if (readTime(timeMs).kind !== 'time') return <NoTime timeMs={timeMs} className={className ?? ''} />;
  return (
    <time
      dateTime={isoOf(timeMs)}
      title={nowMs === null ? undefined : clockTime(timeMs)}
      className={clsx('num whitespace-nowrap', className)}
    >
      {nowMs === null ? UNKNOWN : relative(timeMs, nowMs)}
    </time>
  );
}

/** A time to the millisecond in the reader's zone. */
export function ExactTime({ timeMs, className }: TimeProps) {
  const nowMs = useNow();
  if (readTime(timeMs).kind !== 'time') return <NoTime timeMs={timeMs} className={className ?? ''} />;
  return (
    <time
      dateTime={isoOf(timeMs)}
      title={nowMs === null ? undefined : relative(timeMs, nowMs)}
      className={clsx('num whitespace-nowrap', className)}
    >
      {nowMs === null ? UNKNOWN : clockTime(timeMs)}
    </time>
  );
}

function isoOf(timeMs: number): string | undefined {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : undefined;
}
