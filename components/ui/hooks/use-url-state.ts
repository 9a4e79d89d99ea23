'use client';
// View state in the address: a typed reading of the query string and a setter. Uses the history directly, which Next keeps in
// step with useSearchParams, so that a keystroke changes the address without asking the server for the page again.
import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { readFields, type UrlField, type UrlFields } from './url-field.ts';

const WRITTEN_LIMIT = 50;

/** Merges into the address. */
export type SetAddress<V> = (changes: Partial<V>, isStep?: boolean) => void;

/**
 * `fields` must be a constant outside the component. The setter merges; `isStep` adds a step to the history, so that Back
 * undoes it (opening a drawer, turning a page), otherwise the current step changes (typing).
 */
export function useUrlState<V extends object>(fields: UrlFields<V>): [V, SetAddress<V>] {
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
    return readFields(fields, (name) => query.get(name));
  }, [fields, ahead, followed]);
  const set = useCallback(
    (changes: Partial<V>, isStep = false) => {
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changes)) {
        const part = (fields as Readonly<Record<string, UrlField<unknown>>>)[name]?.write(value) ?? null;
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
