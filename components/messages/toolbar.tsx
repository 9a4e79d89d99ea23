'use client';
// What to read: where to start, which partitions, what to look for, or the live tail.
import { Popover } from '@base-ui/react/popover';
import { Radio, RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { CheckField, NumberField, SelectField, TextField } from '../ui/form.tsx';
import { plural } from '../ui/format.ts';
import { type StartKind, starts, toLocalInput } from './browse-url.ts';

export interface BrowseChoice {
  readonly from: StartKind;
  readonly at: string;
  readonly p: readonly number[] | null;
  readonly q: string;
  readonly live: boolean;
  /** Without what open and aborted transactions wrote. */
  readonly committed: boolean;
}

const startLabels: Record<StartKind, string> = {
  newest: 'Newest',
  oldest: 'Oldest',
  offset: 'From offset',
  timestamp: 'From time',
};
const PARTITIONS_LISTED = 500;

function PartitionChoice({
  count,
  chosen,
  onChange,
}: {
  count: number;
  chosen: readonly number[] | null;
  onChange: (chosen: readonly number[] | null) => void;
}) {
  const all = Array.from({ length: Math.min(count, PARTITIONS_LISTED) }, (_, partition) => partition);
  const isOn = (partition: number) => chosen === null || chosen.includes(partition);
  const toggle = (partition: number, isChosen: boolean) => {
    const next = all.filter((each) => (each === partition ? isChosen : isOn(each)));
    if (next.length > 0) onChange(next.length === count ? null : next);
  };
  const label =
    chosen === null
      ? 'All partitions'
      : chosen.length === 1
        ? `Partition ${chosen[0]}`
        : plural(chosen.length, 'partition');
  return (
    <Popover.Root>
      <Popover.Trigger render={<Button aria-label={`Partitions: ${label}`}>{label}</Button>} />
      <Popover.Portal>
        <Popover.Positioner align="start" sideOffset={4} className="z-30">
          <Popover.Popup className="max-h-80 w-56 overflow-y-auto rounded border bg-s1 p-3 shadow-overlay">
            <Popover.Title className="sr-only">Partitions</Popover.Title>
            <div className="flex gap-2 pb-1">
              <Button size="sm" onClick={() => onChange(null)}>
                All
              </Button>
            </div>
            <div className="grid grid-cols-2">
              {all.map((partition) => (
                <span key={partition} className="flex items-center justify-between">
                  <CheckField
                    label={String(partition)}
                    isChecked={isOn(partition)}
                    onChange={(isChosen) => toggle(partition, isChosen)}
                  />
                  <Button
                    size="sm"
                    look="quiet"
                    onClick={() => onChange([partition])}
                    aria-label={`Only partition ${partition}`}
                  >
                    only
                  </Button>
                </span>
              ))}
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface ToolbarProps {
  choice: BrowseChoice;
  partitions: number;
  onChange: (changes: Partial<BrowseChoice>) => void;
  onAgain: () => void;
}

export function Toolbar({ choice, partitions, onChange, onAgain }: ToolbarProps) {
  const [typed, setTyped] = useState(choice.q);
  useEffect(() => setTyped(choice.q), [choice.q]);
  const setFrom = (from: StartKind) => {
    const at =
      from === 'offset' ? '0' : from === 'timestamp' ? String(Math.floor(Date.now() / 1000) * 1000 - 3_600_000) : '';
    onChange({ from, at });
  };
  return (
    <div role="toolbar" aria-label="What to read" className="flex flex-wrap items-start gap-2">
      <Button
        look={choice.live ? 'primary' : 'secondary'}
        aria-pressed={choice.live}
        data-testid="live-tail"
        onClick={() => onChange({ live: !choice.live })}
        icon={<Radio aria-hidden className="size-4" />}
      >
        Live tail
      </Button>
      {choice.live ? null : (
        <>
          <SelectField
            label="Start"
            isBare
            value={choice.from}
            onChange={(event) => setFrom(starts.find((each) => each === event.target.value) ?? 'newest')}
            className="w-36"
          >
            {starts.map((start) => (
              <option key={start} value={start}>
                {startLabels[start]}
              </option>
            ))}
          </SelectField>
          {choice.from === 'offset' ? (
            <NumberField
              label="Offset"
              isBare
              min={0}
              value={choice.at}
              onChange={(at) => onChange({ at })}
              className="w-36"
            />
          ) : null}
          {choice.from === 'timestamp' ? (
            <TextField
              label="Time"
              isBare
              type="datetime-local"
              step={1}
              value={choice.at === '' ? '' : toLocalInput(Number(choice.at))}
              onChange={(event) => {
                const timeMs = new Date(event.target.value).getTime();
                if (Number.isFinite(timeMs) && timeMs >= 0) onChange({ at: String(timeMs) });
              }}
              className="w-56"
            />
          ) : null}
        </>
      )}
      {choice.live ? null : (
        <CheckField
          label="Committed only"
          isChecked={choice.committed}
          onChange={(committed) => onChange({ committed })}
        />
      )}
      <PartitionChoice count={partitions} chosen={choice.p} onChange={(p) => onChange({ p })} />
      <search className="min-w-48 flex-1">
        {' '}
        <form
          className="flex gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed === choice.q) onAgain();
            else onChange({ q: typed });
          }}
        >
          <TextField
            label="Contains"
            isBare
            type="search"
            placeholder="Contains (key, value or header)  /"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            className="min-w-0 flex-1"
            data-testid="message-search"
          />
          <Button
            type="submit"
            icon={typed === choice.q ? <RotateCw aria-hidden className="size-3.5" /> : undefined}
            aria-label={typed === choice.q ? 'Read again' : 'Search'}
          >
            {typed === choice.q ? null : 'Search'}
          </Button>
        </form>
      </search>
    </div>
  );
}
