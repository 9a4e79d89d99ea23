'use client';
// View state in the address: a typed reading of the query string and a setter. Uses the history directly, which Next keeps in
// step with useSearchParams, so that a keystroke changes the address without asking the server for the page again.
import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';

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
  const values = useMemo(() => {
    const entries = Object.entries(fields as Fields).map(([name, field]) => [name, field.read(search.get(name))]);
    return Object.fromEntries(entries) as Values<F>;
  }, [fields, search]);
  const set = useCallback(
    (changes: Partial<Values<F>>, isStep = false) => {
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(changes)) {
        const text = (fields as Fields)[name]?.write(value) ?? null;
        if (text === null) next.delete(name);
        else next.set(name, text);
      }
      const query = next.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
      const address = `${window.location.pathname}${query === '' ? '' : `?${query}`}`;
      if (isStep) window.history.pushState(null, '', address);
      else window.history.replaceState(null, '', address);
    },
    [fields],
  );
  return [values, set];
}
