// Kinds of view state that stand in the address: how each is read from the query string and written to it. Pure: pages read them on
// the server for their first paint, useUrlState in the browser, so that both mean the same by an address.

export interface UrlField<T> {
  read(text: string | null): T;
  /** Null leaves the parameter out. */
  write(value: T): string | null;
}
/** The fields of a view, a parameter each. */
export type UrlFields<V> = { readonly [K in keyof V]: UrlField<V[K]> };
/** What is read from them. */
export type UrlValues<F> = { readonly [K in keyof F]: F[K] extends UrlField<infer T> ? T : never };

/** What is longer than `most` characters is cut: the server would refuse it. */
export const textField = (fallback = '', most = Number.POSITIVE_INFINITY): UrlField<string> => ({
  read: (text) => text?.slice(0, most) ?? fallback,
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
const NO_NAME = 'none';
/** A list of short names, such as columns; null means all. */
export const namesField = (): UrlField<readonly string[] | null> => ({
  read: (text) => {
    if (text === NO_NAME) return [];
    return text !== null && /^[\w-]{1,40}(,[\w-]{1,40}){0,40}$/.test(text) ? text.split(',') : null;
  },
  write: (value) => (value === null ? null : value.length === 0 ? NO_NAME : value.join(',')),
});

/** What `fields` make of an address; `read` gives the text of a parameter, null where there is none. */
export function readFields<V extends object>(fields: UrlFields<V>, read: (name: string) => string | null): V {
  const entries = Object.entries(fields as UrlFields<Record<string, unknown>>);
  return Object.fromEntries(entries.map(([name, field]) => [name, field.read(read(name))])) as V;
}
