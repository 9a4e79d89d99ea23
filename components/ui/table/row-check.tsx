'use client';
// The checkbox of a table's row and of its header: a small box in a large place to hit, above the link that covers the row.
import clsx from 'clsx';
import { Check, Minus } from 'lucide-react';
import { useEffect, useRef } from 'react';

interface RowCheckProps {
  label: string;
  isChecked: boolean;
  /** Some are, and not all. */
  isMixed?: boolean;
  onToggle: (isRange: boolean) => void;
  /** Keeps the box out of sight until the row is pointed at or has the focus; never on cards, and not where nothing can point. */
  isShy?: boolean;
}

export function RowCheck({ label, isChecked, isMixed = false, onToggle, isShy = false }: RowCheckProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.indeterminate = isMixed;
  }, [isMixed]);
  const Mark = isMixed ? Minus : Check;
  return (
    <span className="relative z-[1] flex h-full w-full items-center justify-center">
      <input
        ref={input}
        type="checkbox"
        aria-label={label}
        checked={isChecked}
        // A range would select the text between its ends as well.
        onMouseDown={(event) => event.shiftKey && event.preventDefault()}
        onChange={(event) => onToggle((event.nativeEvent as MouseEvent).shiftKey === true)}
        className="peer absolute inset-0 m-0 size-full cursor-pointer appearance-none rounded-sm outline-none"
      />
      <span
        aria-hidden
        className={clsx(
          'pointer-events-none flex size-4 items-center justify-center rounded-sm border peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent',
          isChecked || isMixed
            ? 'border-accent-fill bg-accent-fill text-on-accent'
            : 'border-line-strong bg-s1 peer-hover:border-accent',
          isShy &&
            'opacity-0 peer-focus-visible:opacity-100 group-focus-within/row:opacity-100 group-hover/row:opacity-100 max-table:opacity-100 [@media(hover:none)]:opacity-100',
        )}
      >
        {isChecked || isMixed ? <Mark className="size-3" strokeWidth={3} /> : null}
      </span>
    </span>
  );
}
