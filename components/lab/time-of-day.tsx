'use client';
// A time of day in the reader's zone. Nothing stands there before the zone is known, so that server and browser draw the same.
import clsx from 'clsx';
import { clockTime, timeOfDay } from '../ui/format.ts';
import { useNow } from '../ui/hooks/use-now.ts';

export function TimeOfDay({ atMs, className }: { atMs: number; className?: string }) {
  const isKnown = useNow() !== null;
  return (
    <time
      dateTime={new Date(atMs).toISOString()}
      title={isKnown ? clockTime(atMs) : undefined}
      className={clsx('num inline-block', className)}
    >
      {isKnown ? timeOfDay(atMs) : ''}
    </time>
  );
}
