'use client';
// The one table: windowed when long, sticky header, sortable, rows that are real links, j/k/Enter, two-line cards on phones.
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import {
  type CSSProperties,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useKeys } from './use-keys.ts';
import { useIsNarrow } from './use-media.ts';
import { TintContext } from './use-tint.ts';

const PLAIN_LIMIT = 60;
const ROW_PX = 36;
const CARD_PX = 60;

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
  selectedKey?: string | null;
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

function useRowKeys(
  isOn: boolean,
  count: number,
  scrollTo: (index: number) => void,
  list: { current: HTMLDivElement | null },
): void {
  const [active, setActive] = useState(-1);
  useKeys((event) => {
    if (!isOn || count === 0 || (event.key !== 'j' && event.key !== 'k')) return false;
    const next = Math.max(0, Math.min(count - 1, active + (event.key === 'j' ? 1 : -1)));
    setActive(next);
    scrollTo(next);
    // The row may be drawn only after the scroll: two frames are enough for that.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        list.current?.querySelector<HTMLElement>(`[data-row-index="${next}"] a`)?.focus({ preventScroll: true }),
      ),
    );
    return true;
  });
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
  } = props;
  const list = useRef<HTMLDivElement>(null);
  const rowPx = useIsNarrow() ? CARD_PX : ROW_PX;
  const [topPx, setTopPx] = useState(0);
  const isPlain = count <= PLAIN_LIMIT;

  useLayoutEffect(() => {
    const node = list.current;
    if (node === null) return;
    const next = Math.round(node.getBoundingClientRect().top + window.scrollY);
    setTopPx((old) => (Math.abs(old - next) > 1 ? next : old));
  });

  const virtual = useWindowVirtualizer({
    count: isPlain ? 0 : count,
    estimateSize: () => rowPx,
    overscan: 8,
    scrollMargin: topPx,
    initialRect: { width: 1280, height: 900 },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed row height invalidates what was measured.
  useEffect(() => virtual.measure(), [rowPx]);
  const items = virtual.getVirtualItems();
  const first = isPlain ? 0 : (items[0]?.index ?? 0);
  const last = isPlain ? count - 1 : (items.at(-1)?.index ?? 0);
  useEffect(() => onWindow?.(first, last), [first, last, onWindow]);

  const scrollTo = (index: number) => {
    const margin = 120;
    const top = topPx + index * rowPx;
    if (top < window.scrollY + margin) window.scrollTo({ top: top - margin });
    else if (top + rowPx > window.scrollY + window.innerHeight - margin)
      window.scrollTo({ top: top + rowPx + margin - window.innerHeight });
  };
  useRowKeys(hasKeys, count, scrollTo, list);

  const tracks = {
    '--tracks-wide': columns.map((c) => c.track).join(' '),
    '--tracks': columns
      .filter((c) => !c.isWideOnly)
      .map((c) => c.track)
      .join(' '),
  } as CSSProperties;
  const grid =
    'table:grid table:gap-x-4 table:items-center table:[grid-template-columns:var(--tracks)] wide:[grid-template-columns:var(--tracks-wide)]';

  const drawRow = (index: number, style?: CSSProperties) => {
    const row = rowAt(index);
    const isSelected = row !== undefined && selectedKey !== null && keyOf(row) === selectedKey;
    return (
      // biome-ignore lint/a11y/useFocusableInteractive: the link inside has the focus.
      // biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element.
      <div
        key={row === undefined ? `waiting-${index}` : keyOf(row)}
        role="row"
        aria-rowindex={index + 2}
        data-testid={row === undefined ? undefined : rowTestId}
        data-key={row === undefined ? undefined : keyOf(row)}
        data-row-index={index}
        className={clsx(
          'relative flex flex-wrap content-center gap-x-3 overflow-hidden border-b px-2 text-table',
          grid,
          hrefOf !== undefined && 'hover:bg-s2 focus-within:bg-s2',
          isSelected && 'bg-accent-soft',
        )}
        style={{ height: rowPx, ...style }}
      >
        {row === undefined ? (
          // biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element.
          <div role="cell" className="col-span-full">
            <div className="h-3 w-40 rounded-sm bg-s2" />
          </div>
        ) : (
          columns.map((column) => (
            <Cell key={column.id} column={column} row={row} href={hrefOf?.(row)} onOpen={onOpen} />
          ))
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
          {columns.map((column) => (
            <HeaderCell key={column.id} column={column} sort={sort} />
          ))}
        </div>
      </div>
      <TintContext value={true}>
        {/* biome-ignore lint/a11y/useSemanticElements: windowed rows cannot be a table element. */}
        <div
          role="rowgroup"
          ref={list}
          className="relative"
          style={isPlain ? undefined : { height: virtual.getTotalSize() }}
        >
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
