'use client';
// Which rows of a long list are asked for: from a step before the first that is seen, so that scrolling a little asks for nothing new.
import { useCallback, useState } from 'react';

const STEP_ROWS = 50;

/** The offset to ask for, and what a Table says when its first visible row is another. */
export function useWindow(): readonly [offset: number, onWindow: (firstVisible: number) => void] {
  const [offset, setOffset] = useState(0);
  const onWindow = useCallback(
    (firstVisible: number) => setOffset(Math.max(0, Math.floor((firstVisible - STEP_ROWS) / STEP_ROWS) * STEP_ROWS)),
    [],
  );
  return [offset, onWindow];
}
