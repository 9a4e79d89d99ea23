'use client';
// What was done and what the cluster made of it, newest first.
import { useState } from 'react';
import type { LabEvent } from '../../server/live/contract.ts';
import { Button } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { LevelIcon } from '../ui/notice.tsx';
import { TimeOfDay } from './time-of-day.tsx';

function Row({ event }: { event: LabEvent }) {
  return (
    <li data-testid="lab-event" className="flex items-start gap-3 border-b py-2 text-table last:border-b-0">
      <span className="pt-0.5">
        <TimeOfDay atMs={event.atMs} className="w-[8ch] shrink-0 text-caption text-muted" />
      </span>
      <LevelIcon level={event.level} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <p className={event.source === 'lab' ? 'font-medium text-ink-strong' : 'text-ink'}>{event.sentence}</p>
        {event.cause === null && event.partitions.length === 0 ? null : (
          <p className="break-words text-caption text-muted">
            {event.cause}
            {event.cause !== null && event.partitions.length > 0 ? ' · ' : ''}
            {event.partitions.length > 0 ? <span className="font-mono">{event.partitions.join(', ')}</span> : null}
          </p>
        )}
      </div>
    </li>
  );
}

/** Enough for what a person did last; the rest on request. */
const SHOWN_FIRST = 40;

export function Timeline({ events }: { events: readonly LabEvent[] }) {
  const [isWhole, setWhole] = useState(false);
  if (events.length === 0) {
    return (
      <p className="text-muted">Nothing yet. Kill a broker, and its end, the elections and its return show here.</p>
    );
  }
  const shown = isWhole ? events : events.slice(-SHOWN_FIRST);
  const hidden = events.length - shown.length;
  return (
    <div className="flex flex-col items-start gap-2">
      <ol data-testid="lab-timeline" className="w-full rounded border bg-s1 px-4">
        {shown.toReversed().map((event) => (
          <Row key={event.id} event={event} />
        ))}
      </ol>
      {hidden > 0 ? (
        <Button size="sm" onClick={() => setWhole(true)}>
          Show {plural(hidden, 'earlier event')}
        </Button>
      ) : null}
    </div>
  );
}
