'use client';
// Which topics are drawn: those with most traffic, or up to eight that a person picks.
import { useDeferredValue, useState } from 'react';
import { MAP_LIMITS } from '../../server/live/contract.ts';
import { useChannel } from '../live/use-channel.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, TextField } from '../ui/form.tsx';
import { perSecond, plural } from '../ui/format.ts';

const LISTED = 40;

function Choices({ chosen, onChange }: { chosen: readonly string[]; onChange: (topics: readonly string[]) => void }) {
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query.trim());
  const { data } = useChannel(
    'topics',
    { query: wanted, sort: 'rate', descending: true, includeInternal: true, offset: 0, limit: LISTED },
    { keepsPrevious: true },
  );
  const rows = data?.rows ?? [];
  const hidden = chosen.filter((name) => !rows.some((row) => row.name === name) && wanted === '');
  const isFull = chosen.length >= MAP_LIMITS.topics;
  const toggle = (name: string, isChecked: boolean) =>
    onChange(isChecked ? [...chosen, name] : chosen.filter((each) => each !== name));
  const line = (name: string, fact: string) => (
    <li key={name} className="flex items-center justify-between gap-3 border-b last:border-b-0">
      <CheckField
        label={<span className="break-all font-mono">{name}</span>}
        isChecked={chosen.includes(name)}
        isDisabled={isFull && !chosen.includes(name)}
        onChange={(isChecked) => toggle(name, isChecked)}
      />
      <span className="num shrink-0 text-caption text-muted">{fact}</span>
    </li>
  );
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label="Find topics"
        isBare
        type="search"
        placeholder="Find topics"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <p aria-live="polite" className="text-caption text-muted">
        {isFull
          ? `${MAP_LIMITS.topics} topics are chosen: let one go to take another.`
          : `${chosen.length} chosen, at most ${MAP_LIMITS.topics}. Those with most traffic come first.`}
      </p>
      <ul aria-label="Topics" className="flex min-h-40 flex-col">
        {hidden.map((name) => line(name, ''))}
        {rows.map((row) =>
          line(row.name, `${plural(row.partitions, 'partition')} · ${perSecond(row.inRecordsPerSecond)}`),
        )}
      </ul>
      {data !== undefined && data.matching > rows.length ? (
        <p className="text-caption text-muted">
          and {plural(data.matching - rows.length, 'more topic')}: type a part of the name.
        </p>
      ) : null}
      {data?.matching === 0 ? <p className="text-muted">No topic is called “{wanted}”.</p> : null}
    </div>
  );
}

export function TopicChooser({
  chosen,
  isOpen,
  onClose,
  onChange,
}: {
  chosen: readonly string[];
  isOpen: boolean;
  onClose: () => void;
  onChange: (topics: readonly string[]) => void;
}) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Topics on the map"
      description="Without a choice the map draws the topics with most traffic."
      testId="map-topics"
      footer={
        <>
          <Button onClick={() => onChange([])} disabled={chosen.length === 0}>
            Show the busiest
          </Button>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      {isOpen ? <Choices chosen={chosen} onChange={onChange} /> : null}
    </Dialog>
  );
}
