'use client';
// The selection of a list as a hook: what a click, a range and "all" do, and the reading of rows that a range needs and the browser does
// not have. It is forgotten with the page and never stands in the address.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RowWindow } from '../../../server/live/contract.ts';
import { announce } from '../../ui/announce.tsx';
import { plural } from '../../ui/format.ts';
import { sentenceOf } from '../core/live-error.ts';
import { WINDOW_ROWS } from './address.ts';
import {
  missingWindows,
  nothingSelected,
  SELECTION_LIMIT,
  type SelectedRow,
  type Span,
  spanTo,
  toggled,
  withRows,
} from './selection.ts';

export interface ListSelection {
  /** Key to name. A row that is gone since stays: who acts on it is told so then. */
  readonly rows: ReadonlyMap<string, string>;
  readonly extent: 'none' | 'some' | 'all';
  /** One row; as a range: from the last one that was selected or let go to this. */
  toggle(index: number, isRange: boolean): void;
  /** All that match, as many as can be; nothing once they are. */
  toggleAll(): void;
  clear(): void;
}

interface Shown {
  readonly nouns: readonly [one: string, many: string];
  /** What the list is asked for, without the window. */
  readonly asked: string;
  readonly matching: number;
  /** The rows that the browser has. */
  readonly offset: number;
  readonly rows: readonly SelectedRow[];
  /** Reads the rows of a window once. */
  read(window: RowWindow): Promise<readonly SelectedRow[]>;
}

export function useSelection({ nouns, asked, matching, offset, rows, read }: Shown): ListSelection {
  const [selection, setSelection] = useState(nothingSelected);
  const newest = useRef(asked);
  useEffect(() => {
    newest.current = asked;
  }, [asked]);
  const loaded: Span = { first: offset, last: offset + rows.length - 1 };

  const count = selection.rows.size;
  const said = useRef(0);
  useEffect(() => {
    if (said.current === count) return;
    said.current = count;
    announce(count === 0 ? 'Nothing is selected' : `${plural(count, ...nouns)} selected`);
  }, [count, nouns]);

  /** What the browser has of it at once, and the rest as it arrives. */
  async function take(span: Span, isOn: boolean): Promise<void> {
    const here = rows.slice(Math.max(0, span.first - offset), Math.max(0, span.last - offset + 1));
    setSelection((old) => withRows(old, here, isOn));
    try {
      for (const window of missingWindows(span, loaded, WINDOW_ROWS)) {
        const arrived = await read(window);
        // Sorted or filtered meanwhile: what was meant is no longer what is seen.
        if (newest.current !== asked) return;
        setSelection((old) => withRows(old, arrived, isOn));
      }
    } catch (error) {
      announce(`Not all of them could be read: ${sentenceOf(error)}`);
    }
  }

  const areAllHere = count > 0 && count >= matching && rows.every(({ key }) => selection.rows.has(key));
  return {
    rows: selection.rows,
    extent: count === 0 ? 'none' : areAllHere ? 'all' : 'some',
    toggle(index, isRange) {
      const span = isRange ? spanTo(selection, index, asked, (at) => rows[at - offset]?.key, loaded) : null;
      const row = rows[index - offset];
      if (span !== null) void take(span, span.isOn);
      else if (row !== undefined) setSelection((old) => toggled(old, row, index, asked));
    },
    toggleAll() {
      if (areAllHere || count >= SELECTION_LIMIT) setSelection(nothingSelected);
      else void take({ first: 0, last: Math.min(matching, SELECTION_LIMIT) - 1 }, true);
    },
    clear: useCallback(() => setSelection(nothingSelected), []),
  };
}
