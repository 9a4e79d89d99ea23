'use client';
// What was done and what the cluster made of it, newest first.
import type { LabEvent } from '../../server/live/contract.ts';
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

export function Timeline({ events }: { events: readonly LabEvent[] }) {
  if (events.length === 0) {
    return (
      <p className="text-muted">Nothing yet. Kill a broker, and its end, the elections and its return show here.</p>
    );
  }
  return (
    <ol data-testid="lab-timeline" className="rounded border bg-s1 px-4">
      {events.toReversed().map((event) => (
        <Row key={event.id} event={event} />
      ))}
    </ol>
  );
}
