'use client';
// View state in the address: a typed reading of the query string and a setter. Uses the history directly, which Next keeps in
// step with useSearchParams, so that a keystroke changes the address without asking the server for the page again.
import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

export interface UrlField<T> {
  read(text: string | null): T;
  /** Null leaves the parameter out. */
  write(value: T): string | null;
}

export const textField = (fallback = ''): UrlField<string> => ({
  read: (text) => text ?? fallback,
  write: (value) => (value === fallback ? null : value),
});
export const flagField = (): UrlField<boolean> => ({
  read: (text) => text === '1',
  write: (value) => (value ? '1' : null),
});
export const choiceField = <const T extends string>(choices: readonly T[], fallback: T): UrlField<T> => ({
  read: (text) => choices.find((choice) => choice === text) ?? fallback,
  write: (value) => (value === fallback ? null : value),
});
/** A list of small integers; null means all. */
export const numbersField = (): UrlField<readonly number[] | null> => ({
  read: (text) => {
    if (text === null || !/^\d{1,9}(,\d{1,9})*$/.test(text)) return null;
    return text.split(',').map(Number);
  },
  write: (value) => (value === null ? null : value.join(',')),
});

const WRITTEN_LIMIT = 50;
type Fields = Readonly<Record<string, UrlField<unknown>>>;
type Values<F> = { readonly [K in keyof F]: F[K] extends UrlField<infer T> ? T : never };

/**
 * `fields` must be a constant outside the component. The setter merges; `isStep` adds a step to the history, so that Back
 * undoes it (opening a drawer, turning a page), otherwise the current step changes (typing).
 */
export function useUrlState<F extends Fields>(
  fields: F,
): [Values<F>, (changes: Partial<Values<F>>, isStep?: boolean) => void] {
  const search = useSearchParams();
  // Next follows the address a moment later; until then what was written counts, or typed letters would be lost.
  const [ahead, setAhead] = useState<string | null>(null);
  const written = useRef<string[]>([]);
  const followed = search.toString();
  useEffect(() => {
    const place = written.current.indexOf(followed);
    // Not ours: somebody followed a link or went back, and that counts.
    written.current = place < 0 ? [] : written.current.slice(place + 1);
    if (written.current.length === 0) setAhead(null);
  }, [followed]);
  useEffect(() => {
    if (ahead !== followed) return;
    written.current = [];
    setAhead(null);
  }, [ahead, followed]);
  const values = useMemo(() => {
    const query = new URLSearchParams(ahead ?? followed);
    const entries = Object.entries(fields as Fields).map(([name, field]) => [name, field.read(query.get(name))]);
    return Object.fromEntries(entries) as Values<F>;
  }, [fields, ahead, followed]);
  const set = useCallback(
    (changes: Partial<Values<F>>, isStep = false) => {
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changes)) {
        const part = (fields as Fields)[name]?.write(value) ?? null;
        if (part === null) next.delete(name);
        else next.set(name, part);
      }
      const text = next.toString();
      if (text === new URLSearchParams(window.location.search).toString()) return;
      setAhead(text);
      written.current = [...written.current.slice(-WRITTEN_LIMIT), text];
      const query = text.replaceAll('%2C', ',').replaceAll('%3A', ':');
      const address = `${window.location.pathname}${query === '' ? '' : `?${query}`}`;
      if (isStep) window.history.pushState(null, '', address);
      else window.history.replaceState(null, '', address);
    },
    [fields],
  );
  return [values, set];
}
