'use client';
// Tints a value for 600 ms when what it says changed. Only inside tables, never on the first showing, and not at all where
// the system asks for less motion.
import { createContext, type RefObject, useContext, useEffect, useRef } from 'react';

const TINT_MS = 600;
const less = '(prefers-reduced-motion: reduce)';

/** True inside the rows of a table. */
export const TintContext = createContext(false);

/** `text` is what the element shows; null while it is unknown. */
export function useTint(element: RefObject<HTMLElement | null>, text: string | null): void {
  const isOn = useContext(TintContext);
  const shown = useRef(text);
  useEffect(() => {
    const before = shown.current;
    shown.current = text;
    if (!isOn || before === null || text === null || before === text) return;
    if (window.matchMedia(less).matches) return;
    element.current?.animate?.([{ backgroundColor: 'var(--accent-soft)' }, { backgroundColor: 'transparent' }], {
      duration: TINT_MS,
      easing: 'ease-out',
    });
  }, [element, isOn, text]);
}
