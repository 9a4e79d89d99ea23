'use client';
// The line over a list: search, filters, what a phone sorts by, how many match, and the columns.
import { CheckField, SelectField, TextField } from '../../ui/form.tsx';
import type { Column } from '../../ui/table/table.tsx';
import { type ListAddress, SEARCH_LENGTH } from './address.ts';
import type { ColumnChoice } from './columns.ts';
import { ColumnsMenu } from './columns-menu.tsx';

/** A choice narrows the list unless it is empty; a flag shows what is hidden else. */
export type ListFilter<V, D> =
  | { readonly kind: 'flag'; readonly field: keyof V & string; readonly label: string }
  | {
      readonly kind: 'choice';
      readonly field: keyof V & string;
      readonly label: string;
      /** For the empty choice. */
      readonly every: string;
      readonly options: (view: D) => readonly (readonly [value: string, label: string])[];
    };

export interface ListSort<S extends string> {
  readonly key: S;
  /** After "Sort by". */
  readonly label: string;
  /** The highest first, until it is turned round. */
  readonly isHighFirst?: boolean;
}

interface ToolsProps<V extends ListAddress, D, R> {
  what: string;
  placeholder: string;
  searchTestId?: string | undefined;
  address: V;
  set: (changes: Partial<V>) => void;
  view: D;
  filters: readonly ListFilter<V, D>[];
  sorts: readonly ListSort<V['sort']>[];
  onSort: (key: string) => void;
  count: string;
  countTestId?: string | undefined;
  columns: readonly Column<R>[];
  choice: ColumnChoice;
  onColumns: (choice: ColumnChoice) => void;
}

/** Field and value are of one filter, so they fit. */
const changeOf = <V,>(field: keyof V, value: unknown) => ({ [field]: value }) as Partial<V>;

export function Tools<V extends ListAddress, D, R>(props: ToolsProps<V, D, R>) {
  const { what, address, set, view, filters, sorts, onSort } = props;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <TextField
        label={`Search ${what}`}
        isBare
        type="search"
        placeholder={`${props.placeholder}  /`}
        data-testid={props.searchTestId}
        value={address.q}
        maxLength={SEARCH_LENGTH}
        onChange={(event) => set(changeOf<V>('q', event.target.value))}
        className="w-full sm:w-80"
      />
      {filters.map((filter) =>
        filter.kind === 'flag' ? (
          <CheckField
            key={filter.field}
            label={filter.label}
            isChecked={address[filter.field] === true}
            onChange={(isChecked) => set(changeOf<V>(filter.field, isChecked))}
          />
        ) : (
          <SelectField
            key={filter.field}
            label={filter.label}
            isBare
            className="max-table:flex-1 max-table:basis-36"
            value={String(address[filter.field])}
            onChange={(event) => set(changeOf<V>(filter.field, event.target.value))}
          >
            <option value="">{filter.every}</option>
            {filter.options(view).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </SelectField>
        ),
      )}
      {sorts.length < 2 ? null : (
        <SelectField
          label="Sort by"
          isBare
          className="max-table:flex-1 max-table:basis-36 table:hidden"
          value={address.sort}
          onChange={(event) => onSort(event.target.value)}
        >
          {sorts.map(({ key, label }) => (
            <option key={key} value={key}>
              Sort by {label}
            </option>
          ))}
        </SelectField>
      )}
      <span className="text-table text-muted num max-table:basis-full" data-testid={props.countTestId}>
        {props.count}
      </span>
      <span className="ml-auto max-table:hidden">
        <ColumnsMenu columns={props.columns} choice={props.choice} onChoose={props.onColumns} />
      </span>
    </div>
  );
}
