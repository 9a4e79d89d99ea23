'use client';
// The one table: windowed when long, sticky header, sortable, rows that are real links and can be selected, j/k/x/Enter, two-line cards
// on phones.
import clsx from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import { type CSSProperties, type MouseEvent, type ReactNode, useRef } from 'react';
import { useIsNarrow } from '../hooks/use-media.ts';
import { useRowKeys } from '../hooks/use-row-keys.ts';
import { useRowsInView } from '../hooks/use-rows-in-view.ts';
import { TintContext } from '../hooks/use-tint.ts';
import { RowCheck } from './row-check.tsx';

const ROW_PX = 36;
const CARD_PX = 60;
/** The box and the place to hit around it reach into the gap and the edge beside their track. */
const BOX_TRACK = '8px';

export interface Column<T> {
  readonly id: string;
  readonly header: string;
  /** A CSS grid track, such as `minmax(0,2fr)` or `96px`. */
  readonly track: string;
  readonly isNumber?: boolean;
  readonly cell: (row: T) => ReactNode;
  /** The column's sort key on the server; without it the header is plain. */
  readonly sortKey?: string;
  /** What a phone's two-line card does with it; left out: hidden there. */
  readonly onPhone?: 'title' | 'line';
  /** On a phone: takes the rest of the second line. */
  readonly isFilling?: boolean;
  /** On a phone: reads well without its header as a label. */
  readonly isSelfLabelled?: boolean;
  /** Left out below 1240 px. */
  readonly isWideOnly?: boolean;
}

interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  count: number;
  /** Undefined while the row's window is on its way. */
  rowAt: (index: number) => T | undefined;
  keyOf: (row: T) => string;
  rowTestId?: string;
  /** The row's address; the title cell becomes the link. */
  hrefOf?: (row: T) => string;
  /** Takes plain clicks on the row's link instead of following it. */
  onOpen?: (row: T) => void;
  sort?: { readonly by: string; readonly isDescending: boolean; readonly onSort: (key: string) => void };
  /** The rows in view changed. */
  onWindow?: (first: number, last: number) => void;
  hasKeys?: boolean;
  /** The row that is open beside. */
  selectedKey?: string | null;
  /** A checkbox in each row. */
  selection?: RowSelection<T> | undefined;
}

export interface RowSelection<T> {
  /** Key to name, of the selected rows. */
  readonly rows: ReadonlyMap<string, string>;
  readonly extent: 'none' | 'some' | 'all';
  nameOf(row: T): string;
  toggle(index: number, isRange: boolean): void;
  toggleAll(): void;
  clear(): void;
  readonly allLabel: string;
}

function HeaderCell<T>({ column, sort }: { column: Column<T>; sort: TableProps<T>['sort'] }) {
  const isSorted = sort !== undefined && column.sortKey !== undefined && sort.by === column.sortKey;
  const Arrow = sort?.isDescending ? ArrowDown : ArrowUp;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the button inside has the focus.
    // biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element.
    <div
      role="columnheader"
      aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
      className={clsx(
        'truncate text-caption font-medium text-muted',
        column.isNumber && 'text-right',
        column.isWideOnly && 'max-wide:hidden',
      )}
    >
      {sort !== undefined && column.sortKey !== undefined ? (
        <button
          type="button"
          onClick={() => sort.onSort(column.sortKey ?? '')}
          className={clsx('inline-flex items-center gap-1 hover:text-ink-strong', isSorted && 'text-ink-strong')}
        >
          {column.header}
          {isSorted ? <Arrow aria-hidden className="size-3" /> : null}
        </button>
      ) : (
        column.header
      )}
    </div>
  );
}

