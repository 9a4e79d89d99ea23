'use client';
// A menu of actions behind one button.
import { Menu as Base } from '@base-ui/react/menu';
import clsx from 'clsx';
import type { ReactElement, ReactNode } from 'react';

export interface MenuEntry {
  readonly label: ReactNode;
  readonly onSelect: () => void;
  readonly isDangerous?: boolean;
  readonly icon?: ReactNode;
  /** Why it cannot be done here: it stays in the menu, greyed, and the reason stands below it. */
  readonly whyNot?: string | null;
}

export function Menu({ trigger, entries }: { trigger: ReactElement; entries: readonly MenuEntry[] }) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align="end" sideOffset={4} className="z-50">
          <Base.Popup className="min-w-48 rounded border bg-s1 py-1 shadow-overlay outline-none">
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
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
