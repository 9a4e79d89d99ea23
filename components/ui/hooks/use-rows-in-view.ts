'use client';
// Which rows of a table are drawn: all while they are few, else those near the window, by their one height and where the table begins.
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useState } from 'react';

const PLAIN_LIMIT = 60;

export function useRowsInView(
  list: RefObject<HTMLElement | null>,
  count: number,
  rowPx: number,
  onWindow: ((first: number, last: number) => void) | undefined,
) {
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
  return { isPlain, items, heightPx: virtual.getTotalSize(), topPx, scrollTo };
}