function Cell<T>({
  column,
  row,
  href,
  onOpen,
}: {
  column: Column<T>;
  row: T;
  href: string | undefined;
  onOpen: ((row: T) => void) | undefined;
}) {
  const isTitle = column.onPhone === 'title';
  const follow = (event: MouseEvent) => {
    if (!onOpen || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen(row);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element.
    <div
      role="cell"
      className={clsx(
        'min-w-0 truncate',
        column.isNumber && 'num table:text-right',
        column.isWideOnly && 'table:max-wide:hidden',
        column.onPhone === undefined && 'max-table:hidden',
        isTitle && 'max-table:basis-full max-table:text-base max-table:font-medium max-table:text-ink-strong',
        column.onPhone === 'line' && 'max-table:text-caption max-table:text-muted',
        column.isFilling && 'max-table:flex-1 max-table:basis-0',
        // A card leaves out what there is none of.
        'max-table:has-data-none:hidden',
      )}
    >
      {column.onPhone === 'line' && !column.isSelfLabelled ? (
        <span className="table:hidden">{column.header} </span>
      ) : null}
      {isTitle && href !== undefined ? (
        <Link
          href={href}
          prefetch={false}
          data-opens-here={onOpen === undefined ? undefined : ''}
          onClick={follow}
          className="text-ink-strong outline-none after:absolute after:inset-0 hover:text-accent focus-visible:after:rounded focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {column.cell(row)}
        </Link>
      ) : (
        column.cell(row)
      )}
    </div>
  );
}

export function Table<T>(props: TableProps<T>) {
  const {
    label,
    columns,
    count,
    rowAt,
    keyOf,
    hrefOf,
    onOpen,
    sort,
    onWindow,
    hasKeys = false,
    rowTestId,
    selectedKey = null,
    selection,
  } = props;
  const list = useRef<HTMLDivElement>(null);
  const rowPx = useIsNarrow() ? CARD_PX : ROW_PX;
  const { isPlain, items, heightPx, topPx, scrollTo } = useRowsInView(list, count, rowPx, onWindow);
  useRowKeys({ isOn: hasKeys, count, scrollTo, list, selection });

  const box = selection === undefined ? [] : [BOX_TRACK];
  const tracks = {
    '--tracks-wide': [...box, ...columns.map((c) => c.track)].join(' '),
    '--tracks': [...box, ...columns.filter((c) => !c.isWideOnly).map((c) => c.track)].join(' '),
  } as CSSProperties;
  const grid =
    'table:grid table:gap-x-4 table:items-center table:[grid-template-columns:var(--tracks)] wide:[grid-template-columns:var(--tracks-wide)]';

  const drawRow = (index: number, style?: CSSProperties) => {
    const row = rowAt(index);
    const key = row === undefined ? null : keyOf(row);
    const isChecked = key !== null && selection?.rows.has(key) === true;
    return (
      // biome-ignore lint/a11y/useFocusableInteractive: the link inside has the focus.
      // biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element.
      <div
        key={key ?? `waiting-${index}`}
        role="row"
        aria-rowindex={index + 2}
        data-testid={row === undefined ? undefined : rowTestId}
        data-key={key ?? undefined}
        data-row-index={index}
        className={clsx(
          'group/row relative flex flex-wrap content-center gap-x-3 overflow-hidden border-b px-2 text-table',
          grid,
          selection !== undefined && 'max-table:pr-12',
          isChecked || (key !== null && key === selectedKey)
            ? 'bg-accent-soft'
            : hrefOf !== undefined && 'hover:bg-s2 focus-within:bg-s2',
        )}
        style={{ height: rowPx, ...style }}
      >
        {row === undefined ? (
          // biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element.
          <div role="cell" className="col-span-full">
            <div className="h-3 w-40 rounded-sm bg-s2" />
          </div>
        ) : (
          <>
            {selection === undefined ? null : (
              // biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element.
              <div
                role="cell"
                className="h-full max-table:absolute max-table:inset-y-0 max-table:right-0 max-table:w-12 table:-mx-2"
              >
                <RowCheck
                  label={`Select ${selection.nameOf(row)}`}
                  isChecked={isChecked}
                  isShy={selection.extent === 'none'}
                  onToggle={(isRange) => selection.toggle(index, isRange)}
                />
              </div>
            )}
            {columns.map((column) => (
              <Cell key={column.id} column={column} row={row} href={hrefOf?.(row)} onOpen={onOpen} />
            ))}
          </>
        )}
      </div>
    );
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element.
    <div role="table" aria-label={label} aria-rowcount={count + 1} style={tracks} className="min-w-0">
      {/* biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element. */}
      <div role="rowgroup" className="max-table:sr-only table:sticky table:top-0 table:z-10 table:bg-s0">
        {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons have the focus. */}
        {/* biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element. */}
        <div role="row" aria-rowindex={1} className={clsx('h-8 border-b border-line px-2', grid)}>
          {selection === undefined ? null : (
            // biome-ignore lint/a11y/useFocusableInteractive: the checkbox inside has the focus.
            // biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element.
            <div role="columnheader" className="-mx-2 h-full">
              <RowCheck
                label={selection.allLabel}
                isChecked={selection.extent === 'all'}
                isMixed={selection.extent === 'some'}
                onToggle={selection.toggleAll}
              />
            </div>
          )}
          {columns.map((column) => (
            <HeaderCell key={column.id} column={column} sort={sort} />
          ))}
        </div>
      </div>
      <TintContext value={true}>
        {/* biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element. */}
        <div role="rowgroup" ref={list} className="relative" style={isPlain ? undefined : { height: heightPx }}>
          {isPlain
            ? Array.from({ length: count }, (_, index) => drawRow(index))
            : items.map((item) =>
                drawRow(item.index, {
                  position: 'absolute',
                  insetInline: 0,
                  top: 0,
                  transform: `translateY(${item.start - topPx}px)`,
                }),
              )}
        </div>
      </TintContext>
    </div>
  );
}
