'use client';
// Settings with value, source, type and documentation: shared by a topic's and a broker's configuration.
import clsx from 'clsx';
import { type ReactNode, useMemo, useState } from 'react';
import type { ConfigRow } from '../../../server/live/contract.ts';
import { CheckField, TextField } from '../../ui/form.tsx';
import { bytes, duration, plural } from '../../ui/format.ts';
import { flagField, textField } from '../../ui/hooks/url-field.ts';
import { useUrlState } from '../../ui/hooks/use-url-state.ts';
import { Empty } from '../../ui/notice.tsx';

const sources: Record<ConfigRow['source'], string> = {
  TOPIC: 'set on this topic',
  DYNAMIC_BROKER: 'set on this broker while it runs',
  DYNAMIC_DEFAULT: 'set for all brokers while they run',
  STATIC_BROKER: 'from the broker’s start',
  DEFAULT: 'default',
  GROUP: 'set on this group',
  UNKNOWN: 'source unknown',
};
export const isChanged = (row: ConfigRow): boolean => row.source !== 'DEFAULT' && row.source !== 'UNKNOWN';

/** What Kafka writes for "no limit": the largest value of the setting's type. */
const LARGEST: ReadonlySet<string> = new Set(['2147483647', '9223372036854775807', '1.7976931348623157E308']);

/** "604800000" beside "7 d": the reading of a number by its name's unit; null when there is none to add. */
export function readingOf(name: string, value: string | null): string | null {
  const size = Number(value);
  if (value !== null && LARGEST.has(value)) return 'no limit';
  if (value === null || value === '' || !Number.isSafeInteger(size)) return null;
  if (name.endsWith('.ms') && (size >= 1000 || size < 0)) return duration(size);
  if (name.endsWith('.bytes') && (size >= 1000 || size < 0)) return size < 0 ? 'unlimited' : bytes(size);
  return null;
}

const LONG_TEXT = 280;

/** The help of a setting; a long one shows its beginning until it is asked for. */
export function Documentation({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > LONG_TEXT;
  return (
    <div className="text-caption text-muted">
      <p className={clsx('whitespace-pre-line', isLong && !isOpen && 'line-clamp-3')}>{text}</p>
      {isLong ? (
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="text-accent hover:underline"
        >
          {isOpen ? 'Less' : 'More'}
        </button>
      ) : null}
    </div>
  );
}

const fields = { q: textField(), changed: flagField() };

export function ConfigTable({ rows, action }: { rows: readonly ConfigRow[]; action?: (row: ConfigRow) => ReactNode }) {
  const [{ q, changed }, set] = useUrlState(fields);
  const shown = useMemo(() => {
    const wanted = q.toLowerCase();
    return rows
      .filter(
        (row) =>
          (!changed || isChanged(row)) &&
          (row.name.includes(wanted) || (row.documentation ?? '').toLowerCase().includes(wanted)),
      )
      .toSorted((a, b) => Number(isChanged(b)) - Number(isChanged(a)) || (a.name < b.name ? -1 : 1));
  }, [rows, q, changed]);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <TextField
          label="Search settings"
          isBare
          type="search"
          placeholder="Search settings  /"
          value={q}
          onChange={(event) => set({ q: event.target.value })}
          className="w-full sm:w-72"
        />
        <CheckField label="Changed only" isChecked={changed} onChange={(value) => set({ changed: value })} />
        <span className="text-table text-muted num">{plural(shown.length, 'setting')}</span>
      </div>
      {shown.length === 0 ? (
        <Empty title={changed && q === '' ? 'Every setting is at its default' : 'No setting matches'} />
      ) : (
        <ul aria-label="Settings" className="border-t">
          {shown.map((row) => {
            const reading = readingOf(row.name, row.value);
            return (
              <li
                key={row.name}
                data-testid="config-row"
                data-key={row.name}
                className="grid gap-x-6 gap-y-1 border-b px-2 py-2.5 sm:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_8rem]"
              >
                <div className="min-w-0">
                  <div className="font-mono text-table text-ink-strong">{row.name}</div>
                  {row.documentation === null ? null : <Documentation text={row.documentation} />}
                </div>
                <div className="min-w-0">
                  <div className="break-words font-mono text-table text-ink-strong num" data-testid="config-value">
                    {row.isSensitive ? (
                      <span className="font-sans text-muted">hidden (sensitive)</span>
                    ) : row.value === null ? (
                      <span className="font-sans text-muted">not set</span>
                    ) : row.value === '' ? (
                      <span className="font-sans text-muted">empty</span>
                    ) : (
                      row.value
                    )}
                    {reading === null ? null : <span className="pl-2 font-sans text-muted">{reading}</span>}
                  </div>
                  <div className="text-caption text-muted">
                    {isChanged(row) ? (
                      <span className="font-medium text-accent">{sources[row.source]}</span>
                    ) : (
                      sources[row.source]
                    )}
                    {row.isReadOnly ? ', read-only' : ''}, {row.type.toLowerCase()}
                    {isChanged(row) && row.defaultValue !== null && row.defaultValue !== row.value
                      ? `; otherwise ${row.defaultValue === '' ? 'empty' : row.defaultValue}`
                      : ''}
                  </div>
                </div>
                <div className="flex items-start justify-end">{action?.(row)}</div>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
