'use client';
// Which rows of a long list are asked for: what is seen with room on both sides, in steps, so that scrolling a little asks for nothing new.
import { useCallback, useState } from 'react';

const STEP_ROWS = 50;
/** As many as the server gives at once. */
const WINDOW_ROWS = 200;

/** Where a window begins that has rows first..last in its middle. */
export function offsetAround(first: number, last: number): number {
  const spare = Math.max(0, WINDOW_ROWS - STEP_ROWS - (last - first + 1)) / 2;
  return Math.max(0, Math.floor((first - spare) / STEP_ROWS) * STEP_ROWS);
}

/** The offset to ask for, and what a Table says when its visible rows are others. */
export function useWindow(): readonly [offset: number, onWindow: (first: number, last: number) => void] {
  const [offset, setOffset] = useState(0);
  const onWindow = useCallback((first: number, last: number) => setOffset(offsetAround(first, last)), []);
  return [offset, onWindow];
}
