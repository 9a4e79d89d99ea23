'use client';
// What is selected, in plain words, with the way to its page; without a selection, how to read the map.
import { X } from 'lucide-react';
import type { MapView } from '../../server/live/contract.ts';
import { usePaths } from '../live/use-connection.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { useNow } from '../ui/hooks/use-now.ts';
import { explain } from './facts/explain.ts';
import type { Selection } from './selection.ts';

function useLinks(selection: Selection): readonly { readonly label: string; readonly href: string }[] {
  const paths = usePaths();
  switch (selection.kind) {
    case 'broker':
      return [{ label: `Open broker ${selection.broker}`, href: paths.broker(selection.broker) }];
    case 'topic':
      return [
        { label: 'Open the topic', href: paths.topic(selection.topic) },
        { label: 'Its partitions', href: paths.topicPartitions(selection.topic) },
      ];
    case 'partition':
      return [
        { label: 'Open its messages', href: `${paths.topic(selection.topic)}?p=${selection.partition}` },
        { label: 'Partitions of the topic', href: paths.topicPartitions(selection.topic) },
      ];
    case 'group':
      return [{ label: 'Open the group', href: paths.group(selection.groupId) }];
    case 'producer':
      return [];
  }
}

function Selected({ view, selection, onClear }: { view: MapView; selection: Selection; onClear: () => void }) {
  const nowMs = useNow();
  const links = useLinks(selection);
  const found = explain(view, selection, nowMs ?? 0);
  return (
    <>
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 break-words text-base font-medium text-ink-strong">
          {found?.title ?? 'Not on the map'}
        </h2>
        <Button
          look="quiet"
          size="sm"
          aria-label="Clear the selection"
          onClick={onClear}
          icon={<X aria-hidden className="size-4" />}
        />
      </div>
      <div className="flex flex-col gap-1" data-testid="map-explanation">
        {(found?.sentences ?? ['What was selected is gone, or is not among what is drawn.']).map((sentence) => (
          <p key={sentence.slice(0, 16)} className="num">
            {sentence}
          </p>
        ))}
      </div>
      {links.length === 0 ? null : (
        <div className="flex flex-wrap gap-2">
          {links.map(({ label, href }) => (
            <ButtonLink key={href} href={href} size="sm">
              {label}
            </ButtonLink>
          ))}
        </div>
      )}
    </>
  );
}

export function Panel({
  view,
  selection,
  onClear,
}: {
  view: MapView;
  selection: Selection | null;
  onClear: () => void;
}) {
  return (
    <section
      aria-label="What is selected"
      className="flex min-h-26 min-w-0 flex-col gap-2 overflow-y-auto rounded border bg-s1 px-4 py-3 min-[1560px]:min-h-52"
    >
      {selection === null ? (
        <>
          <h2 className="text-base font-medium text-ink-strong">How a cluster works</h2>
          <p>
            Producers write records to the partitions of a topic. Each partition has one leader that takes them in, and
            followers on other brokers that copy it; consumer groups read from the leaders.
          </p>
          <p className="text-muted">Choose anything on the map to see what belongs to it and what it does right now.</p>
        </>
      ) : (
        <Selected view={view} selection={selection} onClear={onClear} />
      )}
    </section>
  );
}
