'use client';
// A button that cannot act here, and says why on hover, focus and press. It keeps its place and the focus, so that nobody wonders where
// it went, and it never runs what it was given.
import clsx from 'clsx';
import { useId, useState } from 'react';
import { Button, type ButtonProps } from './button.tsx';
import { Tooltip } from './tooltip.tsx';

/** `why` is one whole sentence. */
export function GreyedButton({
  why,
  className,
  onClick: _onClick,
  disabled: _disabled,
  ...rest
}: ButtonProps & { why: string }) {
  const whyId = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Tooltip text={why} isOpen={isOpen} onOpenChange={setOpen}>
        <Button
          {...rest}
          className={clsx('cursor-not-allowed opacity-55', className)}
          type="button"
          aria-disabled
          aria-describedby={whyId}
          onClick={() => setOpen(true)}
        />
      </Tooltip>
      <span id={whyId} hidden>
        {why}
      </span>
    </>
  );
}
