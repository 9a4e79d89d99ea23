'use client';
// Page-wide keyboard shortcuts. Silent while somebody types or a dialog is open.
import { useEffect, useEffectEvent } from 'react';

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !target.matches('[type=checkbox]')) ||
      target.closest('[role=menu],[role=listbox]') !== null)
  );
}
export const isDialogOpen = (): boolean => document.querySelector('[role=dialog],[role=alertdialog]') !== null;

/** `onKey` returns true when it used the key; it gets no key with Ctrl, Alt or Meta. */
export function useKeys(onKey: (event: KeyboardEvent) => boolean): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTyping(event.target) || isDialogOpen()) return;
    if (onKey(event)) event.preventDefault();
  });
  useEffect(() => {
    document.addEventListener('keydown', handle);
    return () => document.removeEventListener('keydown', handle);
  }, []);
}
