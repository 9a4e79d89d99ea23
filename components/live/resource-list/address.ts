// What every list page keeps in its address, and the first window that its page on the server asks for. A subject adds its own fields and
// says what an address asks the server for, once: page and browser cannot disagree. Pure.
import {
  choiceField,
  flagField,
  namesField,
  readFields,
  textField,
  type UrlField,
  type UrlFields,
} from '../../ui/hooks/url-field.ts';

/** What the server takes. */
export const SEARCH_LENGTH = 249;
/** As many rows as the server gives at once. */
export const WINDOW_ROWS = 200;
export const FIRST_WINDOW = { offset: 0, limit: WINDOW_ROWS } as const;

export interface ListAddress<S extends string = string> {
  readonly q: string;
  readonly sort: S;
  readonly desc: boolean;
  /** The columns beside the first that are shown; null: all. */
  readonly cols: readonly string[] | null;
}

/** The fields of a list with these sorts, the first of which counts where none is said, and with `own` ones. */
export const listFields = <const S extends string, F extends Readonly<Record<string, UrlField<unknown>>>>(
  sorts: readonly [S, ...S[]],
  own: F,
): UrlFields<ListAddress<S>> & F => ({
  q: textField('', SEARCH_LENGTH),
  sort: choiceField(sorts, sorts[0]),
  desc: flagField(),
  cols: namesField(),
  ...own,
});

/** What an address asks for first, read on the server. */
export const firstAsked =
  <V extends ListAddress, P extends object>(fields: UrlFields<V>, asked: (address: V) => P) =>
  (read: (name: string) => string): P & typeof FIRST_WINDOW => ({
    ...asked(readFields(fields, read)),
    ...FIRST_WINDOW,
  });
