'use client';
// A menu of actions, and one of things to show or hide, each behind one button.
import { Menu as Base } from '@base-ui/react/menu';
import clsx from 'clsx';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

export interface MenuEntry {
  readonly label: ReactNode;
  readonly onSelect: () => void;
  readonly isDangerous?: boolean;
  readonly icon?: ReactNode;
  /** Why it cannot be done here: it stays in the menu, greyed, and the reason stands below it. */
  readonly whyNot?: string | null;
}

const line = 'flex h-8 cursor-pointer items-center gap-2 px-3 text-table outline-none data-[highlighted]:bg-s2';

function Behind({ trigger, children }: { trigger: ReactElement; children: ReactNode }) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align="end" sideOffset={4} className="z-50">
          <Base.Popup className="min-w-48 rounded border bg-s1 py-1 shadow-overlay outline-none">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function Menu({ trigger, entries }: { trigger: ReactElement; entries: readonly MenuEntry[] }) {
  return (
    <Behind trigger={trigger}>
      {entries.map((entry, index) => (
        <Base.Item
          // biome-ignore lint/suspicious/noArrayIndexKey: entries never move.
          key={index}
          onClick={entry.onSelect}
          disabled={Boolean(entry.whyNot)}
          className={clsx(
            'flex min-h-8 items-center gap-2 px-3 text-table outline-none data-[highlighted]:bg-s2',
            entry.whyNot ? 'max-w-72 cursor-not-allowed py-1' : 'cursor-pointer',
            entry.whyNot ? 'text-muted' : entry.isDangerous ? 'text-critical' : 'text-ink',
          )}
        >
          {entry.icon}
          {entry.whyNot ? (
            <span>
              {entry.label}
              <span className="block text-caption">{entry.whyNot}</span>
            </span>
          ) : (
            entry.label
          )}
        </Base.Item>
      ))}
    </Behind>
  );
}

export interface CheckEntry {
  readonly id: string;
  readonly label: ReactNode;
  readonly isChecked: boolean;
}

/** Stays open while one after the other is chosen. `all` is the label of the way back to all of them. */
export function CheckMenu({
  trigger,
  entries,
  all,
  onCheck,
  onAll,
}: {
  trigger: ReactElement;
  entries: readonly CheckEntry[];
  all: string;
  onCheck: (id: string, isChecked: boolean) => void;
  onAll: () => void;
}) {
  return (
    <Behind trigger={trigger}>
      {entries.map(({ id, label, isChecked }) => (
        <Base.CheckboxItem
          key={id}
          closeOnClick={false}
          checked={isChecked}
          onCheckedChange={(next) => onCheck(id, next)}
          className={clsx(line, 'text-ink')}
        >
          <span aria-hidden className="flex size-4 items-center">
            {isChecked ? <Check className="size-4 text-accent" /> : null}
          </span>
          {label}
        </Base.CheckboxItem>
      ))}
      <Base.Separator className="my-1 border-t" />
      <Base.Item onClick={onAll} className={clsx(line, 'text-ink')}>
        <span className="size-4" />
        {all}
      </Base.Item>
    </Behind>
  );
}
