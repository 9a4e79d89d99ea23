'use client';
// What changed lately, newest first. New lines are read aloud politely.
import type { MapView } from '../../server/live/contract.ts';
import { timeOfDay } from '../ui/format.ts';
import { useNow } from '../ui/hooks/use-now.ts';
import { LevelIcon } from '../ui/notice.tsx';

const SHOWN = 12;

export function Log({ events }: { events: MapView['events'] }) {
  const isKnown = useNow() !== null;
  return (
    <section aria-label="What changed" className="flex min-h-0 min-w-0 flex-col gap-2 rounded border bg-s1 px-4 py-3">
      <h2 className="text-base font-medium text-ink-strong">What changed</h2>
      {events.length === 0 ? (
        <p className="text-muted">Nothing so far. New leaders, replicas out of sync and rebalances are written here.</p>
      ) : null}
      <div
        role="log"
        aria-live="polite"
        aria-label="Changes"
        data-testid="map-log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it.
        tabIndex={0}
        className="max-h-36 min-h-0 overflow-y-auto lg:max-h-none min-[1560px]:max-h-96"
      >
        <ol className="flex flex-col gap-1.5">
          {events
            .slice(-SHOWN)
            .toReversed()
            .map(({ id, atMs, level, kind, sentence }) => (
              <li key={id} data-testid="map-event" data-kind={kind} className="flex items-start gap-2 text-table">
                <time
                  dateTime={new Date(atMs).toISOString()}
                  className="num w-[8ch] shrink-0 text-caption leading-[18px] text-muted"
                >
                  {isKnown ? timeOfDay(atMs) : ''}
                </time>
                <LevelIcon level={level} className="mt-0.5 size-3.5!" />
                <span className="min-w-0 flex-1">{sentence}</span>
              </li>
            ))}
        </ol>
      </div>
    </section>
  );
}
