'use client';
// Text that somebody else chose, drawn so that it cannot pass for another: isolated from the line around it, with what is invisible or
// turns the direction marked. Always text nodes. Every name of a client and every payload goes through here.
import clsx from 'clsx';
import { Fragment } from 'react';
import { type ForeignOptions, foreignParts } from './foreign-text.ts';

export function Foreign({ text, className, ...options }: { text: string; className?: string } & ForeignOptions) {
  const parts = foreignParts(text, options);
  return (
    <bdi className={clsx(options.keepsLines ? undefined : 'whitespace-pre', className)}>
      {parts.map(({ text: part, mark }, index) =>
        mark === null ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a constant text never move.
          <Fragment key={index}>{part}</Fragment>
        ) : (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of a constant text never move.
            key={index}
            title={mark.name}
            data-mark
            className={clsx(
              'mx-px inline-block rounded-sm px-0.5 text-[0.85em] leading-tight',
              mark.isOdd ? 'bg-warn-soft text-ink-strong' : 'text-muted',
            )}
          >
            <span aria-hidden>{mark.label}</span>
            <span className="sr-only"> ({mark.name}) </span>
          </span>
        ),
      )}
    </bdi>
  );
}
