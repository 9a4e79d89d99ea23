'use client';
// The keys of a table: j and k go from row to row, x selects the row, X the range up to it, Esc lets go of all. Enter is the row's link's own.
import { type RefObject, useRef } from 'react';
import { useKeys } from './use-keys.ts';

/** A g begins a jump to a section, and the key after it is the section's: as long as the shell waits for it. */
const JUMP_WINDOW_MS = 1_200;

interface RowKeys {
  readonly isOn: boolean;
  readonly count: number;
  scrollTo(index: number): void;
  /** Its rows carry data-row-index. */
  readonly list: RefObject<HTMLElement | null>;
  readonly selection?:
    | { readonly extent: 'none' | 'some' | 'all'; toggle(index: number, isRange: boolean): void; clear(): void }
    | undefined;
}

export function useRowKeys({ isOn, count, scrollTo, list, selection }: RowKeys): void {
  const last = useRef(-1);
  /** The focus is on its way to the last row: the next key goes on from there. */
  const isOnItsWay = useRef(false);
  const jumpAt = useRef(Number.NEGATIVE_INFINITY);

  /** The row that has the focus, however it came there; else the one that had it last. */
  const active = (): number => {
    const row = isOnItsWay.current ? null : document.activeElement?.closest('[data-row-index]');
    return row && list.current?.contains(row) ? Number(row.getAttribute('data-row-index')) : last.current;
  };
  const move = (by: 1 | -1) => {
    const next = Math.max(0, Math.min(count - 1, active() + by));
    last.current = next;
    isOnItsWay.current = true;
    scrollTo(next);
    // The row may be drawn only after the scroll: two frames are enough for that.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (last.current !== next) return;
        isOnItsWay.current = false;
        list.current?.querySelector<HTMLElement>(`[data-row-index="${next}"] a`)?.focus({ preventScroll: true });
      }),
    );
    return true;
  };

  useKeys((event) => {
    if (!isOn || count === 0) return false;
    const isJump = event.timeStamp - jumpAt.current < JUMP_WINDOW_MS;
    jumpAt.current = event.key === 'g' && !isJump ? event.timeStamp : Number.NEGATIVE_INFINITY;
    if (isJump) return false;
    if (event.key === 'j' || event.key === 'k') return move(event.key === 'j' ? 1 : -1);
    if (selection === undefined) return false;
    if (event.key === 'Escape' && selection.extent !== 'none') {
      selection.clear();
      return true;
    }
    const index = active();
    if (event.key.toLowerCase() !== 'x' || index < 0 || index >= count) return false;
    selection.toggle(index, event.shiftKey);
    return true;
  });
}
