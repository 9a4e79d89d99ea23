'use client';
// A word on hover or focus for controls that show only an icon, and on a press for those that cannot act.
import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';

interface TooltipProps {
  text: ReactNode;
  children: ReactElement;
  /** Held open from outside: a finger neither hovers nor focuses. */
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}
export function Tooltip({ text, children, isOpen, onOpenChange }: TooltipProps) {
  return (
    <Base.Root {...(isOpen === undefined ? {} : { open: isOpen })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Base.Trigger render={children} delay={400} closeOnClick={isOpen === undefined} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="z-50">
          <Base.Popup className="max-w-80 rounded border bg-s1 px-2 py-1 text-caption text-ink shadow-overlay">
            {text}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
